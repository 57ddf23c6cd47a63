"""How many runs a study has trained at once, as far as its records tell."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpstudy.records import RunRecord

LEAST_TOLD_S = 2.0
"""Starts are recorded to the second: of two shorter runs nobody can say whether they ran at once."""


def runs_at_once(finished: Sequence[RunRecord]) -> int:
    """Return how many runs were trained at once: the median, over runs, of those in training in the middle of one.

    Where most runs are too short to tell, one a core is assumed, which is also the most that there can be.
    """
    n_cores = max((record.provenance.n_cores for record in finished), default=1)
    spans = [_span(record) for record in finished if record.wall_s >= LEAST_TOLD_S]
    if 2 * len(spans) <= len(finished):
        return n_cores
    starts, ends = (sorted(moments) for moments in zip(*spans, strict=True))
    middles = [(start + end) / 2 for start, end in spans]
    at_once = median(bisect_right(starts, middle) - bisect_right(ends, middle) for middle in middles)
    return min(n_cores, max(1, round(at_once)))


def _span(record: RunRecord) -> tuple[float, float]:
    start = datetime.fromisoformat(record.started_at).replace(tzinfo=UTC).timestamp()  # as all are recorded
    return start, start + record.wall_s
