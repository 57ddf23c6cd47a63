"""The figure of layer diagnostics: what is drawn is what was recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from figures.drawn import checked, drawn, records
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.curves.layers import QUANTITIES, layer_curves
from mlpstudy.figures import DARK, LIGHT, Theme, layer_diagnostics
from mlpstudy.records import LayerDiagnostics

HEADINGS = set(layer_diagnostics.NAMES.values())


def run(seed: int, n_layers: int = 3, n_epochs: int = 6, **fixed: float) -> list[LayerDiagnostics]:
    """Diagnostics of one run, each layer at a level of its own."""
    rng = np.random.default_rng(seed)
    names = [*(f"hidden_{i + 1}" for i in range(n_layers)), "output"]
    found = []
    for epoch in range(1, n_epochs + 1):
        for i, name in enumerate(names):
            size = np.exp(rng.normal(-i, 0.1))
            values: dict[str, Any] = {
                "gradient_norm": size / epoch,
                "weight_norm": 10 + i + 0.1 * epoch,
                "update_ratio": 0.001 * size,
                "dead_share": 0.0 if name == "output" else min(1.0, 0.05 * (i + 1)),
                "activation_mean": 0.3 * (i + 1),
                "activation_std": 1.0 + 0.1 * i,
            }
            found.append(LayerDiagnostics(epoch=epoch, layer=name, **(values | fixed)))
    return found


def figure(n_runs: int = 3, theme: Theme = LIGHT, **settings: Any) -> Any:
    """The figure of some runs."""
    curves = layer_curves([run(seed, **settings) for seed in range(n_runs)])
    return layer_diagnostics.figure("plain-5", curves, n_runs=n_runs, seed=0, theme=theme)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(("n_runs", "n_layers", "n_epochs"), [(3, 5, 20), (1, 1, 1), (2, 40, 30)])
def test_every_panel_is_there_and_nothing_is_clipped(theme: Theme, n_runs: int, n_layers: int, n_epochs: int) -> None:
    """Six headings, a legend entry a layer, valid, with no text over the edge or over another."""
    chart = figure(n_runs, theme, n_layers=n_layers, n_epochs=n_epochs)
    checked(chart)
    drawing = drawn(chart)
    assert set(drawing.words) >= HEADINGS
    assert drawing.words.count("output") == 1
    assert drawing.clipped() == []
    headings = [text for text in drawing.texts if text.words in HEADINGS]
    others = [text for text in drawing.texts if text.words not in HEADINGS]
    assert not any(heading.overlaps(other) for heading in headings for other in others)


@pytest.mark.parametrize("size", [1e308, 1e154, 5e-324])
def test_sizes_at_the_ends_of_float64_are_drawn(size: float) -> None:
    """A network that diverges may have any size: no arithmetic overflows on the way to the figure."""
    runs = [run(seed) for seed in range(3)]
    runs[1][0] = replace(runs[1][0], weight_norm=size, activation_mean=size, gradient_norm=size)
    runs[2][0] = replace(runs[2][0], activation_mean=-size)
    for one in runs:
        one[1] = replace(one[1], activation_std=size)
    chart = layer_diagnostics.figure("plain-5", layer_curves(runs), n_runs=3, seed=0)
    checked(chart)
    assert set(drawn(chart).words) >= HEADINGS


def test_panels_stand_in_a_grid() -> None:
    """The headings of a column begin at one place, those of a row at one height."""
    headings = {text.words: text for text in drawn(figure()).texts if text.words in HEADINGS}
    places = [headings[layer_diagnostics.NAMES[quantity]] for quantity in QUANTITIES]
    for i in range(3):
        assert places[i].left == pytest.approx(places[i + 3].left)
    for row in (places[:3], places[3:]):
        assert len({round(text.top, 3) for text in row}) == 1


def test_values_are_the_means_of_the_runs() -> None:
    """Norms as they were recorded, shares in percent; dead units and means of hidden layers only."""
    chart = figure(1)
    assert records(chart, "weight_norm")[0] == {"epoch": 1, "layer": "hidden_1", "y": pytest.approx(10.1)}
    dead = records(chart, "dead_share")
    assert [row["y"] for row in dead if row["epoch"] == 2] == [5.0, 10.0, 15.0]
    assert {row["layer"] for row in dead} == {"hidden_1", "hidden_2", "hidden_3"}
    assert {row["layer"] for row in records(chart, "gradient_norm")} == {"hidden_1", "hidden_2", "hidden_3", "output"}


def test_several_seeds_have_a_band_that_ends_at_the_axis() -> None:
    """The limits are told as they are, and drawn within the panel; many layers have none."""
    chart = figure(2)
    rows = records(chart, "gradient_norm")
    assert all(row["low"] <= row["y"] <= row["high"] for row in rows)
    assert all(row["from"] <= row["low"] and row["high"] <= row["to"] for row in rows)
    assert "Band: interval of the mean" in " ".join(drawn(chart).words)
    assert "Band" not in " ".join(drawn(figure(2, n_layers=20)).words)
    assert "Seed 0." in " ".join(drawn(figure(1)).words)


@pytest.mark.parametrize("factor", [4.0, 6.0])
def test_sizes_that_differ_by_much_have_a_logarithmic_axis(factor: float) -> None:
    """From a factor of five on; below it the axis begins at 0."""
    runs = [[LayerDiagnostics(e, "output", norm, 1, 1, 0, 0, 1) for e, norm in enumerate((1.0, factor), 1)]]
    spec = checked(layer_diagnostics.figure("a", layer_curves(runs), n_runs=1))
    scale = spec["concat"][0]["layer"][0]["encoding"]["y"]["scale"]
    assert (scale.get("type") == "log") == (factor > 5)
    assert (scale["domain"][0] == 0) == (factor <= 5)


def test_a_vanished_gradient_is_marked() -> None:
    """A triangle an epoch and layer, and a word for it."""
    drawing = drawn(figure(1, gradient_norm=0.0))
    assert "Triangle: exactly 0 in a run" in " ".join(drawing.words)
    assert "Triangle" not in " ".join(drawn(figure(1)).words)
    assert [row.get("vanished") for row in records(figure(1, gradient_norm=0.0), "gradient_norm")] == [True] * 24


def test_a_diverged_run_is_drawn_as_far_as_it_is_finite() -> None:
    """Nothing but gaps is no error; an axis without values has no numbers."""
    chart = figure(1, gradient_norm=float("nan"), activation_mean=float("inf"))
    assert checked(chart)["concat"][0]["layer"][0]["encoding"]["y"]["axis"]["values"] == []


@pytest.mark.parametrize(("low", "high"), [(1e-13, 1e-4), (0.03, 0.4), (0.9, 1.1e6), (2.1, 11.0)])
def test_logarithmic_ticks_are_few_and_round(low: float, high: float) -> None:
    """At least one and at most six, within the axis."""
    ticks = layer_diagnostics.log_ticks(low, high)
    assert 1 <= len(ticks) <= 6
    assert all(low <= tick <= high and f"{tick:.0e}"[0] in "125" for tick in ticks)


def test_nothing_recorded_says_how_to_record_it() -> None:
    """The line names the setting."""
    with pytest.raises(ResultsError, match="diagnostics = true"):
        layer_diagnostics.figure("plain-5", [], n_runs=0)
