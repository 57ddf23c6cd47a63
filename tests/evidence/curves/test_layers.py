"""Means of layer diagnostics over seeds: arithmetic for shares and means, geometric for sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mlpstudy.evidence.curves.layers import QUANTITIES, LayerCurve, Quantity, layer_curves
from mlpstudy.records import LayerDiagnostics


def row(epoch: int = 1, layer: str = "hidden_1", **values: float) -> LayerDiagnostics:
    """Diagnostics of one layer and epoch."""
    numbers: dict[str, float] = dict.fromkeys(QUANTITIES, 0.5)
    return LayerDiagnostics(epoch=epoch, layer=layer, **(numbers | values))


def one(quantity: Quantity, values: list[float], confidence: float = 0.95) -> LayerCurve:
    """The curve of a quantity that takes these values in one epoch of several runs."""
    runs = []
    for value in values:
        changed: dict[str, Any] = {quantity: value}
        runs.append([replace(row(), **changed)])
    (found,) = [c for c in layer_curves(runs, confidence) if c.quantity == quantity]
    return found


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_mean_and_interval_are_those_of_the_t_distribution(quantity: Quantity) -> None:
    """Of the logarithms of sizes, of the values of shares and means."""
    values = [0.1, 0.2, 0.4, 0.3]
    is_size = quantity not in ("dead_share", "activation_mean")
    sample = np.log(values) if is_size else np.array(values)
    low, high = stats.t.interval(0.9, 3, sample.mean(), stats.sem(sample))
    expected = [low, sample.mean(), high]
    found = one(quantity, values, 0.9)
    assert found.lower is not None
    assert found.upper is not None
    assert [found.lower[0], found.mean[0], found.upper[0]] == pytest.approx(np.exp(expected) if is_size else expected)


def test_limits_of_a_share_are_shares() -> None:
    """No interval of dead units reaches below 0 or above 1."""
    found = one("dead_share", [0.0, 1.0, 0.0])
    assert found.lower is not None
    assert found.upper is not None
    assert (found.lower[0], found.upper[0]) == (0.0, 1.0)


def test_a_size_of_zero_has_no_geometric_mean_but_is_told() -> None:
    """A gradient that vanished in one run leaves a gap, and a mark; a diverged run leaves a gap only."""
    vanished, diverged = one("gradient_norm", [1.0, 0.0]), one("gradient_norm", [1.0, np.inf])
    assert np.isnan(vanished.mean[0])
    assert vanished.vanished.tolist() == [True]
    assert np.isnan(diverged.mean[0])
    assert diverged.vanished.tolist() == [False]
    assert not one("dead_share", [0.0, 0.0]).vanished.any()


def test_one_run_is_its_own_mean_without_limits() -> None:
    """Nothing is said of the spread of one run."""
    found = one("weight_norm", [3.0])
    assert found.mean[0] == pytest.approx(3.0)
    assert (found.lower, found.upper) == (None, None)


def test_epochs_and_layers_keep_their_places() -> None:
    """Layers in their order, epochs by their number, what is missing NaN."""
    run = [row(1, "hidden_1"), row(1, "output"), row(3, "hidden_1", weight_norm=7.0), row(3, "output")]
    curves = [c for c in layer_curves([run]) if c.quantity == "weight_norm"]
    assert [c.layer for c in curves] == ["hidden_1", "output"]
    np.testing.assert_allclose(curves[0].mean, [0.5, np.nan, 7.0])


def test_no_runs_have_no_curves() -> None:
    """Nothing in, nothing out."""
    assert layer_curves([]) == ()
