"""One epoch on real MNIST by each side: same initial weights, same batch order, dropout off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
import torch

from mlpstudy.arrays import Weights
from mlpstudy.datasets import load
from mlpstudy.engine.interface import Trainer
from mlpstudy.engine.native import _kernels
from mlpstudy.engine.native.engine import NativeEngine
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.torch import TorchEngine
from mlpstudy.engine.torch.network import MultilayerPerceptron
from mlpstudy.engine.torch.trainer import TorchTrainer
from mlpstudy.records import Dataset, Examples
from mlpstudy.streams import batch_order
from mlpstudy.study import Architecture, Data, load_study
from parity.keras_model import keras_model

NATIVE = tuple(f"native {name}" for name in _kernels.available_instruction_sets())
STUDY = load_study("notebook")
NAMES = tuple(architecture.name for architecture in STUDY.architectures)
N_TRAIN, N_TEST = 500, 1000  # three full batches and a short one of 116


@dataclass(frozen=True, eq=False)
class Trained:
    """What one epoch left: the weights, and loss and accuracy in training and on the test examples."""

    weights: Weights
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


@cache
def mnist() -> Dataset:
    """The first examples of a random subset."""
    return load(Data(name="mnist", train_examples=N_TRAIN, test_examples=N_TEST), study_seed=0)


@cache
def without_dropout(name: str) -> Architecture:
    """An architecture of the notebook, its dropout rate forced to 0."""
    architecture = STUDY.architecture(name)
    network = architecture.network.model_copy(update={"dropout": 0.0})
    return architecture.model_copy(update={"network": network})


@cache
def start(name: str, seed: int) -> Weights:
    """The initial weights that all sides share."""
    return initial_weights(STUDY.architecture(name).network, 784, 10, study_seed=0, seed=seed)


@cache
def trained(side: str, name: str, seed: int) -> Trained:
    """Train one epoch: side is "native <instruction set>", "torch", "float64" or "keras"."""
    if side == "keras":
        return _by_keras(name, seed)
    if side == "float64":
        return _by_trainer(_float64(name, seed), seed)
    return _by_trainer(_trainer(side, name, seed), seed)


def _trainer(side: str, name: str, seed: int) -> Trainer:
    """A trainer of one of the two engines."""
    with pytest.MonkeyPatch.context() as patch:
        if side.startswith("native"):
            patch.setenv("MLPSTUDY_INSTRUCTION_SET", side.split()[1])
        engine = NativeEngine() if side.startswith("native") else TorchEngine(device="cpu")
        return engine.trainer(
            without_dropout(name), start(name, seed), n_classes=10, image_shape=(28, 28), dropout_key=0
        )


class Float64Trainer(TorchTrainer):
    """The torch engine's own code in double precision; it is given float32, as every trainer is."""

    def _batch(self, examples: Examples, rows: npt.NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        x, labels = super()._batch(examples, rows)
        return x.double(), labels


def _float64(name: str, seed: int) -> Trainer:
    """A trainer in double precision."""
    generator = torch.Generator()
    architecture = without_dropout(name)
    module = MultilayerPerceptron(architecture.network, start(name, seed), generator)
    return Float64Trainer(module.double(), architecture, generator, device="cpu")


def _by_trainer(trainer: Trainer, seed: int) -> Trained:
    done = trainer.train_epoch(mnist().train, batch_order(0, seed, 1, N_TRAIN), 1)
    evaluation = trainer.evaluate(mnist().test, 1)
    return Trained(trainer.weights(), done.loss, done.accuracy, evaluation.loss, evaluation.accuracy)


def _by_keras(name: str, seed: int) -> Trained:
    """Real Keras: the examples in the same order, unshuffled."""
    architecture, data = without_dropout(name), mnist()
    model = keras_model(architecture, start(name, seed))
    order, one_hot = batch_order(0, seed, 1, N_TRAIN), np.eye(10, dtype=np.float32)
    history = model.fit(
        data.train.features[order],
        one_hot[data.train.labels[order]],
        batch_size=architecture.training.batch_size,
        shuffle=False,
        verbose=0,
        validation_data=(data.test.features, one_hot[data.test.labels]),
    ).history
    values = {key: float(value[0]) for key, value in history.items()}
    weights = (variable.value.detach().numpy().copy() for variable in model.weights)
    return Trained(dict(zip(start(name, seed), weights, strict=True)), **values)
