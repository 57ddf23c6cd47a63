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


def noun_of(*, are_images: bool) -> str:
    """Return what the examples of a study are called where several are counted.

    >>> noun_of(are_images=True), noun_of(are_images=False)
    ('images', 'examples')
    """
    return "images" if are_images else "examples"


def examples_words(difference: float) -> str:
    """Return a difference in test examples, a mean over seeds: whole where it has two digits.

    >>> examples_words(-17.2), examples_words(0.25), examples_words(0.0)
    ('-17', '+0.2', '0.0')
    """
    return fixed(difference, 0 if abs(difference) >= 9.95 else 1, sign=True)  # noqa: PLR2004  # rounds to 10


def sentence_words(text: str) -> str:
    """Return words as a sentence: a capital at the start, a full stop at the end; nothing of nothing.

    >>> sentence_words("the spread is large"), sentence_words("")
    ('The spread is large.', '')
    """
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""


def count_words(n: int, noun: str) -> str:
    """Return a count with its noun.

    >>> count_words(1, "seed"), count_words(6, "seed")
    ('1 seed', '6 seeds')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
