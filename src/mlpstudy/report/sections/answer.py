"""The question and the answer, in two sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.evidence.audits.class_use import class_lines, sample_class_use
from mlpstudy.evidence.sample import higher_is_better
from mlpstudy.page.blocks import Block, Text
from mlpstudy.report import words
from mlpstudy.study import why_unjudged
from mlpstudy.text.words import counted, listed

if TYPE_CHECKING:
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
    """Return what the evidence says, with n and interval."""
    known = {name: row.accuracy for name, row in of.rows.items() if row.accuracy is not None}
    if of.choice is None or not known:
        return "No run has finished yet: there is nothing to say."
    best = _best(of, list(known))
    row = of.rows[best]
    mean, more = words.spread_words(row.accuracy, 100, 2, " %")
    has_interval = row.accuracy is not None and row.accuracy.interval is not None
    limits = f"{of.level} interval {more.partition(' SD')[0]}" if has_interval else more
    number = f"a test accuracy of {mean} ({limits}, n = {row.n_finished})"
    if of.judgement is None and len(of.study.architectures) == 1:
        return f"{best} reaches {number}; with one architecture nothing is compared."
    if of.judgement is None:
        why = why_unjudged(of.study, of.sample.n_examples)
        return f"{_leading(of, best, number)}; there are no verdicts: {why}."
    return _compared(of, of.judgement, best, number)


def _leading(of: Gathered, best: str, number: str) -> str:
    """Say who has the best mean of the declared metric, and how many others have the same."""
    is_accuracy = of.study.judging.metric == "accuracy"
    spreads = {name: row.accuracy if is_accuracy else row.loss for name, row in of.rows.items()}
    mean = {name: one.mean for name, one in spreads.items() if one is not None}
    n_others = sum(one == mean[best] for one in mean.values()) - 1
    shared = f", which {counted(n_others, 'other')} share{'s' if n_others == 1 else ''}," if n_others else ","
    if is_accuracy:
        return f"{best} has the best mean{shared} {number}"
    return f"{best} has the best mean log loss{shared} {mean[best]:.4f} nats, and {number}"


def _best(of: Gathered, names: list[str]) -> str:
    """Return the architecture with the best mean of the declared metric."""
    if of.judgement is None:
        return of.choice.architecture if of.choice is not None else names[0]
    metric = of.judgement.primary
    sign = 1 if higher_is_better(metric.metric) else -1
    means = {s.architecture: sign * s.mean for s in metric.standings if s.mean is not None}
    return max(means, key=lambda name: means[name])


def _compared(of: Gathered, judgement: Judgement, best: str, number: str) -> str:
    """Return the answer of a comparison."""
    pairs = judgement.primary.pairs
    told = f"of {counted(len(pairs), 'comparison')} {_counts([pair.verdict.kind for pair in pairs])}"
    if of.n_seeds < 2:  # noqa: PLR2004  # one seed is no evidence
        return f"{best} ended with {number}, but one seed cannot say which architecture is better: {told}."
    beaten = [p for p in pairs if p.verdict.winner == best]
    head = _leading(of, best, number)
    if len(beaten) == len(of.study.architectures) - 1:
        return f"{head}, and is better than all others: {told}."
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
    return f"{head}{middle}; {told}."


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
    lines = class_lines(sample_class_use(of.sample, len(of.class_names)), of.class_names)
    if lines:
        found.append(Text(" ".join(lines), "note"))
    if of.is_provisional:
        planned = of.results.n_planned
        found.append(
            Text(f"Provisional: {of.n_ended} of {planned} runs have ended. The verdicts of record come then.", "note")
        )
    if of.sample.architectures and 0 < of.n_seeds < 2:  # noqa: PLR2004  # one seed
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
