"""The oracle with the parameters of a trainer: exactly, in float32, and with rounding drawn at random.

The last two say how much the answer to a question is worth: where they leave the exact one far behind, no float32
arithmetic could come closer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from differential.configurations import Configuration
from mlpstudy.records import TrainerState
from oracle.mlp import OPTIMISERS, Array, Layer, Mlp, Norm
from oracle.philox import dropout_mask

EPS = 2.0**-24
BEYOND, BELOW = 1e30, 1e-30
"""Beyond these sizes float32 overflows, or is flushed to zero."""
N_NOISY = 4

NETWORK_SETTINGS = {
    "hidden",
    "activation",
    "batch_normalisation",
    "bn_momentum",
    "bn_epsilon",
    "dropout",
    "initial_weights",
}
TRAINING_SETTINGS = {"epochs", "batch_size", "optimizer", "learning_rate", "diagnostics"} | {
    key for entry in OPTIMISERS.values() for key in entry.settings
}
"""What the oracle has equations for, or what does not change them."""


@dataclass
class NoisyMlp(Mlp):
    """The oracle with an error in every product and mean as large as float32 might make it."""

    rng: np.random.Generator = field(default_factory=np.random.default_rng)

    def product(self, a: Array, b: Array) -> Array:
        """The product, each element off by the rounding of its terms."""
        exact = a @ b
        return self._noisy(exact, np.abs(a) @ np.abs(b))

    def mean(self, a: Array) -> Array:
        """The mean over the rows, off likewise."""
        return self._noisy(a.mean(0), np.abs(a).mean(0))

    def _noisy(self, exact: Array, size: Array) -> Array:
        noisy: Array = exact + EPS * size * self.rng.normal(size=exact.shape)
        return noisy


@dataclass
class References:
    """Copies of one network.

    Attributes:
        exact: in float64.
        others: in float32, and with noise.
    """

    exact: Mlp
    others: list[Mlp]

    @property
    def all(self) -> list[Mlp]:
        """The exact one first."""
        return [self.exact, *self.others]


def references(configuration: Configuration, state: TrainerState) -> References:
    """Return copies of a trainer's network, its optimiser's slots and steps among it."""
    _check_settings(configuration)
    noisy: list[Mlp] = [
        _mlp(configuration, state, np.float64, NoisyMlp, rng=configuration.rng(1000 + i)) for i in range(N_NOISY)
    ]
    single = _mlp(configuration, state, np.float32, Mlp)
    return References(_mlp(configuration, state, np.float64, Mlp), [single, *noisy])


def masks(configuration: Configuration, step: int, n_rows: int) -> list[npt.NDArray[np.bool_]] | None:
    """Return the native engine's dropout masks of a step."""
    if configuration.network.dropout == 0:
        return None
    return [
        dropout_mask(configuration.dropout_key, step, i, n_rows, width, configuration.network.dropout)
        for i, width in enumerate(configuration.network.hidden)
    ]


def relative(a: Array, b: Array) -> float:
    """Return the largest difference from b over its largest value, which counts as ``BELOW`` at least."""
    return float(np.abs(a - b).max()) / max(float(np.abs(b).max()), BELOW)


def _mlp(
    configuration: Configuration, state: TrainerState, dtype: type[np.floating[Any]], kind: type[Mlp], **more: Any
) -> Mlp:
    network, training = configuration.network, configuration.training
    parameters = {k: np.array(v, dtype) for k, v in state.tensors.items() if not k.startswith("generator")}
    layers = [_layer(parameters, f"hidden_{i + 1}", f"batchnorm_{i + 1}") for i in range(len(network.hidden))]
    optimiser = OPTIMISERS[training.optimizer]
    trained = [k.partition("/")[2] for k in parameters if k.startswith(f"{optimiser.slots[0]}/")]
    return kind(
        [*layers, _layer(parameters, "output", "")],
        activation=network.activation,
        dropout=[network.dropout] * len(network.hidden),
        momentum=network.bn_momentum,
        bn_epsilon=network.bn_epsilon,
        learning_rate=training.learning_rate,
        settings={key: getattr(training, key) for key in optimiser.settings},
        optimiser=training.optimizer,
        step=state.n_steps,
        slots={slot: [parameters[f"{slot}/{name}"] for name in trained] for slot in optimiser.slots},
        **more,
    )


def _layer(parameters: Mapping[str, Array], dense: str, norm: str) -> Layer:
    names = [f"parameter/{norm}.{part}" for part in ("gamma", "beta", "moving_mean", "moving_variance")]
    return Layer(
        parameters[f"parameter/{dense}.kernel"],
        parameters[f"parameter/{dense}.bias"],
        Norm(*(parameters[name] for name in names)) if names[0] in parameters else None,
    )


def _check_settings(configuration: Configuration) -> None:
    for settings, known in ((configuration.network, NETWORK_SETTINGS), (configuration.training, TRAINING_SETTINGS)):
        unknown = set(type(settings).model_fields) - known
        if unknown:
            message = f"the oracle must know the setting {min(unknown)}, got none such, fix: write its equations"
            raise NotImplementedError(message)
