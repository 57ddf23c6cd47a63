"""A running study as plain lines, for logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.engine.events import EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.running.listeners.texts import end_text, epoch_text, headline, start_text, warning_lines
from mlpstudy.running.listeners.work import Work
from mlpstudy.text.numerals import duration
from mlpstudy.text.screen import say

if TYPE_CHECKING:
    from mlpstudy.running.listening import Plan


class PlainLines:
    """A line an epoch and a line a run, for logs."""

    def planned(self, plan: Plan) -> None:
        """Print what is about to be done."""
        self.work = Work(plan)
        say(headline(plan), *warning_lines(plan))

    def happened(self, event: Event) -> None:
        """Print one event."""
        self.work.update(event)
        match event:
            case EpochEnded(run_id, epoch):
                text = epoch_text(epoch, len(self.work.plan.dataset.train))
                line = f"{self.work.name[run_id]}  epoch {epoch.epoch}/{self.work.n_epochs[run_id]}  {text}"
            case RunEnded(result):
                left, n_done = self.work.left_s(), self.work.n_done - self.work.n_failed
                ahead = f"  {n_done}/{self.work.plan.n_runs} runs" + (f", {duration(left)} left" if left else "")
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
