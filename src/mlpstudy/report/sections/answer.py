"""The question and the answer, in two sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.evidence.audits.class_use import class_words, sample_class_use
from mlpstudy.evidence.lost import lost_runs
from mlpstudy.page.blocks import Block, Text
from mlpstudy.report.words import metric_words
from mlpstudy.study import why_unjudged
from mlpstudy.text.words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.evidence.judgement import Judgement
    from mlpstudy.report.gathered import Gathered


def question(of: Gathered) -> str:
    """Return what the study asks."""
    n = len(of.study.architectures)
    factors = [f"{factor} ({', '.join(list(levels)[:8])})" for factor, levels in of.study.factors.items()]
    name = of.study.data.title
    if n == 1:
        return f"How well does one architecture, {of.study.architectures[0].name}, do on {name}?"
    return f"Which of {n} architectures, varying {' and '.join(factors)}, is best on {name}?"


def answer(of: Gathered) -> str:
    """Return what the evidence says by the declared metric, with n and interval."""
    known = {name: one for name, one in of.spreads(of.metric).items() if one is not None}
    if of.choice is None or not known:
        lost = lost_runs(of.study, of.rows.values())
        return "No run has finished yet: there is nothing to say." if lost is None else lost.sentence
    best = max(known, key=lambda name: of.metric.goodness(known[name].mean))
    number = _number(of, known[best])
    if of.judgement is None and len(of.study.architectures) == 1:
        return f"{best} reaches {number}; with one architecture nothing is compared."
    leading = f"{best} has the best mean{_shared(known, best)} {number}"
    if of.judgement is None:
        why = why_unjudged(of.study, of.sample.n_examples)
        return f"{leading}; there are no verdicts: {why}."
    return _compared(of, of.judgement, best, number, leading)


def _number(of: Gathered, best: Spread) -> str:
    """Return a mean of the declared metric, with its interval and n."""
    mean, more = metric_words(best, of.metric)
    limits = f"{of.level} interval {more.partition(' SD')[0]}" if best.interval is not None else more
    return f"a test {of.metric.name} of {mean} ({limits}, n = {best.n})"


def _shared(known: Mapping[str, Spread], best: str) -> str:
    """Say how many others have the same mean as the best."""
    n_others = sum(one.mean == known[best].mean for one in known.values()) - 1
    return f", which {counted(n_others, 'other')} share{'s' if n_others == 1 else ''}," if n_others else ","


def _compared(of: Gathered, judgement: Judgement, best: str, number: str, leading: str) -> str:
    """Return the answer of a comparison."""
    pairs = judgement.primary.pairs
    told = f"of {counted(len(pairs), 'comparison')} {_counts([pair.verdict.kind for pair in pairs])}"
    if of.n_seeds < 2:  # noqa: PLR2004  # one seed is no evidence
        return f"{best} ended with {number}, but one seed cannot say which architecture is better: {told}."
    beaten = [p for p in pairs if p.verdict.winner == best]
    if len(beaten) == len(of.study.architectures) - 1:
        return f"{leading}, and is better than all others: {told}."
    same = _peers(judgement, best)
    parts = []
    if beaten:
        parts.append(f"it is better than {listed([p.b if p.a == best else p.a for p in beaten])}")
    if same:
        parts.append(f"the evidence cannot tell it from {listed(same)}")
        assert of.choice is not None  # noqa: S101  # a run has finished
        smallest = of.choice.architecture
        if smallest != best and smallest in same:
            kind = " that predicts every class" if of.choice.passed_over else ""
            parts[-1] += f", of which {smallest} is the smallest{kind}"
    middle = f"; {', but '.join(parts)}" if parts else ""
    return f"{leading}{middle}; {told}."


def _peers(judgement: Judgement, best: str) -> list[str]:
    """Return the architectures that share a letter with one."""
    tiers = {s.architecture: set(s.tier) - {"?"} for s in judgement.primary.standings}
    return [name for name, tier in tiers.items() if name != best and tier & tiers[best]]


def _counts(kinds: list[str]) -> str:
    """Return how many verdicts of each kind there are."""
    names = ("BETTER", "EQUIVALENT", "UNRESOLVED", "UNSTABLE")
    return listed([f"{kinds.count(name)} {name}" for name in names if name in kinds])


def blocks(of: Gathered) -> tuple[Block, ...]:
    """Return the opening of the report."""
    found: list[Block] = [Text(question(of), "lead"), Text(answer(of), "lead")]
    use = sample_class_use(of.sample, len(of.class_names))
    lines, scale = class_words(use, of.class_names, has_baseline=of.results.names_majority)
    if said := " ".join((*lines, *((scale,) if scale else ()))):
        found.append(Text(said, "note"))
    if of.is_provisional:
        planned = of.results.n_planned
        found.append(
            Text(f"Provisional: {of.n_ended} of {planned} runs have ended. The verdicts of record come then.", "note")
        )
    told = lost_runs(of.study, of.rows.values())
    if told is not None and of.finished:
        found.append(Text(told.sentence, "note"))
    if (told is None or not told.are_most) and of.sample.architectures and 0 < of.n_seeds < 2:  # noqa: PLR2004  # one seed
        found.append(
            Text(
                "One seed says how these runs ended, not which architecture is better: the same network trained again "
                "ends elsewhere. All numbers here are provisional in that sense.",
                "note",
            )
        )
    lost = [r for r in of.records if r.status in ("diverged", "failed")]
    if lost:
        names = [f"{r.architecture} seed {r.seed} {r.status}: {r.reason or 'no reason known'}" for r in lost]
        found.append(Text(f"Not in any mean: {listed(names, 4)}.", "note"))
    return tuple(found)
