"""Verdicts: each of the four where it belongs, with the right reason; ties; honesty about few seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evidence.simulated import architecture, correct_cells, estimate_of, study
from mlpstudy.arrays import BoolArray
from mlpstudy.evidence.estimates.power import seeds_for_better
from mlpstudy.evidence.judge import judge
from mlpstudy.evidence.judgement import PairJudgement
from mlpstudy.evidence.sample import ArchitectureSample
from mlpstudy.evidence.verdicts import PairFacts, judge_pair, mcnemar_p
from mlpstudy.study import Judging
from mlpstudy.tasks.metrics.accuracy import ACCURACY

N_EXAMPLES = 5000


def pair(
    *architectures: ArchitectureSample, n_planned: int | None = None, judging: Judging | None = None
) -> PairJudgement:
    """Return the first pair's judgement on the primary metric."""
    return judge(study(*architectures, n_planned=n_planned), judging or Judging()).primary.pairs[0]


def drawn(n_seeds: int, ability: float, seed: int) -> BoolArray:
    """Return outcomes of an architecture with the given ability and a usual spread over seeds."""
    return correct_cells(np.random.default_rng(seed), n_seeds, N_EXAMPLES, ability=ability, seed_sd=0.02)


def test_a_large_difference_is_better_by_a_margin_that_matters() -> None:
    """93 % against 90 %: BETTER, the right one wins, whichever comes first."""
    good, bad = architecture("good", drawn(8, 1.7, 1)), architecture("bad", drawn(8, 1.4, 2))
    found, mirrored = pair(good, bad), pair(bad, good)
    assert (found.verdict.kind, found.verdict.winner, found.verdict.margin) == ("BETTER", "good", "matters")
    assert (mirrored.verdict.kind, mirrored.verdict.winner) == ("BETTER", "good")
    assert mirrored.difference == pytest.approx(-found.difference)
    assert mirrored.estimate.simultaneous.low == pytest.approx(-found.estimate.simultaneous.high)
    assert found.verdict.reason.startswith("good is better than bad by ")
    assert found.verdict.reason.endswith("and by a margin that matters; it should show on new data too.")
    assert found.test_examples == pytest.approx(N_EXAMPLES * found.difference)


def test_a_difference_smaller_than_what_matters_says_so() -> None:
    """A certain difference inside the band of indifference is BETTER, but by less than matters."""
    base = drawn(12, 1.7, 3)
    worse = base.copy()
    worse[:, np.flatnonzero(base.all(axis=0))[:3]] = False
    worse[0, np.flatnonzero(base.all(axis=0))[5]] = False
    found = pair(architecture("a", base), architecture("b", worse))
    assert (found.verdict.kind, found.verdict.winner, found.verdict.margin) == ("BETTER", "a", "does not matter")
    assert "but by less than the 0.10 points that matter" in found.verdict.reason


def test_small_differences_are_equivalent() -> None:
    """The same outcomes under other seeds, with a wide band, are EQUIVALENT by two one-sided tests."""
    right = drawn(20, 1.7, 4)
    shifted = np.roll(right, 1, axis=0)
    found = pair(architecture("a", right), architecture("b", shifted), judging=Judging(indifference_pp=1.0))
    assert found.verdict.kind == "EQUIVALENT"
    assert found.equivalence_p < 0.05
    assert "inside the 1.00 points that do not matter" in found.verdict.reason


def test_unresolved_says_how_many_more_seeds_and_how_long() -> None:
    """Neither: the seeds that its own estimate calls for, and their wall time here."""
    a, b = architecture("a", drawn(7, 1.70, 6), wall_s=60.0), architecture("b", drawn(7, 1.68, 17), wall_s=30.0)
    found = pair(a, b)
    assert found.verdict.kind == "UNRESOLVED"
    assert found.estimate.sd is not None
    needed = seeds_for_better(found.difference, found.estimate.sd)
    assert needed is not None
    assert found.verdict.more_seeds is not None
    assert 1 <= found.verdict.more_seeds <= max(1, needed - 7)
    assert found.verdict.more_s == pytest.approx(90.0 * found.verdict.more_seeds)
    assert f"about {found.verdict.more_seeds} more seed" in found.verdict.reason
    assert "here" in found.verdict.reason


def test_a_test_set_that_is_too_small_is_named() -> None:
    """Where a difference this size cannot show on new data, no number of seeds is promised to do it."""
    rng = np.random.default_rng(7)
    a, b = (architecture(name, correct_cells(rng, 7, 200, seed_sd=0.02)) for name in "ab")
    found = pair(a, b)
    assert found.verdict.kind == "UNRESOLVED"
    said = "on new data no number of seeds will show a difference of this size, since 200 test examples cannot resolve"
    assert said in found.verdict.reason
    assert f"about {found.verdict.more_seeds} more seeds would resolve it on this test set" in found.verdict.reason
    assert found.verdict.needs == "more test data"


def test_a_difference_that_shows_on_new_data_already_needs_seeds_only() -> None:
    """Where the interval on new data is clear of 0, no sentence beside it says that nothing will show it there."""
    right = np.ones((5, 100), dtype=bool)
    wrong = right.copy()
    wrong[:, :5] = False
    found = pair(architecture("a", right), architecture("b", wrong))
    assert found.verdict.kind == "UNRESOLVED"
    assert found.estimate.new_data is not None
    assert found.estimate.components is not None
    assert found.estimate.new_data.excludes(0.0)
    assert found.difference < found.estimate.components.smallest_detectable()
    assert "on new data" not in found.verdict.reason
    assert found.verdict.needs == "+1 seed"


def test_seeds_are_what_is_needed_where_the_test_set_resolves_what_matters() -> None:
    """Where the test set can show a difference that matters, an unresolved pair needs seeds, and that is said."""
    rng = np.random.default_rng(3)
    a = architecture("a", correct_cells(rng, 4, 400, ability=1.7, seed_sd=0.02))
    b = architecture("b", correct_cells(rng, 4, 400, ability=1.6, seed_sd=0.02))
    found = pair(a, b, judging=Judging(indifference_pp=2.0))
    assert found.verdict.kind == "UNRESOLVED"
    assert found.verdict.needs == f"+{found.verdict.more_seeds} seed{'s' if found.verdict.more_seeds != 1 else ''}"
    assert "on new data" not in found.verdict.reason
    settled = pair(architecture("good", drawn(8, 1.7, 1)), architecture("bad", drawn(8, 1.4, 2)))
    assert settled.verdict.needs == ""


def test_a_difference_at_the_bands_edge_is_out_of_reach() -> None:
    """At the edge of the band neither verdict comes soon: BETTER is nearest; with a tiny difference, EQUIVALENT."""
    noise = np.random.default_rng(8).standard_normal(12)
    noise -= noise.mean()
    facts = PairFacts("a", "b", ACCURACY, 0.001, 1, "", 1.0, 10_000, None, provisional=False)
    at_edge = judge_pair(estimate_of(0.001 + 0.03 * noise), facts)
    assert (at_edge.kind, at_edge.more_seeds) == ("UNRESOLVED", None)
    assert "up to 1000 seeds would not resolve it" in at_edge.reason
    nearly_equal = judge_pair(estimate_of(0.00001 + 0.002 * noise), facts)
    assert nearly_equal.more_seeds is not None
    assert nearly_equal.more_seeds < 100


def test_a_diverged_run_makes_its_pairs_unstable() -> None:
    """A diverged run is counted, named, and makes every pair of its architecture UNSTABLE; others are judged."""
    good, bad, ill = (
        architecture("good", drawn(8, 1.7, 1)),
        architecture("bad", drawn(8, 1.4, 2)),
        architecture("ill", drawn(7, 1.7, 9), diverged=[7]),
    )
    judgement = judge(study(good, bad, ill), Judging())
    verdicts = {(p.a, p.b): p.verdict for p in judgement.primary.pairs}
    assert verdicts["good", "bad"].kind == "BETTER"
    assert verdicts["good", "ill"].kind == verdicts["bad", "ill"].kind == "UNSTABLE"
    assert verdicts["good", "ill"].reason.startswith("1 of 8 runs of ill diverged")
    assert {s.architecture: s.tier for s in judgement.primary.standings} == {"good": "a", "bad": "b", "ill": "?"}
    assert not judgement.is_provisional
    assert [n.n_diverged for n in judgement.noise] == [0, 0, 1]


def test_an_excess_spread_makes_unstable() -> None:
    """A spread over seeds far above what finite test data explain makes UNSTABLE, with the multiple named."""
    wild = correct_cells(np.random.default_rng(10), 8, N_EXAMPLES, seed_sd=1.0)
    found = pair(architecture("calm", drawn(8, 1.7, 1)), architecture("wild", wild))
    assert found.verdict.kind == "UNSTABLE"
    assert "The spread of wild over seeds is" in found.verdict.reason
    assert "times what finite test data explain" in found.verdict.reason


def test_all_runs_diverged_is_no_error() -> None:
    """An architecture without a finished run: UNSTABLE, no numbers, no exception."""
    none = architecture("none", np.empty((0, N_EXAMPLES)), seeds=[], diverged=[0, 1])
    found = pair(architecture("a", drawn(3, 1.7, 1)), none)
    assert found.verdict.kind == "UNSTABLE"
    assert found.a_beats_b is None
    assert np.isnan(found.difference)


def test_one_seed_gives_the_honest_answer() -> None:
    """One seed says nothing about architectures; it names the fewest seeds and what the two networks differ by."""
    a, b = drawn(1, 1.7, 1), drawn(1, 1.4, 2)
    found = pair(architecture("a", a), architecture("b", b), n_planned=1)
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    assert (found.verdict.kind, found.verdict.more_seeds, found.verdict.more_s) == ("UNRESOLVED", 5, 100.0)
    assert found.verdict.reason.startswith("One seed says nothing about architectures")
    assert f"differ by {only_a} to {only_b} of {N_EXAMPLES} examples, McNemar p = " in found.verdict.reason
    assert "among 1 comparison are 6 seeds" in found.verdict.reason


@pytest.mark.parametrize(("only_a", "only_b"), [(10, 2), (0, 5), (7, 7), (0, 0), (150, 110)])
def test_mcnemar_is_the_exact_binomial_test(only_a: int, only_b: int) -> None:
    """McNemar's p is SciPy's exact two-sided binomial test of the examples that differ."""
    n = only_a + only_b
    expected = stats.binomtest(only_a, n, 0.5).pvalue if n else 1.0
    assert mcnemar_p(only_a, only_b) == pytest.approx(expected)


def test_no_common_seed_is_said() -> None:
    """Two architectures trained with other seeds have nothing to pair."""
    found = pair(
        architecture("a", drawn(3, 1.7, 1), seeds=[0, 1, 2]), architecture("b", drawn(3, 1.4, 2), seeds=[3, 4, 5])
    )
    assert found.verdict.kind == "UNRESOLVED"
    assert "have no finished seed in common" in found.verdict.reason


@pytest.mark.parametrize("n_seeds", [2, 3, 5])
def test_too_few_seeds_are_never_better(n_seeds: int) -> None:
    """Below six seeds the exact test cannot be significant, however large the difference: said, not hidden."""
    found = pair(architecture("a", drawn(n_seeds, 2.5, 1)), architecture("b", drawn(n_seeds, 0.5, 2)))
    assert found.verdict.kind == "UNRESOLVED"
    assert f"no result of {n_seeds} seeds can pass the exact test among 1 comparison" in found.verdict.reason
    assert found.verdict.more_seeds == 6 - n_seeds


@pytest.mark.parametrize("n_seeds", [2, 6, 25])
def test_identical_runs_are_equivalent(n_seeds: int) -> None:
    """The same outcomes everywhere: difference 0, EQUIVALENT, and said to be identical."""
    right = drawn(n_seeds, 1.7, 1)
    found = pair(architecture("a", right), architecture("b", right.copy()))
    assert (found.difference, found.verdict.kind) == (0.0, "EQUIVALENT")
    assert "do the same on every test example" in found.verdict.reason
    assert found.a_beats_b is not None
    assert found.a_beats_b.probability == 0.5


def test_accuracy_exactly_1_is_judged() -> None:
    """Perfect architectures are EQUIVALENT; a perfect one beats one that never is."""
    perfect = np.ones((8, 500), dtype=bool)
    flawed = perfect.copy()
    flawed[np.arange(8), np.arange(8)] = flawed[:, 100:120] = False
    assert pair(architecture("a", perfect), architecture("b", perfect)).verdict.kind == "EQUIVALENT"
    found = pair(architecture("a", perfect), architecture("b", flawed))
    assert (found.verdict.kind, found.verdict.winner) == ("BETTER", "a")
    assert found.a_beats_b is not None
    assert found.a_beats_b.probability == 1.0


def test_equal_differences_of_two_seeds_are_no_proof() -> None:
    """Two seeds with the same small difference have SD 0 by luck: neither BETTER nor EQUIVALENT."""
    right = np.ones((2, 100), dtype=bool)
    wrong = right.copy()
    wrong[0, 1] = wrong[1, 2] = False
    assert pair(architecture("a", right), architecture("b", wrong)).verdict.kind == "UNRESOLVED"


def test_unequal_numbers_of_seeds_are_paired_by_seed() -> None:
    """Ten and seven seeds with six in common: the pair rests on the six, P(a beats b) on all 70 pairs of runs."""
    found = pair(
        architecture("a", drawn(10, 1.7, 1)), architecture("b", drawn(7, 1.4, 2), seeds=[0, 2, 4, 6, 8, 9, 30])
    )
    assert found.estimate.n_seeds == 6
    assert found.a_beats_b is not None
    assert (found.a_beats_b.n_a, found.a_beats_b.n_b) == (10, 7)
    assert found.verdict.provisional


def test_a_study_still_running_is_provisional() -> None:
    """Fewer finished runs than planned: every number is there, marked."""
    a, b = architecture("a", drawn(8, 1.7, 1)), architecture("b", drawn(8, 1.4, 2))
    found = pair(a, b, n_planned=20)
    assert (found.verdict.kind, found.verdict.provisional) == ("BETTER", True)
    assert found.verdict.reason.startswith("Provisional: ")
    assert judge(study(a, b, n_planned=20), Judging()).is_provisional
    assert not pair(a, b, n_planned=8).verdict.provisional


def test_log_loss_has_its_own_direction_and_unit() -> None:
    """The lower log loss wins, the sentence is in nats, and the metric is exploratory."""
    a, b = architecture("a", drawn(8, 1.7, 1)), architecture("b", drawn(8, 1.4, 2))
    judged = {found.metric.name: found for found in judge(study(a, b), Judging()).metrics}
    accuracy, loss, calibration = (judged[name] for name in ("accuracy", "log loss", "calibration error"))
    found = loss.pairs[0]
    assert (loss.metric.name, loss.unit, loss.is_primary, accuracy.is_primary) == ("log loss", "nats", False, True)
    assert (found.verdict.winner, found.difference < 0) == ("a", True)
    assert "nats" in found.verdict.reason
    assert found.test_examples is None
    assert found.a_beats_b is not None
    assert found.a_beats_b.probability == 1.0
    assert calibration.pairs[0].estimate.new_data is None
    declared = judge(study(a, b), Judging(metric="log loss"))
    assert (declared.primary.metric.name, declared.primary.is_primary) == ("log loss", True)


def test_a_family_asks_for_more_than_one_pair() -> None:
    """A difference that is BETTER alone can be UNRESOLVED among 36 comparisons."""
    cells = {name: drawn(12, 1.7, 20 + i) for i, name in enumerate("cdefghi")}
    a, b = drawn(12, 1.72, 1), drawn(12, 1.66, 2)
    alone = pair(architecture("a", a), architecture("b", b))
    among = pair(architecture("a", a), architecture("b", b), *(architecture(n, c) for n, c in cells.items()))
    assert among.estimate.p_adjusted >= 20 * alone.estimate.p_adjusted
    assert among.estimate.same_test_set == alone.estimate.same_test_set
    assert among.estimate.simultaneous.half_width > 1.2 * alone.estimate.simultaneous.half_width
