"""Contrasts: weighted differences between architectures, with both questions' intervals.

A pair is the contrast +1, -1; a factor's effect is one with smaller weights. Everything that is judged is a
contrast, so that pairs and factors share one estimate, one test and one pair of intervals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from mlpstudy.evidence.intervals import Interval, around, check_confidence, t_quantile, unbounded
from mlpstudy.evidence.signflip import flip_family, holm
from mlpstudy.evidence.twoway import TwoWay, two_way

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the seeds say of one contrast; in the unit of the metric.

    Attributes:
        n_seeds: seeds that all its architectures have in common.
        value: the contrast, mean over those seeds; nan without any.
        sd: standard deviation of d[s] over seeds (ddof 1); None below two seeds.
        se: standard error of the value on this test set; None below two seeds.
        same_test_set: "if both were retrained, judged on this same test set": paired t interval.
        simultaneous: the same, for all contrasts of the family together.
        new_data: "on new data of the same kind": seeds and examples both sampled; None where the metric has no
            value for a single example.
        components: the components of variance behind it; None likewise.
        p: two-sided sign-flip p, of this contrast alone.
        p_adjusted: the same, Holm-adjusted for the family.
        identical: all its cells are 0: the outcomes do not differ on any example.
    """

    n_seeds: int
    value: float
    sd: float | None
    se: float | None
    same_test_set: Interval
    simultaneous: Interval
    new_data: Interval | None
    components: TwoWay | None
    p: float
    p_adjusted: float
    identical: bool


def estimate_contrasts(
    weights: npt.ArrayLike,
    seeds: Sequence[IntArray],
    scores: Sequence[FloatArray],
    cells: Sequence[FloatArray] | None,
    *,
    confidence: float = 0.95,
    resolution: float = 0.0,
) -> tuple[Estimate, ...]:
    """Return the estimates of a family of contrasts.

    For contrast w and a seed s that all architectures with a weight have, ``d[s] = sum_a w[a] A[a,s]`` and
    ``D[s,i] = sum_a w[a] c[a,s,i]``. Question 1 is Student's interval of the mean of d; question 2 that of
    :func:`mlpstudy.evidence.twoway.two_way` on D; p values and simultaneous intervals come from
    :func:`mlpstudy.evidence.signflip.flip_family`.

    Args:
        weights: w, shape ``(m contrasts, k architectures)``.
        seeds: seeds of each architecture, ascending, arrays ``(n_a,)``.
        scores: metric of each run, arrays ``(n_a,)`` in the order of the seeds.
        cells: metric of each run on each example, arrays ``(n_a, N)``, or None.
        confidence: level of every interval.
        resolution: step in which a score moves (1/N for accuracy). The variance of d is never taken to be below
            ``resolution^2 / 12 * sum_a w[a]^2 / 2`` unless the outcomes are identical: with few seeds, equal
            differences happen by luck.

    Raises:
        ResultsError: the confidence is not between 0 and 1.

    >>> seeds = [np.arange(6)] * 2
    >>> a, b = np.array([3.0, 4, 5, 4, 3, 4]), np.array([2.0, 3, 3, 3, 2, 2])
    >>> (e,) = estimate_contrasts([[1, -1]], seeds, [a, b], None)
    >>> round(e.value, 3), round(e.same_test_set.low, 3), e.p
    (1.333, 0.791, 0.03125)
    """
    check_confidence(confidence)
    table = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    union = reduce(np.union1d, seeds, np.array([], dtype=np.int64))
    differences = np.full((max(union.size, 1), table.shape[0]), np.nan)
    components: list[TwoWay | None] = []
    identical: list[bool] = []
    for j, w in enumerate(table):
        members = [int(a) for a in np.flatnonzero(w)]
        common = reduce(np.intersect1d, [seeds[a] for a in members])
        rows = [np.searchsorted(seeds[a], common) for a in members]
        d = np.zeros(common.size)
        for a, row in zip(members, rows, strict=True):
            d += w[a] * scores[a][row]
        two, same = None, bool(common.size and not d.any())
        if cells is not None and common.size:
            contrast = _combine([(float(w[a]), cells[a], row) for a, row in zip(members, rows, strict=True)])
            two, same = two_way(contrast), not contrast.any()
            # From the same cells, so that identical outcomes give exactly 0.
            d = contrast.mean(axis=1)
        components.append(two)
        identical.append(same)
        differences[np.searchsorted(union, common), j] = d
    floors = resolution / math.sqrt(12) * np.sqrt(np.square(table).sum(axis=1) / 2)
    # What the cells of a contrast can reach on one example; scores that move in steps are shares of right examples.
    reach = np.maximum(table, 0.0).sum(axis=1) if resolution > 0 else np.zeros(len(table))
    return _estimates(differences, components, np.where(identical, 0.0, floors), identical, reach, confidence)


def _combine(parts: Sequence[tuple[float, FloatArray, npt.NDArray[np.intp]]]) -> FloatArray:
    """Return the weighted sum of tables at the given rows."""
    total: FloatArray | None = None
    for weight, table, rows in parts:
        chosen = table if rows.size == table.shape[0] else table[rows]
        if total is None:
            total = weight * chosen
        elif weight == -1.0:
            total -= chosen
        else:
            total += weight * chosen
    assert total is not None  # noqa: S101  # a contrast has members
    return total


def _estimates(
    differences: FloatArray,
    components: Sequence[TwoWay | None],
    sd_floors: FloatArray,
    identical: Sequence[bool],
    reach: FloatArray,
    confidence: float,
) -> tuple[Estimate, ...]:
    """Return the estimates from d[s], one column a contrast."""
    flips = flip_family(differences, confidence)
    p_adjusted = holm(flips.p)
    estimates: list[Estimate] = []
    for j, two in enumerate(components):
        d = differences[np.isfinite(differences[:, j]), j]
        value = float(d.mean()) if d.size else math.nan
        sd = se = None
        same, together = unbounded(confidence), unbounded(confidence)
        if d.size > 1:
            sd = float(d.std(ddof=1))
            se = max(sd, float(sd_floors[j])) / math.sqrt(d.size)
            same = around(value, t_quantile(0.5 + confidence / 2, d.size - 1) * se, confidence)
            together = around(value, float(flips.critical_t[j]) * se, confidence) if se > 0 else same
        estimates.append(
            Estimate(
                n_seeds=int(d.size),
                value=value,
                sd=sd,
                se=se,
                same_test_set=same,
                simultaneous=together,
                new_data=None if two is None else _on_new_data(two, float(reach[j]), confidence, same=identical[j]),
                components=two,
                p=float(flips.p[j]) if d.size else 1.0,
                p_adjusted=float(p_adjusted[j]) if d.size else 1.0,
                identical=identical[j],
            )
        )
    return tuple(estimates)


def _on_new_data(two: TwoWay, reach: float, confidence: float, *, same: bool) -> Interval:
    """Return the interval of question 2.

    Outcomes that differ on none of N examples have no spread to estimate, and still say little of new examples where
    N is small: with a share q of examples on which they differ, none is seen with probability (1 - q)^N, so that q
    may be as large as ``1 - (1 - confidence)^(1/N)`` (Hanley & Lippman-Hand 1983), in either direction.
    """
    if not same or reach == 0:
        return two.interval(confidence)
    return around(0.0, reach * (1 - (1 - confidence) ** (1 / two.n_examples)), confidence)
