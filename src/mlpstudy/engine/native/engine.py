"""The native engine: compiled kernels for the CPU, behind the interface that all engines share."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mlpstudy.engine.interface import EpochTraining, Evaluation
from mlpstudy.engine.native import _kernels
from mlpstudy.engine.native.layout import column_groups
from mlpstudy.engine.provenance import package_version
from mlpstudy.engine.run.diagnostics import dense_layers
from mlpstudy.engine.run.state import steps_of, tensors_of
from mlpstudy.errors import EngineError
from mlpstudy.records import LayerDiagnostics, TrainerState
from mlpstudy.records.sparse import narrow
from mlpstudy.study import layers_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mlpstudy.arrays import Features, Float32Array, FloatArray, Weights
    from mlpstudy.records import Examples
    from mlpstudy.study import Architecture


class NativeTrainer:
    """One run in the compiled kernels; every method releases the GIL while it computes."""

    def __init__(
        self,
        architecture: Architecture,
        initial_weights: Weights,
        *,
        n_classes: int,
        image_shape: tuple[int, int] | None,
        dropout_key: int,
    ) -> None:
        network, training = architecture.network, architecture.training
        table = layers_of(network, initial_weights)
        tensors = [tensor for layer in table for tensor in layer.tensors]
        n_features = tensors[0].shape[0]
        self._layers = dense_layers(table)
        self._names = tuple(tensor.name for tensor in tensors)
        self._trained = tuple(tensor.name for tensor in tensors if tensor.is_trained)
        self.network = _kernels.Network(
            n_inputs=n_features,
            hidden=list(network.hidden),
            n_classes=n_classes,
            activation=network.activation,
            batch_normalisation=network.batch_normalisation,
            bn_momentum=network.bn_momentum,
            bn_epsilon=network.bn_epsilon,
            dropout=[network.dropout] * len(network.hidden),
            loss=architecture.loss.name,
            optimiser=training.optimizer,
            learning_rate=training.learning_rate,
            optimiser_settings=training.optimiser_settings,
            batch_size=training.batch_size,
            dropout_key=dropout_key,
            column_groups=column_groups(n_features, image_shape),
            diagnostics=training.diagnostics,
        )
        self.network.set_parameters(list(initial_weights.values()))
        self._evaluated: Examples | None = None
        self._is_prepared = False

    def train_epoch(
        self,
        examples: Examples,
        order: npt.NDArray[np.int64],
        n_threads: int,
        learning_rates: FloatArray | None = None,
    ) -> EpochTraining:
        """Train on the examples in the given order: one compiled call."""
        done = self.network.train_epoch(narrow(examples.features), examples.labels, order, n_threads, learning_rates)
        return EpochTraining(done.loss, done.accuracy, done.stopped, done.is_finite)

    def evaluate(self, examples: Examples, n_threads: int) -> Evaluation:
        """Return loss and accuracy in inference mode; the last examples are remembered, so that epochs reuse them."""
        if examples is not self._evaluated:
            # Forgotten first: what was prepared before is gone even where preparing fails.
            self._evaluated = None
            self._is_prepared = self.network.prepare(narrow(examples.features), examples.labels, n_threads)
            self._evaluated = examples
        if self._is_prepared:
            return Evaluation(*self.network.evaluate_prepared(n_threads))
        return Evaluation(*self.network.evaluate(narrow(examples.features), examples.labels, n_threads))

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        """Return class probabilities in inference mode, shape ``(n, n_classes)``."""
        return self.network.probabilities(narrow(features), n_threads)

    def diagnostics(self, epoch: int) -> tuple[LayerDiagnostics, ...]:
        """Return what the last ``train_epoch`` recorded of every layer."""
        rows = self.network.diagnostics()
        layers = self._layers if rows else ()
        return tuple(LayerDiagnostics(epoch, layer, *row) for layer, row in zip(layers, rows, strict=True))

    def weights(self) -> Weights:
        """Return copies of all parameter tensors by name."""
        return dict(zip(self._names, self.network.parameters(), strict=True))

    def set_weights(self, weights: Weights) -> None:
        """Compute with other weights: the kernels check shapes and types before they take anything."""
        self.network.set_parameters([weights[name] for name in self._names])

    def state(self) -> TrainerState:
        """Return parameters, moving statistics, the optimiser's slots and the step, which also keys dropout masks."""
        n_steps, slots = self.network.optimiser_state()
        tensors = {f"parameter/{name}": tensor for name, tensor in self.weights().items()}
        for slot, arrays in zip(self.network.slots, slots, strict=True):
            tensors |= {f"{slot}/{name}": tensor for name, tensor in zip(self._trained, arrays, strict=True)}
        return TrainerState(n_steps, tensors)

    def restore(self, state: TrainerState) -> None:
        """Go on from a state: the kernels check shapes and types before they take anything."""
        n_steps = steps_of(state)
        slots = [tensors_of(state, slot, self._trained) for slot in self.network.slots]
        self.network.set_parameters(tensors_of(state, "parameter", self._names))
        self.network.set_optimiser_state(n_steps, slots)

    def request_stop(self) -> None:
        """Make a running ``train_epoch`` return after its current step."""
        self.network.request_stop()


@cache
def _build() -> str:
    return hashlib.sha256(Path(_kernels.__file__).read_bytes()).hexdigest()


class NativeEngine:
    """Compiled CPU kernels.

    Raises:
        EngineError: the instruction set that is asked for through ``MLPSTUDY_INSTRUCTION_SET`` cannot be had.
    """

    name = "native"

    def __init__(self) -> None:
        try:
            self._instruction_set = _kernels.instruction_set()
        except ValueError as error:
            raise EngineError(str(error)) from None

    def version(self) -> str:
        """Return the version of this package: the kernels are part of it."""
        return package_version()

    def instruction_set(self) -> str:
        """Return the instruction set that the kernels use."""
        return self._instruction_set

    def build(self) -> str:
        """Return the SHA-256 of the compiled kernels."""
        return _build()

    def trainer(
        self,
        architecture: Architecture,
        initial_weights: Weights,
        *,
        n_classes: int,
        image_shape: tuple[int, int] | None,
        dropout_key: int,
    ) -> NativeTrainer:
        """Return a trainer that starts from the given weights."""
        return NativeTrainer(
            architecture, initial_weights, n_classes=n_classes, image_shape=image_shape, dropout_key=dropout_key
        )
