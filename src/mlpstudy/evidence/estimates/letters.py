"""Tiers: letters that architectures share where they cannot be told apart."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

from mlpstudy.errors import ResultsError, must

MAX_GROUPS = 500
"""Groups from which letters tell nobody anything: k pairs that differ and share no architecture make 2^k."""


def compact_letters(
    n: int, different: Iterable[tuple[int, int]], order: Sequence[int] | None = None
) -> tuple[str, ...]:
    """Return the compact letter display of n architectures.

    Two architectures share a letter exactly where they are not among the pairs that differ. Insert and absorb:
    start with one group of all; for each pair that differs, split every group that holds both into one without
    the first and one without the second; drop groups that lie inside another.

    Args:
        n: number of architectures.
        different: pairs that differ, as positions 0 to n - 1.
        order: architectures from best to worst; the letters are given in this order, so that the best has "a".

    Returns:
        one string an architecture, letters ascending ("ab"); after "z" come "A" to "Z", then "a2" and so on. All
        empty where it would take more than MAX_GROUPS letters.

    Raises:
        ResultsError: a pair names no architecture, or one twice; the order is not one of all.

    Source: Piepho 2004, Journal of Computational and Graphical Statistics 13:456.

    >>> compact_letters(3, [(0, 2)])
    ('a', 'ab', 'b')
    """
    ranks = list(range(n)) if order is None else list(order)
    if sorted(ranks) != list(range(n)):
        raise ResultsError(must("the order of the tiers", f"name each of {n} architectures once", str(ranks) + " "))
    groups: list[frozenset[int]] = [frozenset(range(n))] if n else []
    for first, second in different:
        if first == second or not (0 <= first < n and 0 <= second < n):
            raise ResultsError(must("a pair that differs", f"be two positions from 0 to {n - 1}", (first, second)))
        groups = _absorb(_insert(groups, first, second))
        if len(groups) > MAX_GROUPS:
            return ("",) * n
    place = {architecture: rank for rank, architecture in enumerate(ranks)}
    groups.sort(key=lambda group: sorted(place[a] for a in group))
    names = [_letter(i) for i in range(len(groups))]
    return tuple("".join(name for name, group in zip(names, groups, strict=True) if a in group) for a in range(n))


def _insert(groups: list[frozenset[int]], first: int, second: int) -> list[frozenset[int]]:
    """Split the groups that hold both."""
    split: list[frozenset[int]] = []
    for group in groups:
        split.extend([group - {first}, group - {second}] if first in group and second in group else [group])
    return split


def _absorb(groups: list[frozenset[int]]) -> list[frozenset[int]]:
    """Drop groups that lie inside another."""
    unique = sorted(set(groups), key=len, reverse=True)
    kept: list[frozenset[int]] = []
    for group in unique:
        if not any(group <= other for other in kept):
            kept.append(group)
    return kept


def _letter(i: int) -> str:
    """Return the i-th letter."""
    turn, place = divmod(i, len(string.ascii_letters))
    return string.ascii_letters[place] + (str(turn + 1) if turn else "")
