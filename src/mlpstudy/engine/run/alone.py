"""A run by itself, as a cohort of one: so that all runs are trained by the same code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from mlpstudy.arrays import Features, Float32Array, FloatArray, Weights
    from mlpstudy.engine.interface import EpochTraining, Evaluation, Trainer
    from mlpstudy.records import Examples, LayerDiagnostics, TrainerState


class Alone:
    """A cohort of the one run that a trainer trains."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def train_epoch(
        self,
        examples: Examples,
        orders: npt.NDArray[np.int64],
        n_threads: int,
        learning_rates: FloatArray | None = None,
    ) -> tuple[EpochTraining, ...]:
        """Train the run on the examples in its order."""
        (order,), (rates,) = orders, (None,) if learning_rates is None else learning_rates
        return (self._trainer.train_epoch(examples, order, n_threads, rates),)

    def evaluate(self, examples: Examples, n_threads: int) -> tuple[Evaluation, ...]:
        """Return loss and accuracy in inference mode."""
        return (self._trainer.evaluate(examples, n_threads),)

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        """Return class probabilities in inference mode, shape ``(1, n, n_classes)``."""
        return self._trainer.probabilities(features, n_threads)[np.newaxis]

    def diagnostics(self, epoch: int) -> tuple[tuple[LayerDiagnostics, ...], ...]:
        """Return what the last ``train_epoch`` recorded."""
        return (self._trainer.diagnostics(epoch),)

    def weights(self) -> tuple[Weights, ...]:
        """Return copies of all parameter tensors."""
        return (self._trainer.weights(),)

    def states(self) -> tuple[TrainerState, ...]:
        """Return a copy of all that training goes on from."""
        return (self._trainer.state(),)

    def restore(self, run: int, state: TrainerState) -> None:  # noqa: ARG002  # there is but one
        """Go on from a state."""
        self._trainer.restore(state)

    def keep(self, runs: Sequence[int]) -> None:
        """Do nothing: the one run is always kept."""

    def request_stop(self) -> None:
        """Ask the trainer to stop."""
        self._trainer.request_stop()
