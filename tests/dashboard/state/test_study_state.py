"""What the dashboard shows of a study, from what its store holds."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import pytest

from mlpstudy.dashboard.state import study_state as module
from mlpstudy.dashboard.state.shown import StudyState
from mlpstudy.dashboard.state.study_state import RunCurve, StudyFacts, study_state
from mlpstudy.records import RunRecord
from store import samples

WRITER = "process 1 since 2026-01-01 00:00:00 UTC"
FACTS = StudyFacts(samples.tiny_study(), "held out", samples.N_FEATURES, samples.N_CLASSES, 20)
STUDY = FACTS.study


def made(records: Sequence[RunRecord], writer: str | None = WRITER) -> StudyState:
    """Return the state of a study with these runs."""
    curves = {r.run_id: RunCurve.of(samples.epochs(r.n_epochs_done)) for r in records}
    return study_state(FACTS, records, curves, writer)


FINISHED = samples.finished(STUDY).record
RUNNING = samples.record(STUDY, "3", 1, n_epochs_done=1)


def test_a_study_that_was_never_trained_waits() -> None:
    """Without a run everything is still to come."""
    state = made([])
    assert state.head.status == "running"
    assert (state.head.progress.n_planned, state.head.progress.share) == (4, 0.0)
    assert [row.n for row in state.head.table] == [0, 0]


def test_statuses_of_a_study() -> None:
    """A study is running while somebody writes it, stopped otherwise, and finished when no run is missing."""
    everything = [samples.finished(STUDY, a, s).record for a in ("4", "3") for s in (0, 1)]
    assert made([FINISHED]).head.status == "running"
    assert made([FINISHED], None).head.status == "stopped"
    assert made(everything, None).head.status == "finished"
    assert made(everything, None).head.progress.share == 1.0
    assert made([*everything[1:], samples.diverged(STUDY).record], None).head.status == "finished"
    assert made([*everything[1:], samples.failed(STUDY)], None).head.status == "stopped"


def test_a_running_run_without_a_writer_is_interrupted() -> None:
    """A killed run leaves runs that say they are running: nobody trains them."""
    assert made([RUNNING]).runs[RUNNING.run_id].status == "running"
    state = made([RUNNING], None)
    assert state.runs[RUNNING.run_id].status == "interrupted"
    assert (state.head.progress.n_interrupted, state.head.progress.n_running) == (1, 0)
    assert state.head.progress.left_s is None


def test_time_left_of_a_running_study() -> None:
    """What is left is the epochs that are missing, at the pace so far."""
    progress = made([FINISHED, RUNNING]).head.progress
    assert progress.left_s is not None
    assert 2 * 0.625 < progress.left_s < 20
    assert 0.3 < progress.share < 0.4


def test_failed_runs_are_no_progress() -> None:
    """A study whose runs all failed is at 0 %, not at 100 %."""
    failed = [samples.failed(STUDY, a, s) for a in ("4", "3") for s in (0, 1)]
    for writer in (WRITER, None):
        progress = made(failed, writer).head.progress
        assert (progress.share, progress.n_failed) == (0.0, 4)


def test_reasons_are_shown() -> None:
    """Failures and divergences come with their reasons."""
    diverged, failed = samples.diverged(STUDY).record, samples.failed(STUDY, "4", 1)
    runs = made([diverged, failed]).runs
    assert runs[diverged.run_id].reason == "the loss is not finite"
    assert (runs[failed.run_id].status, runs[failed.run_id].reason) == ("failed", "out of memory")


def test_curves_hold_what_each_epoch_measured() -> None:
    """A point is training loss and accuracy, validation loss and accuracy; numbers that are none are None."""
    assert made([RUNNING]).curves == {RUNNING.run_id: ((2.0, 0.1, 2.5, 0.09),)}
    wild = replace(samples.epoch(1), train_loss=float("nan"), val_loss=float("inf"))
    assert RunCurve.of([wild]).points == ((None, 0.1, None, 0.09),)


def test_the_table_holds_means_with_intervals_and_counts() -> None:
    """Two finished runs have a mean and its interval, one has a mean only."""
    first, second = samples.finished(STUDY, "4", 0).record, samples.finished(STUDY, "4", 1).record
    one, two = made([first]).head.table[0], made([first, second]).head.table[0]
    assert (one.n, one.low) == (1, None)
    assert one.accuracy == pytest.approx(first.test_accuracy, abs=1e-6)
    assert two.n == 2
    assert two.low is not None
    assert two.accuracy is not None
    assert two.high is not None
    assert two.low < two.accuracy < two.high


def test_a_run_of_no_architecture_is_left_out() -> None:
    """A damaged store may hold a run that belongs nowhere; the page goes on without it."""
    stray = replace(RUNNING, architecture="gone", run_id="0" * 16)
    state = study_state(FACTS, [stray], {stray.run_id: RunCurve((), None)}, WRITER)
    assert dict(state.runs) == {}


def test_very_large_studies_send_the_latest_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of points, each architecture keeps as many of its latest runs as there is room for."""
    monkeypatch.setattr(module, "MAX_POINTS", 6)
    old = samples.finished(STUDY, "4", 0).record
    new = replace(samples.finished(STUDY, "4", 1).record, started_at="2026-01-02T00:00:00+00:00")
    other = samples.finished(STUDY, "3", 0).record
    assert set(made([old, other]).curves) == {old.run_id, other.run_id}
    assert set(made([old, new, other]).curves) == {new.run_id, other.run_id}


def test_baselines_stand_beside_the_architectures() -> None:
    """What simple methods reach travels with the head, for scale."""
    facts = replace(FACTS, baselines=(("majority class", 0.1), ("logistic regression", 0.9)))
    assert study_state(facts, [], {}, None).head.baselines == facts.baselines
    assert study_state(FACTS, [], {}, None).head.baselines == ()


def test_planned_runs_are_counted_and_not_listed() -> None:
    """A folder may claim millions of runs: what is shown of it takes the memory of those that it holds."""
    levels = {str(n): {"hidden": [n]} for n in range(1, 21)}
    study = samples.tiny_study(seeds=100_000, factors={"width": levels})
    facts = replace(FACTS, study=study)
    run = samples.record(study, "4", 7, status="finished", n_epochs_done=3, wall_s=6.0)
    tracemalloc.start()
    try:
        progress = study_state(facts, [run], {run.run_id: RunCurve.of(samples.epochs(3))}, WRITER).head.progress
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * 2**20
    assert (progress.n_planned, progress.n_finished, progress.share) == (2_000_000, 1, 0.0)


def test_a_study_without_examples_is_shown() -> None:
    """What a stranger's folder claims of its data divides nothing by zero."""
    records = [FINISHED, RUNNING]
    curves = {r.run_id: RunCurve.of(samples.epochs(r.n_epochs_done)) for r in records}
    assert study_state(replace(FACTS, n_train=0), records, curves, WRITER).head.progress.left_s is not None
