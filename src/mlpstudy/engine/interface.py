"""What an engine is: something that trains runs, one by one or many of one architecture at once.

An engine that trains one run at a time is an ``Engine`` and makes a ``Trainer`` a run; one that trains many together
is a ``CohortEngine`` and makes a ``Cohort``. Whoever trains with them takes either: ``engine/run`` makes a cohort of
one of a trainer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from mlpstudy.arrays import Features, Float32Array, FloatArray, Weights
    from mlpstudy.records import Dataset, Examples, LayerDiagnostics, TrainerState
    from mlpstudy.study import Architecture

MAX_THREADS = 256
"""Most threads that an engine takes for one network."""


class EpochTraining(NamedTuple):
    """Running means of one epoch in training mode.

    Attributes:
        loss: mean over the examples that were trained on, each before its step's update; NaN where there are none.
        accuracy: share of hits among them; NaN where there are none.
        stopped: whether it was asked to stop before its end.
        is_finite: whether all parameters and moving statistics are finite after it. One that is not need not show in
            any loss: it may belong to an input that no example lights.
    """

    loss: float
    accuracy: float
    stopped: bool
    is_finite: bool


class Evaluation(NamedTuple):
    """Means over examples in inference mode."""

    loss: float
    accuracy: float


class Trainer(Protocol):
    """One run being trained: a network, its optimiser, its dropout stream.

    An example is a hit where the first of its largest probabilities, as computed in float32, is that of its class.
    Where its probabilities are NaN its loss is NaN, and it is no hit. A network one of whose parameters or moving
    statistics is not finite gives every example NaN when it is evaluated, also those that would not see it.

    Arguments of another type or dtype raise TypeError, of another shape or out of range ValueError; no examples to
    train on or to evaluate are out of range. Nothing has then changed.
    """

    def train_epoch(
        self,
        examples: Examples,
        order: npt.NDArray[np.int64],
        n_threads: int,
        learning_rates: FloatArray | None = None,
    ) -> EpochTraining:
        """Train on the examples in the given order, in batches; the short last batch is trained on.

        Args:
            examples: the training examples.
            order: their rows.
            n_threads: how many threads may compute.
            learning_rates: the step size of each step, float64, shape ``(n_steps,)``, finite and at least 0; where they
                are None, each step has the architecture's ``learning_rate``.
        """
        ...

    def evaluate(self, examples: Examples, n_threads: int) -> Evaluation:
        """Return loss and accuracy in inference mode."""
        ...

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        """Return class probabilities in inference mode, shape ``(n, n_classes)``; n may be 0."""
        ...

    def diagnostics(self, epoch: int) -> tuple[LayerDiagnostics, ...]:
        """Return what the last ``train_epoch`` recorded, as of that epoch; nothing where diagnostics are off."""
        ...

    def weights(self) -> Weights:
        """Return copies of all parameter tensors by name, in the order of the layers."""
        ...

    def set_weights(self, weights: Weights) -> None:
        """Compute with the weights of another run of this architecture; the optimiser stays where it is.

        Raises:
            ValueError: a tensor has another shape; a part may have been taken over.
        """
        ...

    def state(self) -> TrainerState:
        """Return a copy of all that training goes on from; between epochs."""
        ...

    def restore(self, state: TrainerState) -> None:
        """Go on from a state of the same architecture, of the same build on the same machine.

        Raises:
            ValueError: the state is not of this architecture; a part of it may have been taken over.
        """
        ...

    def request_stop(self) -> None:
        """Make the running ``train_epoch`` return after its current step, or the next one before its first.

        A request ends one epoch and is used up by it. May be called from another thread.
        """
        ...


class Cohort(Protocol):
    """Runs of one architecture being trained together, in step: a trainer a run, all of them in one call.

    What ``Trainer`` promises of a run holds for each of these: a run's bits are those that it has alone, whoever is
    trained beside it, and a network that is not finite leaves the others as they are. Results come in the order of the
    runs.
    """

    def train_epoch(
        self,
        examples: Examples,
        orders: npt.NDArray[np.int64],
        n_threads: int,
        learning_rates: FloatArray | None = None,
    ) -> Sequence[EpochTraining]:
        """Train each run on the examples in its own order, with its own step sizes. All stop, or none.

        ``orders`` has shape (run, n), ``learning_rates``, where they are given, (run, n_steps).
        """
        ...

    def evaluate(self, examples: Examples, n_threads: int) -> Sequence[Evaluation]:
        """Return loss and accuracy of each run in inference mode."""
        ...

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        """Return class probabilities in inference mode, shape ``(run, n, n_classes)``."""
        ...

    def diagnostics(self, epoch: int) -> Sequence[tuple[LayerDiagnostics, ...]]:
        """Return what the last ``train_epoch`` recorded of each run, as of that epoch."""
        ...

    def weights(self) -> Sequence[Weights]:
        """Return copies of the parameter tensors of each run."""
        ...

    def states(self) -> Sequence[TrainerState]:
        """Return copies of all that each run goes on from; between epochs."""
        ...

    def restore(self, run: int, state: TrainerState) -> None:
        """Let one run, by its position, go on from a state; the others stay as they are.

        Raises:
            ValueError: the state is not of this architecture; the run may have taken over a part of it.
        """
        ...

    def keep(self, runs: Sequence[int]) -> None:
        """Go on with these runs alone, by their positions in ascending order; there is at least one."""
        ...

    def request_stop(self) -> None:
        """Make the running ``train_epoch`` return soon, or the next one before its first step, as ``Trainer`` does."""
        ...


class Origin(Protocol):
    """What computes, and what tells its numbers from those of another."""

    name: str

    def version(self) -> str:
        """Return the version of what computes."""
        ...

    def instruction_set(self) -> str:
        """Return the instruction set or the device that computes."""
        ...

    def build(self) -> str:
        """Return what tells one build of it from another: a state is gone on from by the build that made it."""
        ...


class Engine(Origin, Protocol):
    """What trains runs one by one."""

    def trainer(
        self,
        architecture: Architecture,
        initial_weights: Weights,
        *,
        n_classes: int,
        image_shape: tuple[int, int] | None,
        dropout_key: int,
    ) -> Trainer:
        """Return a trainer that starts from the given weights."""
        ...


@runtime_checkable
class CohortEngine(Origin, Protocol):
    """What trains many runs of one architecture at once."""

    def cohort_size(self, architecture: Architecture, dataset: Dataset) -> int:
        """Return how many runs of an architecture are best trained together, at least 1."""
        ...

    def cohort(
        self,
        architecture: Architecture,
        initial_weights: Sequence[Weights],
        *,
        n_classes: int,
        image_shape: tuple[int, int] | None,
        dropout_keys: Sequence[int],
    ) -> Cohort:
        """Return a cohort of runs that start from the given weights, a key of its dropout masks each."""
        ...


AnyEngine = Engine | CohortEngine
