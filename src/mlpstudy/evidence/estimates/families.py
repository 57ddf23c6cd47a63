"""Families: the comparisons that are written down before anything runs and adjusted together."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Literal

from mlpstudy.errors import ResultsError, must
from mlpstudy.study import MAX_COMPARISONS, Judging

FamilyKind = Literal["all-pairs", "against", "pairs"]


def family(
    names: Sequence[str],
    kind: FamilyKind = "all-pairs",
    *,
    baseline: str | None = None,
    pairs: Sequence[tuple[str, str]] = (),
) -> tuple[tuple[str, str], ...]:
    """Return the pairs (a, b) of a declared family; a difference is always a minus b.

    Args:
        names: architectures in the order of the study.
        kind: ``"all-pairs"``; ``"against"`` (all others against the baseline); ``"pairs"`` (those given).
        baseline: for ``"against"``.
        pairs: for ``"pairs"``.

    Raises:
        ResultsError: a name is no architecture's, or the family names none or more than 5,000 comparisons.

    >>> family(["x", "y", "z"], "against", baseline="y")
    (('x', 'y'), ('z', 'y'))
    """
    declared = Judging(family=kind, baseline=baseline, pairs=tuple(pairs)).n_comparisons(len(names))
    if declared > MAX_COMPARISONS:
        be, fix = f"have at most {MAX_COMPARISONS} comparisons", "fewer of them, in a new study and folder"
        raise ResultsError(must("the declared family", be, declared, fix))
    if kind == "all-pairs":
        return tuple(itertools.combinations(names, 2))
    if kind == "against":
        if baseline is None or baseline not in names:
            raise ResultsError(must("the baseline", f"be one of {', '.join(names[:12])}", baseline))
        return tuple((name, baseline) for name in names if name != baseline)
    known = set(names)
    for pair in pairs:
        if not set(pair) <= known or len(set(pair)) != len(pair):
            raise ResultsError(must("a pair", f"name two of {', '.join(names[:12])}", pair))
    if not pairs:
        raise ResultsError(must("the family of pairs", "name one pair at least", "none"))
    return tuple(pairs)


def family_contrasts(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[dict[int, float]]:
    """Return the contrasts of a family: +1 for a and -1 for b, by their positions among the architectures.

    >>> family_contrasts(["x", "y", "z"], [("x", "z")])
    [{0: 1.0, 2: -1.0}]
    """
    place = {name: i for i, name in enumerate(names)}
    return [{place[a]: 1.0, place[b]: -1.0} for a, b in pairs]
