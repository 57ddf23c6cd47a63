"""Trained networks in compact form: weights as small whole numbers, few enough bytes to travel in a page.

A kernel ``W`` of shape ``(n_in, n_out)`` becomes whole numbers ``q`` with a scale an input and a unit,

    W'[i, j] = d[i] s[j] q[i, j],    s[j] = SD_i(W[i, j] / d[i]) / levels,

the first layer's ``d[i]`` the smaller the stronger input i is in the training data (root mean square): pixels that
are hardly ever inked need few bits. The error that rounding makes in a unit's mean input is put right in its bias.
Batch normalisation becomes one factor and one shift a unit. ``q`` is written zigzag, as a plane of low bytes and one of
high bytes, which deflate packs to about its entropy.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mlpstudy.predict import forward
from mlpstudy.predict.forward import ForwardLayer

if TYPE_CHECKING:
    from mlpstudy.arrays import Float32Array, FloatArray, Weights
    from mlpstudy.study import Network
    from mlpstudy.study.network.activations import ActivationName

LEVELS = 96.0
"""Steps in a standard deviation of a unit's weights: about 8 bits a weight."""

FINER = (1.0, 1.06, 1.12, 1.19, 1.26, 1.33, 1.41, 1.5, 1.6, 1.8, 2.0)
"""Factors of LEVELS that are tried in turn until a network gives every test example its class."""

LEAST_STRENGTH = 0.02
"""Share of the strongest input's root mean square below which no input is taken to be: it may be drawn on."""

LARGEST = 32_767

BLOCK = 1000
"""Examples whose squares are added up in single precision before they join the whole."""


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
    activation: ActivationName

    @property
    def kernel(self) -> Float32Array:
        """W', shape ``(n_in, n_out)``."""
        scaled = self.q * self.units.astype(np.float64)
        return np.asarray(scaled * self.inputs[:, None].astype(np.float64), dtype=np.float32)

    def unpacked(self) -> ForwardLayer:
        """Return the layer with its weights as numbers."""
        return ForwardLayer(self.kernel, self.bias, self.factor, self.shift, self.activation)

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
    total = np.zeros(features.shape[1])
    for at in range(0, len(features), BLOCK):
        block = features[at : at + BLOCK]
        total += np.einsum("ij,ij->j", block, block)
    strength = np.sqrt(total / len(features))
    strongest = float(strength.max()) or 1.0
    scales: Float32Array = (strongest / np.maximum(strength, LEAST_STRENGTH * strongest)).astype(np.float32)
    return scales


@dataclass(frozen=True, slots=True, eq=False)
class _ExactLayer:
    """One layer as it was trained, and what its rounding needs, whatever the steps.

    Attributes:
        layer: as it computes.
        scaled: ``W[i, j] / d[i]``, float64.
        spread: SD of ``scaled``, a unit.
        largest: its largest absolute value, a unit.
        inputs: d, shape ``(n_in,)``.
        received: ``h W`` of the mean example, shape ``(n_out,)``, float64.
    """

    layer: ForwardLayer
    scaled: FloatArray
    spread: FloatArray
    largest: FloatArray
    inputs: Float32Array
    received: FloatArray

    def rounded(self, levels: float) -> CompactLayer:
        """Return the layer in steps, its bias not yet put right."""
        step = np.maximum(self.spread / levels, self.largest / LARGEST)
        units = np.where(step > 0, step, 1.0).astype(np.float32)
        q = np.rint(self.scaled / units.astype(np.float64)).astype(np.int32)
        layer = self.layer
        return CompactLayer(q, self.inputs, units, layer.bias, layer.factor, layer.shift, layer.activation)


@dataclass(frozen=True, slots=True, eq=False)
class ExactNetwork:
    """A trained network, ready to be rounded to steps of any size.

    Attributes:
        layers: its layers.
        examples: the training examples by which the biases are put right, shape ``(n, d)``.
    """

    layers: tuple[_ExactLayer, ...]
    examples: Float32Array

    @classmethod
    def of(cls, weights: Weights, network: Network, examples: Float32Array, scales: Float32Array) -> ExactNetwork:
        """Return a network.

        Args:
            weights: its parameters by name.
            network: its settings.
            examples: some training examples, shape ``(n, d)``, by which the biases are put right.
            scales: :func:`input_scales` of the training examples.
        """
        layers: list[_ExactLayer] = []
        h = examples
        for i, layer in enumerate(forward.forward_layers(weights, network)):
            kernel = layer.kernel
            inputs = np.ones(kernel.shape[0], np.float32) if i else scales
            scaled = kernel.astype(np.float64) / inputs[:, None]
            spread, largest = scaled.std(axis=0), np.abs(scaled).max(axis=0)
            received = h.mean(axis=0, dtype=np.float64) @ kernel
            layers.append(_ExactLayer(layer, scaled, spread, largest, inputs, received))
            h = layer.output(h)
        return cls(tuple(layers), examples)

    def compact(self, levels: float = LEVELS) -> Compact:
        """Return the network in compact form, with so many steps in a standard deviation of a unit's weights."""
        layers: list[CompactLayer] = []
        h = self.examples
        for exact in self.layers:
            layer = exact.rounded(levels)
            kernel = layer.kernel
            # What the mean unit receives must be what the exact network's receives.
            error = exact.received - h.mean(axis=0, dtype=np.float64) @ kernel
            bias = (exact.layer.bias + error).astype(np.float32)
            layers.append(replace(layer, bias=bias))
            h = replace(exact.layer, kernel=kernel, bias=bias).output(h)
        return tuple(layers)

    def n_bytes(self, levels: float) -> int:
        """Return the bytes of the network, deflated."""
        return n_bytes(tuple(layer.rounded(levels) for layer in self.layers))

    def probabilities(self, features: Float32Array) -> FloatArray:
        """Return what the network says of examples with its weights as they are, shape ``(n, n_classes)``."""
        return forward.probabilities((exact.layer for exact in self.layers), features)


def n_bytes(layers: Compact) -> int:
    """Return the bytes of a compact network, deflated."""
    return sum(len(zlib.compress(part, 6)) for layer in layers for part in (*layer.planes(), layer.numbers()))


def probabilities(layers: Compact, features: Float32Array) -> FloatArray:
    """Return what a compact network says of examples, shape ``(n, n_classes)``: softmax of its logits."""
    return forward.probabilities((layer.unpacked() for layer in layers), features)
