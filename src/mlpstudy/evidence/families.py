"""Families: the comparisons that are written down before anything runs and adjusted together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from mlpstudy.errors import ResultsError, must

MAX_COMPARISONS = 5000
"""All pairs of 100 architectures: beyond it hardly any difference could survive the adjustment."""
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
    if kind == "all-pairs":
        n_pairs = len(names) * (len(names) - 1) // 2
        if n_pairs > MAX_COMPARISONS:
            fix = 'judging.family = "against" or "pairs"'
            raise ResultsError(must("a family", f"have at most {MAX_COMPARISONS} comparisons", n_pairs, fix))
        return tuple(itertools.combinations(names, 2))
    if kind == "against":
        if baseline is None or baseline not in names:
            raise ResultsError(must("the baseline", f"be one of {', '.join(names[:12])}", baseline))
        return tuple((name, baseline) for name in names if name != baseline)
    for pair in pairs:
        if not set(pair) <= set(names) or len(set(pair)) != len(pair):
            raise ResultsError(must("a pair", f"name two of {', '.join(names[:12])}", pair))
    if not pairs:
        raise ResultsError(must("the family of pairs", "name one pair at least", "none"))
    return tuple(pairs)


def family_weights(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> npt.NDArray[np.float64]:
    """Return the contrasts of a family, +1 for a and -1 for b, shape ``(pairs, architectures)``.

    >>> family_weights(["x", "y", "z"], [("x", "z")]).tolist()
    [[1.0, 0.0, -1.0]]
    """
    weights = np.zeros((len(pairs), len(names)))
    for j, (a, b) in enumerate(pairs):
        weights[j, names.index(a)] = 1.0
        weights[j, names.index(b)] = -1.0
    return weights
