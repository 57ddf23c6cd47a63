"""Means of a metric by the levels of one or two factors, over the levels of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from mlpstudy.arrays import FloatArray, IntArray
from mlpstudy.evidence.estimates.intervals import ANYTHING, Range
from mlpstudy.evidence.estimates.spread import Spread, spread

Levels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MeanOfLevels:
    """The mean of one combination of levels.

    Attributes:
        levels: a level a factor asked for.
        spread: over the seeds that all architectures of the combination have in common.
    """

    levels: tuple[str, ...]
    spread: Spread


def cell_means(
    factors: Sequence[str],
    levels: Sequence[Levels],
    seeds: Sequence[IntArray],
    scores: Sequence[FloatArray],
    *,
    confidence: float = 0.95,
    possible: Range = ANYTHING,
) -> tuple[MeanOfLevels, ...]:
    """Return the mean of each combination of the given factors' levels, with its interval over seeds.

    For each seed the scores of all architectures with these levels are averaged; the mean and Student's t interval
    are of these averages. Combinations without a common seed are left out.

    Args:
        factors: one or two of the factors.
        levels: pairs of factor and level of each architecture.
        seeds: seeds of each architecture, ascending.
        scores: metric of each run, in the order of the seeds.
        confidence: level of the intervals.
        possible: what a mean can be; the intervals end there.

    >>> levels = [(("depth", d), ("drop", r)) for d in "23" for r in "ny"]
    >>> scores = [np.array([x, x + 1.0]) for x in (1.0, 3.0, 5.0, 7.0)]
    >>> found = cell_means(["depth"], levels, [np.arange(2)] * 4, scores)
    >>> [(of.levels, of.spread.mean) for of in found]
    [(('2',), 2.5), (('3',), 6.5)]
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for i, own in enumerate(levels):
        by_factor = dict(own)
        groups.setdefault(tuple(by_factor[f] for f in factors), []).append(i)
    found = []
    for chosen, members in groups.items():
        common = reduce(np.intersect1d, [seeds[i] for i in members])
        rows = [scores[i][np.searchsorted(seeds[i], common)] for i in members]
        of = spread(np.mean(rows, axis=0), confidence, possible) if common.size else None
        if of is not None:
            found.append(MeanOfLevels(chosen, of))
    return tuple(found)
