"""Runs of one architecture, from initial weights to outcomes: the same loop for every engine, and for one as for many.

Times of a run in a cohort are its share of the cohort's: those of its runs add up to what was spent on all of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mlpstudy import streams
from mlpstudy.engine.events import EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.engine.interface import AnyEngine, Cohort, CohortEngine
from mlpstudy.engine.run.alone import Alone
from mlpstudy.engine.run.copies import Copies
from mlpstudy.engine.run.endings import lost_result, trained_result, why_lost
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.run.pace import Pace
from mlpstudy.engine.run.progress import Progress, started_record
from mlpstudy.records import Checkpoint, EpochRecord, Resumption

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from mlpstudy.arrays import FloatArray, Weights
    from mlpstudy.engine.run.task import Assignment, RunTask
    from mlpstudy.records import Dataset, RunRecord

Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class RunHooks:
    """How runs talk to whoever trains them.

    Attributes:
        happened: called with everything that happens to a run, but for its checkpoints.
        on_checkpoint: called with a checkpoint that is to be written; whoever writes it tells ``Pace.written``.
        n_threads: says before each epoch how many threads may compute it.
        stopped: says whether the runs are to be given up.
        on_cohort: called with what is trained next, so that it can be asked to stop.
    """

    happened: Callable[[Event], None]
    on_checkpoint: Callable[[Checkpoint, Pace], None]
    n_threads: Callable[[], int]
    stopped: Callable[[], bool]
    on_cohort: Callable[[Cohort], None] = lambda _: None


def carry_out(engine: AnyEngine, assignment: Assignment, dataset: Dataset, hooks: RunHooks) -> None:
    """Train the runs of an assignment to their ends, or until they are stopped.

    Whatever goes wrong inside is the failure of all of its runs that have not ended, and of nobody else: they are told
    of as failed. A run that is stopped leaves its last checkpoint.
    """
    records: dict[str, RunRecord | None] = dict.fromkeys(task.run_id for task in assignment.tasks)
    n_epochs: dict[str, int] = {}

    def happened(event: Event) -> None:
        match event:
            case RunStarted(record):
                records[record.run_id] = record
                n_epochs[record.run_id] = record.n_epochs_done
            case EpochEnded(run_id, epoch):
                n_epochs[run_id] = epoch.epoch
            case RunEnded(result):
                del records[result.record.run_id]
        hooks.happened(event)

    try:
        _train(engine, assignment, dataset, replace(hooks, happened=happened))
    except BaseException as error:  # noqa: BLE001  # a failed run is a record with its reason; the others go on
        for task in assignment.tasks:
            if task.run_id in records:
                started = records[task.run_id] or started_record(engine, task, dataset)
                so_far = replace(started, n_epochs_done=n_epochs.get(task.run_id, 0))
                hooks.happened(failure(so_far, error))


def failure(started: RunRecord, error: BaseException) -> RunFailed:
    """Return what happens to a run that an error keeps from being trained."""
    reason = "out of memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
    return RunFailed(replace(started, status="failed", reason=reason))


def _train(engine: AnyEngine, assignment: Assignment, dataset: Dataset, hooks: RunHooks) -> None:
    """Train runs, those together that go on from the same epoch; those that are furthest come first."""
    waiting: dict[int, list[tuple[RunTask, Resumption]]] = {}
    for task, found in zip(assignment.tasks, assignment.found, strict=True):
        usable = _usable(task, found)
        n_done = len(usable.checkpoint.epochs) if usable.checkpoint else 0
        waiting.setdefault(n_done, []).append((task, usable))
    is_stopped = False
    while waiting and not is_stopped:
        runs = _Runs(engine, waiting.pop(max(waiting)), dataset, hooks, assignment)
        if runs.refused:
            waiting.setdefault(0, []).extend(runs.refused)
        if runs.runs:
            is_stopped = not runs.train()


def _usable(task: RunTask, found: Resumption) -> Resumption:
    """Return what a run can go on from: no run leaves a checkpoint of all its epochs."""
    n_epochs = task.architecture.training.epochs
    if found.checkpoint is None or len(found.checkpoint.epochs) < n_epochs:
        return found
    return _refused(f"{len(found.checkpoint.epochs)} epochs of {n_epochs}")


def _refused(reason: object) -> Resumption:
    return Resumption(note=f"its checkpoint does not fit ({reason})")


class _Runs:
    """Runs of one architecture that are trained in step, from the same epoch on.

    Attributes:
        runs: those that are being trained.
        refused: those whose checkpoint does not fit, and that are to begin anew.
    """

    def __init__(
        self,
        engine: AnyEngine,
        starts: Sequence[tuple[RunTask, Resumption]],
        dataset: Dataset,
        hooks: RunHooks,
        assignment: Assignment,
    ) -> None:
        self._dataset, self._hooks, self._maker = dataset, hooks, assignment.maker
        self.runs: list[Progress] = []
        self.refused: list[tuple[RunTask, Resumption]] = []
        self._begun: list[RunStarted] = []
        tasks = [task for task, _ in starts]
        initial = [_initial(task, dataset) for task in tasks]
        self._cohort = _cohort(engine, tasks, initial, dataset)
        kept: list[int] = []
        for i, (task, found) in enumerate(starts):
            try:
                if found.checkpoint is not None:
                    self._cohort.restore(i, found.checkpoint.state)
            except ValueError as error:
                self.refused.append((task, _refused(error)))
                continue
            kept.append(i)
            run = Progress(task, started_record(engine, task, dataset), initial[i], found.checkpoint)
            self.runs.append(run)
            self._begun.append(RunStarted(run.started, found.checkpoint, found.note))
        if self.refused and kept:
            self._cohort.keep(kept)  # those that were refused may have taken over a part
        self._worked_s, self._since = 0.0, time.perf_counter()
        self._copies = Copies(Pace(assignment.checkpoint_s, self._since), hooks.on_checkpoint)

    def train(self) -> bool:
        """Train all runs to their ends; return whether nobody has stopped them on the way.

        A run ends with the first epoch after which it is lost, whichever engine trains it: a loss or a weight is not
        finite. It has diverged where it is lost, where its training loss ends above its loss's ``diverged_above``
        (worse than guessing), or where its test loss is not finite.
        """
        self._hooks.on_cohort(self._cohort)
        for begun in self._begun:
            self._hooks.happened(begun)
        training = self.runs[0].task.architecture.training
        for epoch in range(len(self.runs[0].epochs) + 1, training.epochs + 1):
            lost = None if self._hooks.stopped() else self._epoch(epoch, self._hooks.n_threads())
            if lost is None:
                self._copies.hand_over()
                return False
            if lost:
                self._end_lost(lost)
            if not self.runs:
                return True
            if epoch < training.epochs:
                self._copies.save(self._checkpoints)
        self._end_trained(self._hooks.n_threads())
        return True

    def _epoch(self, epoch: int, n_threads: int) -> dict[int, str] | None:
        """Train and validate one epoch of each run.

        Returns:
            Which runs are lost, by their positions, and why; None where they were stopped on the way.
        """
        train = self._dataset.train
        orders = _rows([_order(run.task, epoch, len(train)) for run in self.runs])
        learning_rates = _rows([_learning_rates(run.task, epoch, len(train)) for run in self.runs])
        start = time.perf_counter()
        trained = self._cohort.train_epoch(train, orders, n_threads, learning_rates)
        middle = time.perf_counter()
        if any(one.stopped for one in trained):
            return None
        validated = self._cohort.evaluate(self._dataset.validation, n_threads)
        end, n = time.perf_counter(), len(self.runs)
        layers = self._cohort.diagnostics(epoch)
        lost: dict[int, str] = {}
        for i, run in enumerate(self.runs):
            done = EpochRecord(
                epoch=epoch,
                train_loss=trained[i].loss,
                train_accuracy=trained[i].accuracy,
                val_loss=validated[i].loss,
                val_accuracy=validated[i].accuracy,
                train_s=(middle - start) / n,
                val_s=(end - middle) / n,
            )
            run.epoch_ended(done, layers[i])
            self._hooks.happened(EpochEnded(run.task.run_id, done, layers[i]))
            if (reason := why_lost(done, is_finite=trained[i].is_finite)) is not None:
                lost[i] = reason
        return lost

    def _end_lost(self, lost: dict[int, str]) -> None:
        """End the runs that are lost; the others go on without them."""
        weights, worked_s, n_classes = self._cohort.weights(), self._worked(), self._dataset.n_classes
        for i, reason in lost.items():
            run = self.runs[i]
            self._copies.forget(run.task.run_id)
            result = lost_result(run, reason, weights[i], n_classes=n_classes, worked_s=worked_s)
            self._hooks.happened(RunEnded(result))
        kept = [i for i in range(len(self.runs)) if i not in lost]
        self.runs = [self.runs[i] for i in kept]
        if kept:
            self._cohort.keep(kept)

    def _end_trained(self, n_threads: int) -> None:
        """End the runs that have trained all their epochs."""
        test = self._dataset.test
        probabilities = self._cohort.probabilities(test.features, n_threads)
        weights, worked_s = self._cohort.weights(), self._worked()
        for run, p, final in zip(self.runs, probabilities, weights, strict=True):
            self._hooks.happened(RunEnded(trained_result(run, p, test.labels, final, worked_s=worked_s)))

    def _checkpoints(self) -> list[Checkpoint]:
        worked_s, states = self._worked(), self._cohort.states()
        return [
            run.checkpoint(state, maker=self._maker, worked_s=worked_s)
            for run, state in zip(self.runs, states, strict=True)
        ]

    def _worked(self) -> float:
        """Return a run's share of the time that was spent on them since they began here."""
        now = time.perf_counter()
        self._worked_s += (now - self._since) / len(self.runs)
        self._since = now
        return self._worked_s


def _initial(task: RunTask, dataset: Dataset) -> Weights:
    network = task.architecture.network
    return initial_weights(network, dataset.n_features, dataset.n_classes, study_seed=task.study_seed, seed=task.seed)


def _rows(arrays: list[npt.NDArray[Number]]) -> npt.NDArray[Number]:
    """Return arrays as the rows of one, without a copy where there is but one."""
    return arrays[0][np.newaxis] if len(arrays) == 1 else np.stack(arrays)


def _order(task: RunTask, epoch: int, n_train: int) -> npt.NDArray[np.int64]:
    return streams.batch_order(task.study_seed, task.seed, epoch, n_train)


def _learning_rates(task: RunTask, epoch: int, n_train: int) -> FloatArray:
    return task.architecture.training.learning_rates(epoch, n_train)


def _cohort(engine: AnyEngine, tasks: Sequence[RunTask], initial: Sequence[Weights], dataset: Dataset) -> Cohort:
    """Return a cohort of runs that start from their initial weights."""
    architecture, image_shape, n_classes = tasks[0].architecture, dataset.image_shape, dataset.n_classes
    keys = [streams.dropout_key(task.study_seed, task.seed) for task in tasks]
    if isinstance(engine, CohortEngine):
        return engine.cohort(architecture, initial, n_classes=n_classes, image_shape=image_shape, dropout_keys=keys)
    (weights,), (key,) = initial, keys
    trainer = engine.trainer(architecture, weights, n_classes=n_classes, image_shape=image_shape, dropout_key=key)
    return Alone(trainer)
