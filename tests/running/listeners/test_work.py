"""How far a running study is: what every listener that draws it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import blobs, small_study
from mlpstudy.engine import EpochEnded, RunEnded, RunFailed, RunStarted, RunTask
from mlpstudy.records import Checkpoint, EpochRecord, Provenance, RunRecord, RunResult, TrainerState
from mlpstudy.running.listeners.work import Work
from mlpstudy.running.listening import Plan

STUDY = small_study()
EPOCH = EpochRecord(1, 0.5, 0.9, 0.4, 0.9, 1.0, 0.1)


def record(run_id: str, n_epochs_done: int = 0) -> RunRecord:
    """Return a run's record; what is not looked at is empty."""
    origin = Provenance("", "", "", "", "", "", "", "", 1)
    return RunRecord(run_id, "8", 0, "running", None, n_epochs_done, None, None, None, 1, 1, 0.0, "", origin)


@pytest.fixture(name="work")
def _work() -> Work:
    """Two runs of the same cost are missing, of three."""
    architecture = STUDY.architectures[0]
    tasks = tuple(RunTask(run_id, architecture, seed, 0) for seed, run_id in enumerate(("a", "b")))
    return Work(Plan(STUDY, Path("s"), blobs(), tasks, n_runs=3))


def test_a_run_counts_by_its_epochs(work: Work) -> None:
    """Half of one of two equal runs is a quarter; while it runs its last epoch is shown."""
    work.update(RunStarted(record("a")))
    assert work.running == {"a": None}
    work.update(EpochEnded("a", EPOCH))
    assert work.running == {"a": EPOCH}
    done, total = work.share()
    assert done / total == pytest.approx(1 / 4)
    work.update(RunEnded(RunResult(record("a"), (), None)))
    assert (work.running, work.n_done, work.n_failed) == ({}, 2, 0)


def test_what_a_checkpoint_holds_is_done_but_tells_no_speed(work: Work) -> None:
    """A run that goes on is shown at the epoch it goes on from; the time left waits for an epoch of this session."""
    checkpoint = Checkpoint("a", "", "", 0.0, (EPOCH,), (), TrainerState(0, {}))
    work.update(RunStarted(record("a", 1), checkpoint))
    assert work.running == {"a": EPOCH}
    done, total = work.share()
    assert done / total == pytest.approx(1 / 4)
    assert work.left_s() is None
    work.update(EpochEnded("a", EPOCH))
    work.update(RunStarted(record("b")))
    work.update(EpochEnded("b", EPOCH))
    assert work.left_s() is not None


def test_a_failed_run_counts_once_it_is_not_tried_again(work: Work) -> None:
    """The first time its work is still to be done; the second time it has ended, as one that failed."""
    for again in (True, False):
        work.update(RunStarted(record("a")))
        work.update(RunFailed(record("a"), again=again))
        assert work.running == {}
        assert (work.n_done, work.n_failed) == ((1, 0) if again else (2, 1))
        done, total = work.share()
        assert done / total == pytest.approx(0 if again else 1 / 2)
