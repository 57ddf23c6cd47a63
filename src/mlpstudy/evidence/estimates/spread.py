"""Mean and spread of one number over seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.evidence.estimates.intervals import ANYTHING, Interval, Range, mean_interval
from mlpstudy.evidence.estimates.rounding import sd_of


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and spread of one number over seeds.

    Attributes:
        n: number of seeds.
        mean: arithmetic mean.
        sd: standard deviation over seeds (ddof 1); None for one seed, which has no spread.
        se: standard error of the mean, sd / sqrt(n); None for one seed.
        interval: Student's t interval of the mean; None for one seed, and where all seeds have one value: of how far
            the mean may lie from it they then say nothing, and an interval of no width would say that it is known.
        minimum: lowest.
        maximum: highest.
    """

    n: int
    mean: float
    sd: float | None
    se: float | None
    interval: Interval | None
    minimum: float
    maximum: float


def spread(values: npt.ArrayLike, confidence: float = 0.95, possible: Range = ANYTHING) -> Spread | None:
    """Return mean, SD (ddof 1), standard error and interval of one number over seeds; None for no number.

    Args:
        values: one a seed.
        confidence: level of the interval.
        possible: what the number can be; the interval ends there.

    >>> s = spread([0.979, 0.981, 0.983])
    >>> s.n, round(s.mean, 4), round(s.sd, 4), round(s.se, 4)
    (3, 0.981, 0.002, 0.0012)
    """
    sample = np.asarray(values, dtype=np.float64).ravel()
    if sample.size == 0:
        return None
    is_one_value = bool(sample.min() == sample.max())
    sd = sd_of(sample) if sample.size > 1 else None
    return Spread(
        n=int(sample.size),
        mean=float(sample[0] if is_one_value else sample.mean()),
        sd=sd,
        se=None if sd is None else sd / math.sqrt(sample.size),
        interval=None if is_one_value else mean_interval(sample, confidence).cut(possible),
        minimum=float(sample.min()),
        maximum=float(sample.max()),
    )
