"""The settings of one network: layers, activation, normalisation, dropout, initial weights."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from mlpstudy.study.base import Frozen
from mlpstudy.study.network.activations import ActivationName
from mlpstudy.study.network.initial import InitialWeights
from mlpstudy.study.network.normalisations import BATCH, Normalisation

MAX_WIDTH = 65_536
"""Wider layers than this are taken for a mistake."""

Width = Annotated[int, Field(ge=1, le=MAX_WIDTH)]
Rate = Annotated[float, Field(ge=0, lt=1)]


def _as_tuple(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """TOML has arrays, frozen objects have tuples."""
    return tuple(value) if isinstance(value, list) else value


class Network(Frozen):
    """One multilayer perceptron.

    Each hidden layer computes

        z = x W + b;   a = activation(z);   batch normalisation(a), if any;   dropout, if any

    and the output layer softmax(x W + b). Batch normalisation stands *after* the activation, as in the
    notebook that this package grew from (Ioffe & Szegedy 2015 put it before).

    Attributes:
        hidden: widths of the hidden layers, from the input on.
        activation: of the hidden layers.
        batch_normalisation: whether each hidden layer is batch normalised.
        bn_momentum: of the moving averages.
        bn_epsilon: added to the variance.
        dropout: share of units that are dropped after every hidden layer, 0 for none.
        initial_weights: distributions of the initial weights.

    >>> Network(hidden=(256, 64)).dropout
    0.0
    """

    FIRST_KEYS = (
        "hidden",
        "activation",
        "batch_normalisation",
        "bn_momentum",
        "bn_epsilon",
        "dropout",
        "initial_weights",
    )

    hidden: Annotated[tuple[Width, ...], Field(min_length=1, max_length=1000), BeforeValidator(_as_tuple)]
    activation: ActivationName = "relu"
    batch_normalisation: bool = False
    bn_momentum: Rate = 0.99
    bn_epsilon: Annotated[float, Field(gt=0)] = 1e-3
    dropout: Rate = 0.0
    initial_weights: InitialWeights = InitialWeights()

    @property
    def normalisation(self) -> Normalisation | None:
        """What stands behind the activation of every hidden layer, if anything."""
        return BATCH if self.batch_normalisation else None
