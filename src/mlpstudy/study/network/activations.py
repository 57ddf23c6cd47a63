"""The menu of activations: what a unit makes of the sum that it receives.

An engine has a table of its own with each entry's computation; tests hold the tables against this menu.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ActivationName = Literal["relu", "tanh", "sigmoid", "linear"]


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation f.

    Attributes:
        name: as study files have it.
        formula: f(z).
        source: where it is from.
    """

    name: ActivationName
    formula: str
    source: str


_ENTRIES = (
    Activation("relu", "max(z, 0)", "Nair & Hinton 2010"),
    Activation("tanh", "tanh(z)", "LeCun et al. 1998"),
    Activation("sigmoid", "1 / (1 + exp(-z))", "Rumelhart, Hinton & Williams 1986"),
    Activation("linear", "z", "no activation"),
)
ACTIVATIONS: dict[ActivationName, Activation] = {entry.name: entry for entry in _ENTRIES}

OF_OUTPUT: Final = "linear"
"""The output layer's: the loss makes of its numbers what they mean."""
