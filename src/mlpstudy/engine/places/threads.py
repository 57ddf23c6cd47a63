"""Planning runs over worker threads: one run a thread, longest first; idle threads help the last runs.

Engines release the GIL while they compute, so threads suffice and the data are held once. Results do not
depend on the number of threads: a run's random numbers are keyed, and threads inside a run never split a sum.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlpstudy.engine.events import CheckpointTaken, EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.engine.interface import MAX_THREADS
from mlpstudy.engine.run.pace import INTERVAL_S, Pace
from mlpstudy.engine.run.runner import RunHooks, RunTask, started_record, train_run
from mlpstudy.errors import EngineError, must
from mlpstudy.machine.cores import n_cores
from mlpstudy.records import Checkpoint, EpochRecord, LayerDiagnostics, Resumption, RunRecord
from mlpstudy.study.cost import Costs

if TYPE_CHECKING:
    from mlpstudy.engine.interface import Engine, Trainer
    from mlpstudy.records import Dataset


def _nothing(_: RunTask) -> Resumption:
    return Resumption()


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where runs find what they go on from.

    Attributes:
        find: looks for a run's checkpoint; called in the thread that trains it.
        run_ids: the runs that have one: they come first.
        maker: who may go on from the checkpoints made now.
        interval_s: seconds of a run's work between two of them.
    """

    find: Callable[[RunTask], Resumption] = _nothing
    run_ids: frozenset[str] = frozenset()
    maker: str = ""
    interval_s: float = INTERVAL_S


@dataclass(slots=True)
class _Shared:
    """What the worker threads share, guarded by one lock."""

    tasks: list[RunTask]
    n_threads: int
    checkpoints: Checkpoints
    events: queue.SimpleQueue[tuple[Event, Pace | None] | None] = field(default_factory=queue.SimpleQueue)
    # Reentrant: a signal's handler may ask to stop while its thread is asking already.
    lock: threading.RLock = field(default_factory=threading.RLock)
    stop: threading.Event = field(default_factory=threading.Event)
    trainers: dict[str, Trainer] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    n_running: int = 0

    def next_task(self) -> RunTask | None:
        """Take the next task, or None where there is none left."""
        with self.lock:
            if self.stop.is_set() or not self.tasks:
                return None
            self.n_running += 1
            return self.tasks.pop(0)

    def again(self, task: RunTask) -> bool:
        """Put a task that has failed behind all others, where it has failed for the first time."""
        with self.lock:
            if task.run_id in self.tried or self.stop.is_set():
                return False
            self.tried.add(task.run_id)
            self.tasks.append(task)
            return True

    def task_done(self, task: RunTask) -> None:
        """Give the thread of a run back."""
        with self.lock:
            self.n_running -= 1
            self.trainers.pop(task.run_id, None)

    def add_trainer(self, task: RunTask, trainer: Trainer) -> None:
        """Remember the trainer of a running run, so that it can be stopped."""
        with self.lock:
            self.trainers[task.run_id] = trainer
        if self.stop.is_set():
            trainer.request_stop()

    def threads_for_a_run(self) -> int:
        """One thread while tasks are waiting; an equal share of all threads once there are none."""
        with self.lock:
            return 1 if self.tasks else min(MAX_THREADS, max(1, self.n_threads // max(1, self.n_running)))

    def request_stop(self) -> None:
        """Stop all running runs soon, and start no more."""
        self.stop.set()
        with self.lock:
            for trainer in self.trainers.values():
                trainer.request_stop()


class TrainingRuns(Iterator[Event]):
    """Runs being trained on worker threads; yields what happens, in the caller's thread.

    Made by ``train_runs``. After ``request_stop`` the iterator goes on to what the runs leave behind, their last
    checkpoints, and ends. ``close`` stops without listening.
    """

    def __init__(self, engine: Engine, dataset: Dataset, shared: _Shared) -> None:
        n_workers = min(shared.n_threads, len(shared.tasks))
        self._shared = shared
        self._waiting = [
            threading.Thread(target=_work, args=(engine, dataset, shared), name=f"mlpstudy-{i}")
            for i in range(n_workers)
        ]
        self._workers: list[threading.Thread] = []
        self._n_alive = 0
        self._handed: tuple[Pace, float] | None = None

    def __next__(self) -> Event:
        self._start()
        if self._handed is not None:
            handed_by, since = self._handed
            handed_by.written(time.perf_counter() - since)
            self._handed = None
        while self._n_alive:
            found = self._shared.events.get()
            if found is None:
                self._n_alive -= 1
                continue
            event, pace = found
            if pace is not None:
                self._handed = (pace, time.perf_counter())
            return event
        self.close()
        raise StopIteration

    def __del__(self) -> None:
        # Abandoned, as a generator may be: nobody would ever stop the runs.
        self.request_stop()

    def _start(self) -> None:
        while self._waiting:
            worker = self._waiting.pop()
            try:
                worker.start()
            except RuntimeError as error:  # the system refuses it: those that run do its tasks
                self._waiting.clear()
                if self._workers:
                    return
                fix = "raise the limit on processes or memory"
                raise EngineError(must("training", "have a thread of its own", str(error), fix)) from error
            self._workers.append(worker)
            self._n_alive += 1

    def request_stop(self) -> None:
        """Stop the runs that are being trained, within about one training step, and start no more."""
        self._waiting.clear()
        self._shared.request_stop()

    def close(self) -> None:
        """Stop, and wait for the threads."""
        self.request_stop()
        for worker in self._workers:
            worker.join()


def train_runs(
    engine: Engine,
    tasks: Sequence[RunTask],
    dataset: Dataset,
    *,
    n_threads: int | None = None,
    checkpoints: Checkpoints | None = None,
) -> TrainingRuns:
    """Train runs on worker threads and yield what happens, in the caller's thread.

    Whoever stops listening must close what is returned: ``contextlib.closing``.

    Args:
        engine: what trains.
        tasks: what is to be run.
        dataset: what the networks learn from.
        n_threads: threads in all; the number of cores where it is None.
        checkpoints: where runs find what they go on from; nowhere where it is None.
    """
    checkpoints = checkpoints or Checkpoints()
    costs = Costs(dataset.n_features, dataset.n_classes, len(dataset.train))

    def order(task: RunTask) -> tuple[bool, float, int]:
        return task.run_id not in checkpoints.run_ids, -costs.run(task.architecture), task.seed

    return TrainingRuns(engine, dataset, _Shared(sorted(tasks, key=order), n_threads or n_cores(), checkpoints))


def _work(engine: Engine, dataset: Dataset, shared: _Shared) -> None:
    """Train one run after the other until there are none left."""
    try:
        while (task := shared.next_task()) is not None:
            try:
                _train(engine, dataset, shared, task)
            finally:
                shared.task_done(task)
    finally:
        shared.events.put(None)


def _train(engine: Engine, dataset: Dataset, shared: _Shared, task: RunTask) -> None:
    """Train one run; whatever goes wrong inside it is that run's failure, not the study's."""

    def put(event: Event, pace: Pace | None = None) -> None:
        shared.events.put((event, pace))

    started: RunRecord | None = None

    def on_start(record: RunRecord, resumed: Checkpoint | None, note: str | None) -> None:
        nonlocal started
        started = record
        put(RunStarted(record, resumed, note))

    def on_epoch(epoch: EpochRecord, layers: tuple[LayerDiagnostics, ...]) -> None:
        nonlocal started
        started = started and replace(started, n_epochs_done=epoch.epoch)
        put(EpochEnded(task.run_id, epoch, layers))

    hooks = RunHooks(
        on_trainer=lambda trainer: shared.add_trainer(task, trainer),
        find=lambda: shared.checkpoints.find(task),
        on_start=on_start,
        on_epoch=on_epoch,
        n_threads=shared.threads_for_a_run,
        stopped=shared.stop.is_set,
        on_checkpoint=lambda checkpoint, pace: put(CheckpointTaken(checkpoint), pace),
        checkpoint_s=shared.checkpoints.interval_s,
        maker=shared.checkpoints.maker,
    )
    try:
        result = train_run(engine, task, dataset, started_record(engine, task, dataset), hooks)
    except BaseException as error:  # noqa: BLE001  # a failed run is a record with its reason; the others go on
        reason = "out of memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        failed = replace(started or started_record(engine, task, dataset), status="failed", reason=reason)
        put(RunFailed(failed, again=shared.again(task)))
    else:
        if result is not None:
            put(RunEnded(result))
