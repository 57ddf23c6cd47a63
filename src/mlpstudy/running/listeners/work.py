"""How far a running study is, as the listeners that draw it see it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mlpstudy.engine.events import EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.study.cost import Costs

if TYPE_CHECKING:
    from mlpstudy.records import EpochRecord
    from mlpstudy.running.listening import Plan


class Work:
    """How much work is done and how much is left, in units of the planned cost.

    Attributes:
        plan: what is to be done.
        name: what each run is called, by its id.
        n_epochs: epochs of each run.
        running: the last epoch of every run that is being trained, None before its first.
        n_done: runs of the whole study that are there, or have ended.
        n_failed: those of them that could not be trained.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        costs = Costs(plan.dataset.n_features, plan.dataset.n_classes, len(plan.dataset.train))
        self.cost = {task.run_id: costs.run(task.architecture) for task in plan.tasks}
        self.n_epochs = {task.run_id: task.architecture.training.epochs for task in plan.tasks}
        self.name = {task.run_id: f"{task.architecture.name} seed {task.seed}" for task in plan.tasks}
        self.done = dict.fromkeys(self.cost, 0.0)
        self.done_before = 0.0
        self.running: dict[str, EpochRecord | None] = {}
        self.n_done = plan.n_runs - len(plan.tasks)
        self.n_failed = 0
        self.start = time.monotonic()

    def update(self, event: Event) -> None:
        """Count an event."""
        match event:
            case RunStarted(record, resumed):
                self.running[record.run_id] = resumed.epochs[-1] if resumed else None
                share = self.cost[record.run_id] * record.n_epochs_done / self.n_epochs[record.run_id]
                self.done_before += share - self.done[record.run_id]
                self.done[record.run_id] = share
            case EpochEnded(run_id, epoch):
                self.running[run_id] = epoch
                self.done[run_id] = self.cost[run_id] * epoch.epoch / self.n_epochs[run_id]
            case RunEnded(result):
                self._ended(result.record.run_id)
                self.done[result.record.run_id] = self.cost[result.record.run_id]
            case RunFailed(record, again):
                self._ended(record.run_id, again=again)
                self.n_failed += not again
                self.done[record.run_id] = 0.0 if again else self.cost[record.run_id]
            case _:
                pass

    def _ended(self, run_id: str, *, again: bool = False) -> None:
        self.running.pop(run_id, None)
        self.n_done += not again

    def share(self) -> tuple[float, float]:
        """Return the work that is done and that of the whole study, which is never 0."""
        return sum(self.done.values()), sum(self.cost.values()) or 1.0

    def left_s(self) -> float | None:
        """Return the seconds left, or None while nothing is done."""
        done, total = self.share()
        done_here = done - self.done_before
        return (time.monotonic() - self.start) * (total - done) / done_here if done_here > 0 else None
