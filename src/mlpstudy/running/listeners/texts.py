"""How a running study looks: live bars in a terminal, plain lines elsewhere, JSON for machines."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any

from mlpstudy.engine.events import EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.study.cost import Costs
from mlpstudy.text.numerals import duration
from mlpstudy.text.screen import say, say_json
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

    from mlpstudy.records import EpochRecord, RunRecord
    from mlpstudy.running.workflow import Plan

DRAWINGS_A_SECOND = 4

WIDE = 100
"""From this many columns on, a running run has a bar."""


def epoch_text(epoch: EpochRecord, n_train: int) -> str:
    """Write what one epoch measured, in the notebook's order."""
    return (
        f"{epoch.train_s * 1e6 / n_train:6.1f} us/sample  loss {epoch.train_loss:.4f}  "
        f"accuracy {epoch.train_accuracy:.4f}  val_loss {epoch.val_loss:.4f}  val_accuracy {epoch.val_accuracy:.4f}"
    )


def start_text(event: RunStarted) -> str | None:
    """Write how a run starts where that needs a word: from a checkpoint, or anew in spite of one."""
    if event.resumed is None:
        return f"starts anew: {event.note}" if event.note else None
    return f"goes on after epoch {event.record.n_epochs_done}" + (f": {event.note}" if event.note else "")


def end_text(record: RunRecord, *, again: bool = False) -> str:
    """Write how a run ended."""
    if record.status == "failed":
        return f"failed: {record.reason}" + ("; it is tried once more at the end" if again else "")
    if record.status == "diverged":
        return f"diverged at epoch {record.diverged_epoch}: {record.reason}"
    return f"test loss {record.test_loss:.4f}  test accuracy {record.test_accuracy:.4f}  ({duration(record.wall_s)})"


class Work:
    """How much work is done and how much is left, in units of the planned cost."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        costs = Costs(plan.dataset.n_features, plan.dataset.n_classes, len(plan.dataset.train))
        self.cost = {task.run_id: costs.run(task.architecture) for task in plan.tasks}
        self.n_epochs = {task.run_id: task.architecture.training.epochs for task in plan.tasks}
        self.name = {task.run_id: f"{task.architecture.name} seed {task.seed}" for task in plan.tasks}
        self.done = dict.fromkeys(self.cost, 0.0)
        self.done_before = 0.0
        self.start = time.monotonic()

    def update(self, event: Event) -> None:
        """Count an event."""
        match event:
            case RunStarted(record):
                share = self.cost[record.run_id] * record.n_epochs_done / self.n_epochs[record.run_id]
                self.done_before += share - self.done[record.run_id]
                self.done[record.run_id] = share
            case EpochEnded(run_id, epoch):
                self.done[run_id] = self.cost[run_id] * epoch.epoch / self.n_epochs[run_id]
            case RunEnded(result):
                self.done[result.record.run_id] = self.cost[result.record.run_id]
            case RunFailed(record, again):
                self.done[record.run_id] = 0.0 if again else self.cost[record.run_id]
            case _:
                pass

    def left_s(self) -> float | None:
        """Return the seconds left, or None while nothing is done."""
        done, total = sum(self.done.values()), sum(self.cost.values())
        done_here = done - self.done_before
        return (time.monotonic() - self.start) * (total - done) / done_here if done_here > 0 else None


class JsonLines:
    """One event a line, as JSON."""

    def planned(self, plan: Plan) -> None:
        """Print what is about to be done."""
        self._print(
            "planned",
            study=plan.study.name,
            folder=str(plan.folder),
            n_runs=plan.n_runs,
            n_missing=len(plan.tasks),
            n_train_examples=len(plan.dataset.train),
            warnings=list(plan.dataset.warnings),
        )

    def happened(self, event: Event) -> None:
        """Print one event."""
        match event:
            case RunStarted(record, _, note):
                fields = {name: getattr(record, name) for name in ("run_id", "architecture", "seed", "n_epochs_done")}
                self._print("run_started", **fields, note=note)
            case EpochEnded(run_id, epoch):
                self._print("epoch_ended", run_id=run_id, **dataclasses.asdict(epoch))
            case RunEnded(result):
                self._print(f"run_{result.record.status}", **dataclasses.asdict(result.record))
            case RunFailed(record, again):
                self._print("run_failed", **dataclasses.asdict(record), again=again)

    @staticmethod
    def _print(event: str, **fields: Any) -> None:  # noqa: ANN401  # plain JSON values
        say_json({"event": event, **finite(fields)})


def finite(value: Any) -> Any:  # noqa: ANN401  # plain JSON values
    """Replace numbers that JSON cannot hold by null.

    >>> finite({"loss": float("nan"), "epoch": 1})
    {'loss': None, 'epoch': 1}
    """
    if isinstance(value, dict):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, float) and value - value != 0:
        return None
    return value


class PlainLines:
    """A line an epoch and a line a run, for logs."""

    def planned(self, plan: Plan) -> None:
        """Print what is about to be done."""
        self.work = Work(plan)
        self.n_done = plan.n_runs - len(plan.tasks)
        say(headline(plan), *warning_lines(plan))

    def happened(self, event: Event) -> None:
        """Print one event."""
        self.work.update(event)
        match event:
            case EpochEnded(run_id, epoch):
                text = epoch_text(epoch, len(self.work.plan.dataset.train))
                line = f"{self.work.name[run_id]}  epoch {epoch.epoch}/{self.work.n_epochs[run_id]}  {text}"
            case RunEnded(result):
                self.n_done += 1
                left = self.work.left_s()
                ahead = f"  {self.n_done}/{self.work.plan.n_runs} runs" + (f", {duration(left)} left" if left else "")
                line = f"{self.work.name[result.record.run_id]}  {end_text(result.record)}{ahead}"
            case RunFailed(record, again):
                line = f"{self.work.name[record.run_id]}  {end_text(record, again=again)}"
            case RunStarted(record):
                said = start_text(event)
                if said is None:
                    return
                line = f"{self.work.name[record.run_id]}  {said}"
            case _:
                return
        say(line)


def headline(plan: Plan) -> str:
    """Say in one line what is about to be done."""
    study, dataset = plan.study, plan.dataset
    n_there = plan.n_runs - len(plan.tasks)
    there = f", {n_there} of {plan.n_runs} runs are there already" if n_there else ""
    return (
        f"{study.name}: {len(study.architectures)} architectures x {counted(study.seeds, 'seed')} on {dataset.name} "
        f"({len(dataset.train)} training and {len(dataset.test)} test examples){there}"
    )


def warning_lines(plan: Plan) -> list[str]:
    """Return what a user should know of the data, a line each."""
    return [f"Warning: {warning}" for warning in plan.dataset.warnings]


class LiveBars:
    """A line with a bar a running run, and a bar for the whole study with the time left."""

    def planned(self, plan: Plan) -> None:
        """Start drawing."""
        from rich.live import Live  # noqa: PLC0415  # start-up time

        from mlpstudy.text.console import SafeConsole  # noqa: PLC0415

        self.work = Work(plan)
        self.running: dict[str, EpochRecord | None] = {}
        self.n_done = plan.n_runs - len(plan.tasks)
        self.console = SafeConsole()
        self.console.print(headline(plan))
        for line in warning_lines(plan):
            self.console.print(line, style="yellow")
        self.live: Live = Live(
            get_renderable=self._drawing, console=self.console, refresh_per_second=DRAWINGS_A_SECOND, transient=True
        )
        self.drawn_s = time.monotonic()
        try:
            self.live.start()
        except RuntimeError:  # no thread is left on this machine that would draw: events do it
            self.live.auto_refresh = False

    def happened(self, event: Event) -> None:
        """Move the bars; a run that has ended leaves a line that stays."""
        self.work.update(event)
        match event:
            case RunStarted(record):
                self.running[record.run_id] = event.resumed.epochs[-1] if event.resumed else None
                if text := start_text(event):
                    self.console.print(f"{self.work.name[record.run_id]}  {text}")
            case EpochEnded(run_id, epoch):
                self.running[run_id] = epoch
            case RunEnded(result):
                self._end(result.record)
            case RunFailed(record, again):
                self._end(record, again=again)
        if not self.live.auto_refresh and time.monotonic() - self.drawn_s >= 1 / DRAWINGS_A_SECOND:
            self.live.refresh()
            self.drawn_s = time.monotonic()

    def close(self) -> None:
        """Take the bars away."""
        if hasattr(self, "live"):
            self.live.stop()

    def _end(self, record: RunRecord, *, again: bool = False) -> None:
        """Turn the bar of a run into a line that stays."""
        self.n_done += not again
        self.running.pop(record.run_id, None)
        style = None if record.status == "finished" else "red"
        self.console.print(f"{self.work.name[record.run_id]}  {end_text(record, again=again)}", style=style)

    def _drawing(self) -> Group:
        """Return what the terminal shows now."""
        from rich.console import Group  # noqa: PLC0415  # start-up time
        from rich.progress_bar import ProgressBar  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        has_bars = self.console.width >= WIDE
        runs = Table(box=None, pad_edge=False, header_style="dim")
        runs.add_column("run", no_wrap=True)
        if has_bars:
            runs.add_column("", width=12)
        for heading in ("epoch", "us/sample", "loss", "accuracy", "val_loss", "val_accuracy"):
            runs.add_column(heading, justify="right", no_wrap=True)
        for run_id, epoch in list(self.running.items()):  # drawn in another thread than changed
            n_epochs, n_done = self.work.n_epochs[run_id], epoch.epoch if epoch else 0
            bar = [ProgressBar(total=n_epochs, completed=n_done, width=12)] if has_bars else []
            runs.add_row(self.work.name[run_id], *bar, f"{n_done}/{n_epochs}", *self._numbers(epoch))
        left = self.work.left_s()
        text = f"{self.n_done}/{self.work.plan.n_runs} runs" + (f", {duration(left)} left" if left is not None else "")
        overall = Table.grid(padding=(0, 1))
        done, total = sum(self.work.done.values()), sum(self.work.cost.values())
        overall.add_row(self.work.plan.study.name, ProgressBar(total=total or 1, completed=done, width=40), text)
        return Group(runs, overall)

    def _numbers(self, epoch: EpochRecord | None) -> tuple[str, ...]:
        """Return what the last epoch of a run measured, a cell each."""
        if epoch is None:
            return ()
        speed = f"{epoch.train_s * 1e6 / len(self.work.plan.dataset.train):.1f}"
        values = (epoch.train_loss, epoch.train_accuracy, epoch.val_loss, epoch.val_accuracy)
        return (speed, *(f"{value:.4f}" for value in values))
