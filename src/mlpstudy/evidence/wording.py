"""Numbers in words: the units that people read."""

from __future__ import annotations

import math

from mlpstudy.evidence.intervals import Interval
from mlpstudy.evidence.sample import Metric

PER = 10_000
"""Images that a difference in accuracy is also counted in."""


def difference_words(value: float, metric: Metric) -> str:
    """Return a difference with its sign and unit.

    >>> difference_words(0.00123, "accuracy"), difference_words(-0.0123, "log loss")
    ('+0.12 points', '-0.0123 nats')
    """
    return f"{value:+.4f} nats" if metric == "log loss" else f"{100 * value:+.2f} points"


def size_words(value: float, metric: Metric) -> str:
    """Return a size without sign, with its unit.

    >>> size_words(0.001, "accuracy")
    '0.10 points'
    """
    return difference_words(abs(value), metric).removeprefix("+")


def interval_words(interval: Interval, metric: Metric) -> str:
    """Return an interval in brackets.

    >>> interval_words(Interval(-0.0002, 0.0012, 0.95), "accuracy")
    '[-0.02, +0.12]'
    """
    if not interval.is_bounded:
        return "[unbounded]"
    scale, digits = (1, 4) if metric == "log loss" else (100, 2)
    return f"[{scale * interval.low:+.{digits}f}, {scale * interval.high:+.{digits}f}]"


def duration_words(seconds: float) -> str:
    """Return a wall time.

    >>> duration_words(42), duration_words(600), duration_words(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 99.5:  # noqa: PLR2004  # rounds to two digits
        return f"{math.ceil(seconds)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004  # 90 min


def count_words(n: int, noun: str) -> str:
    """Return a count with its noun.

    >>> count_words(1, "seed"), count_words(6, "seed")
    ('1 seed', '6 seeds')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
