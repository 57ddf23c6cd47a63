"""Choosing the architecture that predicts: by the evidence, and by a rule that is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlpstudy.errors import ResultsError, must, nearest
from mlpstudy.evidence.audits.class_use import sample_class_use
from mlpstudy.evidence.judge import standings
from mlpstudy.evidence.lost import what_helps
from mlpstudy.judging.folder import read_moment
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mlpstudy.evidence.judgement import Standing
    from mlpstudy.judging.folder import Moment
    from mlpstudy.records import RunRecord
    from mlpstudy.store import Store
    from mlpstudy.tasks.metrics.metric import Metric


@dataclass(frozen=True, slots=True)
class Choice:
    """The architecture that predicts, and why.

    Attributes:
        architecture: its name.
        reason: ``"named"``; ``"best tier, fewest parameters"``; ``"best mean"`` where the judgement gives no tiers
            (one seed, or a family without all pairs); ``"only one"`` where one alone has finished runs.
        passed_over: smaller architectures of the best tier, or of the same mean, that were not chosen since they are
            mute: some class is given by none of their seeds, and always giving the commonest class would be as
            accurate.
    """

    architecture: str
    reason: Literal["named", "best tier, fewest parameters", "best mean", "only one"]
    passed_over: tuple[str, ...] = ()


def choose(store: Store, architecture: str | None = None) -> Choice:
    """Return the architecture to predict with: the named one, or the best by the rule of :func:`best`.

    Raises:
        ResultsError: no run of it has finished, or the study has no such architecture.
    """
    if architecture is not None:
        return _named(store, architecture)
    with store.snapshot():
        records, n_classes = store.runs(), len(store.class_names)
        finished = {run.architecture for run in records if run.status == "finished"}
        _need_finished(store, bool(finished), str(store.folder))
        if len(finished) == 1:
            return Choice(finished.pop(), "only one")
        moment = read_moment(store)
    chosen = best(moment, records, n_classes, standings(moment.sample, moment.study.judging))
    assert chosen is not None  # noqa: S101  # a run has finished
    return chosen


def _named(store: Store, architecture: str) -> Choice:
    with store.snapshot():
        study, records = store.study(), store.runs()
    names = [each.name for each in study.architectures]
    if architecture not in names:
        near = nearest(architecture, names)
        fix = f'"{near}"' if near else f"one of {', '.join(names)}"
        raise ResultsError(must("the architecture", f"be one of the study {study.name}", architecture, fix))
    finished = {run.architecture for run in records if run.status == "finished"}
    _need_finished(store, architecture in finished, f"the architecture {architecture}")
    return Choice(architecture, "named")


def best(moment: Moment, records: Iterable[RunRecord], n_classes: int, found: Sequence[Standing]) -> Choice | None:
    """Return the best tier's architecture with the fewest parameters; None where no run has finished.

    The best tier are the architectures that share the first letter of the best mean of the primary metric: the
    evidence cannot tell them apart, so the smallest will do. But a mute one (``evidence.class_use``) is chosen only
    where all of them are mute: that a network never gives some class is a difference, whatever the metric sees of it.
    Another tier is never chosen: there the declared metric has decided.

    Args:
        moment: what the study's folder held.
        records: its runs.
        n_classes: number of classes.
        found: the standings by the primary metric; not needed where one architecture alone has finished runs.
    """
    finished = {run.architecture: run for run in records if run.status == "finished"}
    if len(finished) < 2:  # noqa: PLR2004  # nothing to choose from
        return Choice(next(iter(finished)), "only one") if finished else None
    tier = _best_tier(METRICS[moment.study.judging.metric], found, finished)
    use = sample_class_use(moment.sample, n_classes)
    by_size = sorted(tier.architectures, key=lambda name: finished[name].n_parameters)
    chosen = next((name for name in by_size if not use.of(name).is_mute), by_size[0])
    reason: Literal["best tier, fewest parameters", "best mean"]
    reason = "best mean" if tier.tier is None else "best tier, fewest parameters"
    return Choice(chosen, reason, tuple(by_size[: by_size.index(chosen)]))


def _need_finished(store: Store, is_there: bool, what: str) -> None:
    if is_there:
        return
    found, fix = "none", f"mlpstudy run STUDY --out {shell(store.folder)}"
    if store.writer():
        fix = "wait for its first run"
    elif n_diverged := sum(run.status == "diverged" for run in store.runs()):
        found, fix = f"{n_diverged} that diverged", what_helps(store.study())
    raise ResultsError(must(what, "have a finished run to predict with", found, fix))


@dataclass(frozen=True, slots=True)
class _Tier:
    """Architectures, in the study's order, and their letter; None where there are no letters."""

    architectures: tuple[str, ...]
    tier: str | None


def _best_tier(metric: Metric, found: Sequence[Standing], finished: Collection[str]) -> _Tier:
    known = [one for one in found if one.mean is not None and one.architecture in finished]
    # A single seed has no spread: that nothing is proved different then says nothing.
    has_spread = min(one.n_seeds for one in known) > 1
    lettered = [one for one in known if has_spread and one.tier not in {"", "?"}]
    leader = max(lettered or known, key=lambda one: metric.goodness(one.mean or 0.0))
    if not lettered:
        return _Tier(tuple(one.architecture for one in known if one.mean == leader.mean), None)
    first = _letters(leader.tier)[0]
    return _Tier(tuple(one.architecture for one in lettered if first in _letters(one.tier)), first)


def _letters(tier: str) -> list[str]:
    return re.findall(r"[A-Za-z]\d*", tier)
