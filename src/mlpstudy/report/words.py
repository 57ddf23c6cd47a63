"""Means with their intervals as the report writes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlpstudy.text.numerals import NONE, between, with_minus

if TYPE_CHECKING:
    from mlpstudy.evidence.estimates.intervals import Interval
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.tasks.metrics.metric import Metric
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


def metric_words(of: Spread | None, metric: Metric) -> tuple[str, str]:
    """Return a metric's mean, and its interval or what there is instead.

    >>> from mlpstudy.evidence.estimates.spread import spread
    >>> from mlpstudy.tasks.metrics.log_loss import LOG_LOSS
    >>> metric_words(spread([0.07, 0.08]), LOG_LOSS)
    ('0.0750 nats', '[0.0115, 0.1385] SD 0.0071')
    """
    return spread_words(of, metric.unit.factor, metric.digits, f" {metric.unit.of_values}")


def signed(value: float, metric: Metric) -> str:
    """Return a difference with its sign."""
    return with_minus(metric.number(value)) if math.isfinite(value) else NONE


def interval_words(of: Interval | None, metric: Metric) -> str:
    """Return an interval of a difference."""
    return NONE if of is None else with_minus(metric.interval(of.low, of.high))


def pair_of(of: Interval | None, factor: float = 1.0) -> tuple[float, float] | None:
    """Return the ends of an interval for a figure, None where it has none."""
    return None if of is None or not of.is_bounded else (factor * of.low, factor * of.high)
