"""Runs of one architecture trained together: each as if it were alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from helpers import blobs
from lockstep import LockstepEngine
from mlpstudy import streams
from mlpstudy.arrays import Weights
from mlpstudy.engine import EpochEnded, Event, RunEnded, RunFailed, RunStarted, RunTask
from mlpstudy.engine.interface import CohortEngine, EpochTraining
from mlpstudy.engine.native import NativeEngine, NativeTrainer
from mlpstudy.engine.run.pace import Pace
from mlpstudy.engine.run.runner import RunHooks, carry_out
from mlpstudy.engine.run.task import Assignment
from mlpstudy.records import Checkpoint, Resumption, RunResult, TrainerState
from mlpstudy.study import Architecture, Network, Training
from runs import run_alone

DATA = blobs()
ARCHITECTURE = Architecture(
    name="a",
    levels=(),
    network=Network(hidden=(9, 6), batch_normalisation=True, dropout=0.3),
    training=Training(epochs=6, batch_size=16, diagnostics=True),
)
N_STEPS = len(DATA.train) // 16
TASKS = tuple(RunTask(f"run{seed}", ARCHITECTURE, seed, 0) for seed in range(4))


def numbers(result: RunResult) -> list[object]:
    """Return all that a run leaves behind but its times."""
    record = replace(result.record, wall_s=0.0, started_at="")
    epochs = [replace(epoch, train_s=0.0, val_s=0.0) for epoch in result.epochs]
    outcome = result.outcome and [a.tobytes() for a in (result.outcome.predicted, result.outcome.p_true)]
    weights = [tensor.tobytes() for tensor in (*result.initial_weights.values(), *result.final_weights.values())]
    return [repr(record), repr(epochs), outcome, weights, repr(result.diagnostics)]


@pytest.fixture(name="alone", scope="module")
def _alone() -> dict[str, list[object]]:
    """Train each run by itself."""
    results = [run_alone(NativeEngine(), task, DATA) for task in TASKS]
    return {result.record.run_id: numbers(result) for result in results if result is not None}


def together(
    found: tuple[Resumption, ...] = (Resumption(),) * 4,
    *,
    engine: CohortEngine | None = None,
    stopped: Callable[[], bool] = lambda: False,
    on_checkpoint: Callable[[Checkpoint, Pace], None] = lambda _, pace: pace.written(0.0),
    checkpoint_s: float = 1e9,
) -> list[Event]:
    """Train all four in one cohort; return what happens."""
    events: list[Event] = []
    hooks = RunHooks(events.append, on_checkpoint=on_checkpoint, n_threads=lambda: 1, stopped=stopped)
    carry_out(engine or LockstepEngine(4), Assignment(TASKS, found, "", checkpoint_s), DATA, hooks)
    return events


def ended(events: list[Event]) -> dict[str, list[object]]:
    """Return what runs have left behind."""
    return {event.result.record.run_id: numbers(event.result) for event in events if isinstance(event, RunEnded)}


def checkpoints(epochs: tuple[int, ...]) -> dict[str, Checkpoint]:
    """Return a checkpoint of each run after some of its epochs."""
    taken: dict[tuple[str, int], Checkpoint] = {}

    def take(checkpoint: Checkpoint, pace: Pace) -> None:
        taken[checkpoint.run_id, len(checkpoint.epochs)] = checkpoint
        pace.written(0.0)

    together(on_checkpoint=take, checkpoint_s=0.0)
    return {task.run_id: taken[task.run_id, n] for task, n in zip(TASKS, epochs, strict=True)}


def test_runs_together_are_the_runs_alone(alone: dict[str, list[object]]) -> None:
    """Records, epochs, outcomes, weights and diagnostics, to the bit."""
    assert ended(together()) == alone


def test_runs_of_different_epochs_go_on_group_by_group(alone: dict[str, list[object]]) -> None:
    """Those that are furthest come first, those of the same epoch together; all end as they do alone."""
    at = checkpoints((2, 4, 2, 4))
    found = (*(Resumption(at[task.run_id]) for task in TASKS[:3]), Resumption())
    events = together(found)
    started = [(event.record.run_id, event.record.n_epochs_done) for event in events if isinstance(event, RunStarted)]
    assert started == [("run1", 4), ("run0", 2), ("run2", 2), ("run3", 0)]
    assert ended(events) == alone


def test_a_run_whose_checkpoint_does_not_fit_begins_anew(alone: dict[str, list[object]]) -> None:
    """It says so, joins those that begin, and leaves the others where they are, whatever it has taken over."""
    at = checkpoints((3, 3, 3, 3))
    tensors = {**at["run1"].state.tensors, "v/output.bias": np.zeros(9, np.float32)}
    bad = replace(at["run1"], state=TrainerState(at["run1"].state.n_steps, tensors))
    damaged = Resumption(note="a checkpoint is damaged")
    found = (Resumption(at["run0"]), Resumption(bad), Resumption(at["run2"]), damaged)
    events = together(found)
    started = {event.record.run_id: event for event in events if isinstance(event, RunStarted)}
    assert [started[task.run_id].record.n_epochs_done for task in TASKS] == [3, 0, 3, 0]
    assert "does not fit" in str(started["run1"].note)
    assert started["run3"].note == "a checkpoint is damaged"
    assert ended(events) == alone


class Spoiling(NativeEngine):
    """The native engine, in which one run loses a weight in its third epoch."""

    def trainer(
        self, architecture: Architecture, initial_weights: Weights, *, dropout_key: int, **settings: Any
    ) -> NativeTrainer:
        trainer = super().trainer(architecture, initial_weights, dropout_key=dropout_key, **settings)
        if dropout_key == streams.dropout_key(0, 1):
            train_epoch, done = trainer.train_epoch, []

            def spoiling(*epoch: Any, **named: Any) -> EpochTraining:
                done.append(train_epoch(*epoch, **named))
                if len(done) < 3:
                    return done[-1]
                weights = {name: np.full_like(tensor, np.nan) for name, tensor in trainer.weights().items()}
                trainer.set_weights(weights)
                return done[-1]._replace(is_finite=False)

            trainer.train_epoch = spoiling  # type: ignore[method-assign]  # a wrapper of the same shape
        return trainer


def test_a_run_that_diverges_leaves_the_others_alone(alone: dict[str, list[object]]) -> None:
    """It ends with its epoch, and leaves no checkpoint behind; the others end as they do alone."""
    left: list[tuple[int, str]] = []
    events: list[Event] = []

    def take(checkpoint: Checkpoint, pace: Pace) -> None:
        left.append((len(checkpoint.epochs), checkpoint.run_id))
        pace.written(0.0)

    events = together(engine=LockstepEngine(4, Spoiling()), on_checkpoint=take, checkpoint_s=0.0)
    (lost,) = [event.result for event in events if isinstance(event, RunEnded) and event.result.outcome is None]
    assert (lost.record.run_id, lost.record.status, lost.record.diverged_epoch) == ("run1", "diverged", 3)
    assert len(lost.epochs) == 3
    assert {run: own for run, own in ended(events).items() if run != "run1"} == {
        run: own for run, own in alone.items() if run != "run1"
    }
    kinds = [type(event) for event in events if isinstance(event, EpochEnded | RunEnded)]
    assert kinds[: 4 * 3 + 1] == [*[EpochEnded] * 12, RunEnded]
    assert left == [(n, f"run{i}") for n in range(1, 6) for i in range(4) if i != 1 or n < 3]


class Failing(Spoiling):
    """The same, in which another run cannot be trained after its third epoch."""

    def trainer(
        self, architecture: Architecture, initial_weights: Weights, *, dropout_key: int, **settings: Any
    ) -> NativeTrainer:
        trainer = super().trainer(architecture, initial_weights, dropout_key=dropout_key, **settings)
        if dropout_key == streams.dropout_key(0, 2):
            train_epoch = trainer.train_epoch

            def failing(*epoch: Any, **named: Any) -> EpochTraining:
                if trainer.state().n_steps >= 3 * N_STEPS:
                    raise MemoryError
                return train_epoch(*epoch, **named)

            trainer.train_epoch = failing  # type: ignore[method-assign]  # a wrapper of the same shape
        return trainer


def test_a_cohort_that_fails_takes_no_run_with_it_that_has_ended() -> None:
    """Those that are still trained have failed, after the epochs that they have; each run ends once."""
    events = together(engine=LockstepEngine(4, Failing()))
    ends = [event for event in events if isinstance(event, RunEnded | RunFailed)]
    assert [type(event) for event in ends] == [RunEnded, RunFailed, RunFailed, RunFailed]
    failed = [event.record for event in ends if isinstance(event, RunFailed)]
    assert [(record.run_id, record.n_epochs_done) for record in failed] == [("run0", 3), ("run2", 3), ("run3", 3)]
    assert {(record.status, record.reason) for record in failed} == {("failed", "out of memory")}


def test_the_last_copies_at_a_stop_are_those_of_the_runs_that_still_train() -> None:
    """A run that has ended since the copy was made is not told of again."""
    left: list[str] = []
    n_asked = 0

    def stopped() -> bool:
        nonlocal n_asked
        n_asked += 1
        return n_asked == 4

    together(
        engine=LockstepEngine(4, Spoiling()),
        stopped=stopped,
        on_checkpoint=lambda checkpoint, _: left.append(checkpoint.run_id),
    )
    assert left == ["run0", "run2", "run3"]


def test_no_further_checkpoints_before_all_of_the_last_are_on_disk() -> None:
    """However fast the epochs: those of a cohort are written together, or not yet."""

    def n_taken(n_written: int) -> int:
        taken: list[Pace] = []

        def take(_: Checkpoint, pace: Pace) -> None:
            taken.append(pace)
            if len(taken) <= n_written:
                pace.written(0.0)

        together(on_checkpoint=take, checkpoint_s=0.0)
        return len(taken)

    assert [n_taken(n) for n in (3, 4, 100)] == [4, 8, 4 * 5]


def test_times_of_runs_add_up_to_what_was_spent() -> None:
    """A run's time is its share of the cohort's: no second counts for each of the four."""
    start = time.perf_counter()
    results = [event.result for event in together() if isinstance(event, RunEnded)]
    spent_s = time.perf_counter() - start
    assert 0 < sum(result.record.wall_s for result in results) <= spent_s
    for result in results:
        assert sum(epoch.train_s + epoch.val_s for epoch in result.epochs) <= result.record.wall_s
