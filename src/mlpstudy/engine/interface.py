"""What an engine is: something that makes trainers. Both engines stand behind these two protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mlpstudy.records import Examples, Features, Float32Array, LayerDiagnostics, TrainerState, Weights
    from mlpstudy.spec import Architecture


class EpochTraining(NamedTuple):
    """Running means of one epoch in training mode; ``stopped`` where it was asked to stop before its end."""

    loss: float
    accuracy: float
    stopped: bool


class Evaluation(NamedTuple):
    """Means over examples in inference mode."""

    loss: float
    accuracy: float


class Trainer(Protocol):
    """One run being trained: a network, its optimiser, its dropout stream."""

    def train_epoch(self, examples: Examples, order: npt.NDArray[np.int64], n_threads: int) -> EpochTraining:
        """Train on the examples in the given order, in batches; the short last batch is trained on."""
        ...

    def evaluate(self, examples: Examples, n_threads: int) -> Evaluation:
        """Return loss and accuracy in inference mode."""
        ...

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        """Return class probabilities in inference mode, shape ``(n, n_classes)``."""
        ...

    def diagnostics(self, epoch: int) -> tuple[LayerDiagnostics, ...]:
        """Return what the last ``train_epoch`` recorded, as of that epoch; nothing where diagnostics are off."""
        ...

    def weights(self) -> Weights:
        """Return copies of all parameter tensors by name, in the order of the layers."""
        ...

    def state(self) -> TrainerState:
        """Return a copy of all that training goes on from; between epochs."""
        ...

    def restore(self, state: TrainerState) -> None:
        """Go on from a state of the same architecture, of the same build on the same machine.

        Raises:
            ValueError: the state is not of this architecture.
        """
        ...

    def request_stop(self) -> None:
        """Make a running ``train_epoch`` return soon; may be called from another thread."""
        ...


class Engine(Protocol):
    """What trains runs."""

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
