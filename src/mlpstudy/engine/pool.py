"""Planning runs over worker threads: one run a thread, longest first; idle threads help the last runs.

Engines release the GIL while they compute, so threads suffice and the data are held once. Results do not
depend on the number of threads: a run's random numbers are keyed, and threads inside a run never split a sum.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlpstudy.engine.provenance import n_cores
from mlpstudy.engine.runner import RunHooks, RunTask, started_record, train_run
from mlpstudy.records import EpochRecord, RunRecord, RunResult
from mlpstudy.spec import count_parameters

if TYPE_CHECKING:
    from mlpstudy.engine.interface import Engine, Trainer
    from mlpstudy.records import Dataset, LayerDiagnostics


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins."""

    record: RunRecord


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """A run has completed an epoch; ``diagnostics`` of its layers, where they are on."""

    run_id: str
    epoch: EpochRecord
    diagnostics: tuple[LayerDiagnostics, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RunEnded:
    """A run is finished or has diverged."""

    result: RunResult


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run could not be trained; the study goes on without it."""

    record: RunRecord


Event = RunStarted | EpochEnded | RunEnded | RunFailed


@dataclass(slots=True)
class _Shared:
    """What the worker threads share, guarded by one lock."""

    tasks: list[RunTask]
    n_threads: int
    events: queue.SimpleQueue[Event | None] = field(default_factory=queue.SimpleQueue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)
    trainers: dict[str, Trainer] = field(default_factory=dict)
    n_running: int = 0

    def next_task(self) -> RunTask | None:
        """Take the next task, or None where there is none left."""
        with self.lock:
            if self.stop.is_set() or not self.tasks:
                return None
            self.n_running += 1
            return self.tasks.pop(0)

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
            return 1 if self.tasks else max(1, self.n_threads // max(1, self.n_running))

    def request_stop(self) -> None:
        """Stop all running runs soon, and start no more."""
        self.stop.set()
        with self.lock:
            for trainer in self.trainers.values():
                trainer.request_stop()


def cost(task: RunTask, dataset: Dataset) -> float:
    """Return a run's relative cost: trained parameters x examples x epochs, plus a little a step."""
    training = task.architecture.training
    n_parameters, _ = count_parameters(task.architecture.network, dataset.n_features, dataset.n_classes)
    n_steps = -(-len(dataset.train) // training.batch_size)
    return float(training.epochs * (n_parameters * len(dataset.train) + 2e5 * n_steps))


def train_runs(
    engine: Engine, tasks: Sequence[RunTask], dataset: Dataset, *, n_threads: int | None = None
) -> Generator[Event, None, None]:
    """Train runs on worker threads and yield what happens, in the caller's thread.

    Closing the iterator (or an exception in the caller's loop, such as Ctrl-C) stops the runs that are being
    trained, within about one training step, and waits for their threads.

    Args:
        engine: what trains.
        tasks: what is to be run.
        dataset: what the networks learn from.
        n_threads: threads in all; the number of cores where it is None.
    """
    n_threads = n_threads or n_cores()
    ordered = sorted(tasks, key=lambda task: (-cost(task, dataset), task.seed))
    shared = _Shared(ordered, n_threads)
    n_workers = min(n_threads, len(ordered))
    workers = [
        threading.Thread(target=_work, args=(engine, dataset, shared), name=f"mlpstudy-{i}") for i in range(n_workers)
    ]
    for worker in workers:
        worker.start()
    n_alive = n_workers
    try:
        while n_alive:
            event = shared.events.get()
            if event is None:
                n_alive -= 1
            else:
                yield event
    finally:
        shared.request_stop()
        for worker in workers:
            worker.join()


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
    started = started_record(engine, task, dataset)
    shared.events.put(RunStarted(started))
    hooks = RunHooks(
        on_trainer=lambda trainer: shared.add_trainer(task, trainer),
        on_epoch=lambda epoch, layers: shared.events.put(EpochEnded(task.run_id, epoch, layers)),
        n_threads=shared.threads_for_a_run,
        stopped=shared.stop.is_set,
    )
    try:
        result = train_run(engine, task, dataset, started, hooks)
    except Exception as error:  # noqa: BLE001  # a failed run is a record with its reason; the others go on
        reason = "out of memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        shared.events.put(RunFailed(replace(started, status="failed", reason=reason)))
    else:
        if result is not None:
            shared.events.put(RunEnded(result))
