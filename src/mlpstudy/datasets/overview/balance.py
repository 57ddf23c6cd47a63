"""The balance of the classes, and what it means for an accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from mlpstudy.text.numerals import percent

LOPSIDED = 0.8
"""Share of one class from which on an accuracy hides what becomes of the others."""


def majority_line(class_names: Sequence[str], counts: Sequence[int]) -> str:
    """Return what always answering the commonest class, the first of equals, would reach.

    >>> majority_line(("no", "yes"), (968, 32))
    'Always answering "no" would be right on 96.8 % of the examples: an accuracy counts from there.'
    """
    name, share = _commonest(class_names, counts)
    of = f"{percent(share, 1)} of the examples"
    return f'Always answering "{name}" would be right on {of}: an accuracy counts from there.'


def lopsided_warning(class_names: Sequence[str], counts: Sequence[int]) -> str | None:
    """Return a warning where one class has most of the examples, None elsewhere.

    >>> lopsided_warning(("no", "yes"), (500, 500)) is None
    True
    """
    name, share = _commonest(class_names, counts)
    if share < LOPSIDED:
        return None
    others = "the other class has" if len(counts) == 2 else f"the other {len(counts) - 1} classes have"  # noqa: PLR2004  # one other
    return (
        f'{percent(share, 1)} of the examples are of class "{name}" ({others} {sum(counts) - max(counts):,}): a network'
        f' that always answers "{name}" is right as often, which accuracy does not show;'
        ' metric = "log loss" in [judging] does'
    )


def _commonest(class_names: Sequence[str], counts: Sequence[int]) -> tuple[str, float]:
    most = max(counts)
    return class_names[list(counts).index(most)], most / max(1, sum(counts))
