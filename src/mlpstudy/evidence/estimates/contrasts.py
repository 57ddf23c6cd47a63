"""Contrasts: weighted differences between architectures, with both questions' intervals.

A pair is the contrast +1, -1; a factor's effect is one with smaller weights. Everything that is judged is a
contrast, so that pairs and factors share one estimate, one test and one pair of intervals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray, IntArray
from mlpstudy.evidence.estimates.intervals import Interval, around, check_confidence, t_quantile, unbounded
from mlpstudy.evidence.estimates.rounding import ROUNDING, sd_of
from mlpstudy.evidence.estimates.signflip import flip_family, holm
from mlpstudy.evidence.estimates.twoway import TwoWay, two_way

Contrast = Mapping[int, float]
"""The weight of each architecture that has one, by its position."""


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
    contrasts: Sequence[Contrast],
    seeds: Sequence[IntArray],
    scores: Sequence[FloatArray],
    cells: Sequence[FloatArray] | None,
    *,
    confidence: float = 0.95,
    resolution: float = 0.0,
    with_components: bool = True,
) -> tuple[Estimate, ...]:
    """Return the estimates of a family of contrasts.

    For contrast w and a seed s that all architectures with a weight have, ``d[s] = sum_a w[a] A[a,s]`` and
    ``D[s,i] = sum_a w[a] c[a,s,i]``. Question 1 is Student's interval of the mean of d; question 2 that of
    :func:`mlpstudy.evidence.estimates.twoway.two_way` on D; p values and simultaneous intervals come from
    :func:`mlpstudy.evidence.estimates.signflip.flip_family`.

    Args:
        contrasts: w of each: the weight of every architecture that has one.
        seeds: seeds of each architecture, ascending, arrays ``(n_a,)``.
        scores: metric of each run, arrays ``(n_a,)`` in the order of the seeds.
        cells: metric of each run on each example, arrays ``(n_a, N)``, or None.
        confidence: level of every interval.
        resolution: step in which a score moves (1/N for accuracy). The variance of d is never taken to be below
            ``resolution^2 / 12 * sum_a w[a]^2 / 2`` unless the outcomes are identical: with few seeds, equal
            differences happen by luck.
        with_components: without, question 2 is left open: all else is the same.

    Raises:
        ResultsError: the confidence is not between 0 and 1.

    >>> seeds = [np.arange(6)] * 2
    >>> a, b = np.array([3.0, 4, 5, 4, 3, 4]), np.array([2.0, 3, 3, 3, 2, 2])
    >>> (e,) = estimate_contrasts([{0: 1, 1: -1}], seeds, [a, b], None)
    >>> round(e.value, 3), round(e.same_test_set.low, 3), e.p
    (1.333, 0.791, 0.03125)
    """
    check_confidence(confidence)
    union = reduce(np.union1d, seeds, np.array([], dtype=np.int64))
    differences = np.full((max(union.size, 1), len(contrasts)), np.nan)
    rows_of = _CommonRows(seeds)
    largest = _largest(scores if cells is None else cells)
    components: list[TwoWay | None] = []
    identical: list[bool] = []
    for j, contrast in enumerate(contrasts):
        members = sorted(contrast)
        common, rows = rows_of(members)
        noise = ROUNDING * largest * math.fsum(map(abs, contrast.values()))
        two, d = None, np.zeros(common.size)
        if cells is not None and common.size:
            combined = _combine([(contrast[a], cells[a], row) for a, row in zip(members, rows, strict=True)])
            same = _is_nothing(combined, noise)
            two = two_way(combined) if with_components else None
            # From the same cells, so that identical outcomes give exactly 0.
            d = combined.mean(axis=1)
        else:
            for a, row in zip(members, rows, strict=True):
                d += contrast[a] * scores[a][row]
            same = bool(common.size) and _is_nothing(d, noise)
        components.append(two)
        identical.append(same)
        differences[np.searchsorted(union, common), j] = np.where(np.abs(d) <= noise, 0.0, d)
    floors = [resolution / math.sqrt(12) * math.sqrt(math.fsum(w * w for w in c.values()) / 2) for c in contrasts]
    # What the cells of a contrast can reach on one example; scores that move in steps are shares of right examples.
    reach = [math.fsum(max(w, 0.0) for w in c.values()) if resolution > 0 else 0.0 for c in contrasts]
    return _estimates(differences, components, np.where(identical, 0.0, floors), identical, reach, confidence)


class _CommonRows:
    """The seeds that some architectures have in common, and where each has them; most have the same seeds."""

    def __init__(self, seeds: Sequence[IntArray]) -> None:
        different: dict[bytes, int] = {}
        self._kind = [different.setdefault(own.tobytes(), len(different)) for own in seeds]
        self._seeds = dict(zip(self._kind, seeds, strict=True))
        self._known: dict[frozenset[int], tuple[IntArray, dict[int, npt.NDArray[np.intp]]]] = {}

    def __call__(self, members: Sequence[int]) -> tuple[IntArray, list[npt.NDArray[np.intp]]]:
        """Return the common seeds, and an array of rows a member."""
        kinds = frozenset(self._kind[a] for a in members)
        if kinds not in self._known:
            common = reduce(np.intersect1d, [self._seeds[kind] for kind in sorted(kinds)])
            self._known[kinds] = common, {kind: np.searchsorted(self._seeds[kind], common) for kind in kinds}
        common, rows = self._known[kinds]
        return common, [rows[self._kind[a]] for a in members]


def _largest(tables: Sequence[FloatArray]) -> float:
    """Return the largest absolute value."""
    return max((float(np.abs(table).max()) for table in tables if table.size), default=0.0)


def _is_nothing(values: FloatArray, noise: float) -> bool:
    """Say whether there is nothing but rounding: weights such as 1/3 leave it where equal outcomes cancel."""
    return bool(max(values.max(), -values.min()) <= noise)


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
    reach: Sequence[float],
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
            sd = sd_of(d)
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
                new_data=None if two is None else _on_new_data(two, reach[j], confidence, same=identical[j]),
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
