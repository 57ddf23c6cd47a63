"""Test accuracies as dots: each run seen, means and intervals as handed over, outliers told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from figures.drawn import Drawing, checked, drawn, records
from figures.samples import accuracies
from mlpstudy.errors import ResultsError
from mlpstudy.figures import DARK, LIGHT, ArchitectureAccuracy, Theme, accuracy_dots
from mlpstudy.figures.drawing.swarm import swarm

NINE = [f"{regularisation}-{depth}" for regularisation in ("plain", "batchnorm", "dropout") for depth in "235"]


def _nine(n_seeds: int) -> list[ArchitectureAccuracy]:
    rng = np.random.default_rng(0)
    return [accuracies(name, list(rng.normal(0.98, 0.001, n_seeds)), reference=0.979) for name in NINE]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_run_is_a_dot_in_its_factors_colour(theme: Theme) -> None:
    """Five seeds of nine architectures: 45 dots, 15 in each of three colours, and a legend that names them."""
    drawing = drawn(accuracy_dots.figure(_nine(5), reference="the notebook", theme=theme))
    for colour in theme.levels[:3]:
        assert len(drawing.paths(fill=colour, opacity=str(theme.dot_opacity))) == 15
    assert {"regularisation", "plain", "batchnorm", "dropout", *NINE} <= set(drawing.words)
    assert "Test accuracy of 9 architectures, 5 seeds each" in drawing.words
    assert any("diamond: reported by the notebook" in word for word in drawing.words)


def test_mean_interval_and_reference_are_drawn_as_given() -> None:
    """In per cent, unchanged: the figure computes none of them."""
    row = ArchitectureAccuracy("a-1", (("f", "a"),), (0, 1), np.array([0.97, 0.98]), 0.5, (0.976, 0.9775), 0.9712)
    chart = accuracy_dots.figure([row])
    (mean,) = records(chart, "means")
    assert (mean["mean"], mean["low"], mean["high"]) == (50.0, 97.6, 97.75)
    assert records(chart, "references")[0]["reference"] == 97.12
    assert [run["accuracy"] for run in records(chart, "runs")] == [97.0, 98.0]


def test_one_seed_has_no_mean_and_says_what_it_cannot_show() -> None:
    """One dot a row, and a sentence that a single seed does not show the scatter."""
    drawing = drawn(accuracy_dots.figure(_nine(1)))
    assert any("One seed does not show how much the seeds alone scatter." in word for word in drawing.words)
    assert not any("mean" in word for word in drawing.words)
    assert "Test accuracy of 9 architectures, 1 seed each" in drawing.words


def test_run_that_learned_nothing_is_told_and_does_not_set_the_axis() -> None:
    """An accuracy of 11 % among 98 % is a triangle at the edge, named in the subtitle."""
    rows = _nine(5)
    rows[3] = accuracies("batchnorm-2", [0.1135, 0.98, 0.981, 0.979, 0.98])
    chart = accuracy_dots.figure(rows)
    low, high = chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert 95 < low < high < 100
    outside = [run for run in records(chart, "runs") if run["outside"]]
    assert [(run["architecture"], run["accuracy"]) for run in outside] == [("batchnorm-2", 11.35)]
    assert "Left of the axis (triangles): 1 run, the lowest 11.35 %." in drawn(chart).words


def test_equal_accuracies_stand_beside_each_other() -> None:
    """Runs with the same accuracy do not hide each other."""
    rows = records(accuracy_dots.figure([accuracies("a-1", [0.98, 0.98, 0.98, 0.97])]), "runs")
    assert len({(run["accuracy"], run["row"]) for run in rows}) == 4


def test_missing_and_diverged_runs_are_noted() -> None:
    """A row without a finished run, and one with a divergence, say so; the rest is drawn."""
    none = ArchitectureAccuracy("a-1", (), (), np.empty(0))
    some = ArchitectureAccuracy("a-2", (), (0,), np.array([0.9]), 0.9, None, None, n_diverged=2)
    drawing = drawn(accuracy_dots.figure([none, some]))
    assert {"no finished run", "2 diverged", "a-1", "a-2"} <= set(drawing.words)
    assert drawing.clipped() == []


def test_nothing_finished_is_drawn_empty() -> None:
    """Before the first run ends there is a row and an axis, and no claim about seeds."""
    words = drawn(accuracy_dots.figure([ArchitectureAccuracy("a-1", (), (), np.empty(0))])).words
    assert {"Test accuracy of 1 architecture, 0 finished runs", "no finished run"} <= set(words)
    assert "Dot: one run." in words


@pytest.mark.parametrize("n", [1, 9, 30])
def test_names_of_any_length_and_number_are_whole(n: int) -> None:
    """Long names are broken into lines that neither leave the figure nor touch the next row's."""
    rows = [accuracies(f"a-level-with-a-long-name-that-says-what-it-is-{i}", [0.97, 0.98]) for i in range(n)]
    chart = accuracy_dots.figure(rows)
    checked(chart)
    drawing = drawn(chart)
    names = [t for t in drawing.texts if t.words.startswith("a-level")]
    assert len(names) == n
    assert drawing.clipped() == []
    texts = drawing.texts
    assert not [(a.words, b.words) for i, a in enumerate(texts) for b in texts[:i] if a.overlaps(b)]


def test_too_many_levels_for_colours_are_drawn_in_one() -> None:
    """Nine levels of the first factor could not be told apart: one colour, no legend, every dot drawn."""
    rows = [accuracies(f"level{i}-x", [0.97, 0.98]) for i in range(9)]
    drawing = drawn(accuracy_dots.figure(rows))
    assert len(drawing.paths(fill=LIGHT.levels[0], opacity=str(LIGHT.dot_opacity))) == 18
    assert "regularisation" not in drawing.words


def test_swarm_leaves_a_diameter_between_dots_while_there_is_room() -> None:
    """No two dots of a sparse row cover each other, and offsets stay within reach."""
    places = list(np.random.default_rng(1).uniform(0, 300, 40))
    offsets = swarm(places, 7.0, 20.0)
    points = list(zip(places, offsets, strict=True))
    assert all(math.dist(a, b) >= 7.0 for i, a in enumerate(points) for b in points[:i])
    assert max(abs(offset) for offset in offsets) <= 20.0


def test_swarm_that_is_full_stays_within_reach() -> None:
    """A hundred runs with one accuracy are piled up within their row."""
    offsets = swarm([5.0] * 100, 7.0, 13.0)
    assert max(abs(offset) for offset in offsets) <= 13.0
    assert len(set(offsets)) > 2


def test_bad_input_is_refused() -> None:
    """There must be an architecture, and a seed for each accuracy."""
    with pytest.raises(ResultsError, match="at least one architecture"):
        accuracy_dots.figure([])
    with pytest.raises(ResultsError, match="must have one seed each, got 1 seeds for 2 runs"):
        ArchitectureAccuracy("a", (), (0,), np.zeros(2))


def _meeting(drawing: Drawing) -> list[tuple[str, str]]:
    """Return the pairs of texts that cover each other."""
    texts = drawing.texts
    return [(a.words, b.words) for i, a in enumerate(texts) for b in texts[:i] if a.overlaps(b)]


@pytest.mark.parametrize("accuracy", [0.9, 0.961, 0.97])
def test_baselines_of_nearly_one_accuracy_can_be_read(accuracy: float) -> None:
    """Their names cover neither each other nor the axis, and stay inside the drawing, wherever they stand."""
    rows = [accuracies("a-1", [0.9, 0.95, 0.97]), accuracies("b-1", [0.91, 0.95, 0.96])]
    named = {"majority class": accuracy, "logistic regression": accuracy}
    drawing = drawn(accuracy_dots.figure(rows, baselines=named))
    assert "majority class, logistic regression" in drawing.words
    assert _meeting(drawing) == []
    assert drawing.clipped() == []


@pytest.mark.parametrize("n_architectures", [3, 14])
def test_names_of_a_hundred_letters_stay_in_their_rows(n_architectures: int) -> None:
    """Names that no row has room for keep their beginning and their end, where they differ."""
    names = [f"{'x' * 100}-{'y' * 90}{i:02d}" for i in range(n_architectures)]
    drawing = drawn(accuracy_dots.figure([accuracies(name, [0.9, 0.95]) for name in names]))
    assert _meeting(drawing) == []
    assert drawing.clipped() == []
    assert sum(words.endswith("yy02") for words in drawing.words) == 1
