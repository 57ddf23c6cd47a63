"""Layer tables: what a network consists of, with output shapes and parameter counts, as Keras counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mlpstudy.study.network.network import Network

BATCHNORM_TENSORS = ("gamma", "beta", "moving_mean", "moving_variance")
TRAINABLE_BATCHNORM_TENSORS = ("gamma", "beta")


@dataclass(frozen=True, slots=True)
class Layer:
    """One row of a layer table.

    Attributes:
        name: ``hidden_1``, ``batchnorm_1``, ``dropout_1``, ..., ``output``.
        kind: what it computes.
        width: number of units; the output shape is (batch, width).
        tensors: its parameter tensors, name and shape, in Keras's order.
        n_trainable: number of trainable parameters.
    """

    name: str
    kind: Literal["Dense", "BatchNormalization", "Dropout"]
    width: int
    tensors: tuple[tuple[str, tuple[int, ...]], ...]
    n_trainable: int

    @property
    def n_parameters(self) -> int:
        """Number of all parameters: (inputs + 1) x width for Dense, 4 x width for BatchNormalization."""
        total = 0
        for _, shape in self.tensors:
            size = 1
            for length in shape:
                size *= length
            total += size
        return total


def _dense(name: str, fan_in: int, width: int) -> Layer:
    tensors = ((f"{name}.kernel", (fan_in, width)), (f"{name}.bias", (width,)))
    return Layer(name, "Dense", width, tensors, (fan_in + 1) * width)


def layers(network: Network, n_features: int, n_classes: int) -> tuple[Layer, ...]:
    """Return the layers of a network, from the input on.

    >>> from mlpstudy.study import Network
    >>> table = layers(Network(hidden=(256, 64)), 784, 10)
    >>> [layer.n_parameters for layer in table], sum(layer.n_parameters for layer in table)
    ([200960, 16448, 650], 218058)
    """
    table: list[Layer] = []
    fan_in = n_features
    for i, width in enumerate(network.hidden, start=1):
        table.append(_dense(f"hidden_{i}", fan_in, width))
        if network.batch_normalisation:
            tensors = tuple((f"batchnorm_{i}.{name}", (width,)) for name in BATCHNORM_TENSORS)
            n_trainable = len(TRAINABLE_BATCHNORM_TENSORS) * width
            table.append(Layer(f"batchnorm_{i}", "BatchNormalization", width, tensors, n_trainable))
        if network.dropout > 0:
            table.append(Layer(f"dropout_{i}", "Dropout", width, (), 0))
        fan_in = width
    table.append(_dense("output", fan_in, n_classes))
    return tuple(table)


def parameter_shapes(network: Network, n_features: int, n_classes: int) -> dict[str, tuple[int, ...]]:
    """Return name and shape of every parameter tensor, in the order of the layers.

    >>> from mlpstudy.study import Network
    >>> list(parameter_shapes(Network(hidden=(4,), batch_normalisation=True), 3, 2).items())[:3]
    [('hidden_1.kernel', (3, 4)), ('hidden_1.bias', (4,)), ('batchnorm_1.gamma', (4,))]
    """
    return dict(tensor for layer in layers(network, n_features, n_classes) for tensor in layer.tensors)


def count_parameters(network: Network, n_features: int, n_classes: int) -> tuple[int, int]:
    """Return the numbers of all and of trainable parameters.

    >>> from mlpstudy.study import Network
    >>> count_parameters(Network(hidden=(256, 64), batch_normalisation=True), 784, 10)
    (219338, 218698)
    """
    table = layers(network, n_features, n_classes)
    return sum(layer.n_parameters for layer in table), sum(layer.n_trainable for layer in table)
