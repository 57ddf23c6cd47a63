"""A running study as live bars in a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mlpstudy.engine.events import Event, RunEnded, RunFailed, RunStarted
from mlpstudy.running.listeners.texts import end_text, headline, start_text, warning_lines
from mlpstudy.running.listeners.work import Work
from mlpstudy.text.numerals import duration

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

    from mlpstudy.records import EpochRecord, RunRecord
    from mlpstudy.running.listening import Plan

DRAWINGS_A_SECOND = 4

WIDE = 100
"""From this many columns on, a running run has a bar."""


class LiveBars:
    """A line with a bar a running run, and a bar for the whole study with the time left."""

    def planned(self, plan: Plan) -> None:
        """Start drawing."""
        from rich.live import Live  # noqa: PLC0415  # start-up time

        from mlpstudy.text.console import SafeConsole  # noqa: PLC0415

        self.work = Work(plan)
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
                if text := start_text(event):
                    self.console.print(f"{self.work.name[record.run_id]}  {text}")
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
        """Print a line that stays, now that the bar is gone."""
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
        for run_id, epoch in list(self.work.running.items()):  # drawn in another thread than changed
            n_epochs, n_done = self.work.n_epochs[run_id], epoch.epoch if epoch else 0
            bar = [ProgressBar(total=n_epochs, completed=n_done, width=12)] if has_bars else []
            runs.add_row(self.work.name[run_id], *bar, f"{n_done}/{n_epochs}", *self._numbers(epoch))
        left = self.work.left_s()
        ahead = f", {duration(left)} left" if left is not None else ""
        text = f"{self.work.n_done}/{self.work.plan.n_runs} runs{ahead}"
        overall = Table.grid(padding=(0, 1))
        done, total = self.work.share()
        overall.add_row(self.work.plan.study.name, ProgressBar(total=total, completed=done, width=40), text)
        return Group(runs, overall)

    def _numbers(self, epoch: EpochRecord | None) -> tuple[str, ...]:
        """Return what the last epoch of a run measured, a cell each."""
        if epoch is None:
            return ()
        speed = f"{epoch.train_s * 1e6 / len(self.work.plan.dataset.train):.1f}"
        values = (epoch.train_loss, epoch.train_accuracy, epoch.val_loss, epoch.val_accuracy)
        return (speed, *(f"{value:.4f}" for value in values))
