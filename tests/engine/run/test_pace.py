"""Checkpoints take a bounded share of a run's time, whatever an epoch, a copy and a write take."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mlpstudy.engine.run.pace import COPIES_COST_AT_MOST, WRITES_COST_AT_MOST, Pace


@given(
    epoch_s=st.floats(1e-4, 100),
    copy_s=st.floats(1e-6, 10),
    write_s=st.floats(1e-4, 100),
    interval_s=st.sampled_from([0.0, 1.0, 10.0]),
)
def test_shares_are_bounded(epoch_s: float, copy_s: float, write_s: float, interval_s: float) -> None:
    """Of the time between two copies, copying takes at most its share; between two writes, so does writing."""
    pace, now = Pace(interval_s, 0.0), 0.0
    copied_at, handed_at = [], []
    for _ in range(200):
        now += epoch_s
        if pace.copies(now):
            copied_at.append(now)
            pace.copied(now, now + copy_s)
            now += copy_s
        if pace.writes(now):
            handed_at.append(now)
            pace.handed(now)
            pace.written(write_s)
    gaps = [b - a for a, b in itertools.pairwise(copied_at)]
    assert all(copy_s <= COPIES_COST_AT_MOST * gap * 1.001 for gap in gaps)
    waits = [b - a for a, b in itertools.pairwise(handed_at)]
    assert all(wait >= interval_s * 0.999 and write_s <= WRITES_COST_AT_MOST * wait * 1.001 for wait in waits)
    assert copied_at


def test_no_second_checkpoint_before_the_first_is_on_disk() -> None:
    """A slow disk is never given more than one checkpoint of a run at a time."""
    pace = Pace(0.0, 0.0)
    pace.handed(1.0)
    assert not pace.writes(1e9)
    pace.written(1.0)
    assert not pace.writes(50.0)
    assert pace.writes(101.0)
