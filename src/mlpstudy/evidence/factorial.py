"""Main effects and interactions of the factors of a study, with both questions' intervals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.evidence.contrasts import Estimate, estimate_contrasts

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Levels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect: what changes with the levels of one factor, or differently in combination.

    Attributes:
        term: the factors, ``("depth",)`` for a main effect, ``("depth", "regularisation")`` for an interaction.
        levels: level and reference level a factor, ``(("5", "2"),)``.
        label: in words.
        estimate: in the unit of the metric; adjusted within its order (all main effects are one family, all
            interactions of two factors another).
    """

    term: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]
    label: str
    estimate: Estimate


def factor_effects(
    levels: Sequence[Levels],
    seeds: Sequence[IntArray],
    scores: Sequence[FloatArray],
    cells: Sequence[FloatArray] | None,
    *,
    confidence: float = 0.95,
    resolution: float = 0.0,
) -> tuple[Effect, ...]:
    """Return main effects and interactions of a full factorial study.

    Main effect of a factor from level r to level l: the mean over all levels of the others of
    ``A[l, ...] - A[r, ...]``, for all pairs of levels. Interaction of two factors: the difference of two such
    differences, ``(A[l,m] - A[r,m]) - (A[l,q] - A[r,q])``, averaged over the rest, for all levels l, m against
    the first levels r, q; of three and more factors likewise. Each is a contrast of the architectures, one
    value a seed, with intervals and tests as for pairs.

    Args:
        levels: pairs of factor and level of each architecture, the factors in one order.
        seeds: seeds of each architecture, ascending.
        scores: metric of each run.
        cells: metric of each run on each example, or None.
        confidence: level of the intervals.
        resolution: as in :func:`mlpstudy.evidence.contrasts.estimate_contrasts`.

    Returns:
        the effects, main effects first; none where the architectures are not a full factorial, or a seed common
        to all of them is missing.

    >>> levels = [(("depth", d), ("dropout", r)) for d in "23" for r in ("no", "yes")]
    >>> scores = [np.array([s, s + 0.1, s]) for s in (1.0, 2.0, 3.0, 7.0)]
    >>> for e in factor_effects(levels, [np.arange(3)] * 4, scores, None):
    ...     print(e.label, round(e.estimate.value, 6))
    depth: 3 instead of 2 3.5
    dropout: yes instead of no 2.5
    depth 3 instead of 2, more with dropout yes than with no 3.0
    """
    factors = _full_factorial(levels)
    if not factors or _common(seeds).size == 0:
        return ()
    effects: list[Effect] = []
    for order in range(1, len(factors) + 1):
        described = [
            (term, chosen)
            for term in itertools.combinations(factors, order)
            for chosen in itertools.product(*(_level_pairs(factors[f], first_only=order > 1) for f in term))
        ]
        if not described:
            continue
        weights = np.array([_weights(levels, factors, dict(zip(t, c, strict=True))) for t, c in described])
        estimates = estimate_contrasts(weights, seeds, scores, cells, confidence=confidence, resolution=resolution)
        for (term, chosen), estimate in zip(described, estimates, strict=True):
            effects.append(Effect(term, chosen, _label(term, chosen), estimate))
    return tuple(effects)


def _full_factorial(levels: Sequence[Levels]) -> dict[str, list[str]]:
    """Return the factors with their levels in order of appearance; empty unless every combination is there once."""
    if not levels or not levels[0]:
        return {}
    names = [factor for factor, _ in levels[0]]
    if any([factor for factor, _ in one] != names for one in levels):
        return {}
    factors = {name: list(dict.fromkeys(one[i][1] for one in levels)) for i, name in enumerate(names)}
    wanted = math.prod(len(values) for values in factors.values())
    return factors if len(set(levels)) == len(levels) == wanted else {}


def _common(seeds: Iterable[IntArray]) -> IntArray:
    """Return the seeds that all architectures have."""
    common: IntArray | None = None
    for own in seeds:
        common = own if common is None else np.intersect1d(common, own)
    return np.array([], dtype=np.int64) if common is None else common


def _level_pairs(values: Sequence[str], *, first_only: bool) -> list[tuple[str, str]]:
    """Return pairs (level, reference): all, or those against the first level only."""
    pairs = [(later, earlier) for earlier, later in itertools.combinations(values, 2)]
    return [pair for pair in pairs if pair[1] == values[0]] if first_only else pairs


def _weights(
    levels: Sequence[Levels], factors: dict[str, list[str]], chosen: dict[str, tuple[str, str]]
) -> list[float]:
    """Return the contrast: a product over the factors of +1, -1 and 0, or 1/L where a factor is averaged over."""
    row: list[float] = []
    for one in levels:
        weight = 1.0
        for factor, level in one:
            if factor in chosen:
                weight *= (level == chosen[factor][0]) - (level == chosen[factor][1])
            else:
                weight /= len(factors[factor])
        row.append(weight)
    return row


def _label(term: tuple[str, ...], chosen: tuple[tuple[str, str], ...]) -> str:
    """Return the effect in words."""
    (level, reference), *others = chosen
    if not others:
        return f"{term[0]}: {level} instead of {reference}"
    rest = " and ".join(f"{f} {lvl} than with {ref}" for f, (lvl, ref) in zip(term[1:], others, strict=True))
    return f"{term[0]} {level} instead of {reference}, more with {rest}"
