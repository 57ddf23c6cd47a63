"""Planning runs over threads: order, stopping, failures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from helpers import blobs
from mlpstudy.engine import EpochEnded, RunEnded, RunFailed, RunStarted, RunTask, get_engine, train_runs
from mlpstudy.engine.interface import Engine, EpochTraining, Trainer
from mlpstudy.errors import EngineError
from mlpstudy.records import Examples, Weights
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


class Failing:
    """The native engine, but networks of some width fail in a given way."""

    name = "failing"

    def __init__(self, width: int, error: Exception) -> None:
        self.native = get_engine("native")
        self.width = width
        self.error = error

    def version(self) -> str:
        return self.native.version()

    def instruction_set(self) -> str:
        return self.native.instruction_set()

    def build(self) -> str:
        return self.native.build()

    def trainer(
        self,
        architecture: Architecture,
        initial_weights: Weights,
        *,
        n_classes: int,
        image_shape: tuple[int, int] | None,
        dropout_key: int,
    ) -> Trainer:
        if architecture.network.hidden == (self.width,):
            raise self.error
        return self.native.trainer(
            architecture, initial_weights, n_classes=n_classes, image_shape=image_shape, dropout_key=dropout_key
        )


def native() -> Engine:
    """Return the native engine."""
    return get_engine("native")


def test_longest_runs_come_first() -> None:
    """With one thread the runs start in the order of their cost."""
    events = list(train_runs(native(), tasks(), blobs(), n_threads=1))
    started = [event.record.architecture for event in events if isinstance(event, RunStarted)]
    assert started == ["64", "16", "4"]


def test_every_run_reports_start_epochs_and_end_in_order() -> None:
    """A run starts, ends each of its epochs in turn, and ends."""
    events = list(train_runs(native(), tasks(), blobs(), n_threads=2))
    for task in tasks():
        own = [
            event
            for event in events
            if (isinstance(event, RunStarted) and event.record.run_id == task.run_id)
            or (isinstance(event, EpochEnded) and event.run_id == task.run_id)
            or (isinstance(event, RunEnded) and event.result.record.run_id == task.run_id)
        ]
        assert [type(event) for event in own] == [RunStarted, EpochEnded, EpochEnded, RunEnded]


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_results_depend_neither_on_threads_nor_on_company(n_threads: int) -> None:
    """A run gives the same weights alone, in company, and with any number of threads."""
    alone = _weights(train_runs(native(), tasks((16,)), blobs(), n_threads=1), "width16")
    together = _weights(train_runs(native(), tasks(), blobs(), n_threads=n_threads), "width16")
    np.testing.assert_array_equal(alone, together)


def _weights(events: object, run_id: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return the first kernel that a run ended with."""
    assert hasattr(events, "__iter__")
    for event in events:
        if isinstance(event, RunEnded) and event.result.record.run_id == run_id:
            return event.result.final_weights["hidden_1.kernel"]
    pytest.fail(f"{run_id} did not end")


@pytest.mark.parametrize(
    ("error", "reason"), [(MemoryError(), "out of memory"), (RuntimeError("no luck"), "RuntimeError: no luck")]
)
def test_a_failed_run_does_not_stop_the_others(error: Exception, reason: str) -> None:
    """A run that cannot be trained is reported with its reason, tried once more after the others, which are trained."""
    events = list(train_runs(Failing(64, error), tasks(), blobs(), n_threads=2))
    assert [event.again for event in events if isinstance(event, RunFailed)] == [True, False]
    failed = [event.record for event in events if isinstance(event, RunFailed)]
    assert [(r.architecture, r.status, r.reason) for r in failed] == [("64", "failed", reason)] * 2
    assert {e.result.record.architecture for e in events if isinstance(e, RunEnded)} == {"4", "16"}


def test_closing_stops_running_runs_and_their_threads() -> None:
    """Whoever stops listening stops the training: both runs end in the epoch they are in, of their many."""
    events = train_runs(native(), tasks((512, 513), epochs=10_000), blobs(), n_threads=2)
    next(events)
    events.close()
    assert all(not worker.is_alive() for worker in events._workers)
    assert len(events._workers) == 2
    left = []
    while not events._shared.events.empty():
        left.append(events._shared.events.get())
    assert not any(isinstance(event, RunEnded) for event in left)


def test_idle_threads_help_the_last_run() -> None:
    """While runs are waiting each gets one thread; once none is, the running ones share all threads."""
    seen: list[tuple[str, int]] = []

    class Counting(Failing):
        """The native engine, which notes how many threads each epoch gets."""

        def trainer(self, architecture: Architecture, initial_weights: Weights, **settings: Any) -> Trainer:
            trainer = super().trainer(architecture, initial_weights, **settings)
            train_epoch = trainer.train_epoch

            def noted(examples: Examples, order: Any, n_threads: int) -> EpochTraining:
                seen.append((architecture.name, n_threads))
                return train_epoch(examples, order, n_threads)

            trainer.train_epoch = noted  # type: ignore[method-assign]  # a wrapper of the same shape
            return trainer

    list(train_runs(Counting(0, ValueError()), tasks((8, 4)), blobs(), n_threads=1))
    assert seen == [("8", 1)] * 2 + [("4", 1)] * 2
    seen.clear()
    list(train_runs(Counting(0, ValueError()), tasks((8,)), blobs(), n_threads=3))
    assert seen == [("8", 3)] * 2
    seen.clear()
    list(train_runs(Counting(0, ValueError()), tasks((8,)), blobs(), n_threads=1000))
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
