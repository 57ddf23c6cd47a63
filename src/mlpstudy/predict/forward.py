"""The forward pass in plain NumPy: what a trained network says of examples, in inference mode.

It needs neither compiler nor framework, so whoever only reads a study can compute with its networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.records.arrays import Float32Array, FloatArray
from mlpstudy.study.network.activations import OF_OUTPUT, ActivationName
from mlpstudy.tasks.losses import softmax

if TYPE_CHECKING:
    from mlpstudy.records import Weights
    from mlpstudy.study import Network

MOST_EXPONENT = 80.0
"""Beyond it a sigmoid is 0 or 1 in float32, and exp would overflow."""


def _sigmoid(z: Float32Array) -> Float32Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -MOST_EXPONENT, MOST_EXPONENT))), dtype=np.float32)


ACTIVATIONS: dict[ActivationName, Callable[[Float32Array], Float32Array]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "linear": lambda z: z,
}


@dataclass(frozen=True, slots=True, eq=False)
class ForwardLayer:
    """One layer in inference mode: ``h' = f(h W + bias) factor + shift``.

    Attributes:
        kernel: W, shape ``(n_in, n_out)``.
        bias: shape ``(n_out,)``.
        factor: of batch normalisation, shape ``(n_out,)``; ones without it.
        shift: likewise; zeros without it.
        activation: f; linear in the output layer.
    """

    kernel: Float32Array
    bias: Float32Array
    factor: Float32Array
    shift: Float32Array
    activation: ActivationName

    def output(self, h: Float32Array) -> Float32Array:
        """Return h', shape ``(n, n_out)``, of h, shape ``(n, n_in)``."""
        z = ACTIVATIONS[self.activation](h @ self.kernel + self.bias)
        return np.asarray(z * self.factor + self.shift, dtype=np.float32)


def forward_layers(weights: Weights, network: Network) -> tuple[ForwardLayer, ...]:
    """Return the layers of a trained network, from its parameters by name."""
    layers = []
    for i in range(1, len(network.hidden) + 1):
        kernel, bias = weights[f"hidden_{i}.kernel"], weights[f"hidden_{i}.bias"]
        layers.append(ForwardLayer(kernel, bias, *_normalisation(weights, i, network), network.activation))
    kernel, bias = weights["output.kernel"], weights["output.bias"]
    return (*layers, ForwardLayer(kernel, bias, *_none(bias.size), OF_OUTPUT))


def probabilities(layers: Iterable[ForwardLayer], features: Float32Array) -> FloatArray:
    """Return what a network says of examples, shape ``(n, n_classes)``.

    >>> from mlpstudy.study import Network
    >>> hidden = {"hidden_1.kernel": np.eye(2, dtype=np.float32), "hidden_1.bias": np.zeros(2, np.float32)}
    >>> output = {name.replace("hidden_1", "output"): tensor for name, tensor in hidden.items()}
    >>> layers = forward_layers(hidden | output, Network(hidden=(2,)))
    >>> probabilities(layers, np.array([[1.0, -1.0]], np.float32)).round(3).tolist()
    [[0.731, 0.269]]
    """
    h = features
    for layer in layers:
        h = layer.output(h)
    return softmax(h)


def _normalisation(weights: Weights, i: int, network: Network) -> tuple[Float32Array, Float32Array]:
    """Return batch normalisation as one factor and one shift a unit."""
    if not network.batch_normalisation:
        return _none(network.hidden[i - 1])
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    gamma, beta, mean, variance = (weights[f"batchnorm_{i}.{name}"].astype(np.float64) for name in names)
    factor = gamma / np.sqrt(variance + network.bn_epsilon)
    return factor.astype(np.float32), (beta - mean * factor).astype(np.float32)


def _none(width: int) -> tuple[Float32Array, Float32Array]:
    return np.ones(width, np.float32), np.zeros(width, np.float32)
