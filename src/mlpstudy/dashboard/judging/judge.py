"""When the verdict is computed anew: rarely, in a process of its own, and most of all when the study ends."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mlpstudy.dashboard.judging.judged import Judged, judged
from mlpstudy.dashboard.state.shown import JudgingState
from mlpstudy.machine.cores import n_cores

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.dashboard.state.shown import StudyState
    from mlpstudy.evidence.plain import Plain

MAX_DUTY = 0.0075
"""Share of all cores' time that judging may take while a study trains."""

FIRST_S = 1.0
"""Processor time that the first judgement is taken to need."""

LEAST_PAUSE_S = 5.0
"""Pause between two judgements, however little they take."""

RETRY_S = 60.0
"""Pause after a judgement that could not begin."""


class Judge:
    """Has a study judged now and then.

    A judgement of a small study takes a second of processor time, mostly for starting. Its process has a low
    priority, and the pause after it is so long that all judging takes at most MAX_DUTY of the machine: a study
    that has trained for a minute may be judged the first time. Where nothing trains any more it is judged at once.

    Attributes:
        folder: the study's.
        turn: held while a process judges; judges that share one wait for each other.
    """

    def __init__(self, folder: Path, turn: asyncio.Lock) -> None:
        self.folder = folder
        self.turn = turn
        self._verdict: Plain = None
        self._key: str | None = None
        self._problem: str | None = None
        self._task: asyncio.Task[Judged] | None = None
        self._tried: str | None = None
        self._asked_of = frozenset[tuple[str, str]]()
        self._not_before = self._blocked_until = 0.0
        self._cpu_s = 0.0

    def said_of(self, state: StudyState) -> StudyState:
        """Return a state with the newest verdict, and whether that is of the runs that the state shows."""
        is_present = self._verdict is not None and self._key == state.key
        problem = None if is_present else self._problem
        return replace(state, verdict=self._verdict, judging=JudgingState(is_present, problem))

    def consider(self, state: StudyState) -> None:
        """Take a judgement that is done, and start one where it is time."""
        self._take()
        if self._key != state.key and not self._asked_of <= _ended(state):
            # Of runs that are gone: the folder was begun anew, or holds another study by now.
            self._verdict = self._key = self._problem = None
        if self._task is None and self._is_time(state):
            self._tried, self._asked_of = state.key, _ended(state)
            self._task = asyncio.create_task(self._judged())

    def _is_time(self, state: StudyState) -> bool:
        n_judged = sum(row.n > 0 for row in state.head.table)
        if n_judged < 2 or state.key in {self._key, self._tried}:  # noqa: PLR2004  # a pair
            return False
        if time.monotonic() < self._blocked_until:
            return False
        if state.head.status != "running":
            return True
        is_worth_it = (self._cpu_s or FIRST_S) <= MAX_DUTY * state.head.progress.trained_s
        return is_worth_it and time.monotonic() >= self._not_before

    def _take(self) -> None:
        """Take the judgement that is done; where it came to none, the verdict before stays, as an older one."""
        task = self._task
        if task is None or not task.done():
            return
        self._task = None
        done = task.result()
        self._cpu_s = done.cpu_s
        self._not_before = time.monotonic() + max(LEAST_PAUSE_S, self._cpu_s / MAX_DUTY / n_cores())
        self._problem = done.problem
        if not done.has_begun:
            self._tried, self._blocked_until = None, time.monotonic() + RETRY_S
        if done.problem is None:
            self._verdict, self._key = done.verdict, done.key

    async def _judged(self) -> Judged:
        async with self.turn:
            return await judged(self.folder)

    def stop(self) -> None:
        """Stop judging; the process ends by itself as its task does. It is begun again when a page comes back."""
        task, self._task = self._task, None
        if task is not None:
            self._tried = None
            task.cancel()


def _ended(state: StudyState) -> frozenset[tuple[str, str]]:
    """Return what tells the runs that have ended: those of a study that goes on only become more."""
    return frozenset(
        (run_id, run.started_at) for run_id, run in state.runs.items() if run.status in {"finished", "diverged"}
    )
