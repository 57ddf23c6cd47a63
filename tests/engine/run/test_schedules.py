"""The step sizes of a run: those that its schedule gives, epoch by epoch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers import blobs
from lockstep import LockstepEngine
from mlpstudy import streams
from mlpstudy.arrays import FloatArray, IntArray
from mlpstudy.engine import RunTask, get_engine
from mlpstudy.engine.interface import AnyEngine
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.run.pace import Pace
from mlpstudy.records import Checkpoint, Resumption, RunResult
from mlpstudy.study import Architecture, Network, Training
from mlpstudy.study.training.schedules import SCHEDULES
from runs import run_alone

DATA = blobs()
NETWORK = Network(hidden=(8,), dropout=0.3)
TRAINING = Training(epochs=4, batch_size=20)
TASK = RunTask("run", Architecture(name="a", levels=(), network=NETWORK, training=TRAINING), 1, 0)
ENGINES = (get_engine("native"), get_engine("torch"), LockstepEngine())


def falling(learning_rate: float, t: IntArray, n: int) -> FloatArray:
    """Return ever smaller step sizes, which end at 0."""
    return learning_rate * (1 - t / n)


@pytest.fixture(autouse=True)
def _falling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the schedule of every training fall."""
    monkeypatch.setitem(SCHEDULES, "constant", replace(SCHEDULES["constant"], sizes=falling))


def finished(engine: AnyEngine, taken: list[Checkpoint], found: Resumption = Resumption()) -> RunResult:  # noqa: B008  # it is frozen
    """Train the run to its end; take its checkpoints."""

    def take(checkpoint: Checkpoint, pace: Pace) -> None:
        taken.append(checkpoint)
        pace.written(0.0)

    result = run_alone(engine, TASK, DATA, found=found, on_checkpoint=take, checkpoint_s=0.0)
    assert result is not None
    return result


def left(result: RunResult) -> list[bytes]:
    """Return the bits of its weights."""
    return [tensor.tobytes() for tensor in result.final_weights.values()]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: type(engine).__name__)
def test_a_run_takes_the_steps_of_its_schedule(engine: AnyEngine) -> None:
    """It is the trainer's that is told each epoch's step sizes, on its way and from each of its checkpoints."""
    taken: list[Checkpoint] = []
    result = finished(engine, taken)
    trainer = get_engine(engine.name).trainer(
        TASK.architecture,
        initial_weights(NETWORK, DATA.n_features, DATA.n_classes, study_seed=0, seed=1),
        n_classes=DATA.n_classes,
        image_shape=None,
        dropout_key=streams.dropout_key(0, 1),
    )
    for i, rates in enumerate(np.split(falling(TRAINING.learning_rate, np.arange(1, 53), 52), 4)):
        order = streams.batch_order(0, 1, i + 1, len(DATA.train))
        trainer.train_epoch(DATA.train, order, 1, rates)
    assert left(result) == [tensor.tobytes() for tensor in trainer.weights().values()]
    assert [len(checkpoint.epochs) for checkpoint in taken] == [1, 2, 3]
    for checkpoint in taken:
        assert left(finished(engine, [], Resumption(checkpoint))) == left(result)
