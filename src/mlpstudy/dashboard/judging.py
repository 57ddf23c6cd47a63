"""When the verdict is computed anew: rarely, in a process of its own, and most of all when the study ends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from mlpstudy.cores import n_cores

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.dashboard.state import Head
    from mlpstudy.evidence.plain import Plain

MAX_DUTY = 0.0075
"""Share of all cores' time that judging may take while a study trains."""

FIRST_S = 1.0
"""Processor time that the first judgement is taken to need."""

LEAST_PAUSE_S = 5.0
"""Pause between two judgements, however little they take."""


class Judge:
    """Has a study judged now and then.

    A judgement of a small study takes a second of processor time, mostly for starting. Its process has a low
    priority, and the pause after it is so long that all judging takes at most MAX_DUTY of the machine: a study
    that has trained for a minute may be judged the first time. Where nothing trains any more it is judged at once.

    Attributes:
        verdict: the newest one, as JSON values; None before the first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.verdict: Plain = None
        self._task: asyncio.Task[Plain] | None = None
        self._judged: tuple[int, int] | None = None
        self._not_before = 0.0
        self._cpu_s = 0.0

    def consider(self, head: Head) -> bool:
        """Take a judgement that is done, start one where it is time, and say whether there is a new verdict."""
        is_new = self._take()
        if self._task is None and self._is_time(head):
            self._judged = _progress(head)
            self._task = asyncio.create_task(self._run())
        return is_new

    def _is_time(self, head: Head) -> bool:
        n_judged = sum(row.n > 0 for row in head.table)
        if n_judged < 2 or _progress(head) == self._judged:  # noqa: PLR2004  # a pair
            return False
        if head.status != "running":
            return True
        is_worth_it = (self._cpu_s or FIRST_S) <= MAX_DUTY * head.progress.trained_s
        return is_worth_it and time.monotonic() >= self._not_before

    def _take(self) -> bool:
        """Take the judgement that is done; one that failed leaves the verdict as it was."""
        task = self._task
        if task is None or not task.done():
            return False
        self._task = None
        self._not_before = time.monotonic() + max(LEAST_PAUSE_S, self._cpu_s / MAX_DUTY / n_cores())
        verdict = task.result()
        if verdict is None or verdict == self.verdict:
            return False
        self.verdict = verdict
        return True

    async def _run(self) -> Plain:
        """Judge in another process; return the verdict, None where there is none."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing in the working directory is imported
            "-m",
            "mlpstudy.dashboard.judge_process",
            str(self.folder.absolute()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # One thread of BLAS: judging is not to take several cores at once.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        try:
            output, _ = await process.communicate()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        if process.returncode != 0:
            return None
        answer = json.loads(output)
        self._cpu_s = float(answer["cpu_s"])
        verdict: Plain = answer["verdict"]
        return verdict

    async def stop(self) -> None:
        """Stop judging."""
        task, self._task = self._task, None
        if task is not None:
            # Judged again when a page comes back.
            self._judged = None
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _progress(head: Head) -> tuple[int, int]:
    """Return what a judgement depends on: runs that have ended, and seeds that are planned."""
    return head.progress.n_finished + head.progress.n_diverged, head.seeds
