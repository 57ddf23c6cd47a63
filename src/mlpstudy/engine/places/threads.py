"""The threads of this machine as a place: a run or a cohort a thread, longest first; idle threads help the last runs.

Engines release the GIL while they compute, so threads suffice and the data are held once. Results do not
depend on the number of threads: a run's random numbers are keyed, and threads inside a run never split a sum.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlpstudy.engine.events import CheckpointTaken, Event, RunFailed
from mlpstudy.engine.interface import MAX_THREADS
from mlpstudy.engine.places.place import Checkpoints
from mlpstudy.engine.places.planning import planned
from mlpstudy.engine.run.progress import started_record
from mlpstudy.engine.run.runner import RunHooks, carry_out, failure
from mlpstudy.engine.run.task import Assignment
from mlpstudy.errors import EngineError, must
from mlpstudy.machine.cores import n_cores

if TYPE_CHECKING:
    from mlpstudy.engine.interface import AnyEngine, Cohort
    from mlpstudy.engine.run.pace import Pace
    from mlpstudy.engine.run.task import RunTask
    from mlpstudy.records import Checkpoint, Dataset


@dataclass(slots=True)
class _Shared:
    """What the worker threads share, guarded by one lock."""

    waiting: list[tuple[RunTask, ...]]
    n_threads: int
    checkpoints: Checkpoints
    events: queue.SimpleQueue[tuple[Event, Pace | None] | None] = field(default_factory=queue.SimpleQueue)
    # Reentrant: a signal's handler may ask to stop while its thread is asking already.
    lock: threading.RLock = field(default_factory=threading.RLock)
    stop: threading.Event = field(default_factory=threading.Event)
    cohorts: dict[int, Cohort] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    n_running: int = 0

    def next_tasks(self) -> tuple[RunTask, ...] | None:
        """Take the next runs that are to be trained together, or None where there are none left."""
        with self.lock:
            if self.stop.is_set() or not self.waiting:
                return None
            self.n_running += 1
            return self.waiting.pop(0)

    def again(self, task: RunTask) -> bool:
        """Put a run that has failed behind all others, by itself, where it has failed for the first time."""
        with self.lock:
            if task.run_id in self.tried or self.stop.is_set():
                return False
            self.tried.add(task.run_id)
            self.waiting.append((task,))
            return True

    def tasks_done(self) -> None:
        """Give the thread that calls this back."""
        with self.lock:
            self.n_running -= 1
            self.cohorts.pop(threading.get_ident(), None)

    def add_cohort(self, cohort: Cohort) -> None:
        """Remember what this thread trains, so that it can be stopped."""
        with self.lock:
            self.cohorts[threading.get_ident()] = cohort
        if self.stop.is_set():
            cohort.request_stop()

    def threads_for_a_run(self) -> int:
        """One thread while runs are waiting; an equal share of all threads once there are none."""
        with self.lock:
            return 1 if self.waiting else min(MAX_THREADS, max(1, self.n_threads // max(1, self.n_running)))

    def request_stop(self) -> None:
        """Stop all running runs soon, and start no more."""
        self.stop.set()
        with self.lock:
            for cohort in self.cohorts.values():
                cohort.request_stop()


class ThreadsInTraining(Iterator[Event]):
    """Runs being trained on worker threads; yields what happens, in the caller's thread."""

    def __init__(self, engine: AnyEngine, dataset: Dataset, shared: _Shared) -> None:
        n_workers = min(shared.n_threads, len(shared.waiting))
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


class Threads:
    """The place that is this machine: a thread a run while there are enough of them, all threads for the last ones.

    Args:
        n_threads: threads in all; the number of cores where it is None.
    """

    def __init__(self, n_threads: int | None = None) -> None:
        self._n_threads = n_threads or n_cores()

    def train(
        self, engine: AnyEngine, tasks: Sequence[RunTask], dataset: Dataset, checkpoints: Checkpoints
    ) -> ThreadsInTraining:
        """Train runs on worker threads, as ``Place`` promises."""
        waiting = planned(engine, tasks, dataset, checkpoints.run_ids)
        return ThreadsInTraining(engine, dataset, _Shared(waiting, self._n_threads, checkpoints))


def train_runs(
    engine: AnyEngine,
    tasks: Sequence[RunTask],
    dataset: Dataset,
    *,
    n_threads: int | None = None,
    checkpoints: Checkpoints | None = None,
) -> ThreadsInTraining:
    """Train runs on this machine: ``Threads(n_threads).train``, without checkpoints where there are none."""
    return Threads(n_threads).train(engine, tasks, dataset, checkpoints or Checkpoints())


def _work(engine: AnyEngine, dataset: Dataset, shared: _Shared) -> None:
    """Train one run or cohort after the other until there are none left."""
    try:
        while (tasks := shared.next_tasks()) is not None:
            try:
                _train(engine, dataset, shared, tasks)
            finally:
                shared.tasks_done()
    finally:
        shared.events.put(None)


def _train(engine: AnyEngine, dataset: Dataset, shared: _Shared, tasks: tuple[RunTask, ...]) -> None:
    """Train a run or a cohort, and tell of it."""
    by_id = {task.run_id: task for task in tasks}

    def happened(event: Event) -> None:
        if isinstance(event, RunFailed):
            event = replace(event, again=shared.again(by_id[event.record.run_id]))
        shared.events.put((event, None))

    def on_checkpoint(checkpoint: Checkpoint, pace: Pace) -> None:
        shared.events.put((CheckpointTaken(checkpoint), pace))

    hooks = RunHooks(
        happened=happened,
        on_checkpoint=on_checkpoint,
        on_cohort=shared.add_cohort,
        n_threads=shared.threads_for_a_run,
        stopped=shared.stop.is_set,
    )
    checkpoints = shared.checkpoints
    try:
        found = tuple(checkpoints.find(task) for task in tasks)
    except BaseException as error:  # noqa: BLE001  # what cannot be looked for is these runs' failure
        for task in tasks:
            happened(failure(started_record(engine, task, dataset), error))
        return
    carry_out(engine, Assignment(tasks, found, checkpoints.maker, checkpoints.interval_s), dataset, hooks)
