"""How often a run is copied and written down, so that neither costs more than a small share of its time."""

from __future__ import annotations

INTERVAL_S = 10.0
"""Seconds of work between two checkpoints of a run."""
COPIES_COST_AT_MOST = 0.005
"""Share of a run's time that copying its state may take."""
WRITES_COST_AT_MOST = 0.01
"""Share of a run's time that writing its checkpoints may take, beside its training."""


class Pace:
    """Says after an epoch whether to copy the state, and whether to have the copy written: of a run, or of a cohort.

    A copy in memory is what Ctrl-C leaves; a written one is what ``kill -9`` leaves. What the last one cost
    decides when the next is due: a large network on a slow disk is written less often than every ten seconds.

    Used by the thread that trains, except ``written``, which is called in the store's.

    Args:
        interval_s: seconds of work between two written checkpoints.
        now: the time, as ``time.perf_counter`` tells it.

    >>> pace = Pace(10.0, now=0.0)
    >>> pace.writes(9.0), pace.writes(10.0)
    (False, True)
    >>> pace.handed(10.0); pace.writes(25.0)
    False
    >>> pace.written(0.2); pace.writes(25.0), pace.writes(30.0)
    (False, True)
    """

    def __init__(self, interval_s: float, now: float) -> None:
        self._interval_s = interval_s
        self._copied_at = self._handed_at = now
        self._copy_s = self._write_s = 0.0
        self._n_pending = 0

    def copies(self, now: float) -> bool:
        """Say whether the state is to be copied."""
        return now - self._copied_at >= self._copy_s / COPIES_COST_AT_MOST

    def copied(self, start: float, now: float) -> None:
        """Note what a copy cost."""
        self._copied_at, self._copy_s = now, now - start

    def writes(self, now: float) -> bool:
        """Say whether a checkpoint is to be written: not before the last ones are on disk."""
        wait_s = max(self._interval_s, self._write_s / WRITES_COST_AT_MOST)
        return not self._n_pending and now - self._handed_at >= wait_s

    def handed(self, now: float, n: int = 1) -> None:
        """Note that so many checkpoints are handed over to be written, one a run."""
        self._handed_at, self._n_pending, self._write_s = now, n, 0.0

    def written(self, seconds: float) -> None:
        """Note that one of them is on disk, and what that took."""
        self._write_s += seconds
        self._n_pending -= 1
