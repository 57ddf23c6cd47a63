"""The forward pass in plain NumPy: what a trained network says of examples, in inference mode.

It needs neither compiler nor framework, so whoever only reads a study can compute with its networks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.arrays import Float32Array, FloatArray
from mlpstudy.study import layers_of
from mlpstudy.study.network.activations import ActivationName
from mlpstudy.tasks.classes import softmax

if TYPE_CHECKING:
    from mlpstudy.arrays import Weights
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


def _batch_normalisation(of: Weights, network: Network) -> tuple[Float32Array, Float32Array]:
    gamma, beta, mean, variance = (
        of[kind].astype(np.float64) for kind in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    factor = gamma / np.sqrt(variance + network.bn_epsilon)
    return factor.astype(np.float32), (beta - mean * factor).astype(np.float32)


NORMALISATIONS: dict[str, Callable[[Weights, Network], tuple[Float32Array, Float32Array]]] = {
    "BatchNormalization": _batch_normalisation,
}
"""Of each kind of normalising layer, from its tensors: one factor and one shift a unit."""


@dataclass(frozen=True, slots=True, eq=False)
class ForwardLayer:
    """One layer in inference mode: ``h' = f(h W + bias) factor + shift``.

    Attributes:
        kernel: W, shape ``(n_in, n_out)``.
        bias: shape ``(n_out,)``.
        factor: of normalisation, shape ``(n_out,)``; ones without it.
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
    made: list[ForwardLayer] = []
    for layer in layers_of(network, weights):
        of = {tensor.kind: weights[tensor.name] for tensor in layer.tensors}
        if layer.activation is not None:
            one, zero = np.ones(layer.width, np.float32), np.zeros(layer.width, np.float32)
            made.append(ForwardLayer(of["kernel"], of["bias"], one, zero, layer.activation))
        elif layer.kind != "Dropout":
            factor, shift = NORMALISATIONS[layer.kind](of, network)
            made[-1] = replace(made[-1], factor=factor, shift=shift)
    return tuple(made)


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
