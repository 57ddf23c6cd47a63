"""Copies of what runs go on from: taken, and handed over to be written, at their pace."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpstudy.engine.run.pace import Pace
    from mlpstudy.records import Checkpoint


class Copies:
    """The last copies of runs that are trained together, those that are not on their way to be written.

    Args:
        pace: says when to copy, and when to hand a copy over.
        on_checkpoint: called with each that is to be written.
    """

    def __init__(self, pace: Pace, on_checkpoint: Callable[[Checkpoint, Pace], None]) -> None:
        self._pace, self._on_checkpoint = pace, on_checkpoint
        self._last: list[Checkpoint] = []

    def save(self, copy: Callable[[], Sequence[Checkpoint]]) -> None:
        """Copy the runs, and hand the copies over, where either is due."""
        start = time.perf_counter()
        writes = self._pace.writes(start)
        if writes or self._pace.copies(start):
            self._last = list(copy())
            self._pace.copied(start, time.perf_counter())
        if writes:
            self.hand_over()

    def forget(self, run_id: str) -> None:
        """Forget the copy of a run that has ended."""
        self._last = [copy for copy in self._last if copy.run_id != run_id]

    def hand_over(self) -> None:
        """Hand the last copies over, those that are not on their way already."""
        if self._last:
            self._pace.handed(time.perf_counter(), len(self._last))
        for copy in self._last:
            self._on_checkpoint(copy, self._pace)
        self._last = []
