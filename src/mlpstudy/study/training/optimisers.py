"""The menu of optimisers: how a step changes the weights, and what is kept for the next one.

An engine has a table of its own with each entry's computation; tests hold the tables against this menu.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OptimiserName = Literal["adam"]


@dataclass(frozen=True, slots=True)
class Optimiser:
    """A rule by which a gradient g changes a weight w at step t.

    Attributes:
        name: as study files have it.
        formula: of a step.
        source: where it is from.
        settings: its keys of [training], beside the learning rate.
        slots: the arrays that it keeps beside a trained tensor, by their names in checkpoints.
    """

    name: OptimiserName
    formula: str
    source: str
    settings: tuple[str, ...]
    slots: tuple[str, ...]


_ENTRIES = (
    Optimiser(
        name="adam",
        formula="m += (g - m) (1 - beta_1);  v += (g^2 - v) (1 - beta_2);"
        "  w -= learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)",
        source="Kingma & Ba 2015, the variant at the end of section 2; epsilon as Keras has it",
        settings=("beta_1", "beta_2", "epsilon"),
        slots=("m", "v"),
    ),
)
OPTIMISERS: dict[OptimiserName, Optimiser] = {entry.name: entry for entry in _ENTRIES}
