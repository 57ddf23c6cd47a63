"""Sign flips and families: exactness, agreement with SciPy and statsmodels, family-wise error."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from evidence.simulated import within
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.estimates import signflip
from mlpstudy.evidence.estimates.contrasts import estimate_contrasts
from mlpstudy.evidence.estimates.families import family, family_contrasts
from mlpstudy.evidence.estimates.signflip import fewest_seeds, flip_family, holm, smallest_p


def brute(d: npt.NDArray[np.float64]) -> float:
    """Return the sign-flip p by writing out every flip."""
    sums = [
        abs(sum(w * x for w, x in zip(signs, d, strict=True))) for signs in itertools.product((-1, 1), repeat=d.size)
    ]
    return float(np.mean([s >= abs(d.sum()) - 1e-12 for s in sums]))


@pytest.mark.parametrize("n_seeds", [1, 2, 7, 10])
def test_p_counts_every_flip(n_seeds: int) -> None:
    """Up to 20 seeds the p value is the share of all 2^n flips."""
    table = np.round(np.random.default_rng(n_seeds).normal(0.5, 1, (n_seeds, 3)), 1)
    found = flip_family(table)
    np.testing.assert_allclose(found.p, [brute(column) for column in table.T])
    assert found.is_exact


def test_p_is_scipys_permutation_test() -> None:
    """The exact p agrees with SciPy's paired permutation test."""
    d = np.random.default_rng(1).normal(0.4, 1, 12)
    expected = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=2**12)
    assert flip_family(d[:, None]).p[0] == pytest.approx(expected.pvalue)


def test_twenty_seeds_are_exact() -> None:
    """At 20 seeds all 2^20 flips count: the most extreme data give 2 / 2^20."""
    found = flip_family(np.linspace(1, 2, 20)[:, None])
    assert found.p[0] == pytest.approx(2 / 2**20)


def test_random_flips_are_keyed_and_near_exact() -> None:
    """Above 20 seeds 100,000 keyed flips give the same p every time, near Student's for normal data."""
    d = np.random.default_rng(2).normal(0.25, 1, (30, 1))
    first, again = flip_family(d), flip_family(d)
    assert (first.p == again.p).all()
    assert (first.n_flips, first.is_exact) == (100_000, False)
    assert first.p[0] == pytest.approx(stats.ttest_1samp(d[:, 0], 0).pvalue, rel=0.1)


def test_few_seeds_inside_a_long_study_stay_exact() -> None:
    """A comparison with 8 common seeds among others with 25 gets its exact p value."""
    rng = np.random.default_rng(3)
    table = rng.normal(0.5, 1, (25, 2))
    table[8:, 1] = np.nan
    assert flip_family(table).p[1] == pytest.approx(brute(table[:8, 1]))


@pytest.mark.parametrize("d", [np.zeros((6, 1)), np.full((1, 1), 0.3), np.full((2, 1), 0.3)])
def test_ties_are_not_significant(d: npt.NDArray[np.float64]) -> None:
    """No difference, one seed or two seeds: p is 1, 1 and 1/2, never 0."""
    assert flip_family(d).p[0] == pytest.approx(1.0 if d.shape[0] != 2 else 0.5)


def test_fewest_seeds_are_the_specified_ones() -> None:
    """6, 9 and 11 seeds for one comparison, eight against a baseline and all 36 pairs."""
    assert [fewest_seeds(m) for m in (1, 8, 36)] == [6, 9, 11]
    for m in (1, 8, 36):
        n = fewest_seeds(m)
        assert smallest_p(n) * m <= 0.05 < smallest_p(n - 1) * m


def test_holm_is_statsmodels() -> None:
    """Adjusted p values are statsmodels' for random p, ties and p of 1."""
    rng = np.random.default_rng(4)
    for p in (rng.random(36) ** 3, np.array([0.01, 0.01, 0.04, 1.0]), np.array([0.03])):
        np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])


def all_pairs(n: int) -> list[dict[int, float]]:
    """Return the contrasts of all pairs."""
    names = [str(i) for i in range(n)]
    return family_contrasts(names, family(names))


@pytest.mark.parametrize("n_seeds", [8, 12])
def test_simultaneous_intervals_hold_together(n_seeds: int) -> None:
    """All 36 intervals of nine architectures with unequal truths hold at once in 95 % of studies."""
    rng = np.random.default_rng(n_seeds)
    contrasts, truth = all_pairs(9), np.linspace(0, 3, 9)
    n_trials = 500
    held = 0
    for _ in range(n_trials):
        scores = truth[:, None] + rng.standard_normal((9, n_seeds)) + rng.standard_normal(n_seeds)
        found = estimate_contrasts(contrasts, [np.arange(n_seeds)] * 9, list(scores), None)
        values = [sum(w * truth[a] for a, w in contrast.items()) for contrast in contrasts]
        held += all(not e.simultaneous.excludes(float(v)) for e, v in zip(found, values, strict=True))
    assert within(held / n_trials, 0.95, n_trials)


@pytest.mark.parametrize("noise", ["normal", "rare failures"])
def test_false_positives_stay_below_5_percent_a_family(noise: str) -> None:
    """Among equal architectures any pair is found different in at most 5 % of studies, whatever the noise."""
    rng = np.random.default_rng([5, len(noise)])
    contrasts = all_pairs(9)
    n_trials, n_seeds = 500, 12
    false = 0
    for _ in range(n_trials):
        scores = rng.standard_normal((9, n_seeds))
        if noise == "rare failures":
            scores -= 8.0 * (rng.random(scores.shape) < 0.1)
        found = estimate_contrasts(contrasts, [np.arange(n_seeds)] * 9, list(scores), None)
        false += any(e.simultaneous.excludes(0.0) and e.p_adjusted <= 0.05 for e in found)
    assert false / n_trials <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / n_trials)


def test_more_comparisons_widen_the_intervals() -> None:
    """An interval of a larger family is wider, and never narrower than alone."""
    rng = np.random.default_rng(6)
    scores, seeds = list(rng.standard_normal((9, 15))), [np.arange(15)] * 9
    family_of_36 = estimate_contrasts(all_pairs(9), seeds, scores, None)[0]
    alone = estimate_contrasts(all_pairs(9)[:1], seeds, scores, None)[0]
    assert family_of_36.simultaneous.half_width > 1.15 * alone.simultaneous.half_width
    assert family_of_36.same_test_set == alone.same_test_set


def test_families_are_those_declared() -> None:
    """All pairs, all against a baseline, named pairs; anything else is refused in one line."""
    names = ["a", "b", "c"]
    assert family(names) == (("a", "b"), ("a", "c"), ("b", "c"))
    assert family(names, "against", baseline="b") == (("a", "b"), ("c", "b"))
    assert family(names, "pairs", pairs=[("c", "a")]) == (("c", "a"),)
    with pytest.raises(ResultsError, match="the baseline must be one of a, b, c, got 'x'"):
        family(names, "against", baseline="x")
    with pytest.raises(ResultsError, match="a pair must name two of"):
        family(names, "pairs", pairs=[("a", "a")])
    with pytest.raises(ResultsError, match="must name one pair at least"):
        family(names, "pairs")
    with pytest.raises(ResultsError, match="at most 5000 comparisons, got 5050"):
        family([str(i) for i in range(101)])


def test_large_families_are_counted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A family of any size is the same counted in parts, and takes memory for one part only."""
    d = np.random.default_rng(12).standard_normal((9, 700))
    whole = flip_family(d)
    monkeypatch.setattr(signflip, "COLUMNS", 64)
    parts = flip_family(d)
    np.testing.assert_array_equal(parts.p, whole.p)
    np.testing.assert_allclose(parts.critical_t, whole.critical_t, rtol=1e-12)


def test_memory_does_not_grow_with_the_family() -> None:
    """Eight times the comparisons take no more working memory than one part of them."""
    peaks = []
    for m in (signflip.COLUMNS, 8 * signflip.COLUMNS):
        d = np.random.default_rng(m).standard_normal((14, m))
        tracemalloc.start()
        flip_family(d)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.parametrize("n_seeds", [6, 9, 12])
def test_a_sum_of_nothing_is_not_significant(n_seeds: int) -> None:
    """Differences that cancel exactly have p = 1, however their sum is rounded."""
    rng = np.random.default_rng(n_seeds)
    for _ in range(50):
        half = rng.integers(-40, 41, n_seeds // 2) / 1000
        d = np.concatenate([half, -half, np.zeros(n_seeds % 2)])
        assert flip_family(rng.permutation(d)[:, None]).p[0] == 1.0


def test_equal_differences_do_not_touch_the_others_intervals() -> None:
    """A comparison whose differences are all the same adds nothing to what makes the intervals simultaneous."""
    rng = np.random.default_rng(8)
    d = rng.standard_normal((10, 3))
    constant = np.full((10, 1), 0.003) + np.linspace(0, 1e-18, 10)[:, None]
    alone, beside = flip_family(d), flip_family(np.hstack([d, constant]))
    assert beside.critical_t[0] == alone.critical_t[0]
