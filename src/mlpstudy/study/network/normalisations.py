"""The menu of normalisations: what may stand between a hidden layer's activations and what it hands on.

An engine has a table of its own with each entry's computation; tests hold the tables against this menu.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class UnitNumbers:
    """A tensor with one number a unit.

    Attributes:
        kind: what it is, ``gamma``.
        start: what all its numbers are before training.
        is_trained: whether an optimiser changes it; what is not trained changes by itself.
    """

    kind: str
    start: float
    is_trained: bool


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A normalisation of h, the activations of a layer's units over the examples of a batch.

    Attributes:
        name: what it is called.
        formula: what becomes of h.
        source: where it is from.
        layer: what its layers are called, with their numbers behind: ``batchnorm_1``.
        layer_kind: what Keras calls such a layer.
        tensors: what it keeps, in Keras's order.
    """

    name: str
    formula: str
    source: str
    layer: str
    layer_kind: Literal["BatchNormalization"]
    tensors: tuple[UnitNumbers, ...]


BATCH = Normalisation(
    name="batch",
    formula="gamma (h - mean) / sqrt(variance + bn_epsilon) + beta, with the batch's own biased moments in training"
    " and their moving averages in inference: moving = bn_momentum moving + (1 - bn_momentum) batch's",
    source="Ioffe & Szegedy 2015, with the moving variance as Keras has it",
    layer="batchnorm",
    layer_kind="BatchNormalization",
    tensors=(
        UnitNumbers("gamma", 1.0, is_trained=True),
        UnitNumbers("beta", 0.0, is_trained=True),
        UnitNumbers("moving_mean", 0.0, is_trained=False),
        UnitNumbers("moving_variance", 1.0, is_trained=False),
    ),
)
NORMALISATIONS: dict[str, Normalisation] = {entry.name: entry for entry in (BATCH,)}
