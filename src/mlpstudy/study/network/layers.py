"""Layer tables: what a network consists of, with output shapes and parameter counts, as Keras counts them.

The names of layers and tensors are made here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from mlpstudy.study.network.activations import OF_OUTPUT, ActivationName

if TYPE_CHECKING:
    from mlpstudy.study.network.initial import Initializer
    from mlpstudy.study.network.network import Network
    from mlpstudy.study.network.normalisations import Normalisation

OUTPUT = "output"
"""Name of the output layer."""


class HasShape(Protocol):
    """An array, of any library."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its lengths."""
        ...


def layer_and_kind(tensor: str) -> tuple[str, str]:
    """Return the layer of a tensor, and what it is there, by the tensor's name.

    >>> layer_and_kind("hidden_1.kernel")
    ('hidden_1', 'kernel')
    """
    layer, _, kind = tensor.rpartition(".")
    return layer, kind


@dataclass(frozen=True, slots=True)
class Tensor:
    """One parameter tensor.

    Attributes:
        layer: name of its layer.
        kind: what it is there: ``kernel``, ``bias``, ``gamma``, ...
        shape: its shape; that of a kernel is (inputs, width).
        start: what all its numbers are before training, or the distribution that they are drawn from.
        is_trained: whether an optimiser changes it; what is not trained changes by itself.
    """

    layer: str
    kind: str
    shape: tuple[int, ...]
    start: float | Initializer = 0.0
    is_trained: bool = True

    @property
    def name(self) -> str:
        """``hidden_1.kernel``."""
        return f"{self.layer}.{self.kind}"

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Layer:
    """One row of a layer table.

    Attributes:
        name: ``hidden_1``, ``batchnorm_1``, ``dropout_1``, ..., ``output``.
        kind: what it computes.
        width: number of units; the output shape is (batch, width).
        tensors: its parameter tensors, in Keras's order.
        activation: of a dense layer.
    """

    name: str
    kind: Literal["Dense", "BatchNormalization", "Dropout"]
    width: int
    tensors: tuple[Tensor, ...] = ()
    activation: ActivationName | None = None

    @property
    def n_parameters(self) -> int:
        """Number of all parameters: (inputs + 1) x width for Dense, 4 x width for BatchNormalization."""
        return sum(tensor.size for tensor in self.tensors)

    @property
    def n_trainable(self) -> int:
        """Number of those that an optimiser changes."""
        return sum(tensor.size for tensor in self.tensors if tensor.is_trained)


def layers(network: Network, n_features: int, n_classes: int) -> tuple[Layer, ...]:
    """Return the layers of a network, from the input on.

    >>> from mlpstudy.study import Network
    >>> table = layers(Network(hidden=(256, 64)), 784, 10)
    >>> [layer.n_parameters for layer in table], sum(layer.n_parameters for layer in table)
    ([200960, 16448, 650], 218058)
    """
    table: list[Layer] = []
    fan_in, start = n_features, network.initial_weights.first_hidden
    for i, width in enumerate(network.hidden, start=1):
        table.append(_dense(f"hidden_{i}", (fan_in, width), start, network.activation))
        if network.normalisation is not None:
            table.append(_normalisation(network.normalisation, i, width))
        if network.dropout > 0:
            table.append(Layer(f"dropout_{i}", "Dropout", width))
        fan_in, start = width, network.initial_weights.other_hidden
    table.append(_dense(OUTPUT, (fan_in, n_classes), network.initial_weights.output, OF_OUTPUT))
    return tuple(table)


def layers_of(network: Network, weights: Mapping[str, HasShape]) -> tuple[Layer, ...]:
    """Return the layers of a network that has such weights."""
    return layers(network, weights["hidden_1.kernel"].shape[0], weights[f"{OUTPUT}.bias"].shape[0])


def _dense(name: str, shape: tuple[int, int], start: Initializer, activation: ActivationName) -> Layer:
    width = shape[1]
    tensors = (Tensor(name, "kernel", shape, start), Tensor(name, "bias", (width,)))
    return Layer(name, "Dense", width, tensors, activation)


def _normalisation(of: Normalisation, i: int, width: int) -> Layer:
    name = f"{of.layer}_{i}"
    tensors = tuple(Tensor(name, one.kind, (width,), one.start, one.is_trained) for one in of.tensors)
    return Layer(name, of.layer_kind, width, tensors)


def parameter_shapes(network: Network, n_features: int, n_classes: int) -> dict[str, tuple[int, ...]]:
    """Return name and shape of every parameter tensor, in the order of the layers.

    >>> from mlpstudy.study import Network
    >>> list(parameter_shapes(Network(hidden=(4,), batch_normalisation=True), 3, 2).items())[:3]
    [('hidden_1.kernel', (3, 4)), ('hidden_1.bias', (4,)), ('batchnorm_1.gamma', (4,))]
    """
    table = layers(network, n_features, n_classes)
    return {tensor.name: tensor.shape for layer in table for tensor in layer.tensors}


def count_parameters(network: Network, n_features: int, n_classes: int) -> tuple[int, int]:
    """Return the numbers of all and of trainable parameters.

    >>> from mlpstudy.study import Network
    >>> count_parameters(Network(hidden=(256, 64), batch_normalisation=True), 784, 10)
    (219338, 218698)
    """
    table = layers(network, n_features, n_classes)
    return sum(layer.n_parameters for layer in table), sum(layer.n_trainable for layer in table)
