"""The menu of losses: what training makes small, and above which value it has failed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

PROBABILITY_CLIP = 1e-7
"""Probabilities are clipped to [1e-7, 1 - 1e-7] before the logarithm, as Keras does."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one example.

    Attributes:
        name: what the engines' tables call it.
        formula: of the loss, with what the last layer's numbers z become first.
        source: where it is from.
        outputs: what the last layer's numbers become, rows being examples.
        diverged_above: the training loss above which a run counts as diverged, for a number of outputs.
    """

    name: str
    formula: str
    source: str
    outputs: Callable[[npt.NDArray[Any]], npt.NDArray[np.float64]]
    diverged_above: Callable[[int], float]


def softmax(logits: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return class probabilities, shape ``(n, n_classes)``, computed in float64.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    z = logits.astype(np.float64)
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def cross_entropy(p_true: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return -ln(p) of the probabilities of the true classes, clipped as in training (nats), computed in float64.

    >>> cross_entropy(np.array([0.5, 0.0])).round(4).tolist()
    [0.6931, 16.1181]
    """
    clipped = np.clip(p_true.astype(np.float64), PROBABILITY_CLIP, 1 - PROBABILITY_CLIP)
    return np.asarray(-np.log(clipped))


def worse_than_guessing(n_classes: int) -> float:
    """Return ln(k) + 2.

    A network that gives the right class exp(-2) = 0.14 of the probability that guessing uniformly among
    k classes would give it has learned worse than nothing.

    >>> round(worse_than_guessing(10), 3)
    4.303
    """
    return math.log(n_classes) + 2.0


SOFTMAX_CROSS_ENTROPY = Loss(
    name="softmax_cross_entropy",
    formula="-ln(clip(p_true, 1e-7, 1 - 1e-7)),  p = exp(z) / sum(exp(z))",
    source="Bishop 2006, section 4.3.4; the clip is Keras's",
    outputs=softmax,
    diverged_above=worse_than_guessing,
)
LOSSES = {loss.name: loss for loss in (SOFTMAX_CROSS_ENTROPY,)}
