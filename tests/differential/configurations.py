"""Random networks, trainings and data: every setting that a study has, drawn from a seed alone.

The settings and their menus are read off ``mlpstudy.study``. A new word on a menu is drawn from then on; a new setting
of another kind must be given a rule here. ``references.py`` refuses what it has no equations for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args, get_origin

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mlpstudy.arrays import Float32Array, Weights
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.records import Examples
from mlpstudy.study import Architecture, Network, Training
from mlpstudy.study.network.initial import InitialWeights

Rng = np.random.Generator

LARGE, SMALL = 1e30, 1e-42
"""Scales of features in bit comparisons; the oracle's stop long before."""


@dataclass(frozen=True)
class Configuration:
    """What is trained on what.

    Attributes:
        seed: all else follows from it.
        network: the network's settings.
        training: the training's settings.
        n_features: columns.
        n_classes: classes.
        n_examples: training examples.
        image_shape: rows and columns of pixels, where the examples are images.
        dropout_key: keys the dropout masks.
    """

    seed: int
    network: Network
    training: Training
    n_features: int
    n_classes: int
    n_examples: int
    image_shape: tuple[int, int] | None
    dropout_key: int

    @property
    def architecture(self) -> Architecture:
        """The settings as an engine takes them."""
        return Architecture(name="drawn", levels=(), network=self.network, training=self.training)

    def rng(self, purpose: int) -> Rng:
        """Return a stream of the configuration's own."""
        return np.random.default_rng([self.seed, purpose])

    def initial_weights(self) -> Weights:
        """Return the weights that a study would start from."""
        return initial_weights(self.network, self.n_features, self.n_classes, study_seed=self.seed, seed=0)

    def order(self, epoch: int) -> npt.NDArray[np.int64]:
        """Return which examples an epoch trains on: all, some, or some of them again and again."""
        rng = self.rng(100 + epoch)
        n = self.n_examples
        match rng.integers(4):
            case 0:
                return rng.integers(0, n, rng.integers(1, n + 1))
            case 1:
                return rng.permutation(n)[: rng.integers(1, n + 1)].astype(np.int64)
            case _:
                return rng.permutation(n).astype(np.int64)

    def examples(self, *, any_scale: bool) -> Examples:
        """Return the training examples; of any scale that float32 has, or of one that the oracle can follow."""
        rng = self.rng(1)
        scale = 10.0 ** rng.uniform(np.log10(SMALL), np.log10(LARGE)) if any_scale else 10.0 ** rng.normal(0, 0.7)
        x = _features(rng, self.n_examples, self.n_features) * scale
        labels = rng.integers(0, self.n_classes, self.n_examples)
        if rng.random() < 0.1:
            labels[:] = labels[0]
        return Examples(np.ascontiguousarray(x, np.float32), labels.astype(np.int32))

    def __str__(self) -> str:
        return (
            f"{self.network!r} {self.training!r} {self.n_features} features {self.n_classes} classes "
            f"{self.n_examples} examples image_shape={self.image_shape}"
        )


def draw(seed: int) -> Configuration:
    """Return the configuration of a seed."""
    rng = np.random.default_rng([seed, 0])
    side = int(rng.integers(2, 13))
    is_image = rng.random() < 0.3
    return Configuration(
        seed=seed,
        network=Network.model_validate(settings(Network, NETWORK, rng)),
        training=Training.model_validate(settings(Training, TRAINING, rng)),
        n_features=side * side if is_image else _size(rng, 300),
        n_classes=int(rng.choice([2, 3, 10, int(rng.integers(2, 70))])),
        n_examples=_size(rng, 400),
        image_shape=(side, side) if is_image else None,
        dropout_key=int(rng.integers(0, 2**64, dtype=np.uint64)),
    )


def _size(rng: Rng, largest: int) -> int:
    """A size between 1 and the largest, small ones often."""
    return int(np.ceil(largest ** rng.uniform(0, 1)))


def _hidden(rng: Rng) -> tuple[int, ...]:
    return tuple(_size(rng, 200) for _ in range(rng.choice([1, 1, 2, 3, 5])))


def _mostly(usual: float, *extremes: float) -> Callable[[Rng], float]:
    """Half of the time the usual value, else an extreme one."""
    return lambda rng: usual if rng.random() < 0.5 else float(rng.choice(extremes))


NETWORK: Mapping[str, Callable[[Rng], object]] = {
    "hidden": _hidden,
    "bn_momentum": _mostly(0.99, 0.0, 0.5, 0.9, 0.9999, 0.999999, 1 - 1e-9),
    "bn_epsilon": _mostly(1e-3, 1e-6, 1e-5, 0.1, 10.0, 1e6),
    "dropout": _mostly(0.0, 0.25, 0.3, 0.5, 1 / 3, 0.9, 1e-9, 1 - 1e-10),
    "initial_weights": lambda _: InitialWeights(),
}
TRAINING: Mapping[str, Callable[[Rng], object]] = {
    "epochs": lambda rng: int(rng.integers(2, 4)),
    "batch_size": lambda rng: _size(rng, 300),
    "learning_rate": _mostly(1e-3, 1e-12, 1e-6, 0.1, 10.0, 1e3, 1e6),
    "beta_1": _mostly(0.9, 0.0, 0.5, 0.999, 1 - 1e-9),
    "beta_2": _mostly(0.999, 0.0, 1e-9, 0.5, 0.999999, 1 - 1e-9),
    "epsilon": _mostly(1e-7, 1e-20, 1e-12, 1e-3, 1.0, 1e3),
}


def settings(model: type[BaseModel], rules: Mapping[str, Callable[[Rng], object]], rng: Rng) -> dict[str, object]:
    """Draw all settings of a model, each by its rule, a menu or a flag by itself."""
    return {name: (rules.get(name) or _rule(name, field))(rng) for name, field in model.model_fields.items()}


def _rule(name: str, field: FieldInfo) -> Callable[[Rng], object]:
    menu = (False, True) if field.annotation is bool else get_args(field.annotation)
    if field.annotation is not bool and get_origin(field.annotation) is not Literal:
        message = f"the setting {name} must be drawn, got no rule for it, fix: add one to tests/differential"
        raise NotImplementedError(message)
    return lambda rng: menu[int(rng.integers(len(menu)))]


def _features(rng: Rng, n: int, d: int) -> npt.NDArray[np.float64]:
    """Features of size 1: dense or with zeros, with columns that are constant or dark, and rows that come twice."""
    x = rng.normal(size=(n, d)) if rng.random() < 0.5 else rng.uniform(0, 1, (n, d))
    x = np.where(rng.random((n, d)) < rng.choice([1.0, 0.5, 0.2, 0.02]), x, 0.0)
    if rng.random() < 0.3:
        x[:, rng.random(d) < 0.3] = rng.normal()
    if rng.random() < 0.5:
        x[:, rng.random(d) < 0.3] = 0
    if rng.random() < 0.3:
        x = x[rng.integers(0, max(1, n // 3), n)]
    return x


def dense(examples: Examples) -> Float32Array:
    """Return the features, which are dense."""
    return np.asarray(examples.features, np.float32)
