"""What training costs, in no unit: enough to put the longest run first and to say how much is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.study.network.layers import count_parameters

if TYPE_CHECKING:
    from mlpstudy.study.architectures import Architecture

STEP = 2e5
"""What a step costs beside its products: as much as so many parameters do on one example."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Relative costs of training on some data.

    Attributes:
        n_features: number of input features.
        n_classes: number of classes.
        n_train: number of training examples.

    >>> from mlpstudy.study import Architecture, Network, Training
    >>> small = Architecture(name="8", levels=(), network=Network(hidden=(8,)), training=Training(epochs=3))
    >>> costs = Costs(n_features=784, n_classes=10, n_train=1_280)
    >>> costs.epoch(small), costs.run(small)
    (10153600.0, 30460800.0)
    """

    n_features: int
    n_classes: int
    n_train: int

    def epoch(self, architecture: Architecture) -> float:
        """Return the cost of an epoch: parameters x examples, plus a little a step."""
        n_parameters, _ = count_parameters(architecture.network, self.n_features, self.n_classes)
        n_steps = architecture.training.n_steps(self.n_train)
        return n_parameters * self.n_train + STEP * n_steps

    def run(self, architecture: Architecture) -> float:
        """Return the cost of a run: that of all its epochs."""
        return architecture.training.epochs * self.epoch(architecture)
