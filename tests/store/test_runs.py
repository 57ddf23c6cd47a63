"""Runs are begun, finish, diverge or fail; what does not fit together is not recorded in the first place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlpstudy.store import WritableStore, verify
from store import samples
from store.breaking import said

if TYPE_CHECKING:
    from collections.abc import Iterator

STUDY = samples.tiny_study()


RESULT = samples.finished(STUDY)
RUN_ID = RESULT.record.run_id


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[WritableStore]:
    """Yield an empty store, open for writing."""
    with samples.write(tmp_path) as store:
        yield store


def test_epochs_must_be_complete(store: WritableStore) -> None:
    """The epochs of a result are those that its record counts."""
    fewer = replace(RESULT, record=replace(RESULT.record, n_epochs_done=2))
    assert "must have the epochs 1 to 2, got the epochs [1, 2, 3]" in said(store.finish_run, fewer)
    assert store.runs() == ()


def test_epochs_come_in_order_and_while_running(store: WritableStore) -> None:
    """An epoch needs a running run and the epoch before it; the same one may come again and replaces the first."""
    assert "must be running to get an epoch, got not begun" in said(store.add_epoch, RUN_ID, samples.epoch(1))
    store.begin_run(samples.record(STUDY))
    assert "must be at most 1, got 2" in said(store.add_epoch, RUN_ID, samples.epoch(2))
    store.add_epoch(RUN_ID, samples.epoch(1))
    again = replace(samples.epoch(1), val_loss=0.125)
    store.add_epoch(RUN_ID, again)
    assert store.epochs(RUN_ID) == (again,)
    store.add_epoch(RUN_ID, samples.epoch(2))
    store.add_epoch(RUN_ID, samples.epoch(1))
    assert store.run(RUN_ID).n_epochs_done == 2
    store.finish_run(RESULT)
    assert "must be running to get an epoch, got 'finished'" in said(store.add_epoch, RUN_ID, samples.epoch(4))
    assert store.epochs(RUN_ID) == RESULT.epochs


def test_a_completed_run_is_never_changed(store: WritableStore) -> None:
    """The same result may be recorded twice; another one is refused, and the first one's weights stay."""
    store.finish_run(RESULT)
    store.finish_run(RESULT)
    other = replace(RESULT, record=replace(RESULT.record, wall_s=9.0), final_weights=RESULT.initial_weights)
    for call, argument in (
        (store.finish_run, other),
        (store.begin_run, samples.record(STUDY)),
        (store.fail_run, samples.failed(STUDY)),
    ):
        assert "must not be recorded twice" in said(call, argument)
    assert store.forget_unfinished() == ()
    assert store.runs() == (RESULT.record,)
    assert verify(store) == []


def test_a_failed_run_is_tried_again(store: WritableStore) -> None:
    """A failed run keeps its reason and epochs until it is begun again, and can then finish."""
    store.begin_run(samples.record(STUDY))
    store.add_epoch(RUN_ID, samples.epoch(1))
    failed = replace(samples.failed(STUDY), n_epochs_done=1)
    store.fail_run(failed)
    assert store.runs() == (failed,)
    assert store.epochs(RUN_ID) == samples.epochs(1)
    assert store.completed_run_ids() == frozenset()
    assert store.forget_unfinished() == ()
    assert verify(store) == []
    store.begin_run(samples.record(STUDY))
    assert store.epochs(RUN_ID) == ()
    store.finish_run(RESULT)
    assert store.runs() == (RESULT.record,)


def test_interrupted_runs_are_forgotten(store: WritableStore, tmp_path: Path) -> None:
    """Runs that were left running are dropped and named, with files of weights that no record speaks of."""
    store.finish_run(RESULT)
    begun = samples.record(STUDY, "3", 1)
    store.begin_run(begun)
    store.add_epoch(begun.run_id, samples.epoch(1))
    folder = tmp_path / "weights"
    kept = {f"{RUN_ID}.safetensors", "notes.txt"}
    leftovers = {f"{begun.run_id}.safetensors", f".{begun.run_id}.safetensors.tmp", f".{RUN_ID}.safetensors.tmp"}
    for name in {"notes.txt"} | leftovers:
        (folder / name).write_bytes(b"x")
    assert store.forget_unfinished() == (begun.run_id,)
    assert {path.name for path in folder.iterdir()} == kept
    assert store.runs() == (RESULT.record,)
    assert store.all_epochs() == {RUN_ID: RESULT.epochs}
    assert verify(store) == []


def test_statuses_must_fit_the_call(store: WritableStore) -> None:
    """Each method takes records of its own status only."""
    running = replace(RESULT, record=samples.record(STUDY))
    assert "must be finished or diverged, got 'running'" in said(store.finish_run, running)
    assert "must be running, got 'finished'" in said(store.begin_run, RESULT.record)
    assert "must be failed, got 'finished'" in said(store.fail_run, RESULT.record)
    assert "must have a reason" in said(store.fail_run, replace(samples.failed(STUDY), reason=None))
    assert store.runs() == ()


@pytest.mark.parametrize("changes", [{"outcome": None}, {"final_weights": {}}])
def test_a_finished_run_is_whole(store: WritableStore, changes: dict[str, Any]) -> None:
    """A finished run has an outcome and weights."""
    assert "must have an outcome and weights" in said(store.finish_run, replace(RESULT, **changes))
    assert store.runs() == ()


@pytest.mark.parametrize("changes", [{"test_loss": None}, {"test_accuracy": None}, {"test_loss": float("inf")}])
def test_a_finished_run_has_scores(store: WritableStore, changes: dict[str, Any]) -> None:
    """A finished run has a finite test loss and a test accuracy."""
    scoreless = replace(RESULT, record=replace(RESULT.record, **changes))
    assert "must have a test loss and a test accuracy" in said(store.finish_run, scoreless)
    assert store.runs() == ()


def test_an_outcome_covers_the_test_set(store: WritableStore) -> None:
    """An outcome has one entry a test example."""
    assert RESULT.outcome is not None
    short = replace(RESULT, outcome=replace(RESULT.outcome, p_true=RESULT.outcome.p_true[:-1]))
    assert "must say what it did on 11 test examples, got lengths [10, 11]" in said(store.finish_run, short)
    assert store.runs() == ()
