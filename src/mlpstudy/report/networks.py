"""Trained networks in compact form: weights as small whole numbers, few enough bytes to travel in a page.

A kernel ``W`` of shape ``(n_in, n_out)`` becomes whole numbers ``q`` with a scale an input and a unit,

    W'[i, j] = d[i] s[j] q[i, j],    s[j] = SD_i(W[i, j] / d[i]) / levels,

the first layer's ``d[i]`` the smaller the stronger input i is in the training data (root mean square): pixels that
are hardly ever inked need few bits. The error that rounding makes in a unit's mean input is put right in its bias.
Batch normalisation becomes one factor and one shift a unit. ``q`` is written zigzag, as a plane of low bytes and one of
high bytes, which deflate packs to about its entropy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from mlpstudy.records import Float32Array, Weights
    from mlpstudy.spec import Network

LEVELS = 96.0
"""Steps in a standard deviation of a unit's weights: about 8 bits a weight."""

FINER = (1.0, 1.06, 1.12, 1.19, 1.26, 1.33, 1.41, 1.5, 1.6, 1.8, 2.0)
"""Factors of LEVELS that are tried in turn until a network gives every test example its class."""

LEAST_STRENGTH = 0.02
"""Share of the strongest input's root mean square below which no input is taken to be: it may be drawn on."""

LARGEST = 32_767

Activation = Literal["relu", "tanh", "sigmoid", "linear"]


@dataclass(frozen=True, slots=True, eq=False)
class CompactLayer:
    """One layer, as a page computes it: ``h' = f(h W' + bias) factor + shift``.

    Attributes:
        q: whole numbers, shape ``(n_in, n_out)``, int32.
        inputs: d, shape ``(n_in,)``, float32.
        units: s, shape ``(n_out,)``, float32.
        bias: shape ``(n_out,)``, float32.
        factor: of batch normalisation, shape ``(n_out,)``; ones without it.
        shift: likewise; zeros without it.
        activation: f; linear in the output layer.
    """

    q: npt.NDArray[np.int32]
    inputs: Float32Array
    units: Float32Array
    bias: Float32Array
    factor: Float32Array
    shift: Float32Array
    activation: Activation

    @property
    def kernel(self) -> Float32Array:
        """W', shape ``(n_in, n_out)``."""
        scaled = self.q * self.units.astype(np.float64)
        return np.asarray(scaled * self.inputs[:, None].astype(np.float64), dtype=np.float32)

    def planes(self) -> tuple[bytes, bytes]:
        """Return q as low and high bytes, input by input."""
        zigzag = ((self.q << 1) ^ (self.q >> 31)).astype(np.uint16)
        return (zigzag & 255).astype(np.uint8).tobytes(), (zigzag >> 8).astype(np.uint8).tobytes()

    def numbers(self) -> bytes:
        """Return the float32 numbers, little-endian: inputs, units, bias, factor, shift."""
        parts = (self.inputs, self.units, self.bias, self.factor, self.shift)
        return b"".join(part.astype("<f4").tobytes() for part in parts)


Compact = tuple[CompactLayer, ...]


def input_scales(features: Float32Array) -> Float32Array:
    """Return d of the first layer from training features: the inverse of each input's strength, 1 for the strongest.

    >>> input_scales(np.array([[1.0, 0.5], [1.0, 0.5]], np.float32)).tolist()
    [1.0, 2.0]
    """
    strength = np.sqrt(np.square(features, dtype=np.float64).mean(axis=0))
    strongest = float(strength.max()) or 1.0
    scales: Float32Array = (strongest / np.maximum(strength, LEAST_STRENGTH * strongest)).astype(np.float32)
    return scales


def compact(
    weights: Weights, network: Network, features: Float32Array, scales: Float32Array, levels: float = LEVELS
) -> Compact:
    """Return a trained network in compact form.

    Args:
        weights: its parameters by name.
        network: its settings.
        features: some training examples, shape ``(n, d)``, by which the biases are put right.
        scales: :func:`input_scales` of the training examples.
        levels: steps in a standard deviation of a unit's weights.
    """
    names = [f"hidden_{i}" for i in range(1, len(network.hidden) + 1)] + ["output"]
    layers: list[CompactLayer] = []
    exact = approximate = features
    for i, name in enumerate(names, start=1):
        kernel, bias = weights[f"{name}.kernel"], weights[f"{name}.bias"]
        inputs = scales if i == 1 else np.ones(kernel.shape[0], np.float32)
        q, units = _rounded(kernel, inputs, levels)
        factor, shift = _normalisation(weights, i, network) if name != "output" else _none(kernel.shape[1])
        activation: Activation = network.activation if name != "output" else "linear"
        layer = CompactLayer(q, inputs, units, bias, factor, shift, activation)
        # What the mean unit receives must be what the exact network's receives.
        error = (exact.mean(axis=0, dtype=np.float64) @ kernel) - (
            approximate.mean(axis=0, dtype=np.float64) @ layer.kernel
        )
        layer = CompactLayer(q, inputs, units, (bias + error).astype(np.float32), factor, shift, activation)
        layers.append(layer)
        if name != "output":
            exact = _layer(exact, kernel, bias, factor, shift, activation)
            approximate = apply_layer(approximate, layer)
    return tuple(layers)


def _rounded(kernel: Float32Array, inputs: Float32Array, levels: float) -> tuple[npt.NDArray[np.int32], Float32Array]:
    """Return q and s of a kernel."""
    scaled = kernel.astype(np.float64) / inputs[:, None]
    step = np.maximum(scaled.std(axis=0) / levels, np.abs(scaled).max(axis=0) / LARGEST)
    step = np.where(step > 0, step, 1.0)
    units = step.astype(np.float32)
    return np.rint(scaled / units.astype(np.float64)).astype(np.int32), units


def _normalisation(weights: Weights, i: int, network: Network) -> tuple[Float32Array, Float32Array]:
    """Return batch normalisation in inference mode as one factor and one shift a unit."""
    if not network.batch_normalisation:
        return _none(network.hidden[i - 1])
    of = {name: weights[f"batchnorm_{i}.{name}"].astype(np.float64) for name in ("gamma", "beta", "moving_mean")}
    variance = weights[f"batchnorm_{i}.moving_variance"].astype(np.float64)
    factor = of["gamma"] / np.sqrt(variance + network.bn_epsilon)
    return factor.astype(np.float32), (of["beta"] - of["moving_mean"] * factor).astype(np.float32)


def _none(width: int) -> tuple[Float32Array, Float32Array]:
    return np.ones(width, np.float32), np.zeros(width, np.float32)


def _layer(
    h: Float32Array,
    kernel: Float32Array,
    bias: Float32Array,
    factor: Float32Array,
    shift: Float32Array,
    activation: Activation,
) -> Float32Array:
    """Return the output of a layer, shape ``(n, n_out)``."""
    z = h @ kernel + bias
    if activation == "relu":
        z = np.maximum(z, 0)
    elif activation == "tanh":
        z = np.tanh(z)
    elif activation == "sigmoid":
        z = (1 / (1 + np.exp(-np.clip(z, -80, 80)))).astype(np.float32)
    return np.asarray(z * factor + shift, dtype=np.float32)


def apply_layer(h: Float32Array, layer: CompactLayer) -> Float32Array:
    """Return the output of a compact layer, shape ``(n, n_out)``."""
    return _layer(h, layer.kernel, layer.bias, layer.factor, layer.shift, layer.activation)


def probabilities(layers: Compact, features: Float32Array) -> npt.NDArray[np.float64]:
    """Return what a compact network says of examples, shape ``(n, n_classes)``: softmax of its logits."""
    h = features
    for layer in layers:
        h = apply_layer(h, layer)
    return _softmax(h)


def exact_probabilities(weights: Weights, network: Network, features: Float32Array) -> npt.NDArray[np.float64]:
    """Return what a network says with its weights as they are, shape ``(n, n_classes)``."""
    h = features
    for i in range(1, len(network.hidden) + 1):
        name = f"hidden_{i}"
        factor, shift = _normalisation(weights, i, network)
        h = _layer(h, weights[f"{name}.kernel"], weights[f"{name}.bias"], factor, shift, network.activation)
    return _softmax(h @ weights["output.kernel"] + weights["output.bias"])


def _softmax(logits: Float32Array) -> npt.NDArray[np.float64]:
    z = logits.astype(np.float64)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))
