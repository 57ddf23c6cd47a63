"""The verdict so far, as the page shows it: who leads, and whether that means anything yet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.text.words import listed

if TYPE_CHECKING:
    from mlpstudy.evidence.judgement import Judgement, MetricJudgement, PairJudgement
    from mlpstudy.evidence.verdicts import VerdictKind
    from mlpstudy.records import RunRecord

MAX_PAIRS = 200
"""Pairs that a page lists; the ones that are decided come first."""

MAX_NAMES = 4
"""Architectures that a sentence names; more are counted."""

KINDS: tuple[VerdictKind, ...] = ("BETTER", "EQUIVALENT", "UNSTABLE", "UNRESOLVED")


@dataclass(frozen=True, slots=True)
class PairState:
    """A declared pair, a minus b; numbers in the unit of the metric, None where there are none."""

    a: str
    b: str
    kind: VerdictKind
    winner: str | None
    difference: float
    low: float
    high: float
    reason: str


@dataclass(frozen=True, slots=True)
class VerdictState:
    """The verdict so far.

    Attributes:
        is_provisional: not all planned runs have finished.
        sentence: who leads, and whether that means anything.
        counts: pairs of each kind of verdict, in the order of ``KINDS``.
        means: of the declared metric, one an architecture, in the order of the study; None without a finished run.
        tiers: letters, one an architecture, in the order of the study; empty where there are none.
        n_pairs: declared pairs.
        pairs: at most MAX_PAIRS of them.
        n_runs: finished and diverged runs that it was made from.
    """

    is_provisional: bool
    sentence: str
    counts: tuple[tuple[VerdictKind, int], ...]
    means: tuple[float | None, ...]
    tiers: tuple[str, ...]
    n_pairs: int
    pairs: tuple[PairState, ...]
    n_runs: int


def runs_key(records: Sequence[RunRecord], seeds: int) -> str:
    """Return what tells a verdict of these runs from one of others: its seeds, and the runs that have ended."""
    ended = sorted(f"{r.run_id} {r.started_at} {r.status}" for r in records if r.status in {"finished", "diverged"})
    return hashlib.sha256("\n".join([str(seeds), *ended]).encode()).hexdigest()


def verdict_state(judgement: Judgement) -> VerdictState:
    """Return what the page shows of a judgement: its primary metric."""
    metric = judgement.primary
    order = {kind: i for i, kind in enumerate(KINDS)}
    decided_first = sorted(metric.pairs, key=lambda pair: order[pair.verdict.kind])
    return VerdictState(
        is_provisional=judgement.is_provisional,
        sentence=leader_sentence(metric),
        counts=tuple((kind, sum(pair.verdict.kind == kind for pair in metric.pairs)) for kind in KINDS),
        means=tuple(standing.mean for standing in metric.standings),
        tiers=tuple(standing.tier for standing in metric.standings),
        n_pairs=len(metric.pairs),
        pairs=tuple(_pair(pair) for pair in decided_first[:MAX_PAIRS]),
        n_runs=sum(noise.n_finished + noise.n_diverged for noise in judgement.noise),
    )


def _pair(pair: PairJudgement) -> PairState:
    """Return a pair as the page shows it."""
    interval = pair.estimate.simultaneous
    verdict = pair.verdict
    return PairState(
        pair.a, pair.b, verdict.kind, verdict.winner, pair.difference, interval.low, interval.high, verdict.reason
    )


def leader_sentence(metric: MetricJudgement) -> str:
    """Say which architecture leads, and whether that means anything yet."""
    leader = metric.leader()
    if leader is None or leader.mean is None:
        return "No run has finished yet."
    start = f"{leader.architecture} leads with {metric.metric.value(leader.mean)}"
    others = {p.b if p.a == leader.architecture else p.a: p for p in metric.pairs if leader.architecture in {p.a, p.b}}
    if not others:
        return f"{start}; no declared comparison says whether that means anything."
    if all(pair.estimate.n_seeds <= 1 for pair in others.values()):
        return f"{start}, by a single seed: a retraining might reverse it."
    groups = {kind: [name for name, p in others.items() if p.verdict.kind == kind] for kind in KINDS}
    beaten = [name for name in groups["BETTER"] if others[name].verdict.winner == leader.architecture]
    if len(beaten) == len(others):
        return f"{start} and is better than {_each(len(others))}."
    parts = [f"better than {len(beaten)} of {len(others)} others"] if beaten else []
    parts += _parts(groups, [name for name in groups["BETTER"] if name not in beaten])
    end = "" if beaten else ": the lead means nothing yet" if groups["UNRESOLVED"] else ""
    return f"{start}: {'; '.join(parts)}{end}."


def _parts(groups: dict[VerdictKind, list[str]], worse: Sequence[str]) -> list[str]:
    """Return what holds of the others, kind by kind."""
    said = (
        (worse, "worse than"),
        (groups["EQUIVALENT"], "as good as"),
        (groups["UNSTABLE"], "not compared, because unstable, with"),
        (groups["UNRESOLVED"], "not told apart from"),
    )
    return [f"{words} {_names(names)}" for names, words in said if names]


def _names(names: Sequence[str]) -> str:
    """Name a few, count many.

    >>> _names(["a", "b"]), _names(["a", "b", "c", "d", "e"])
    ('a and b', '5 others')
    """
    return f"{len(names)} others" if len(names) > MAX_NAMES else listed(names)


def _each(n: int) -> str:
    """Return "each of n others" for any n."""
    return "the other one" if n == 1 else f"each of the {n} others"
