"""The threads of this machine as a place: what only threads have."""

from __future__ import annotations

from typing import Any

import pytest

from helpers import blobs
from mlpstudy.arrays import Weights
from mlpstudy.engine import RunEnded, RunTask, get_engine, train_runs
from mlpstudy.engine.interface import Engine, EpochTraining
from mlpstudy.engine.native import NativeEngine, NativeTrainer
from mlpstudy.errors import EngineError
from mlpstudy.records import Examples
from mlpstudy.study import Architecture, Network, Training
from threads import grant


def tasks(widths: tuple[int, ...] = (4, 64, 16), *, epochs: int = 2) -> list[RunTask]:
    """Return one run a width."""
    return [
        RunTask(
            f"width{width}",
            Architecture(
                name=str(width),
                levels=(("width", str(width)),),
                network=Network(hidden=(width,)),
                training=Training(epochs=epochs, batch_size=16),
            ),
            seed=0,
            study_seed=0,
        )
        for width in widths
    ]


def native() -> Engine:
    """Return the native engine."""
    return get_engine("native")


def test_closing_stops_running_runs_and_their_threads() -> None:
    """Whoever stops listening stops the training: both runs end in the epoch they are in, of their many."""
    events = train_runs(native(), tasks((512, 513), epochs=10_000), blobs(), n_threads=2)
    next(events)
    events.close()
    assert all(not worker.is_alive() for worker in events._workers)
    assert len(events._workers) == 2
    assert not any(isinstance(event, RunEnded) for event in events)


def test_idle_threads_help_the_last_run() -> None:
    """While runs are waiting each gets one thread; once none is, the running ones share all threads."""
    seen: list[tuple[str, int]] = []

    class Counting(NativeEngine):
        """The native engine, which notes how many threads each epoch gets."""

        def trainer(self, architecture: Architecture, initial_weights: Weights, **settings: Any) -> NativeTrainer:
            trainer = super().trainer(architecture, initial_weights, **settings)
            train_epoch = trainer.train_epoch

            def noted(examples: Examples, order: Any, n_threads: int, learning_rates: Any = None) -> EpochTraining:
                seen.append((architecture.name, n_threads))
                return train_epoch(examples, order, n_threads, learning_rates)

            trainer.train_epoch = noted  # type: ignore[method-assign]  # a wrapper of the same shape
            return trainer

    list(train_runs(Counting(), tasks((8, 4)), blobs(), n_threads=1))
    assert seen == [("8", 1)] * 2 + [("4", 1)] * 2
    seen.clear()
    list(train_runs(Counting(), tasks((8,)), blobs(), n_threads=3))
    assert seen == [("8", 3)] * 2
    seen.clear()
    list(train_runs(Counting(), tasks((8,)), blobs(), n_threads=1000))
    assert seen == [("8", 256)] * 2


@pytest.mark.parametrize("n_granted", [0, 1, 2])
def test_threads_that_the_system_refuses_are_done_without(n_granted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread trains all runs, as many would; none at all is one line."""
    grant(monkeypatch, n_granted)
    events = train_runs(native(), tasks(), blobs(), n_threads=3)
    if n_granted == 0:
        with pytest.raises(EngineError, match=r"^training must have a thread of its own, got can't start"):
            list(events)
        return
    assert {event.result.record.architecture for event in events if isinstance(event, RunEnded)} == {"4", "16", "64"}
