"""Means with their intervals as the report writes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlpstudy.text.numerals import NONE, between, fixed, with_minus

if TYPE_CHECKING:
    from mlpstudy.evidence.estimates.intervals import Interval
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.evidence.judgement import MetricJudgement
    from mlpstudy.text.numerals import TimeUnit


def spread_words(of: Spread | None, factor: float, digits: int, unit: str = "") -> tuple[str, str]:
    """Return a mean, and its interval or what there is instead; n is not part of it.

    >>> from mlpstudy.evidence.estimates.spread import spread
    >>> spread_words(spread([0.98, 0.99]), 100, 2, " %")
    ('98.50 %', '[92.15, 104.85] SD 0.71')
    >>> spread_words(spread([0.98]), 100, 2, " %")
    ('98.00 %', 'one seed: no interval')
    >>> spread_words(spread([0.98, 0.98, 0.98]), 100, 2, " %")
    ('98.00 %', 'the same with all 3 seeds: no interval')
    """
    if of is None:
        return NONE, "no finished run"
    mean = f"{factor * of.mean:.{digits}f}{unit}"
    if of.interval is None or of.sd is None:
        return mean, "one seed: no interval" if of.n == 1 else f"the same with all {of.n} seeds: no interval"
    limits = between(of.interval.low, of.interval.high, factor, digits)
    return mean, with_minus(f"{limits} SD {factor * of.sd:.{digits}f}")


def time_words(of: Spread | None, unit: TimeUnit) -> tuple[str, str]:
    """Return a mean time, and its interval or what there is instead, in a unit, with three digits.

    >>> from mlpstudy.evidence.estimates.spread import spread
    >>> from mlpstudy.text.numerals import MILLISECONDS, SECONDS
    >>> time_words(spread([0.020, 0.021]), MILLISECONDS)
    ('20.5 ms', '[14.1, 26.9] SD 0.7')
    >>> time_words(spread([7.31, 7.53]), SECONDS)
    ('7.42 s', '[6.02, 8.82] SD 0.16')
    """
    if of is None:
        return NONE, "no finished run"
    value = of.mean / unit.seconds
    digits = next((n for n, least in enumerate((100, 10, 1)) if value >= least), 3)
    return spread_words(of, 1 / unit.seconds, digits, f" {unit.name}")


def unit_of(metric: MetricJudgement) -> str:
    """Return the unit in which differences are written."""
    return "nats" if metric.unit == "nats" else "percentage points"


def scale_of(metric: MetricJudgement) -> float:
    """Return the factor from the judgement's unit to the written one."""
    return 1.0 if metric.unit == "nats" else 100.0


def signed(value: float, metric: MetricJudgement) -> str:
    """Return a difference with its sign."""
    if not math.isfinite(value):
        return NONE
    digits = 4 if metric.unit == "nats" else 2
    return with_minus(fixed(scale_of(metric) * value, digits, sign=True))


def interval_words(of: Interval | None, metric: MetricJudgement) -> str:
    """Return an interval of a difference."""
    if of is None:
        return NONE
    return with_minus(between(of.low, of.high, scale_of(metric), 4 if metric.unit == "nats" else 2, sign=True))


def pair_of(of: Interval | None, factor: float = 1.0) -> tuple[float, float] | None:
    """Return the ends of an interval for a figure, None where it has none."""
    return None if of is None or not of.is_bounded else (factor * of.low, factor * of.high)
