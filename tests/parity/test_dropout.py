"""With dropout, the engines and real Keras agree in distribution."""

from __future__ import annotations

import math
from functools import cache

import keras
import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from mlpstudy.engine.interface import Engine
from mlpstudy.engine.native.engine import NativeEngine
from mlpstudy.engine.torch import TorchEngine
from mlpstudy.streams import batch_order
from parity.keras_model import keras_model
from parity.sides import N_TRAIN, NATIVE, STUDY, mnist, start

NAME = "batchnorm-dropout-2"
N_RUNS = 40
ORDER = batch_order(0, 0, 1, N_TRAIN)


@cache
def losses(side: str) -> npt.NDArray[np.float64]:
    """Training and test loss after one epoch of 40 runs that differ in their dropout masks alone, shape (40, 2)."""
    with pytest.MonkeyPatch.context() as patch:
        if side == "keras":
            return np.array([_by_keras(run) for run in range(N_RUNS)])
        if side.startswith("native"):
            patch.setenv("MLPSTUDY_INSTRUCTION_SET", side.split()[1])
        engine = NativeEngine() if side.startswith("native") else TorchEngine(device="cpu")
        return np.array([_by_engine(engine, run) for run in range(N_RUNS)])


def _by_engine(engine: Engine, run: int) -> tuple[float, float]:
    weights = start(NAME, 0)
    trainer = engine.trainer(
        STUDY.architecture(NAME), weights, n_classes=10, image_shape=(28, 28), dropout_key=1000 + run
    )
    done = trainer.train_epoch(mnist().train, ORDER, 1)
    return done.loss, trainer.evaluate(mnist().test, 1).loss


def _by_keras(run: int) -> tuple[float, float]:
    keras.utils.set_random_seed(1000 + run)
    model, data = keras_model(STUDY.architecture(NAME), start(NAME, 0)), mnist()
    one_hot = np.eye(10, dtype=np.float32)
    history = model.fit(
        data.train.features[ORDER],
        one_hot[data.train.labels[ORDER]],
        batch_size=128,
        shuffle=False,
        verbose=0,
        validation_data=(data.test.features, one_hot[data.test.labels]),
    ).history
    return history["loss"][0], history["val_loss"][0]


@pytest.mark.parametrize("pair", [*((n, "keras") for n in NATIVE), ("torch", "keras")], ids=" ~ ".join)
def test_dropout_agrees_in_distribution(pair: tuple[str, str]) -> None:
    """Over 40 mask streams, means differ by less than 4 standard errors and variances by less than F allows."""
    a, b = losses(pair[0]), losses(pair[1])
    standard_error = np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / N_RUNS)
    assert np.all(np.abs(a.mean(axis=0) - b.mean(axis=0)) < 4 * standard_error)
    ratio = a.var(axis=0, ddof=1) / b.var(axis=0, ddof=1)
    limit = math.log(stats.f.isf(5e-5, N_RUNS - 1, N_RUNS - 1))
    assert np.all(np.abs(np.log(ratio)) < limit)


def test_masks_differ_between_runs() -> None:
    """The 40 runs of a side are 40 different ones."""
    for side in (*NATIVE, "torch", "keras"):
        assert len(set(losses(side)[:, 0])) == N_RUNS
