"""Runs by themselves, through the runner, and what a study's folder holds of runs: what many tests compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mlpstudy.engine import Event, RunEnded, RunFailed, RunTask
from mlpstudy.engine.interface import AnyEngine
from mlpstudy.engine.run.pace import INTERVAL_S, Pace
from mlpstudy.engine.run.runner import RunHooks, carry_out
from mlpstudy.engine.run.task import Assignment
from mlpstudy.records import Checkpoint, Dataset, Resumption, RunResult
from mlpstudy.store import Store
from mlpstudy.store.verify import verify


def _writes_at_once(_: Checkpoint, pace: Pace) -> None:
    pace.written(0.0)


def run_alone(
    engine: AnyEngine,
    task: RunTask,
    dataset: Dataset,
    *,
    found: Resumption = Resumption(),  # noqa: B008  # it is frozen
    n_threads: int = 1,
    stopped: Callable[[], bool] = lambda: False,
    happened: Callable[[Event], None] = lambda _: None,
    on_checkpoint: Callable[[Checkpoint, Pace], None] = _writes_at_once,
    checkpoint_s: float = INTERVAL_S,
) -> RunResult | None:
    """Train one run; return its result, None where it was stopped. One that fails fails the test."""
    results: list[RunResult] = []

    def heard(event: Event) -> None:
        happened(event)
        if isinstance(event, RunEnded):
            results.append(event.result)
        assert not isinstance(event, RunFailed), event.record.reason

    hooks = RunHooks(heard, on_checkpoint=on_checkpoint, n_threads=lambda: n_threads, stopped=stopped)
    carry_out(engine, Assignment((task,), (found,), "", checkpoint_s), dataset, hooks)
    assert len(results) <= 1
    return results[0] if results else None


def contents(folder: Path) -> dict[str, object]:
    """Return all that training decides in a study's folder; not what the clock decides."""
    with Store.open(folder) as store:
        assert verify(store) == []
        kept: dict[str, object] = {}
        for record in store.runs():
            epochs = [replace(epoch, train_s=0.0, val_s=0.0) for epoch in store.epochs(record.run_id)]
            outcome = store.outcome(record.run_id)
            weights = (folder / "weights" / f"{record.run_id}.safetensors").read_bytes()
            arrays = [a.tobytes() for a in (outcome.predicted, outcome.p_predicted, outcome.p_true)]
            numbers = (record.status, record.test_loss, record.test_accuracy, record.n_epochs_done)
            kept[record.run_id] = (numbers, epochs, arrays, weights, str(store.diagnostics(record.run_id)))
        return kept
