"""Calibration: is a network right as often as it says?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlpstudy.errors import ResultsError, must
from mlpstudy.machine.lazy import Lazy
from mlpstudy.tasks.metrics.metric import SHARES, Answers, Metric

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mlpstudy.arrays import FloatArray
else:
    np = Lazy("numpy")

Bins = Literal["equal mass", "equal width"]

N_BINS = 15
"""Bins of Guo et al. 2017, section 2."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Confidence against accuracy in bins of confidence.

    Attributes:
        error: top-label calibration error, 0 to 1.
        bins: how the bins were cut.
        n: examples a bin, shape ``(bins,)``; empty bins are left out.
        confidence: mean probability of the predicted class a bin.
        accuracy: share right a bin.
    """

    error: float
    bins: Bins
    n: npt.NDArray[np.int64]
    confidence: FloatArray
    accuracy: FloatArray


def calibration_error(
    p_predicted: npt.ArrayLike, correct: npt.ArrayLike, *, n_bins: int = N_BINS, bins: Bins = "equal mass"
) -> Calibration:
    """Return the expected calibration error of the predicted class (top label).

    ``ECE = sum_b n_b / N |accuracy_b - confidence_b|``. Bins of equal mass hold N / n_bins examples each, so that
    confident networks (most p above 0.99) are not judged by one bin; bins of equal width are those of most papers.
    The estimate is biased upwards: a perfectly calibrated network of N examples shows about
    ``sqrt(2 p (1 - p) n_bins / (pi N))``, so compare it between networks on one test set, not with 0.

    Args:
        p_predicted: probability of the predicted class, shape ``(N,)``.
        correct: where the prediction is right, shape ``(N,)``.
        n_bins: number of bins.
        bins: ``"equal mass"`` or ``"equal width"``.

    Raises:
        ResultsError: the shapes differ or are empty, or there are no bins.

    Sources: Guo et al. 2017 (arXiv 1706.04599), eq. 3; Nguyen & O'Connor 2015 (arXiv 1508.05154), section 4
    (bins of equal mass).

    >>> calibration_error([0.9] * 10, [True] * 7 + [False] * 3, n_bins=1).error.__round__(3)
    0.2
    """
    p = np.asarray(p_predicted, dtype=np.float64)
    right = np.asarray(correct, dtype=np.float64)
    if p.ndim != 1 or p.shape != right.shape or p.size == 0:
        raise ResultsError(must("p_predicted and correct", "have one value an example", f"{p.shape} and {right.shape}"))
    if n_bins < 1:
        raise ResultsError(must("n_bins", "be at least 1", n_bins))
    if bins == "equal mass":
        order = np.argsort(p, kind="stable")
        member = np.empty(p.size, dtype=np.intp)
        member[order] = np.arange(p.size) * n_bins // p.size
    else:
        member = bins_of_width(p, n_bins)
    count = np.bincount(member, minlength=n_bins)
    used = count > 0
    confidence = np.bincount(member, weights=p, minlength=n_bins)[used] / count[used]
    accuracy = np.bincount(member, weights=right, minlength=n_bins)[used] / count[used]
    error = float(np.sum(count[used] / p.size * np.abs(accuracy - confidence)))
    return Calibration(error, bins, count[used].astype(np.int64), confidence, accuracy)


def bins_of_width(p: FloatArray, n_bins: int) -> npt.NDArray[np.intp]:
    """Return the bin of each probability, of bins of equal width that hold their upper ends.

    >>> bins_of_width(np.array([0.0, 0.1, 0.11, 1.0]), 10).tolist()
    [0, 0, 1, 9]
    """
    return np.asarray(np.clip(np.ceil(p * n_bins).astype(np.intp) - 1, 0, n_bins - 1))


def _errors(answers: Answers) -> FloatArray:
    """Return the calibration error of every run, shape ``(n,)``: no single example has one."""
    runs = zip(answers.p_predicted, answers.correct, strict=True)
    return np.array([calibration_error(p, correct).error for p, correct in runs])


CALIBRATION_ERROR = Metric(
    name="calibration error",
    formula="sum over bins of n_b / N |accuracy_b - confidence_b|",
    source="Guo et al. 2017 (arXiv 1706.04599), eq. 3; 15 bins of equal mass, of the predicted class",
    unit=SHARES,
    digits=2,
    higher_is_better=False,
    possible=(0.0, 1.0),
    measure=_errors,
    of_a_share=1.0,
    on_examples=False,
)
