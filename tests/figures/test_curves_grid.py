"""The loss curves of all architectures on one page."""

from __future__ import annotations

import numpy as np
import pytest

from figures.drawn import checked, drawn, records
from figures.samples import many, nine, run_curves
from mlpstudy.errors import ResultsError
from mlpstudy.figures import DARK, LIGHT, ArchitectureCurves, Band, RunCurves, Theme, curves_grid


def test_two_factors_are_rows_and_columns() -> None:
    """The first factor's levels name the rows, the second one's the columns, each once."""
    words = drawn(curves_grid.figure(nine())).words
    for heading in ("depth 2", "depth 3", "depth 5", "plain", "batchnorm", "batchnorm-dropout", "regularisation"):
        assert words.count(heading) == 1
    assert "Loss of 9 architectures, epoch by epoch" in words


def test_all_panels_share_their_axes() -> None:
    """One domain for all, so that panels can be compared."""
    spec = checked(curves_grid.figure(nine()))
    assert "resolve" not in spec
    domains = {
        str(layer["encoding"]["y"]["scale"]["domain"]) for layer in spec["spec"]["layer"] if "epoch" in str(layer)
    }
    assert len(domains) == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_one_seed_draws_two_strong_lines_a_panel(theme: Theme) -> None:
    """Nine panels with one blue and one red line each."""
    drawing = drawn(curves_grid.figure(nine(), theme=theme))
    for colour in (theme.validation, theme.train):
        lines = {p.get("d") for p in drawing.paths(stroke=colour, stroke_width="2") if p.get("d", "").count("L") == 19}
        assert len(lines) == 9
    assert "Seed 0. Ring: lowest validation loss." in drawing.words


def test_several_seeds_draw_a_mean_a_band_and_faint_runs() -> None:
    """With three seeds a panel has six faint lines, two strong ones and two bands, and the subtitle says so."""
    drawing = drawn(curves_grid.figure(nine(3), interval="range"))
    faint = [p for p in drawing.paths(stroke_width="1", opacity="0.3") if p.get("d", "").count("L") == 19]
    bands = [p for p in drawing.paths(opacity="0.2") if p.get("d", "").endswith("Z")]
    assert (len(faint), len(bands)) == (9 * 6, 9 * 2)
    assert "Strong: mean of 3 seeds; faint: single runs; band: range." in " ".join(drawing.words)


def test_drawn_means_are_the_ones_handed_over() -> None:
    """The figure draws the mean that it is given, not one of its own."""
    runs = tuple(run_curves(seed=s, n_epochs=3) for s in range(2))
    given = Band(np.array([0.9, 0.8, 0.7]))
    chart = curves_grid.figure([ArchitectureCurves("a", (("f", "a"),), runs, given, given)])
    means = [row["loss"] for row in records(chart, "curves") if row["what"] == "mean"]
    assert means == [0.9, 0.8, 0.7] * 2


def test_runs_without_a_mean_are_strong() -> None:
    """Where no mean is handed over, the single runs carry the message and are drawn as such."""
    runs = tuple(run_curves(seed=s) for s in range(2))
    drawing = drawn(curves_grid.figure([ArchitectureCurves("a", (("f", "a"),), runs)]))
    lines = {p.get("d") for p in drawing.paths(stroke=LIGHT.train, stroke_width="2") if p.get("d", "").count("L") == 19}
    assert len(lines) == 2
    assert any(word.startswith("Single runs of 2 seeds") for word in drawing.words)


def test_thirty_architectures_are_wrapped_and_whole() -> None:
    """Thirty panels with long names: every panel named, no text clipped, no two headings on each other."""
    drawing = drawn(curves_grid.figure(many(30)))
    assert drawing.clipped() == []
    headings = [t for t in drawing.texts if t.words.startswith("a-level-with")]
    assert len(headings) == 30
    assert not [(a, b) for i, a in enumerate(headings) for b in headings[:i] if a.overlaps(b)]


def test_one_architecture_one_epoch() -> None:
    """The smallest study is drawn with points."""
    runs = (run_curves(n_epochs=1),)
    drawing = drawn(curves_grid.figure([ArchitectureCurves("plain-2", (("depth", "2"),), runs)]))
    assert drawing.paths(fill=LIGHT.validation)
    assert "plain-2" in drawing.words
    assert drawing.clipped() == []


def test_one_that_learned_nothing_does_not_flatten_the_others() -> None:
    """With one loss at 2.3 and eight below 0.4, the axis is that of the eight."""
    architectures = nine()
    dead = RunCurves("dead", 0, np.full(20, 2.3), np.full(20, 2.3))
    architectures[4] = ArchitectureCurves("dead", architectures[4].levels, (dead,))
    chart = curves_grid.figure(architectures)
    assert "Higher losses leave the axis at its top." in " ".join(drawn(chart).words)
    spec = chart.to_dict()
    (domain,) = {tuple(layer["encoding"]["y"]["scale"]["domain"]) for layer in spec["spec"]["layer"][:1]}
    assert 0.3 < domain[1] < 0.6


def test_diverged_runs_are_counted_in_their_panel() -> None:
    """A panel says how many of its runs diverged; a run without any loss draws nothing else."""
    lost = RunCurves("a", 1, np.array([np.nan]), np.array([np.nan]), 1)
    some = ArchitectureCurves("a", (("f", "a"),), (run_curves("a"), lost))
    alone = ArchitectureCurves("b", (("f", "b"),), (lost,))
    words = drawn(curves_grid.figure([some, alone])).words
    assert {"1 of 2 diverged", "diverged"} <= set(words)


@pytest.mark.parametrize(
    ("levels", "rows", "n_columns"),
    [
        ([(("a", x), ("b", y)) for x in "xy" for y in "uvw"], "a", 3),
        ([(("a", x), ("b", str(y))) for x in "xy" for y in range(9)], "b", 2),
        ([(("a", str(x)), ("b", str(y))) for x in range(5) for y in range(5)], None, 4),
        ([(("a", x), ("b", y), ("c", z)) for x in "xy" for y in "uv" for z in "pq"], None, 4),
        ([(("a", x),) for x in "xyz"], None, 3),
        ([(("a", "x"),)], None, 1),
    ],
)
def test_layout(levels: list[tuple[tuple[str, str], ...]], rows: str | None, n_columns: int) -> None:
    """Two factors make rows and columns while the page is wide enough; everything else is wrapped."""
    layout = curves_grid.arrange(levels)
    assert (layout.rows, layout.n_columns) == (rows, n_columns)


def test_no_architecture_is_refused() -> None:
    """There must be something to draw."""
    with pytest.raises(ResultsError, match="at least one architecture"):
        curves_grid.figure([])


def test_half_an_interval_is_refused() -> None:
    """A band needs both limits."""
    with pytest.raises(ResultsError, match="both a lower and an upper limit"):
        Band(np.zeros(3), lower=np.zeros(3))
