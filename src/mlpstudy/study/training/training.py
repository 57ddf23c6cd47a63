"""How every network of a study is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mlpstudy.study.base import Frozen, content_of
from mlpstudy.study.training.optimisers import OPTIMISERS, OptimiserName
from mlpstudy.study.training.schedules import SCHEDULES

if TYPE_CHECKING:
    from mlpstudy.arrays import FloatArray

Beta = Annotated[float, Field(ge=0, lt=1)]


class Training(Frozen):
    """Optimiser, batches and epochs. The equations of the optimisers stand in their menu, ``optimisers.py``.

    Attributes:
        epochs: passes over the training examples.
        batch_size: examples a step; the short last batch of an epoch is trained on.
        optimizer: by its name in the menu.
        learning_rate: step size.
        beta_1: decay of Adam's first moment.
        beta_2: decay of its second moment.
        epsilon: added to the root of the second moment, outside the bias correction.
        diagnostics: record each epoch what every layer does (gradients, updates, dead units). It changes no result,
            so it is no part of a run's or a study's identity.

    >>> Training().batch_size
    128
    """

    FIRST_KEYS = ("epochs", "batch_size", "optimizer", "learning_rate", "beta_1", "beta_2", "epsilon")

    epochs: Annotated[int, Field(ge=1, le=100_000)] = 20
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 128
    optimizer: OptimiserName = "adam"
    learning_rate: Annotated[float, Field(gt=0)] = 0.001
    beta_1: Beta = 0.9
    beta_2: Beta = 0.999
    epsilon: Annotated[float, Field(gt=0)] = 1e-7
    diagnostics: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """What the optimiser keeps beside each trained tensor, by its names in checkpoints."""
        return OPTIMISERS[self.optimizer].slots

    @property
    def optimiser_settings(self) -> dict[str, float]:
        """What the optimiser is told beside the learning rate."""
        return {key: getattr(self, key) for key in OPTIMISERS[self.optimizer].settings}

    def n_steps(self, n_examples: int) -> int:
        """Return the number of steps of an epoch of so many examples.

        >>> Training(batch_size=50).n_steps(101)
        3
        """
        return -(-n_examples // self.batch_size)

    def learning_rates(self, epoch: int, n_examples: int) -> FloatArray:
        """Return the step size of each step of an epoch, from 1, of so many examples.

        >>> Training(batch_size=50).learning_rates(1, 101).tolist()
        [0.001, 0.001, 0.001]
        """
        schedule, n_steps = SCHEDULES["constant"], self.n_steps(n_examples)
        return schedule.of_epoch(self.learning_rate, epoch, n_epochs=self.epochs, n_steps=n_steps)

    def content(self) -> dict[str, object]:
        """Return the settings that decide a result."""
        return content_of(self, without=("diagnostics",))
