"""Verdicts: what the evidence says of a pair, and why, in a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy import special

from mlpstudy.evidence.estimates.contrasts import Estimate
from mlpstudy.evidence.estimates.power import MAX_SEEDS, seeds_for_better, seeds_for_equivalent
from mlpstudy.evidence.estimates.signflip import fewest_seeds
from mlpstudy.tasks.metrics.metric import Metric
from mlpstudy.text.numerals import duration
from mlpstudy.text.words import counted, sentence

VerdictKind = Literal["BETTER", "EQUIVALENT", "UNRESOLVED", "UNSTABLE"]
Margin = Literal["matters", "may not matter", "does not matter"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says of a pair.

    Attributes:
        kind: BETTER, EQUIVALENT, UNRESOLVED or UNSTABLE.
        winner: the better one, where the kind is BETTER; else None.
        margin: where the kind is BETTER: the adjusted interval lies outside the band of indifference
            ("matters"), across its edge, or inside it.
        reason: one plain sentence.
        more_seeds: seeds an architecture, beyond the common ones, that would resolve an UNRESOLVED pair with a
            power of 80 %, were the truth as estimated; None where it is resolved or no number of seeds will.
        more_s: wall time of those seeds here (s); None where it is not known.
        provisional: fewer runs are finished than planned: not the verdict of record.
        is_below_new_data: no number of seeds will show a difference of this size on new data, and the test set cannot
            resolve one that matters: only more test examples help.
    """

    kind: VerdictKind
    winner: str | None
    margin: Margin | None
    reason: str
    more_seeds: int | None
    more_s: float | None
    provisional: bool
    is_below_new_data: bool = False

    @property
    def needs(self) -> str:
        """What would resolve it, in two or three words; empty where it is resolved or nothing would."""
        if self.is_below_new_data:
            return "more test data"
        return "" if self.more_seeds is None else f"+{counted(self.more_seeds, 'seed')}"


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What a verdict rests on, besides the estimate.

    Attributes:
        a: name of the first.
        b: name of the second.
        metric: what is compared.
        band: band of indifference, in the unit of the metric.
        n_comparisons: size of the family.
        trouble: why a run or the spread makes the pair UNSTABLE, in words; empty where nothing does.
        equivalence_p: p of the two one-sided tests, Holm-adjusted for the family.
        n_examples: test examples.
        seconds_a_seed: wall time here of one more seed of both (s); None where it is not known.
        provisional: fewer runs are finished than planned.
        only_a_right: with one common seed, examples that a alone gets right; None otherwise.
        only_b_right: the same of b.
    """

    a: str
    b: str
    metric: Metric
    band: float
    n_comparisons: int
    trouble: str
    equivalence_p: float
    n_examples: int
    seconds_a_seed: float | None
    provisional: bool
    only_a_right: int | None = None
    only_b_right: int | None = None


def equivalence_p(estimate: Estimate, band: float) -> float:
    """Return the p value of two one-sided t tests: the larger of the two, so that both reject below alpha.

    ``p = max(P(T >= (value + band)/se), P(T <= (value - band)/se))``, T of n - 1 degrees of freedom; 1 with
    fewer than two seeds; 0 or 1 where the outcomes are identical.

    Source: Schuirmann 1987.
    """
    if estimate.se is None:
        return 1.0
    room = band - abs(estimate.value)
    if estimate.se == 0.0:
        return float(room <= 0)
    return float(special.stdtr(estimate.n_seeds - 1, -room / estimate.se))


def mcnemar_p(only_a: int, only_b: int) -> float:
    """Return McNemar's exact p value: two networks on one test set, not two architectures.

    Two-sided binomial test of ``only_a`` in ``only_a + only_b`` examples at one half.

    Source: McNemar 1947; Dietterich 1998.

    >>> round(mcnemar_p(10, 2), 4)
    0.0386
    """
    n = only_a + only_b
    return min(1.0, 2.0 * float(special.bdtr(min(only_a, only_b), n, 0.5))) if n else 1.0


def is_different(estimate: Estimate) -> bool:
    """Say whether the simultaneous interval excludes 0 and the Holm-adjusted sign-flip p confirms it."""
    together = estimate.simultaneous
    return together.excludes(0.0) and estimate.p_adjusted <= 1.0 - together.confidence


def judge_pair(estimate: Estimate, facts: PairFacts) -> Verdict:
    """Return the verdict of a pair.

    - UNSTABLE where a run diverged or the spread over seeds is far above what finite test data explain.
    - BETTER where the simultaneous interval of question 1 excludes 0 and the Holm-adjusted sign-flip p confirms
      it (an exact test, which cannot below 6 seeds for one comparison, 9 for eight, 11 for 36).
    - EQUIVALENT where two one-sided tests, Holm-adjusted, put the difference inside the band of indifference.
    - UNRESOLVED otherwise.
    """
    if facts.trouble:
        reason = sentence(f"{facts.trouble}: a mean over seeds does not describe this pair")
        return _verdict("UNSTABLE", facts, reason)
    if estimate.n_seeds < 2:  # noqa: PLR2004  # one difference has no spread
        return _too_few(estimate, facts)
    alpha = 1.0 - estimate.simultaneous.confidence
    if is_different(estimate):
        return _better(estimate, facts)
    if facts.equivalence_p <= alpha:
        return _verdict("EQUIVALENT", facts, _equivalent_reason(estimate, facts))
    return _unresolved(estimate, facts, alpha)


def _better(estimate: Estimate, facts: PairFacts) -> Verdict:
    """Return BETTER with its margin."""
    a_wins = facts.metric.goodness(estimate.value) > 0
    winner, loser = (facts.a, facts.b) if a_wins else (facts.b, facts.a)
    interval = estimate.simultaneous
    margin: Margin = "may not matter"
    words = f"; whether by more than the {facts.metric.size(facts.band)} that matter is open"
    if interval.within(-facts.band, facts.band):
        margin, words = "does not matter", f", but by less than the {facts.metric.size(facts.band)} that matter"
    elif interval.low > facts.band or interval.high < -facts.band:
        margin, words = "matters", " and by a margin that matters"
    size = facts.metric.size(estimate.value)
    reason = (
        f"{winner} is better than {loser} by {size}, adjusted interval of {facts.a} minus {facts.b} "
        f"{facts.metric.interval(interval.low, interval.high)}{words}{_on_new_data(estimate)}."
    )
    return _verdict("BETTER", facts, reason, winner=winner, margin=margin)


def _on_new_data(estimate: Estimate) -> str:
    """Return what question 2 adds to a difference."""
    if estimate.new_data is None:
        return ""
    if estimate.new_data.excludes(0.0):
        return "; it should show on new data too"
    return "; on new data of the same kind it is not certain to show"


def _equivalent_reason(estimate: Estimate, facts: PairFacts) -> str:
    """Return why a pair is EQUIVALENT."""
    if estimate.identical:
        text = f"{facts.a} and {facts.b} do the same on every test example in all {estimate.n_seeds} common seeds"
        if estimate.new_data is None or estimate.new_data.high == 0:
            return f"{text}."
        most = facts.metric.size(estimate.new_data.high)
        return f"{text}; {facts.n_examples} test examples cannot rule out {most} on new data."
    band = facts.metric.size(facts.band)
    return (
        f"The difference, {facts.metric.difference(estimate.value)}, is inside the {band} that do not "
        f"matter (two one-sided tests, p = {facts.equivalence_p:.2g})."
    )


def _too_few(estimate: Estimate, facts: PairFacts) -> Verdict:
    """Return the honest answer to one common seed, or none."""
    needed = max(2, fewest_seeds(facts.n_comparisons, 1 - estimate.simultaneous.confidence))
    more = needed - estimate.n_seeds
    comparisons = counted(facts.n_comparisons, "comparison")
    rule = f"the fewest that can show a difference among {comparisons} are {counted(needed, 'seed')}"
    if estimate.n_seeds == 0:
        text = f"{facts.a} and {facts.b} have no finished seed in common: nothing can be said; {rule}"
    else:
        text = "One seed says nothing about architectures, a retraining might reverse it; " + rule
        if facts.only_a_right is not None and facts.only_b_right is not None:
            p = mcnemar_p(facts.only_a_right, facts.only_b_right)
            text += (
                f" (these two trained networks differ by {facts.only_a_right} to {facts.only_b_right} "
                f"of {facts.n_examples} examples, McNemar p = {p:.2g})"
            )
    more_s = None if facts.seconds_a_seed is None else more * facts.seconds_a_seed
    return _verdict("UNRESOLVED", facts, text + _time_words(more_s) + ".", more_seeds=more, more_s=more_s)


def _unresolved(estimate: Estimate, facts: PairFacts, alpha: float) -> Verdict:
    """Return UNRESOLVED with what would resolve it."""
    assert estimate.se is not None  # noqa: S101  # two seeds or more
    sd = estimate.se * math.sqrt(estimate.n_seeds)
    m = facts.n_comparisons
    head = (
        f"The difference, {facts.metric.difference(estimate.value)}, adjusted interval "
        f"{_together(estimate, facts)}, is neither clear of 0 nor inside the "
        f"{facts.metric.size(facts.band)} that do not matter"
    )
    fewest = fewest_seeds(m, alpha)
    if estimate.n_seeds < fewest and estimate.simultaneous.excludes(0.0):
        head = (
            f"The adjusted interval {_together(estimate, facts)} excludes 0, but no result of "
            f"{counted(estimate.n_seeds, 'seed')} can pass the exact test among {counted(m, 'comparison')}"
        )
    limited = _is_below_new_data(estimate, facts)
    candidates = [
        seeds_for_better(estimate.value, sd, m, alpha=alpha),
        seeds_for_equivalent(estimate.value, sd, facts.band, m, alpha=alpha),
    ]
    needed = min((n for n in candidates if n is not None), default=None)
    if needed is None:
        text = f"{head}; up to {MAX_SEEDS} seeds would not resolve it"
        return _verdict("UNRESOLVED", facts, text + _limit_words(estimate, facts) + ".", limited=limited)
    # Where the seeds at hand should have been enough by their own estimate, chance has it: one more at least.
    more = max(1, needed - estimate.n_seeds)
    more_s = None if facts.seconds_a_seed is None else more * facts.seconds_a_seed
    here = " on this test set" if limited else ""
    text = f"{head}; about {counted(more, 'more seed')} would resolve it{here}{_time_words(more_s)}"
    text += _limit_words(estimate, facts)
    return _verdict("UNRESOLVED", facts, text + ".", more_seeds=more, more_s=more_s, limited=limited)


def _together(estimate: Estimate, facts: PairFacts) -> str:
    """Return the simultaneous interval."""
    return facts.metric.interval(estimate.simultaneous.low, estimate.simultaneous.high)


def _time_words(more_s: float | None) -> str:
    """Return how long more seeds take here."""
    return "" if more_s is None else f", {duration(more_s)} here"


def _is_below_new_data(estimate: Estimate, facts: PairFacts) -> bool:
    """Say whether the test set is too small for new data: for this difference, and for the least that matters.

    Never where the interval on new data is clear of 0 already: what is there need not be planned for.
    """
    if estimate.components is None or estimate.new_data is None or estimate.new_data.excludes(0.0):
        return False
    return max(abs(estimate.value), facts.band) < estimate.components.smallest_detectable()


def _limit_words(estimate: Estimate, facts: PairFacts) -> str:
    """Return that a test set is too small for new data, where it is."""
    if estimate.components is None or not _is_below_new_data(estimate, facts):
        return ""
    limit = facts.metric.size(estimate.components.smallest_detectable())
    return (
        f"; on new data no number of seeds will show a difference of this size, since {facts.n_examples} test examples "
        f"cannot resolve less than {limit}"
    )


def _verdict(
    kind: VerdictKind,
    facts: PairFacts,
    reason: str,
    *,
    winner: str | None = None,
    margin: Margin | None = None,
    more_seeds: int | None = None,
    more_s: float | None = None,
    limited: bool = False,
) -> Verdict:
    """Return a verdict, its reason marked where it is provisional."""
    marked = f"Provisional: {reason}" if facts.provisional else reason
    return Verdict(kind, winner, margin, marked, more_seeds, more_s, facts.provisional, limited)
