"""How far a study is, and how long the rest takes."""

from __future__ import annotations

import pytest

from mlpstudy.dashboard.state.timing import RunWork, study_work


def run(architecture: int, left: int, done: int, epoch_s: float | None = None) -> RunWork:
    """Return the work of one run."""
    return RunWork(architecture, left, done, epoch_s)


def test_nothing_is_known_before_the_first_epoch() -> None:
    """Without a measured epoch there is no time left, but a share by cost."""
    work = study_work([1.0, 1.0], [run(0, 10, 0), run(1, 10, 0)], 2)
    assert (work.share, work.left_s) == (0.0, None)


def test_runs_at_once_share_what_is_left() -> None:
    """Two workers take half as long as one."""
    runs = [run(0, 0, 10, 2.0), *[run(0, 10, 0)] * 4]
    alone, together = study_work([1.0], runs, 1), study_work([1.0], runs, 2)
    assert alone.left_s == pytest.approx(80)
    assert together.left_s == pytest.approx(40)
    assert alone.share == together.share == pytest.approx(0.2)


def test_the_last_run_takes_its_own_time() -> None:
    """More workers than runs do not make the longest run shorter."""
    work = study_work([1.0, 1.0], [run(0, 10, 10, 1.0), run(1, 1, 19, 1.0)], 8)
    assert work.left_s == pytest.approx(10)


def test_an_unknown_architecture_is_estimated_by_its_cost() -> None:
    """Three times the parameters take three times as long, until it is measured."""
    guessed = study_work([2.0, 6.0], [run(0, 0, 5, 1.0), run(1, 5, 0)], 1)
    measured = study_work([2.0, 6.0], [run(0, 0, 5, 1.0), run(1, 5, 5, 7.0)], 1)
    assert guessed.left_s == pytest.approx(15)
    assert measured.left_s == pytest.approx(35)


def test_nobody_training_has_no_time_left() -> None:
    """Where nobody trains the share is known and the time is not."""
    work = study_work([1.0], [run(0, 5, 5, 1.0)], 0)
    assert (work.share, work.left_s) == (0.5, None)
