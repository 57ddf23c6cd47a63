"""The figures that came with the report: drawn as given, valid, legible, and refused where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from figures.drawn import NS, checked, drawn, records
from mlpstudy.errors import ResultsError
from mlpstudy.figures import (
    LIGHT,
    ArchitectureCurves,
    Band,
    RunCurves,
    confusion,
    cost,
    curves_overlay,
    forest,
    interaction,
    noise_bars,
    reliability,
)
from mlpstudy.figures.drawing import keys

LEVELS = [(("net", net), ("depth", depth)) for net in ("plain", "norm") for depth in "23"]


def _curves(n_seeds: int = 3) -> list[ArchitectureCurves]:
    rng = np.random.default_rng(0)
    found = []
    for levels in LEVELS:
        name = "-".join(level for _, level in levels)
        losses = [0.5 / np.arange(1, 7) + 0.05 + 0.01 * rng.random(6) for _ in range(n_seeds)]
        runs = tuple(RunCurves(name, seed, own, own) for seed, own in enumerate(losses))
        mean = np.mean(losses, axis=0)
        band = Band(mean, mean - 0.01, mean + 0.01) if n_seeds > 1 else None
        found.append(ArchitectureCurves(name, levels, runs, band, band))
    return found


def test_overlay_draws_means_and_runs_of_all_architectures() -> None:
    """Four means with bands, twelve faint runs, and legends of both factors."""
    chart = curves_overlay.figure(_curves())
    checked(chart)
    assert len(records(chart, "means")) == 4 * 6
    assert len(records(chart, "runs")) == 4 * 3 * 6
    drawing = drawn(chart)
    assert {"net", "plain", "norm", "depth", "2", "3", "epoch", "loss (nats)"} <= set(drawing.words)
    assert len([path for path in drawing.paths(stroke_width="2") if path.get("fill") is None]) == 4


def test_overlay_thins_runs_that_would_not_fit() -> None:
    """With more points than a page draws well, evenly chosen runs stand for all, and the subtitle says so."""
    names = [f"a{i}" for i in range(20)]
    losses = np.linspace(1.0, 0.1, 100)
    many = [
        ArchitectureCurves(
            n, (("a", n),), tuple(RunCurves(n, s, losses, losses) for s in range(30)), Band(losses), Band(losses)
        )
        for n in names
    ]
    chart = curves_overlay.figure(many)
    assert len(records(chart, "runs")) <= curves_overlay.MAX_FAINT_POINTS
    assert "faint: some of the runs" in " ".join(chart.to_dict()["title"]["subtitle"])


def test_overlay_of_one_run_and_of_nothing() -> None:
    """One run is its own mean, without a faint copy; no architecture is an error."""
    chart = curves_overlay.figure(_curves(1))
    assert len(records(chart, "means")) == 4 * 6
    assert "'name': 'runs'" not in str(checked(chart))
    with pytest.raises(ResultsError, match="at least one architecture"):
        curves_overlay.figure([])


def test_keys_are_all_different() -> None:
    """Up to 32 architectures have a look of their own, of two factors or of one."""
    names = [f"n{i}" for i in range(32)]
    looks = keys.keys(names, [(("one", n),) for n in names]).by_name.values()
    assert len({(look.colour, look.dash) for look in looks}) == 32
    two = keys.keys(["a", "b", "c", "d"], LEVELS).by_name
    assert [(two[n].colour, two[n].dash) for n in "abcd"] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_forest_draws_both_intervals_as_given() -> None:
    """Value, adjusted interval and interval on new data are in the data unchanged; the label is readable."""
    rows = [
        forest.Difference("a minus b", 0.2, (0.1, 0.3), (0.05, 0.35), "BETTER", "BETTER", 30),
        forest.Difference(
            "a rather long name of one minus a rather long name of another", -0.1, None, None, "UNRESOLVED"
        ),
    ]
    chart = forest.figure(rows, unit="points", band=0.1)
    checked(chart)
    first, second = records(chart, "differences")
    assert (first["value"], first["together_low"], first["together_high"]) == (0.2, 0.1, 0.3)
    assert (first["new_low"], first["new_high"]) == (0.05, 0.35)
    assert "together_low" not in second
    assert "\n" in second["label"]
    drawing = drawn(chart)
    assert not drawing.clipped()
    assert {"a minus b", "BETTER", "UNRESOLVED"} <= set(drawing.words)


KINDS: tuple[forest.Kind, ...] = ("BETTER", "EQUIVALENT", "UNSTABLE", "UNRESOLVED", "main effect", "interaction")


def test_forest_says_a_verdict_of_verdicts_alone() -> None:
    """On a phone a row says its verdict where it says something; an effect, in whatever colour, says none."""
    rows = [forest.Difference(f"row {i}", 0.2, (0.1, 0.3), None, "", kind) for i, kind in enumerate(KINDS)]
    narrow = drawn(forest.figure(rows, unit="points").properties(width=300))
    assert [word for word in narrow.words if word in KINDS] == ["BETTER", "EQUIVALENT", "UNSTABLE"]


def test_forest_colours_a_kind_alike_in_every_figure() -> None:
    """A main effect is blue as EQUIVALENT is, an interaction grey as UNRESOLVED is, whatever else is drawn."""

    def colour(kind: forest.Kind) -> str | None:
        chart = forest.figure([forest.Difference("x", 0.2, (0.1, 0.3), None, "", kind)], unit="points")
        (bar,) = (line for line in drawn(chart).root.iter(f"{NS}line") if line.get("stroke-width") == "5")
        return bar.get("stroke")

    blue, grey = LIGHT.levels[0], LIGHT.levels[-1]
    assert [colour(kind) for kind in KINDS] == [LIGHT.levels[2], blue, LIGHT.levels[1], grey, blue, grey]


def test_forest_cuts_a_wild_interval_but_never_a_value() -> None:
    """One interval a thousand times as wide as the others ends at the edge; every value is on the axis."""
    rows = [forest.Difference(f"r{i}", 0.1 * i, (0.1 * i - 0.1, 0.1 * i + 0.1), None) for i in range(10)]
    rows.append(forest.Difference("wild", 5.0, (-300.0, 300.0), None))
    chart = forest.figure(rows, unit="points")
    (low, high) = chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low > -50
    assert 5.0 < high < 50


def test_interaction_draws_a_line_a_level() -> None:
    """Means and intervals as given, lines a little apart, levels named under them."""
    cells = [interaction.CellMean(x, line, 98.0, (97.9, 98.1), 5) for line in ("plain", "norm") for x in ("2", "3")]
    chart = interaction.figure(cells, x="depth", line="net")
    checked(chart)
    assert sorted({row["at"] for row in records(chart, "means")}) == [-0.015, 0.015, 0.985, 1.015]
    assert {"2", "3", "depth", "net", "plain", "norm"} <= set(drawn(chart).words)


def test_confusion_shades_errors_alone() -> None:
    """The largest error is darkest, what is right has no shade."""
    chart = confusion.figure(np.array([[90.0, 10.0], [5.0, 95.0]]), ["cat", "dog"], n_seeds=3)
    checked(chart)
    ink = {(row["true"], row["predicted"]): row["ink"] for row in records(chart, "cells")}
    assert ink == {("cat", "cat"): 0.0, ("cat", "dog"): 1.0, ("dog", "cat"): 0.5, ("dog", "dog"): 0.0}
    with pytest.raises(ResultsError, match="2 by 2"):
        confusion.figure(np.ones((3, 3)), ["cat", "dog"])


def test_cost_is_logarithmic_where_costs_are_far_apart() -> None:
    """From a ratio of eight on; an interval that reaches below zero is cut, since no cost does."""
    near = [cost.CostPoint("a", (("x", "a"),), c, None, 0.98, None, 1) for c in (100.0, 700.0)]
    far = [cost.CostPoint("a", (("x", "a"),), c, (-5.0, 2 * c), 0.98, (0.97, 0.99), 3) for c in (100.0, 900.0)]
    for points, is_log in ((near, False), (far, True)):
        chart = cost.figure(points, cost="parameters", title="Cost")
        checked(chart)
        scale = chart.to_dict()["layer"][2]["encoding"]["x"]["scale"]
        assert (scale.get("type") == "log") is is_log
    assert all(row["cost_low"] > 0 for row in records(chart, "costs"))


def test_cost_axis_cannot_be_misread() -> None:
    """Small numbers have no prefix, for 20m would be read as minutes; large ones are short."""
    for unit, costs, wanted in (("ms", (8.0, 46.0), "40"), ("s", (0.02, 0.05), "0.04"), ("x", (2e5, 6e5), "600k")):
        points = [cost.CostPoint(f"{c}", (("x", f"{c}"),), c, None, 0.98, None, 1) for c in costs]
        words = drawn(cost.figure(points, cost=f"time a run ({unit})", title="Cost")).words
        assert wanted in words
        assert not [word for word in words if word.rstrip("mµ") != word and word[0].isdigit()]


def test_noise_and_reliability_draw_their_numbers() -> None:
    """Both are valid, and their data are those given."""
    bars = noise_bars.figure([noise_bars.Noise("a", 0.12, 0.08, 30)])
    checked(bars)
    assert records(bars, "noise")[0]["sd"] == 0.12
    bins = reliability.figure([reliability.ReliabilityBin(0.95, 0.9, (0.85, 0.93), 100.0)])
    checked(bins)
    assert records(bins, "bins")[0] == {"confidence": 95.0, "accuracy": 90.0, "low": 85.0, "high": 93.0, "n": 100.0}
