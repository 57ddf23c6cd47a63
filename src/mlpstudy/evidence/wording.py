"""Numbers in words: the units that people read."""

from __future__ import annotations

from mlpstudy.evidence.estimates.intervals import Interval
from mlpstudy.evidence.sample import Metric
from mlpstudy.text.numerals import fixed


def difference_words(value: float, metric: Metric) -> str:
    """Return a difference with its sign and unit.

    >>> difference_words(0.00123, "accuracy"), difference_words(-0.0123, "log loss")
    ('+0.12 points', '-0.0123 nats')
    """
    if metric == "log loss":
        return f"{fixed(value, 4, sign=True)} nats"
    return f"{fixed(100 * value, 2, sign=True)} points"


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
    low, high = (fixed(scale * end, digits, sign=True) for end in (interval.low, interval.high))
    return f"[{low}, {high}]"
