"""Sign flips: p values without a model of the noise, and simultaneous intervals over a family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray
from mlpstudy.evidence.estimates.intervals import t_quantile
from mlpstudy.evidence.estimates.rounding import ROUNDING

EXACT_UP_TO = 20
"""Seeds up to which all 2^n flips are counted."""
N_RANDOM_FLIPS = 100_000
"""Keyed random flips above that."""
FLIP_KEY = 0x6D6C70737475
"""Key of the random flips: the same data always give the same p."""
CHUNK = 1 << 13
"""Flips at a time: the products of one chunk stay in the cache."""
TIE = 1e-9
"""Difference below which two flip statistics, of unit columns, are the same number summed in another order."""
COLUMNS = 512
"""Comparisons at a time: with CHUNK flips, 32 MB a table, however many comparisons a family has."""
MIN_SEEDS_MAX_T = 8
"""Seeds from which the flips of residuals show the tail of the maximum; below, Bonferroni's t is used."""


@dataclass(frozen=True, slots=True, eq=False)
class FlipResult:
    """What the sign flips say of a family of m comparisons.

    Attributes:
        p: two-sided p value of each comparison, not adjusted, shape ``(m,)``.
        critical_t: multiple of the standard error that makes each interval simultaneous, shape ``(m,)``; inf
            with fewer than two seeds.
        n_flips: flips that were counted.
        is_exact: they were all there are.
    """

    p: FloatArray
    critical_t: FloatArray
    n_flips: int
    is_exact: bool


def flip_family(differences: npt.ArrayLike, confidence: float = 0.95) -> FlipResult:
    """Return sign-flip p values and the critical value of simultaneous intervals for a family.

    If both networks of a pair are retrained and there is no difference, d[s] and -d[s] are equally likely. The
    p value is the share of flips w in {-1, 1}^n with ``|sum_s w[s] d[s]| >= |sum_s d[s]|``: all 2^n of them up
    to n = 20, else the identity and 99,999 keyed random ones. One flip turns the sign of a seed in all
    comparisons at once, so that their dependence is kept.

    The critical value is the ``confidence`` quantile over the same flips of ``max_j |t*_j|``, t* being the
    t statistic of the flipped residuals ``w[s] (d[s,j] - mean_j)``: an interval must hold wherever the truth is,
    not at 0 alone. It is never below Student's quantile; it is exactly that for a family of one, and
    Bonferroni's ``t(1 - alpha/(2m), n - 1)`` below eight seeds, where the flips are too few to show a tail.

    Args:
        differences: d, shape ``(seeds, m)``; NaN where a comparison lacks a seed.
        confidence: level of the simultaneous intervals.

    Sources: Fisher 1935, section 21 (sign flips); Westfall & Young 1993, ch. 2 (max-T).

    >>> flip_family([[0.2], [0.1], [0.3], [0.2], [0.1], [0.2]]).p
    array([0.03125])
    """
    table = np.asarray(differences, dtype=np.float64)
    present = np.isfinite(table)
    n_seeds = present.sum(axis=0)
    d = np.where(present, table, 0.0)
    used = present.any(axis=1)
    d, present = d[used], present[used]
    p, maxima, n_flips = _count(d, present, n_seeds)
    is_exact = d.shape[0] <= EXACT_UP_TO
    if not is_exact:
        # A pair with few seeds of its own inside a long study still gets its exact p value.
        for j in np.flatnonzero(n_seeds <= EXACT_UP_TO):
            own = d[present[:, j], j : j + 1]
            p[j] = _count(own, np.ones_like(own, dtype=bool), n_seeds[j : j + 1])[0][0]
    return FlipResult(p, _critical_t(maxima, n_seeds, confidence), n_flips, is_exact)


def smallest_p(n_seeds: int) -> float:
    """Return the smallest p that a sign-flip test can give: 2 / 2^n, or 1 / 100,000 where flips are drawn.

    >>> smallest_p(6)
    0.03125
    """
    return max(2.0 / 2.0**n_seeds, 1.0 / N_RANDOM_FLIPS) if n_seeds > EXACT_UP_TO else min(1.0, 2.0 / 2.0**n_seeds)


def fewest_seeds(n_comparisons: int, alpha: float = 0.05) -> int:
    """Return the fewest seeds at which a sign-flip p, times the number of comparisons, can reach alpha.

    >>> [fewest_seeds(m) for m in (1, 8, 36)]
    [6, 9, 11]
    """
    n_seeds = 1
    while smallest_p(n_seeds) * n_comparisons > alpha and n_seeds < EXACT_UP_TO:
        n_seeds += 1
    return n_seeds


def holm(p: npt.ArrayLike) -> FloatArray:
    """Return Holm's adjusted p values: step down, in the order of the p given.

    ``p~(i) = max_{j <= i} min(1, (m - j + 1) p(j))`` over the sorted p. The share of families with any false
    rejection is at most alpha, whatever the dependence.

    Source: Holm 1979.

    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    given = np.asarray(p, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    stepped = np.maximum.accumulate(given[order] * np.arange(given.size, 0, -1))
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _count(
    d: FloatArray, present: npt.NDArray[np.bool_], n_seeds: npt.NDArray[np.intp]
) -> tuple[FloatArray, FloatArray, int]:
    """Return the p values, the maximum of t* for every flip, and the number of flips."""
    residual = np.where(present, d - d.sum(axis=0) / np.maximum(n_seeds, 1), 0.0)
    # Equal differences have no residuals; what rounding leaves of them must not be blown up to unit length.
    residual[:, np.abs(residual).max(axis=0, initial=0.0) <= ROUNDING * np.abs(d).max(axis=0, initial=0.0)] = 0.0
    scaled, scaled_residual = _unit(d, n_seeds), _unit(residual, n_seeds)
    observed = np.abs(scaled.sum(axis=0)) - TIE
    df = np.maximum(n_seeds - 1, 0)
    at_least = np.zeros(d.shape[1])
    maxima: list[FloatArray] = []
    n_flips = 0
    for signs in _flips(d.shape[0]):
        largest = np.zeros(signs.shape[0])
        for start in range(0, d.shape[1], COLUMNS):
            part = slice(start, start + COLUMNS)
            at_least[part] += (np.abs(signs @ scaled[:, part]) >= observed[part]).sum(axis=0)
            np.maximum(largest, _largest_t_squared(signs, scaled_residual[:, part], df[part]), out=largest)
        maxima.append(np.sqrt(largest))
        n_flips += signs.shape[0]
    return at_least / n_flips, np.concatenate(maxima), n_flips


def _largest_t_squared(signs: FloatArray, residual: FloatArray, df: npt.NDArray[np.intp]) -> FloatArray:
    """Return the largest squared t of some comparisons under each flip, from residuals of unit length."""
    share = np.minimum(np.square(signs @ residual), 1.0)
    with np.errstate(divide="ignore"):
        t_squared = df * share / (1.0 - share)
    return np.asarray(t_squared.max(axis=1, initial=0.0), dtype=np.float64)


def _unit(d: FloatArray, n_seeds: npt.NDArray[np.intp]) -> FloatArray:
    """Scale so that (sum of a column)^2 is t^2 / (t^2 + n - 1), which grows with |t|; zeros stay zeros."""
    size = np.sqrt(n_seeds * np.square(d).sum(axis=0))
    return np.asarray(d / np.where(size > 0, size, 1.0), dtype=np.float64)


def _flips(n_seeds: int) -> Iterator[FloatArray]:
    """Yield blocks of flips, shape ``(flips, seeds)``: half of all (the other half mirrors them), or random."""
    if n_seeds <= EXACT_UP_TO:
        n_half = 1 << max(n_seeds - 1, 0)
        bits = np.arange(max(n_seeds, 1) - 1)
        for start in range(0, n_half, CHUNK):
            codes = np.arange(start, min(start + CHUNK, n_half))[:, None]
            free = 1.0 - 2.0 * ((codes >> bits) & 1)
            yield np.hstack([np.ones((codes.size, 1)), free])[:, :n_seeds]
        return
    generator = np.random.Generator(np.random.Philox(key=FLIP_KEY))
    for start in range(0, N_RANDOM_FLIPS, CHUNK):
        size = min(CHUNK, N_RANDOM_FLIPS - start)
        signs = np.where(generator.integers(0, 2, size=(size, n_seeds), dtype=np.int8), -1.0, 1.0)
        if start == 0:
            signs[0] = 1.0
        yield signs


def _critical_t(maxima: FloatArray, n_seeds: npt.NDArray[np.intp], confidence: float) -> FloatArray:
    """Return the critical value of each comparison from the maxima over the flips."""
    alpha = 1.0 - confidence
    m = n_seeds.size
    from_flips = float(np.sort(maxima)[::-1][min(int(alpha * maxima.size), maxima.size - 1)])
    critical = np.full(m, np.inf)
    for n in np.unique(n_seeds[n_seeds > 1]):
        student = t_quantile(1 - alpha / 2, int(n) - 1)
        bonferroni = t_quantile(1 - alpha / (2 * m), int(n) - 1)
        few = n < MIN_SEEDS_MAX_T
        critical[n_seeds == n] = bonferroni if m == 1 or few else max(student, from_flips)
    return critical
