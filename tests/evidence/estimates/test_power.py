"""Power and plans: published check values, agreement with statsmodels, and what the judge really finds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import ttost_paired

from evidence.simulated import architecture, correct_cells, crossed, estimate_of, study
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.estimates.contrasts import estimate_contrasts
from mlpstudy.evidence.estimates.intervals import t_quantile
from mlpstudy.evidence.estimates.power import (
    detectable,
    power_better,
    power_equivalent,
    power_t,
    seeds_by_normal,
    seeds_for_better,
    seeds_for_equivalent,
)
from mlpstudy.evidence.estimates.signflip import flip_family
from mlpstudy.evidence.estimates.twoway import two_way
from mlpstudy.evidence.judge import judge
from mlpstudy.evidence.plan import SeedSpread, assumed_spread, observed_spread, seed_plan
from mlpstudy.evidence.verdicts import equivalence_p
from mlpstudy.study import Judging

ROOT_2 = math.sqrt(2)


@pytest.mark.parametrize(
    ("n_comparisons", "seeds"), [(1, [11, 16, 23, 36]), (8, [17, 26, 37, 58]), (36, [21, 33, 47, 74])]
)
def test_published_seed_counts(n_comparisons: int, seeds: list[int]) -> None:
    """80 % power for 0.1 points at SD 0.08, 0.10, 0.12 and 0.15 points, by the normal approximation."""
    found = [seeds_by_normal(0.1, sd * ROOT_2, n_comparisons) for sd in (0.08, 0.10, 0.12, 0.15)]
    assert found == seeds


@pytest.mark.parametrize(("n_seeds", "effect"), [(6, 1.5), (12, 0.9), (12, 0.05), (40, 0.4), (300, 0.15)])
def test_power_is_statsmodels(n_seeds: int, effect: float) -> None:
    """Power of one comparison is statsmodels' power of the paired t test."""
    expected = TTestPower().power(effect, n_seeds, 0.05)
    assert power_t(effect * 0.2, 0.2, n_seeds) == pytest.approx(expected, abs=1e-6)


def test_power_of_a_family_is_statsmodels_at_its_share_of_alpha() -> None:
    """A family of 36 is planned at 0.05 / 36, and not below 11 seeds."""
    expected = TTestPower().power(1.1, 20, 0.05 / 36)
    assert power_t(1.1, 1.0, 20, 36) == pytest.approx(expected, abs=1e-6)
    assert power_better(1.1, 1.0, 20, 36) == pytest.approx(expected, abs=0.01)
    assert power_better(100.0, 1.0, 10, 36) == 0.0


def test_seeds_are_the_fewest_that_reach_the_power() -> None:
    """One seed less does not."""
    for m, effect in ((1, 0.7), (8, 0.9), (36, 0.4)):
        n = seeds_for_better(effect, 1.0, m)
        assert n is not None
        assert power_better(effect, 1.0, n, m) >= 0.8 > power_better(effect, 1.0, n - 1, m)


def test_plans_have_an_end() -> None:
    """A difference that more than 1,000 seeds would be needed for is out of reach; a huge one needs the fewest."""
    assert seeds_for_better(0.001, 1.0) is None
    assert seeds_for_better(0.0, 0.0) is None
    assert [seeds_for_better(100.0, 1.0, m) for m in (1, 8, 36)] == [6, 9, 11]


def test_detectable_inverts_the_power() -> None:
    """The detectable difference is found with 80 % power; below the fewest seeds there is none."""
    found = detectable(0.2, 14, 8)
    assert power_better(found, 0.2, 14, 8) == pytest.approx(0.8, abs=1e-9)
    assert detectable(0.2, 8, 8) == math.inf


@pytest.mark.parametrize(
    ("n_pairs", "n_seeds", "effect"), [(1, 6, 1.5), (1, 8, 1.2), (1, 12, 0.9), (8, 10, 1.5), (8, 13, 1.2)]
)
def test_the_judge_finds_what_the_plan_predicts(n_pairs: int, n_seeds: int, effect: float) -> None:
    """A true difference becomes BETTER within 3 points of the predicted probability."""
    rng = np.random.default_rng([n_pairs, n_seeds])
    n_trials, found = 1200, 0
    contrasts = [{2 * i: 1.0, 2 * i + 1: -1.0} for i in range(n_pairs)]
    for _ in range(n_trials):
        scores = rng.standard_normal((2 * n_pairs, n_seeds)) / ROOT_2
        scores[0] += effect
        first = estimate_contrasts(contrasts, [np.arange(n_seeds)] * 2 * n_pairs, list(scores), None)[0]
        found += first.simultaneous.excludes(0.0) and first.p_adjusted <= 0.05
    assert found / n_trials == pytest.approx(power_better(effect, 1.0, n_seeds, n_pairs), abs=0.03)


@pytest.mark.parametrize(("n_seeds", "effect"), [(11, 1.8), (13, 1.5), (16, 1.3)])
def test_the_exact_test_among_36_finds_what_the_plan_predicts(n_seeds: int, effect: float) -> None:
    """Passing both the t test and the sign-flip test at 0.05 / 36 has the predicted probability, to 3 points."""
    d = effect + np.random.default_rng(n_seeds).standard_normal((n_seeds, 1500))
    t = np.sqrt(n_seeds) * d.mean(axis=0) / d.std(axis=0, ddof=1)
    p = np.concatenate([flip_family(part).p for part in np.split(d, 15, axis=1)])
    found = np.mean((t > t_quantile(1 - 0.05 / 72, n_seeds - 1)) & (p <= 0.05 / 36))
    assert found == pytest.approx(power_better(effect, 1.0, n_seeds, 36), abs=0.03)


@pytest.mark.parametrize(("truth", "n_seeds"), [(0.0, 12), (0.4, 30)])
def test_two_one_sided_tests_find_what_the_plan_predicts(truth: float, n_seeds: int) -> None:
    """A difference inside the band becomes EQUIVALENT within 3 points of the predicted probability."""
    rng = np.random.default_rng(n_seeds)
    n_trials, found = 4000, 0
    for _ in range(n_trials):
        found += equivalence_p(estimate_of(truth + rng.standard_normal(n_seeds)), 1.0) <= 0.05
    assert found / n_trials == pytest.approx(power_equivalent(truth, 1.0, n_seeds, 1.0), abs=0.03)


@pytest.mark.parametrize("n_seeds", [3, 11, 30])
def test_a_difference_at_the_bands_edge_is_not_equivalent(n_seeds: int) -> None:
    """At the edge of the band two one-sided tests err in at most 5 % of studies."""
    rng = np.random.default_rng(n_seeds)
    n_trials = 4000
    false = sum(
        equivalence_p(estimate_of(0.1 + 0.05 * rng.standard_normal(n_seeds)), 0.1) <= 0.05 for _ in range(n_trials)
    )
    assert false / n_trials <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / n_trials)


def test_equivalence_is_statsmodels_tost() -> None:
    """The p value of two one-sided tests is statsmodels'."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(0.98, 0.001, (2, 14))
    expected = ttost_paired(a, b, -0.001, 0.001)[0]
    assert equivalence_p(estimate_of(a - b), 0.001) == pytest.approx(expected)


def test_seeds_to_equivalence_need_room() -> None:
    """No number of seeds shows a difference outside the band to lie inside; a nearly as large one takes many."""
    assert seeds_for_equivalent(0.11, 0.1, 0.1) is None
    near, far = seeds_for_equivalent(0.05, 0.1, 0.1), seeds_for_equivalent(0.0, 0.1, 0.1)
    assert near is not None
    assert far is not None
    assert near > 2 * far


def test_plan_before_anything_ran() -> None:
    """The specified table: exact seeds never below the normal approximation nor the fewest of the sign-flip test."""
    plan = seed_plan(9, 36, assumed_spread(0.0010), detect=0.001, band=0.001, seconds_a_seed=20.0)
    assert [(row.n_comparisons, row.fewest, row.n_seeds_normal) for row in plan.rows] == [
        (1, 6, 16),
        (8, 9, 26),
        (36, 11, 33),
    ]
    for row in plan.rows:
        assert row.n_seeds is not None
        assert row.n_seeds >= max(row.n_seeds_normal, row.fewest)
        assert row.more == row.n_seeds
        assert row.more_s == 20.0 * row.n_seeds
        assert row.detectable is None
    assert [row.is_declared for row in plan.rows] == [False, False, True]
    assert plan.spread.source == "given"
    assert assumed_spread().source == "assumed"


def test_plan_after_runs_rests_on_their_spread() -> None:
    """The observed SD of the differences, the seeds still missing, what is detectable now, the new-data limit."""
    rng = np.random.default_rng(2)
    hard = rng.standard_normal(2000)
    cells = [correct_cells(rng, 15, 2000, hard=hard, seed_sd=0.1) for _ in range(3)]
    sample = study(*(architecture(name, c) for name, c in zip("abc", cells, strict=True)))
    spread = observed_spread(sample, [("a", "b"), ("b", "c")])
    means = [c.mean(axis=1) for c in cells]
    variances = [(means[0] - means[1]).var(ddof=1), (means[1] - means[2]).var(ddof=1)]
    assert spread.sd_difference == pytest.approx(math.sqrt(np.mean(variances)))
    assert spread.sd == pytest.approx(math.sqrt(np.mean([m.var(ddof=1) for m in means])))
    plan = seed_plan(3, 2, spread, detect=0.002, band=0.001, seconds_a_seed=30.0)
    assert [row.family for row in plan.rows] == ["one comparison", "all against a baseline", "all pairs"]
    row = plan.rows[0]
    assert row.n_seeds is not None
    assert row.more == max(0, row.n_seeds - 15)
    assert row.detectable == pytest.approx(detectable(spread.sd_difference, 15))
    assert spread.new_data_limit is not None
    assert spread.new_data_limit > 0


def test_runs_that_are_right_on_the_same_examples_set_no_limit_on_new_data() -> None:
    """Of networks that all do the same nothing is known on other data; a limit of 0 would say that all is."""
    cells = correct_cells(np.random.default_rng(5), 1, 600).repeat(3, axis=0)
    spread = observed_spread(study(architecture("a", cells), architecture("b", cells)), [("a", "b")])
    assert (spread.sd_difference, spread.new_data_limit, spread.is_limit_observed) == (0.0, None, True)


def test_one_unstable_architecture_does_not_inflate_the_plan() -> None:
    """An UNSTABLE architecture's spread is left out, but where no pair is left without it; it is named either way."""
    rng = np.random.default_rng(4)
    cells = [correct_cells(rng, 8, 1000, seed_sd=sd) for sd in (0.05, 0.05, 1.5)]
    sample = study(*(architecture(name, c) for name, c in zip(("a", "b", "wild"), cells, strict=True)))
    pairs = [("a", "b"), ("a", "wild"), ("b", "wild")]
    calm, all_of_them = observed_spread(sample, pairs, ["wild"]), observed_spread(sample, pairs)
    assert calm.left_out == ("wild",)
    assert calm.unstable == ()
    assert all_of_them.sd > 3 * calm.sd
    assert calm.sd == observed_spread(study(*sample.architectures[:2]), pairs[:1]).sd
    alone = observed_spread(sample, pairs[1:], ["wild"])
    assert (alone.left_out, alone.unstable) == ((), ("wild",))
    assert plan_names(alone) == plan_names(observed_spread(sample, pairs[1:]))


def plan_names(spread: SeedSpread) -> tuple[float, float]:
    """Return what a plan is computed from."""
    return spread.sd, spread.sd_difference


def test_new_data_limit_is_what_endless_seeds_detect() -> None:
    """A difference of 2.8 sqrt(V_example / N) is found on new data with 80 % power by very many seeds."""
    rng = np.random.default_rng(3)
    limit = 2.8 * math.sqrt(0.5 / 200)
    found = 0
    for _ in range(600):
        # So many seeds that only the examples are left to vary.
        cells = crossed(rng, 30, 200, mean=limit, v_seed=0.0, v_example=0.5, v_rest=0.001)
        found += two_way(cells).interval().excludes(0.0)
    assert found / 600 == pytest.approx(0.8, abs=0.055)


def test_impossible_plans_are_refused() -> None:
    """One clear line for an SD of 0, a difference of 0, one architecture, and runs without a common seed."""
    with pytest.raises(ResultsError, match="the assumed SD must be between 0 and 100 points, got 0 points"):
        assumed_spread(0.0)
    with pytest.raises(ResultsError, match="the difference to detect must be above 0"):
        seed_plan(9, 36, assumed_spread(), detect=0.0, band=0.001)
    with pytest.raises(ResultsError, match="must have two architectures to compare, got 1"):
        seed_plan(1, 0, assumed_spread(), detect=0.001, band=0.001)
    with pytest.raises(ResultsError, match="the SD over seeds must be at least 0"):
        power_better(0.1, -1.0, 10)
    with pytest.raises(ResultsError, match="the number of comparisons must be at least 1"):
        power_equivalent(0.1, 1.0, 10, 0.1, 0)
    alone = study(architecture("a", np.ones((1, 20))), architecture("b", np.ones((1, 20))))
    with pytest.raises(ResultsError, match="must have two seeds in common"):
        observed_spread(alone, [("a", "b")])


def test_the_plan_takes_no_spread_to_be_smaller_than_the_judge_does() -> None:
    """Equal differences by luck have the judge's spread, that of rounding to one example; identical outcomes none."""
    right = np.ones((4, 50), dtype=bool)
    shifted = right.copy()
    shifted[np.arange(4), np.arange(4)] = False
    sample = study(architecture("a", right), architecture("b", shifted))
    (judged,) = judge(sample, Judging()).primary.pairs
    assert judged.estimate.sd == 0.0
    assert judged.estimate.se is not None
    planned = observed_spread(sample, [("a", "b")]).sd_difference
    assert planned == pytest.approx(judged.estimate.se * 2.0)
    assert observed_spread(study(architecture("a", right), architecture("b", right)), [("a", "b")]).sd_difference == 0.0
