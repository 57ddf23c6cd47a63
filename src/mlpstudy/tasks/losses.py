"""The menu of losses: what training makes small, and above which value it has failed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

PROBABILITY_CLIP = 1e-7
"""Probabilities are clipped to [1e-7, 1 - 1e-7] before the logarithm, as Keras does."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one example.

    Attributes:
        name: what the engines' tables call it.
        formula: of the loss, and of what the last layer's numbers z become first.
        source: where it is from.
        diverged_above: the training loss above which a run counts as diverged, for a number of outputs.
    """

    name: str
    formula: str
    source: str
    diverged_above: Callable[[int], float]


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
    diverged_above=worse_than_guessing,
)
LOSSES: dict[str, Loss] = {entry.name: entry for entry in (SOFTMAX_CROSS_ENTROPY,)}
