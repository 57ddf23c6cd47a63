"""What optimises: one class an optimiser."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from mlpstudy.engine.torch.optimisers.adam import Adam

if TYPE_CHECKING:
    from torch import Tensor

    from mlpstudy.study import Training
    from mlpstudy.study.training.optimisers import OptimiserName


class Optimiser(Protocol):
    """An optimiser of some parameters.

    Attributes:
        slots: what it keeps, by name: a tensor for each parameter, in their order.
        n_steps: steps that it has done.
    """

    slots: Mapping[str, Sequence[Tensor]]
    n_steps: int

    def step(self, gradients: Sequence[Tensor], learning_rate: float) -> None:
        """Apply one step with the gradients of the parameters, in their order."""
        ...

    def changes(self) -> Sequence[Tensor]:
        """Return what the last step has taken off each parameter, before the difference was rounded."""
        ...


OPTIMISERS: dict[OptimiserName, Callable[[Sequence[Tensor], Training], Optimiser]] = {"adam": Adam}
