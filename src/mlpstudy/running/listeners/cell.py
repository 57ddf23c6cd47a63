"""How a running study looks in a cell of a Jupyter notebook: one drawing that is replaced as the study goes on.

The cell shows; the study's folder keeps. Whoever closes the page, or stops the cell, loses nothing that has
finished, and running the cell again goes on from there.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Protocol

from mlpstudy.engine.events import Event, RunEnded, RunFailed
from mlpstudy.running.listeners.texts import end_text, headline, warning_lines
from mlpstudy.running.listeners.work import Work
from mlpstudy.text.escaping import html
from mlpstudy.text.numerals import duration

if TYPE_CHECKING:
    from mlpstudy.records import RunRecord
    from mlpstudy.running.listening import Plan

SECONDS_BETWEEN_DRAWINGS = 0.5
SHOWN_ENDS = 6
"""Runs that ended last, a line each; the table of results has them all."""


class Display(Protocol):
    """A drawing in a cell that can be replaced (IPython's display handle)."""

    def update(self, obj: object) -> None:
        """Replace the drawing."""
        ...


def in_notebook() -> bool:
    """Say whether this process is the kernel of a notebook, without importing IPython where nobody has.

    >>> in_notebook()
    False
    """
    if "ipykernel" not in sys.modules or "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and hasattr(shell, "kernel")


class NotebookCell:
    """A listener that draws bars into the cell that called it."""

    def planned(self, plan: Plan) -> None:
        """Start drawing."""
        from IPython.display import display  # noqa: PLC0415  # there in a notebook, and nowhere else needed

        self.work = Work(plan)
        self.ends: list[str] = []
        self.handle: Display = display(_Drawing(self.html()), display_id=True)
        self.drawn = time.monotonic()

    def happened(self, event: Event) -> None:
        """Take an event in; draw it now and then, and always at the end."""
        self.work.update(event)
        match event:
            case RunEnded(result):
                self._end(result.record)
            case RunFailed(record, again):
                self._end(record, again=again)
        now = time.monotonic()
        if now - self.drawn >= SECONDS_BETWEEN_DRAWINGS or self.work.n_done == self.work.plan.n_runs:
            self.handle.update(_Drawing(self.html()))
            self.drawn = now

    def _end(self, record: RunRecord, *, again: bool = False) -> None:
        self.ends.append(f"{self.work.name[record.run_id]}: {end_text(record, again=again)}")

    def html(self) -> str:
        """Return the drawing."""
        n_runs = self.work.plan.n_runs
        left = self.work.left_s()
        ahead = f", {duration(left)} left" if left and self.work.n_done < n_runs else ""
        lines = [
            *(f"<div>{html(line)}</div>" for line in (headline(self.work.plan), *warning_lines(self.work.plan))),
            f"<div>{_bar(self.work.n_done, n_runs)} {self.work.n_done} of {n_runs} runs{ahead}</div>",
        ]
        for run_id, epoch in self.work.running.items():
            n_epochs, n_done = self.work.n_epochs[run_id], epoch.epoch if epoch else 0
            seen = f", val_accuracy {epoch.val_accuracy:.4f}" if epoch else ""
            text = f"{self.work.name[run_id]}, epoch {n_done} of {n_epochs}{seen}"
            lines.append(f"<div>{_bar(n_done, n_epochs)} {html(text)}</div>")
        lines += [f"<div><small>{html(end)}</small></div>" for end in self.ends[-SHOWN_ENDS:]]
        return "".join(lines)


class _Drawing:
    """What IPython shows: HTML, and the same as text where HTML is not shown."""

    def __init__(self, html: str) -> None:
        self.html = html

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return "a running study"


def _bar(done: int, total: int) -> str:
    return f'<progress value="{done}" max="{max(1, total)}"></progress>'
