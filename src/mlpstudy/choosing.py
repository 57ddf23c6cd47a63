"""Choosing the architecture that predicts: by the evidence, and by a rule that is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlpstudy.errors import ResultsError, must, nearest
from mlpstudy.evidence.class_use import sample_class_use
from mlpstudy.evidence.judgement import judge
from mlpstudy.judging import n_workers, study_sample

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlpstudy.evidence.judgement import MetricJudgement
    from mlpstudy.store import Store


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
    """Return the architecture to predict with: the named one, or the best tier's with the fewest parameters.

    The best tier are the architectures that share the first letter of the best mean of the primary metric: the
    evidence cannot tell them apart, so the smallest will do. But a mute one (``evidence.class_use``) is chosen only
    where all of them are mute: that a network never gives some class is a difference, whatever the metric sees of it.
    Another tier is never chosen: there the declared metric has decided.

    Raises:
        ResultsError: no run of it has finished, or the study has no such architecture.
    """
    names = [each.name for each in store.study().architectures]
    finished = {run.architecture: run for run in store.runs() if run.status == "finished"}
    if architecture is not None:
        if architecture not in names:
            near = nearest(architecture, names)
            fix = f'"{near}"' if near else f"one of {', '.join(names)}"
            raise ResultsError(must("the architecture", f"be one of the study {store.study().name}", architecture, fix))
        _need_finished(store, architecture in finished, f"the architecture {architecture}")
        return Choice(architecture, "named")
    _need_finished(store, bool(finished), str(store.folder))
    if len(finished) == 1:
        return Choice(next(iter(finished)), "only one")
    sample = study_sample(store)
    best = _best_tier(judge(sample, store.study().judging, n_workers=n_workers(store)).primary, finished)
    use = sample_class_use(sample, len(store.class_names))
    by_size = sorted(best.architectures, key=lambda name: finished[name].n_parameters)
    chosen = next((name for name in by_size if not use.of(name).is_mute), by_size[0])
    reason: Literal["best tier, fewest parameters", "best mean"]
    reason = "best mean" if best.tier is None else "best tier, fewest parameters"
    return Choice(chosen, reason, tuple(by_size[: by_size.index(chosen)]))


def _need_finished(store: Store, is_there: bool, what: str) -> None:
    if not is_there:
        fix = "wait for its first run" if store.writer() else f"mlpstudy run --out {store.folder}"
        raise ResultsError(must(what, "have a finished run to predict with", "none", fix))


@dataclass(frozen=True, slots=True)
class _Tier:
    """Architectures, in the study's order, and their letter; None where there are no letters."""

    architectures: tuple[str, ...]
    tier: str | None


def _best_tier(metric: MetricJudgement, finished: Collection[str]) -> _Tier:
    sign = 1.0 if metric.metric == "accuracy" else -1.0
    known = [one for one in metric.standings if one.mean is not None and one.architecture in finished]
    # A single seed has no spread: that nothing is proved different then says nothing.
    has_spread = min(one.n_seeds for one in known) > 1
    lettered = [one for one in known if has_spread and one.tier not in {"", "?"}]
    best = max(lettered or known, key=lambda one: sign * (one.mean or 0.0))
    if not lettered:
        return _Tier(tuple(one.architecture for one in known if one.mean == best.mean), None)
    first = _letters(best.tier)[0]
    return _Tier(tuple(one.architecture for one in lettered if first in _letters(one.tier)), first)


def _letters(tier: str) -> list[str]:
    return re.findall(r"[A-Za-z]\d*", tier)
