"""Main effects and interactions of the factors of a study, with both questions' intervals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray, IntArray
from mlpstudy.evidence.estimates.contrasts import Estimate, estimate_contrasts

Levels = tuple[tuple[str, str], ...]

MAX_EFFECTS = 1000
"""Effects of one order, main effects say, that are judged: nobody reads more, and each is a pass over all runs."""


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
    value a seed, with intervals and tests as for pairs. With more than MAX_EFFECTS of an order fewer are judged:
    :func:`left_out` says which are not.

    Args:
        levels: pairs of factor and level of each architecture, the factors in one order.
        seeds: seeds of each architecture, ascending.
        scores: metric of each run.
        cells: metric of each run on each example, or None.
        confidence: level of the intervals.
        resolution: as in :func:`mlpstudy.evidence.estimates.contrasts.estimate_contrasts`.

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
    places = {
        factor: np.array([values.index(one[i][1]) for one in levels])
        for i, (factor, values) in enumerate(factors.items())
    }
    effects: list[Effect] = []
    for order in range(1, len(factors) + 1):
        described = _described(factors, order)
        if not described:
            continue
        contrasts = [_contrast(factors, places, dict(zip(t, c, strict=True))) for t, c in described]
        estimates = estimate_contrasts(contrasts, seeds, scores, cells, confidence=confidence, resolution=resolution)
        for (term, chosen), estimate in zip(described, estimates, strict=True):
            effects.append(Effect(term, chosen, _label(term, chosen), estimate))
    return tuple(effects)


def left_out(levels: Sequence[Levels]) -> tuple[str, ...]:
    """Return, a sentence an order, which effects of a study are not judged: it has more than MAX_EFFECTS of them.

    What is judged follows from the factors alone, never from a result.

    >>> left_out([(("width", str(n)),) for n in range(100)])
    ('Of 4,950 main effects the 99 against the first level of each factor are judged: more than 1,000 are too many.',)
    """
    factors = _full_factorial(levels)
    found: list[str] = []
    for order in range(1, len(factors) + 1):
        n_all, n_judged = _n_effects(factors, order, first_only=order > 1), len(_described(factors, order))
        if n_judged < n_all:
            what = "main effects" if order == 1 else f"interactions of {order} factors"
            which = f"the {n_judged:,} against the first level of each factor are" if n_judged else "none is"
            found.append(f"Of {n_all:,} {what} {which} judged: more than {MAX_EFFECTS:,} are too many.")
    return tuple(found)


def _described(factors: dict[str, list[str]], order: int) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Return the effects of an order that are judged: their factors, and level and reference level of each.

    All of them; where these are too many, of the main effects those against the first level, and else none.
    """
    first_only = order > 1 or _n_effects(factors, order, first_only=False) > MAX_EFFECTS
    if _n_effects(factors, order, first_only=first_only) > MAX_EFFECTS:
        return []
    return [
        (term, chosen)
        for term in itertools.combinations(factors, order)
        for chosen in itertools.product(*(_level_pairs(factors[f], first_only=first_only) for f in term))
    ]


def _n_effects(factors: dict[str, list[str]], order: int, *, first_only: bool) -> int:
    """Return the number of effects of an order: the sum over its terms of the product of their pairs of levels."""
    # The elementary symmetric polynomial of that order, a factor at a time: there may be 2^13 terms.
    sums = [1] + [0] * order
    for values in factors.values():
        n_pairs = len(values) - 1 if first_only else len(values) * (len(values) - 1) // 2
        for i in range(order, 0, -1):
            sums[i] += n_pairs * sums[i - 1]
    return sums[order]


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


def _contrast(
    factors: dict[str, list[str]], places: dict[str, npt.NDArray[np.intp]], chosen: dict[str, tuple[str, str]]
) -> dict[int, float]:
    """Return the contrast: a product over the factors of +1, -1 and 0, or 1/L where a factor is averaged over.

    Args:
        factors: the factors with their levels.
        places: of each factor, which level every architecture has.
        chosen: of the effect's factors, level and reference level.
    """
    weights = np.ones(next(iter(places.values())).size)
    for factor, values in factors.items():
        if factor in chosen:
            level, reference = (values.index(name) for name in chosen[factor])
            weights *= np.where(places[factor] == level, 1.0, 0.0) - np.where(places[factor] == reference, 1.0, 0.0)
        else:
            weights /= len(values)
    return {int(a): float(weights[a]) for a in np.flatnonzero(weights)}


def _label(term: tuple[str, ...], chosen: tuple[tuple[str, str], ...]) -> str:
    """Return the effect in words."""
    (level, reference), *others = chosen
    if not others:
        return f"{term[0]}: {level} instead of {reference}"
    rest = " and ".join(f"{f} {lvl} than with {ref}" for f, (lvl, ref) in zip(term[1:], others, strict=True))
    return f"{term[0]} {level} instead of {reference}, more with {rest}"
