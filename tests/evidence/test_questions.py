"""The two questions: coverage of their intervals on simulated truth, and agreement with independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evidence.simulated import correct_cells, crossed, within
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.estimates.contrasts import estimate_contrasts
from mlpstudy.evidence.estimates.intervals import mean_interval, t_quantile, t_two_sided_p
from mlpstudy.evidence.estimates.twoway import FEW_SEEDS, two_way

N_TRIALS = 3000


@pytest.mark.parametrize("n_seeds", [5, 11, 30])
def test_question_1_covers_at_its_level(n_seeds: int) -> None:
    """The paired t interval holds the mean over retrainings on this test set in 95 % of studies."""
    rng = np.random.default_rng(n_seeds)
    n_examples = 200
    hard = rng.standard_normal(n_examples)
    truth_a, truth_b = rng.uniform(0.9, 0.99, (2, n_examples)) ** np.exp(0.2 * hard)
    truth = float((truth_a - truth_b).mean())
    a = rng.binomial(1, np.broadcast_to(truth_a, (N_TRIALS, n_seeds, n_examples))).mean(axis=2)
    b = rng.binomial(1, np.broadcast_to(truth_b, (N_TRIALS, n_seeds, n_examples))).mean(axis=2)
    covered = np.mean([not mean_interval(d).excludes(truth) for d in a - b])
    assert within(float(covered), 0.95, N_TRIALS)


@pytest.mark.parametrize(("v_seed", "v_example"), [(0.002, 0.3), (0.02, 0.3), (0.01, 0.0)])
@pytest.mark.parametrize("n_seeds", [5, 11, 30])
def test_question_2_covers_at_its_level(n_seeds: int, v_seed: float, v_example: float) -> None:
    """The two-way interval holds the truth when both seeds and examples are drawn anew in every study."""
    rng = np.random.default_rng([n_seeds, int(1000 * v_seed)])
    n_trials, n_examples = 1500, 100
    covered = 0
    for _ in range(n_trials):
        cells = crossed(rng, n_seeds, n_examples, mean=0.3, v_seed=v_seed, v_example=v_example, v_rest=1.0)
        covered += not two_way(cells).interval().excludes(0.3)
    assert within(covered / n_trials, 0.95, n_trials)


@pytest.mark.parametrize("n_seeds", [5, 11, 30])
def test_question_2_covers_for_right_and_wrong(n_seeds: int) -> None:
    """The same for outcomes that are right or wrong, examples that are hard for both, and equal architectures."""
    rng = np.random.default_rng(100 + n_seeds)
    n_trials, n_examples = 1200, 300
    covered = 0
    for _ in range(n_trials):
        hard = rng.standard_normal(n_examples)
        a, b = (correct_cells(rng, n_seeds, n_examples, seed_sd=0.15, hard=hard) for _ in range(2))
        covered += not two_way(a.astype(float) - b).interval().excludes(0.0)
    assert within(covered / n_trials, 0.95, n_trials)


def test_question_1_ignores_which_test_examples_came_up() -> None:
    """On new data question 1's interval is too narrow; that is why there are two."""
    rng = np.random.default_rng(3)
    n_trials = 600
    covered = 0
    for _ in range(n_trials):
        cells = crossed(rng, 11, 100, mean=0.0, v_seed=0.0, v_example=0.3, v_rest=0.5)
        covered += not mean_interval(cells.mean(axis=1)).excludes(0.0)
    assert covered / n_trials < 0.8


def test_components_are_recovered() -> None:
    """The components of variance, on average over studies, are those that the data were drawn with."""
    rng = np.random.default_rng(4)
    found = [two_way(crossed(rng, 12, 150, mean=0, v_seed=0.3, v_example=0.7, v_rest=1.5)) for _ in range(600)]
    averages = np.mean([(t.v_seed, t.v_example, t.v_rest) for t in found], axis=0)
    np.testing.assert_allclose(averages, [0.3, 0.7, 1.5], rtol=0.06)


def test_standard_error_is_the_crossed_bootstraps() -> None:
    """Resampling seeds and examples independently gives the same standard error, to 8 %."""
    rng = np.random.default_rng(5)
    cells = crossed(rng, 40, 500, mean=0.1, v_seed=0.05, v_example=0.8, v_rest=0.5)
    seeds = rng.multinomial(40, np.full(40, 1 / 40), size=4000)
    examples = rng.multinomial(500, np.full(500, 1 / 500), size=4000)
    means = np.einsum("bs,si,bi->b", seeds, cells, examples, optimize=["einsum_path", (0, 1), (0, 1)]) / cells.size
    # Resampling both counts the rest three times (Owen 2007, "The pigeonhole bootstrap"): taken off.
    parts = two_way(cells)
    se = np.sqrt(means.var() - 2 * parts.v_rest / cells.size)
    assert parts.se == pytest.approx(se, rel=0.08)
    interval = parts.interval()
    assert (interval.high - interval.low) == pytest.approx(2 * 1.96 * se, rel=0.1)


def test_mean_squares_are_those_of_least_squares() -> None:
    """The mean squares are what nested least-squares fits of seeds and examples leave."""
    rng = np.random.default_rng(6)
    cells = crossed(rng, 5, 7, mean=0.1, v_seed=0.2, v_example=0.3, v_rest=0.5)
    seed, example = np.indices(cells.shape)
    by_seed, by_example = np.eye(5)[seed.ravel()], np.eye(7)[example.ravel()]

    def left_over(*columns: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        design = np.hstack([np.ones((35, 1)), *columns])
        fitted = design @ np.linalg.lstsq(design, cells.ravel())[0]
        return float(np.square(cells.ravel() - fitted).sum())

    rest = left_over(by_seed, by_example)
    parts = two_way(cells)
    assert parts.ms_seed == pytest.approx((left_over(by_example) - rest) / 4)
    assert parts.ms_example == pytest.approx((left_over(by_seed) - rest) / 6)
    assert parts.ms_rest == pytest.approx(rest / 24)


def test_estimate_is_scipys_paired_t() -> None:
    """Estimate and interval of question 1 are SciPy's paired t test, also with unequal seeds."""
    rng = np.random.default_rng(7)
    a, b = rng.random((9, 200)) < 0.9, rng.random((8, 200)) < 0.8
    seeds_a, seeds_b = np.arange(9), np.array([1, 2, 3, 5, 6, 8, 9, 11])
    common = np.intersect1d(seeds_a, seeds_b)
    (found,) = estimate_contrasts(
        [{0: 1, 1: -1}],
        [seeds_a, seeds_b],
        [a.mean(axis=1), b.mean(axis=1)],
        [a.astype(float), b.astype(float)],
        resolution=1 / 200,
    )
    first = a[np.isin(seeds_a, common)].mean(axis=1)
    second = b[np.isin(seeds_b, common)].mean(axis=1)
    expected = stats.ttest_rel(first, second)
    interval = expected.confidence_interval(0.95)
    assert found.n_seeds == common.size == 6
    assert found.value == pytest.approx(first.mean() - second.mean())
    assert (found.same_test_set.low, found.same_test_set.high) == pytest.approx((interval.low, interval.high))
    assert t_two_sided_p(found.value / (found.se or 1), 5) == pytest.approx(expected.pvalue)


def test_family_of_one_is_not_adjusted() -> None:
    """With one comparison the simultaneous interval is the paired t interval and the adjusted p the plain one."""
    rng = np.random.default_rng(8)
    (found,) = estimate_contrasts([{0: 1, 1: -1}], [np.arange(12)] * 2, list(rng.random((2, 12))), None)
    assert found.simultaneous == found.same_test_set
    assert found.p_adjusted == found.p


@pytest.mark.parametrize("n_seeds", [2, 5])
def test_identical_outcomes_differ_by_0_here_and_perhaps_on_new_data(n_seeds: int) -> None:
    """Outcomes that are the same everywhere differ by exactly 0 on this test set; on new data within a bound."""
    cells = np.random.default_rng(9).random((n_seeds, 50)) < 0.8
    (found,) = estimate_contrasts(
        [{0: 1, 1: -1}],
        [np.arange(n_seeds)] * 2,
        [cells.mean(axis=1)] * 2,
        [cells.astype(float)] * 2,
        resolution=1 / 50,
    )
    assert found.identical
    assert found.new_data is not None
    assert (found.value, found.se, found.p) == (0.0, 0.0, 1.0)
    assert [found.same_test_set.low, found.same_test_set.high] == [0.0, 0.0]
    assert [found.simultaneous.low, found.simultaneous.high] == [0.0, 0.0]
    # No difference in N examples: a share of q differs unseen with probability (1 - q)^N = 5 %.
    unseen = 1 - 0.05 ** (1 / 50)
    assert [found.new_data.low, found.new_data.high] == pytest.approx([-unseen, unseen])


def test_equal_differences_by_luck_keep_the_test_sets_resolution() -> None:
    """Two seeds that differ by one image each prove no spread of 0: the interval keeps a width."""
    a = np.ones((2, 100))
    b = a.copy()
    b[0, 3] = b[1, 7] = 0
    (found,) = estimate_contrasts(
        [{0: 1, 1: -1}], [np.arange(2)] * 2, [a.mean(axis=1), b.mean(axis=1)], [a, b], resolution=1 / 100
    )
    assert found.sd == 0.0
    assert found.se == pytest.approx(0.01 / np.sqrt(12) / np.sqrt(2))
    assert not found.same_test_set.excludes(0.0)


def test_no_common_seed_is_unbounded() -> None:
    """Without a seed in common nothing is estimated, and nothing is said."""
    (found,) = estimate_contrasts([{0: 1, 1: -1}], [np.array([0, 1]), np.array([2, 3])], [np.ones(2)] * 2, None)
    assert (found.n_seeds, found.se, found.p, found.p_adjusted) == (0, None, 1.0, 1.0)
    assert np.isnan(found.value)
    assert not found.same_test_set.is_bounded


def test_one_seed_has_no_interval_on_either_question() -> None:
    """One seed: the difference is there, every interval unbounded."""
    cells = [np.array([[1.0, 0.0, 1.0]]), np.array([[1.0, 1.0, 1.0]])]
    (found,) = estimate_contrasts([{0: 1, 1: -1}], [np.array([4])] * 2, [c.mean(axis=1) for c in cells], cells)
    assert found.value == pytest.approx(-1 / 3)
    assert found.new_data is not None
    assert not any(i.is_bounded for i in (found.same_test_set, found.simultaneous, found.new_data))


def test_shares_say_what_more_seeds_can_do() -> None:
    """Where examples make the uncertainty, more seeds remove little of it; where seeds do, nearly all."""
    rng = np.random.default_rng(10)
    examples = two_way(crossed(rng, 10, 200, mean=0, v_seed=0.0, v_example=1.0, v_rest=0.1))
    seeds = two_way(crossed(rng, 10, 200, mean=0, v_seed=1.0, v_example=0.01, v_rest=0.1))
    assert examples.share_from_seeds < 0.05
    assert seeds.share_from_seeds > 0.95
    assert examples.smallest_detectable() == pytest.approx(2.8 * np.sqrt(examples.v_example / 200))


def test_quantile_is_scipys() -> None:
    """Student's quantile is SciPy's, for whole and broken degrees of freedom."""
    assert t_quantile(0.975, 7.3) == pytest.approx(stats.t.ppf(0.975, 7.3))


def test_a_table_must_be_a_table() -> None:
    """A flat list of outcomes is refused."""
    with pytest.raises(ResultsError, match="outcomes must be a table of seeds by at least two examples"):
        two_way([1.0, 0.0])


def test_standard_error_is_its_formula() -> None:
    """The squared standard error is (MS_seed + MS_example - MS_rest) / (nN), its df Satterthwaite's."""
    parts = two_way(crossed(np.random.default_rng(11), 12, 80, mean=0, v_seed=0.5, v_example=0.5, v_rest=1.0))
    total = parts.ms_seed + parts.ms_example - parts.ms_rest
    assert parts.se**2 == pytest.approx(total / (12 * 80))
    spread = parts.ms_seed**2 / 11 + parts.ms_example**2 / 79 + parts.ms_rest**2 / (11 * 79)
    assert parts.df == pytest.approx(total**2 / spread)


@given(st.integers(2, 20), st.one_of(st.integers(2, 400), st.integers(400, 10_000)), st.sampled_from([1.0, -1.0]))
@settings(deadline=None)
def test_one_cell_that_differs_is_no_component(n_seeds: int, n_examples: int, sign: float) -> None:
    """Where one cell alone differs all mean squares are equal: no component, and the df that this has at any size."""
    cells = np.zeros((n_seeds, n_examples))
    cells[n_seeds // 2, n_examples // 2] = sign
    found = two_way(cells)
    assert (found.v_seed, found.v_example) == (0.0, 0.0)
    assert found.df == pytest.approx(two_way(cells * 0.3).df)
    if n_seeds >= FEW_SEEDS:
        assert found.df == pytest.approx((n_seeds - 1) * (n_examples - 1))


def test_no_comparison_that_cannot_differ_is_found_different() -> None:
    """Differences that cancel over the examples of every seed, by weights of a third, leave p = 1 and no interval."""
    rng = np.random.default_rng(5)
    base = rng.random((8, 90)) < 0.8
    cells = [np.asarray(np.roll(base, shift, axis=1), dtype=np.float64) for shift in (0, 7, 20, 41)]
    scores = [np.asarray(c.mean(axis=1), dtype=np.float64) for c in cells]
    contrast = {0: 1 / 3, 1: 1 / 3, 2: 1 / 3, 3: -1.0}
    (found,) = estimate_contrasts([contrast], [np.arange(8)] * 4, scores, cells, resolution=1 / 90)
    assert not found.identical
    assert (found.value, found.sd, found.p) == (0.0, 0.0, 1.0)
