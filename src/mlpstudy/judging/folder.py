"""Judging a study's folder: where the store and the evidence meet. Never touches an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.evidence.judge import judge, standings
from mlpstudy.evidence.sample import StudySample, collect
from mlpstudy.judging.at_once import runs_at_once

if TYPE_CHECKING:
    from mlpstudy.evidence.judgement import Judgement
    from mlpstudy.store import Store
    from mlpstudy.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What a study's folder held at one moment, as far as judging needs it.

    Attributes:
        study: what was compared and how.
        data_sha256: hash of the data.
        sample: what the finished runs did on the test examples.
        n_workers: runs that trained at once here.
    """

    study: Study
    data_sha256: str
    sample: StudySample
    n_workers: int


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A judgement with what it was made from, so that who prints it and who writes its claims judge once.

    Attributes:
        moment: what the folder held.
        judgement: what follows.
    """

    moment: Moment
    judgement: Judgement


def read_moment(store: Store) -> Moment:
    """Return all that judging needs of a study's folder, also while the study is still running."""
    with store.snapshot():
        study, records = store.study(), store.runs()
        finished = [record for record in records if record.status == "finished"]
        outcomes = store.outcomes(record.run_id for record in finished)
        labels, data_sha256 = store.test_labels(), store.data_sha256
    sample = collect(
        ((record, outcomes.get(record.run_id)) for record in records),
        labels,
        {architecture.name: architecture.levels for architecture in study.architectures},
        study.seeds,
    )
    return Moment(study, data_sha256, sample, runs_at_once(finished))


def judge_moment(moment: Moment) -> Judged:
    """Return the judgement of what a folder held, by the rules that its study file declares."""
    return Judged(moment, judge(moment.sample, moment.study.judging, n_workers=moment.n_workers))


def judge_store(store: Store) -> Judgement:
    """Return the judgement of a study's folder, by the rules that its study file declares."""
    return judge_moment(read_moment(store)).judgement


def tiers(moment: Moment) -> dict[str, str]:
    """Return the tier of each architecture by the primary metric; none where not all pairs are compared.

    They are those of :func:`judge_moment`, at a fraction of its time.
    """
    found = {one.architecture: one.tier for one in standings(moment.sample, moment.study.judging)}
    return found if any(found.values()) else {}
