"""What the layers of an architecture do, epoch by epoch: means over seeds, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray
from mlpstudy.evidence.curves.curves import held, mean_curve

if TYPE_CHECKING:
    from mlpstudy.records import LayerDiagnostics

Quantity = Literal["gradient_norm", "weight_norm", "update_ratio", "dead_share", "activation_mean", "activation_std"]

QUANTITIES: tuple[Quantity, ...] = (
    "gradient_norm",
    "update_ratio",
    "dead_share",
    "weight_norm",
    "activation_mean",
    "activation_std",
)
"""In the order in which they are shown."""

SIZES = frozenset({"gradient_norm", "update_ratio", "weight_norm", "activation_std"})
"""Quantities that are positive and differ by factors: their means are geometric."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerCurve:
    """One quantity of one layer over the epochs; each array of shape ``(epochs,)``.

    Attributes:
        layer: name of the dense layer.
        quantity: which of its diagnostics.
        mean: mean over the runs; NaN where a run has no finite value, or a size that is 0.
        lower: lower limit of the mean, None where there is one run; NaN where float64 does not hold it.
        upper: upper limit of the mean, likewise.
        vanished: where the size is 0 in at least one run, so that there is no geometric mean.
    """

    layer: str
    quantity: Quantity
    mean: FloatArray
    lower: FloatArray | None
    upper: FloatArray | None
    vanished: npt.NDArray[np.bool_]


def layer_curves(runs: Sequence[Sequence[LayerDiagnostics]], confidence: float = 0.95) -> tuple[LayerCurve, ...]:
    """Return the mean curves of every layer and quantity, with Student's t interval of the mean at every epoch.

        dead share, activation mean:  mean +- t(n - 1) sd / sqrt(n)
        norms, ratio, deviation:      exp(mean +- t(n - 1) sd / sqrt(n)) of the logarithms

    Limits of a share stay within 0 and 1.

    Args:
        runs: the diagnostics of each run, of the same layers; epochs that a run lacks are missing values.
        confidence: level of the intervals.

    >>> from mlpstudy.records import LayerDiagnostics
    >>> runs = [[LayerDiagnostics(1, "output", norm, 1.0, 0.1, 0.0, 0.0, 1.0)] for norm in (1.0, 100.0)]
    >>> round(float(layer_curves(runs)[0].mean[0]), 6)
    10.0
    """
    layers = list(dict.fromkeys(row.layer for run in runs for row in run))
    n_epochs = max((row.epoch for run in runs for row in run), default=0)
    return tuple(
        _curve(layer, quantity, _values(runs, layer, quantity, n_epochs), confidence)
        for quantity in QUANTITIES
        for layer in layers
    )


def _values(runs: Sequence[Sequence[LayerDiagnostics]], layer: str, quantity: Quantity, n_epochs: int) -> FloatArray:
    """Return one quantity of one layer, shape ``(runs, epochs)``, NaN where it is missing."""
    values = np.full((len(runs), n_epochs), np.nan)
    for i, run in enumerate(runs):
        for row in run:
            if row.layer == layer:
                values[i, row.epoch - 1] = getattr(row, quantity)
    values[~np.isfinite(values)] = np.nan
    return values


def _curve(layer: str, quantity: Quantity, values: FloatArray, confidence: float) -> LayerCurve:
    """Return the mean curve of one quantity of one layer."""
    if quantity not in SIZES:
        mean, lower, upper = mean_curve(values, confidence)
        if quantity == "dead_share" and lower is not None and upper is not None:
            lower, upper = np.maximum(lower, 0.0), np.minimum(upper, 1.0)
        return LayerCurve(layer, quantity, mean, lower, upper, np.zeros(values.shape[1], dtype=np.bool_))
    vanished = (values == 0).any(axis=0)
    mean, lower, upper = mean_curve(np.log(np.where(values > 0, values, np.nan)), confidence)
    with np.errstate(over="ignore"):
        mean = held(np.exp(mean))
        if lower is None or upper is None:
            return LayerCurve(layer, quantity, mean, None, None, vanished)
        return LayerCurve(layer, quantity, mean, held(np.exp(lower)), held(np.exp(upper)), vanished)
