"""Mean learning curves over seeds, with the interval of the mean at every epoch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray
from mlpstudy.evidence.estimates.intervals import t_quantile


class MeanCurve(NamedTuple):
    """Mean over seeds at every epoch, shape ``(epochs,)``; the limits are None for one seed."""

    mean: FloatArray
    lower: FloatArray | None
    upper: FloatArray | None


def mean_curve(curves: npt.ArrayLike, confidence: float = 0.95) -> MeanCurve:
    """Return the mean curve of several seeds with Student's t interval of the mean, epoch by epoch.

        mean +- t(n - 1) sd / sqrt(n)

    Args:
        curves: one row a seed, shape ``(seeds, epochs)``; where a value is missing it is NaN, and so is the mean.
            What float64 cannot hold is NaN too.
        confidence: level of the intervals.

    >>> mean_curve([[1.0, 0.5], [3.0, 0.5]]).mean.tolist()
    [2.0, 0.5]
    """
    values = np.atleast_2d(np.asarray(curves, dtype=np.float64))
    n_seeds = values.shape[0]
    with np.errstate(over="ignore", invalid="ignore"):
        mean = held(values.mean(axis=0))
        if n_seeds == 1:
            return MeanCurve(mean, None, None)
        half = held(t_quantile(0.5 + confidence / 2, n_seeds - 1) * values.std(axis=0, ddof=1) / np.sqrt(n_seeds))
        return MeanCurve(mean, held(mean - half), held(mean + half))


def held(values: FloatArray) -> FloatArray:
    """Return values with NaN for what has overflowed.

    >>> held(np.array([1.0, np.inf])).tolist()
    [1.0, nan]
    """
    return np.where(np.isfinite(values), values, np.nan)
