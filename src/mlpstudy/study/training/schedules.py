"""The menu of schedules of the learning rate: the step size of every step.

An engine is told the step sizes of each epoch and knows no schedule. They depend on where the epoch stands among all
steps and on nothing that has happened, so that a run that goes on from a checkpoint takes the steps that it would have
taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlpstudy.machine.lazy import Lazy

if TYPE_CHECKING:
    import numpy as np

    from mlpstudy.arrays import FloatArray, IntArray
else:
    np = Lazy("numpy")

ScheduleName = Literal["constant"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rule that gives each step its size.

    Attributes:
        name: as study files would have it.
        formula: of the size of step t, from 1, of all n.
        source: where it is from.
        sizes: the same, of the learning rate, an array of steps t, and n.
    """

    name: ScheduleName
    formula: str
    source: str
    sizes: Callable[[float, IntArray, int], FloatArray]

    def of_epoch(self, learning_rate: float, epoch: int, *, n_epochs: int, n_steps: int) -> FloatArray:
        """Return the step sizes of an epoch, from 1, of so many steps each, shape ``(n_steps,)``."""
        n_before = (epoch - 1) * n_steps
        return self.sizes(learning_rate, np.arange(n_before + 1, n_before + n_steps + 1), n_epochs * n_steps)


def _constant(learning_rate: float, t: IntArray, _: int) -> FloatArray:
    return np.full(len(t), learning_rate, np.float64)


_ENTRIES = (
    Schedule(
        name="constant",
        formula="learning_rate",
        source="Kingma & Ba 2015, algorithm 1",
        sizes=_constant,
    ),
)
SCHEDULES: dict[ScheduleName, Schedule] = {entry.name: entry for entry in _ENTRIES}
