"""Reliability: confidence against accuracy in bins, over the seeds of one architecture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.evidence.estimates.intervals import SHARE, Interval
from mlpstudy.evidence.estimates.spread import Spread, spread
from mlpstudy.tasks.metrics.calibration_error import bins_of_width, calibration_error

N_BINS = 10
"""Bins of equal width, as most papers draw them: of equal mass nearly all would lie at a confidence of 1."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about one confidence.

    Attributes:
        n: predictions a seed, mean over the seeds.
        confidence: mean probability of the predicted class.
        accuracy: share right, mean over the seeds that have such predictions.
        interval: Student's t interval of that mean over seeds, within [0, 1]; [0, 1] for one seed.
    """

    n: float
    confidence: float
    accuracy: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins of one architecture, and its calibration error (bins of equal mass) over seeds."""

    bins: tuple[Bin, ...]
    error: Spread


def reliability(
    p_predicted: npt.NDArray[np.float32],
    correct: npt.NDArray[np.bool_],
    *,
    confidence: float = 0.95,
) -> Reliability:
    """Return the reliability of one architecture, in bins of equal width; empty ones are left out.

    Args:
        p_predicted: probabilities of the predicted classes, shape ``(n seeds, N)``, at least one seed.
        correct: where the predictions are right, the same shape.
        confidence: level of the intervals.

    >>> import numpy as np
    >>> p = np.array([[0.7, 0.7, 0.95, 0.95], [0.7, 0.7, 0.95, 0.95]], np.float32)
    >>> right = np.array([[0, 1, 1, 1], [1, 1, 1, 1]], bool)
    >>> [(b.n, round(b.confidence, 2), b.accuracy) for b in reliability(p, right).bins]
    [(2.0, 0.7, 0.75), (2.0, 0.95, 1.0)]
    """
    p = p_predicted.astype(np.float64)
    member = bins_of_width(p, N_BINS)
    bins = [_bin(p, correct, member == b, confidence) for b in range(N_BINS) if (member == b).any()]
    errors = [calibration_error(a, b).error for a, b in zip(p_predicted, correct, strict=True)]
    error = spread(errors, confidence, SHARE)
    assert error is not None  # noqa: S101  # a seed at least
    return Reliability(tuple(bins), error)


def _bin(
    p: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_], confidence: float
) -> Bin:
    """Return one bin from where the predictions of all seeds are inside it."""
    counts = inside.sum(axis=1)
    used = counts > 0
    shares = spread((correct & inside).sum(axis=1)[used] / counts[used], confidence, SHARE)
    assert shares is not None  # noqa: S101  # the bin is not empty
    within = shares.interval or Interval(*SHARE, confidence)
    return Bin(float(counts.mean()), float(p[inside].mean()), shares.mean, within)
