"""Intervals for one mean over seeds: Student's t, and how an interval is written."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.estimates.rounding import sd_of

Range = tuple[float, float]

ANYTHING: Range = (-math.inf, math.inf)
SHARE: Range = (0.0, 1.0)
NOT_NEGATIVE: Range = (0.0, math.inf)
"""What a number can be: any, a share of a whole, a loss or a time."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, in the unit of the estimate.

    Attributes:
        low: lower end; -inf where nothing bounds it.
        high: upper end; inf where nothing bounds it.
        confidence: level, 0 to 1.
    """

    low: float
    high: float
    confidence: float

    @property
    def is_bounded(self) -> bool:
        """Both ends are finite."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def half_width(self) -> float:
        """Half the distance between the ends."""
        return (self.high - self.low) / 2 if self.is_bounded else math.inf

    def cut(self, possible: Range) -> Interval:
        """Return the interval without what cannot be, as an accuracy above 1: the chance to hold the truth stays.

        >>> Interval(0.97, 1.02, 0.95).cut(SHARE)
        Interval(low=0.97, high=1.0, confidence=0.95)
        """
        return replace(self, low=max(self.low, possible[0]), high=min(self.high, possible[1]))

    def excludes(self, value: float) -> bool:
        """Say whether a value lies outside, the ends being inside."""
        return not self.low <= value <= self.high

    def within(self, low: float, high: float) -> bool:
        """Say whether the whole interval lies inside [low, high]."""
        return low <= self.low and self.high <= high


def unbounded(confidence: float) -> Interval:
    """Return the interval that says nothing."""
    return Interval(-math.inf, math.inf, confidence)


def around(estimate: float, half_width: float, confidence: float) -> Interval:
    """Return the symmetric interval around an estimate; the one that says nothing where that is not finite."""
    if not (math.isfinite(estimate) and math.isfinite(half_width)):
        return unbounded(confidence)
    return Interval(estimate - half_width, estimate + half_width, confidence)


def t_quantile(probability: float, df: float) -> float:
    """Return the quantile of Student's t.

    >>> round(t_quantile(0.975, 10), 4)
    2.2281
    """
    return float(special.stdtrit(df, probability))


def t_two_sided_p(t: float, df: float) -> float:
    """Return the probability that Student's t is at least as far from 0.

    >>> round(t_two_sided_p(2.2281, 10), 4)
    0.05
    """
    return float(2.0 * special.stdtr(df, -abs(t)))


def mean_interval(values: npt.ArrayLike, confidence: float = 0.95) -> Interval:
    """Return Student's t interval for the mean of independent values.

    ``mean +- t(1 - alpha/2, n - 1) sd / sqrt(n)``. One value bounds nothing: the ends are infinite.

    Args:
        values: one value a seed, shape ``(n,)``.
        confidence: level, 0 to 1.

    Raises:
        ResultsError: there is no value, or the confidence is not between 0 and 1.

    Source: Student 1908.

    >>> interval = mean_interval([0.979, 0.981, 0.983])
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.976, 0.986)
    """
    sample = np.asarray(values, dtype=np.float64).ravel()
    check_confidence(confidence)
    if sample.size == 0:
        raise ResultsError(must("an interval", "have one value at least", "none"))
    if sample.size == 1:
        return unbounded(confidence)
    se = sd_of(sample) / math.sqrt(sample.size)
    return around(float(sample.mean()), t_quantile(0.5 + confidence / 2, sample.size - 1) * se, confidence)


def check_confidence(confidence: float) -> None:
    """Refuse a level outside (0, 1).

    Raises:
        ResultsError: it is outside.
    """
    if not 0.0 < confidence < 1.0:
        raise ResultsError(must("the confidence", "be between 0 and 1", confidence, "confidence = 0.95"))
