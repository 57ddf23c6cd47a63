"""Makes what a page shows of a study of what its store holds: no input and no output."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.dashboard.state.shown import (
    ArchitectureState,
    Head,
    MetricState,
    Point,
    Progress,
    RunState,
    RunStatus,
    StudyState,
    TableRow,
)
from mlpstudy.dashboard.state.timing import RunWork, study_work
from mlpstudy.dashboard.state.verdict import runs_key
from mlpstudy.evidence.comparison import comparison_rows
from mlpstudy.study.cost import Costs
from mlpstudy.tasks.metrics.menu import METRICS

if TYPE_CHECKING:
    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.evidence.estimates.spread import Spread
    from mlpstudy.records import EpochRecord, RunRecord
    from mlpstudy.study import Study
    from mlpstudy.tasks.metrics.metric import Metric

MAX_POINTS = 60_000
"""Epochs, over all runs, whose measurements are sent to a page: 4 MB of text."""

N_DIGITS = 5
"""Significant digits of a measurement in the page: more than its pixels show."""


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What does not change while a study runs.

    Attributes:
        study: the study; more seeds may be asked for later.
        validation_source: what the curves are measured on.
        n_features: number of input features.
        n_classes: number of classes.
        n_train: number of training examples.
        baselines: name and test accuracy of each baseline of the study.
    """

    study: Study
    validation_source: str
    n_features: int
    n_classes: int
    n_train: int
    baselines: tuple[tuple[str, float], ...] = ()

    def costs(self) -> list[float]:
        """Return the relative cost of an epoch, one an architecture."""
        costs = Costs(self.n_features, self.n_classes, self.n_train)
        return [max(1.0, costs.epoch(architecture)) for architecture in self.study.architectures]


@dataclass(frozen=True, slots=True)
class RunCurve:
    """The epochs of one run.

    Attributes:
        points: what each of them measured, in order.
        epoch_s: mean wall time of one (s), None without any.
    """

    points: tuple[Point, ...]
    epoch_s: float | None

    @classmethod
    def of(cls, epochs: Sequence[EpochRecord]) -> RunCurve:
        """Return the curve of a run's epochs."""
        points = tuple(
            (number(e.train_loss), number(e.train_accuracy), number(e.val_loss), number(e.val_accuracy)) for e in epochs
        )
        times = [time for e in epochs if math.isfinite(time := e.train_s + e.val_s)]
        return cls(points, math.fsum(times) / len(times) if times else None)


def study_state(
    facts: StudyFacts, records: Sequence[RunRecord], curves: Mapping[str, RunCurve], writer: str | None
) -> StudyState:
    """Return what the page shows of a study.

    Args:
        facts: what does not change while it runs.
        records: all runs that were ever begun.
        curves: their epochs, by run id.
        writer: who is writing the study, None where nobody is.
    """
    index = {architecture.name: i for i, architecture in enumerate(facts.study.architectures)}
    known = [record for record in records if record.architecture in index]
    runs = {record.run_id: _run(record, index[record.architecture], is_written=writer is not None) for record in known}
    progress = _progress(facts, runs, curves, is_written=writer is not None)
    return StudyState(
        head=_head(facts, known, progress, writer),
        runs=runs,
        curves={run_id: curves[run_id].points for run_id in _drawn(runs, curves, len(index))},
        key=runs_key(records, facts.study.seeds),
    )


def _run(record: RunRecord, architecture: int, *, is_written: bool) -> RunState:
    """Return a run as the page shows it."""
    is_orphan = record.status == "running" and not is_written
    return RunState(
        architecture=architecture,
        seed=record.seed,
        status="interrupted" if is_orphan else record.status,
        reason=record.reason,
        n_epochs_done=record.n_epochs_done,
        diverged_epoch=record.diverged_epoch,
        test_accuracy=number(record.test_accuracy, 7),
        test_loss=number(record.test_loss),
        wall_s=round(record.wall_s, 2),
        started_at=record.started_at,
    )


def _head(facts: StudyFacts, records: Sequence[RunRecord], progress: Progress, writer: str | None) -> Head:
    """Return the study as a whole."""
    study = facts.study
    names = [architecture.name for architecture in study.architectures]
    metric = METRICS[study.judging.metric]
    rows = {row.architecture: row for row in comparison_rows(records, confidence=study.judging.confidence)}
    is_complete = progress.n_finished + progress.n_diverged >= progress.n_planned
    return Head(
        name=study.name,
        title=study.title or study.name,
        status="finished" if is_complete else "running" if writer else "stopped",
        writer=writer,
        validation_source=facts.validation_source,
        metric=metric_state(metric),
        confidence=study.judging.confidence,
        seeds=study.seeds,
        factors=tuple(study.factors),
        architectures=tuple(
            ArchitectureState(architecture.name, architecture.levels, architecture.training.epochs)
            for architecture in study.architectures
        ),
        progress=progress,
        table=tuple(_row(rows.get(name), metric) for name in names),
        baselines=facts.baselines,
    )


def metric_state(metric: Metric) -> MetricState:
    """Return a metric as the page shows it."""
    unit = metric.unit
    return MetricState(unit.factor, metric.digits, unit.of_values, unit.in_full, metric.higher_is_better)


def _row(row: ComparisonRow | None, metric: Metric) -> TableRow:
    """Return a row of the table."""
    if row is None or row.accuracy is None or row.loss is None:
        return TableRow(0, None, None, None, None, None, None)
    interval = row.accuracy.interval
    declared: Spread | None = getattr(row, metric.recorded) if metric.recorded else None
    return TableRow(
        n=row.n_finished,
        value=None if declared is None else number(declared.mean, 7),
        accuracy=number(row.accuracy.mean, 7),
        low=None if interval is None else number(interval.low, 7),
        high=None if interval is None else number(interval.high, 7),
        loss=number(row.loss.mean),
        wall_s=number(row.wall_s),
    )


def _progress(
    facts: StudyFacts, runs: Mapping[str, RunState], curves: Mapping[str, RunCurve], *, is_written: bool
) -> Progress:
    """Return how far the study is."""
    count = {status: sum(run.status == status for run in runs.values()) for status in _COUNTED}
    n_epochs = [architecture.training.epochs for architecture in facts.study.architectures]
    works = [
        _work(run, n_epochs[run.architecture], curves[run_id].epoch_s, is_written=is_written)
        for run_id, run in runs.items()
    ]
    # Counted, not listed: a study may plan a billion runs.
    begun = Counter(
        i for i, seed in {(run.architecture, run.seed) for run in runs.values()} if seed < facts.study.seeds
    )
    works += [RunWork(i, n, 0, None, n_runs=facts.study.seeds - begun[i]) for i, n in enumerate(n_epochs)]
    work = study_work(facts.costs(), works, count["running"] if is_written else 0)
    n_planned = len(n_epochs) * facts.study.seeds
    is_complete = count["finished"] + count["diverged"] >= n_planned
    return Progress(
        n_planned=n_planned,
        n_finished=count["finished"],
        n_diverged=count["diverged"],
        n_failed=count["failed"],
        n_running=count["running"],
        n_interrupted=count["interrupted"],
        share=1.0 if is_complete else round(work.share, 4),
        left_s=None if is_complete or work.left_s is None else round(work.left_s, 1),
        trained_s=round(math.fsum(run.wall_s for run in runs.values()), 1),
    )


_COUNTED: tuple[RunStatus, ...] = ("finished", "diverged", "failed", "running", "interrupted")


def _work(run: RunState, n_epochs: int, epoch_s: float | None, *, is_written: bool) -> RunWork:
    """Return how far a run is."""
    if run.status == "finished" and run.n_epochs_done:
        epoch_s = run.wall_s / run.n_epochs_done
    if run.status == "interrupted":
        return RunWork(run.architecture, n_epochs, 0, epoch_s)
    if run.status == "running":
        n_done = min(run.n_epochs_done, n_epochs)
        return RunWork(run.architecture, n_epochs - n_done, n_done, epoch_s)
    if run.status == "failed":
        # Tried again by the next call, not by this one.
        return RunWork(run.architecture, 0 if is_written else n_epochs, 0, epoch_s)
    # A diverged run counts as one that was trained: its share of the work is behind.
    return RunWork(run.architecture, 0, n_epochs, epoch_s)


def _drawn(runs: Mapping[str, RunState], curves: Mapping[str, RunCurve], n: int) -> list[str]:
    """Return the runs whose curves are sent: all, or as many of each architecture's latest as there is room for."""
    sizes = {run_id: len(curves[run_id].points) for run_id in runs if curves[run_id].points}
    if sum(sizes.values()) <= MAX_POINTS:
        return list(sizes)
    room = [MAX_POINTS // max(1, n)] * n
    chosen = set()
    for run_id in sorted(sizes, key=lambda key: runs[key].started_at, reverse=True):
        architecture = runs[run_id].architecture
        if sizes[run_id] <= room[architecture]:
            room[architecture] -= sizes[run_id]
            chosen.add(run_id)
    return [run_id for run_id in sizes if run_id in chosen]


def number(value: float | None, n_digits: int = N_DIGITS) -> float | None:
    """Return a number with the digits that the page needs, None for what is not finite.

    >>> number(0.123456789), number(float("inf")), number(None)
    (0.12346, None, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{n_digits}g}")
