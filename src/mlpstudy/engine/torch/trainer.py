"""One run being trained with PyTorch autograd."""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from mlpstudy.engine.interface import EpochTraining, Evaluation
from mlpstudy.engine.run.state import steps_of, tensors_of
from mlpstudy.engine.torch.arguments import (
    check_examples,
    check_features,
    check_learning_rates,
    check_order,
    check_threads,
)
from mlpstudy.engine.torch.diagnostics import Recorder
from mlpstudy.engine.torch.losses.cross_entropy import hits
from mlpstudy.engine.torch.losses.menu import LOSSES
from mlpstudy.engine.torch.optimisers.menu import OPTIMISERS
from mlpstudy.records import TrainerState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from torch import Tensor

    from mlpstudy.arrays import Features, Float32Array, FloatArray, Weights
    from mlpstudy.engine.torch.network import MultilayerPerceptron
    from mlpstudy.records import Examples, LayerDiagnostics
    from mlpstudy.study import Architecture

EVALUATION_BATCH = 1000
"""Examples evaluated at once: enough to fill a core, few enough for its cache."""


class TorchTrainer:
    """One run: a module, its optimiser, its dropout generator.

    On the CPU a run computes on one thread, whatever ``n_threads`` allows: the order in which a matrix product
    adds up depends on the number of threads, and so would the results. Studies use all cores by training
    several runs at once.

    Args:
        module: returns the last layer's numbers.
        architecture: its training and its loss.
        generator: where the module draws its dropout masks from.
        device: where it computes.
    """

    def __init__(
        self, module: MultilayerPerceptron, architecture: Architecture, generator: torch.Generator, *, device: str
    ) -> None:
        training = architecture.training
        self._device = device
        self._module = module.to(device)
        self._batch_size, self._learning_rate = training.batch_size, training.learning_rate
        self._generator = generator
        self._trained, parameters = zip(*self._module.named_parameters(), strict=True)
        self._parameters = list(parameters)
        self._loss = LOSSES[architecture.loss.name]
        self._optimiser = OPTIMISERS[training.optimizer](self._parameters, training)
        self._recorder = Recorder(module, self._optimiser.changes) if training.diagnostics else None
        self._stop = threading.Event()

    def train_epoch(
        self,
        examples: Examples,
        order: npt.NDArray[np.int64],
        n_threads: int,
        learning_rates: FloatArray | None = None,
    ) -> EpochTraining:
        """Train on the examples in the given order, in batches; the short last batch is trained on."""
        self._check(examples, n_threads)
        check_order(order, len(examples))
        starts = range(0, len(order), self._batch_size)
        rates = np.full(len(starts), self._learning_rate) if learning_rates is None else learning_rates
        check_learning_rates(rates, len(starts))
        losses: list[Tensor] = []
        n_hits: list[Tensor] = []
        n_done, is_stopped = 0, False
        with _settings():
            self._module.train()
            if self._recorder is not None:
                self._recorder.start(len(order), self._batch_size)
            for start, rate in zip(starts, rates.tolist(), strict=True):
                if is_stopped := self._takes_request():
                    break
                x, labels = self._batch(examples, order[start : start + self._batch_size])
                loss, n = self._step(x, labels, rate)
                losses.append(loss)
                n_hits.append(n)
                n_done += len(labels)
        return EpochTraining(_mean(losses, n_done), _mean(n_hits, n_done), is_stopped, self._module.is_finite())

    def evaluate(self, examples: Examples, n_threads: int) -> Evaluation:
        """Return loss and accuracy in inference mode."""
        self._check(examples, n_threads)
        losses, n_hits = [], []
        with _settings(), torch.no_grad():
            self._module.eval()
            is_finite = self._module.is_finite()
            for rows in _rows(len(examples)):
                x, labels = self._batch(examples, rows)
                p = self._infer(x, is_finite=is_finite)
                losses.append(self._loss.of(p, labels).sum())
                n_hits.append(hits(p, labels).sum())
        return Evaluation(_mean(losses, len(examples)), _mean(n_hits, len(examples)))

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        """Return class probabilities in inference mode, shape ``(n, n_classes)``."""
        check_threads(n_threads)
        check_features(features, self._module.n_features)
        parts = [np.empty((0, self._module.n_classes), np.float32)]
        with _settings(), torch.no_grad():
            self._module.eval()
            is_finite = self._module.is_finite()
            for rows in _rows(features.shape[0]):
                x = torch.from_numpy(_dense(features, rows)).to(self._device)
                parts.append(self._infer(x, is_finite=is_finite).cpu().numpy())
        return np.concatenate(parts)

    def diagnostics(self, epoch: int) -> tuple[LayerDiagnostics, ...]:
        """Return what the last ``train_epoch`` recorded of every layer."""
        return () if self._recorder is None else self._recorder.result(epoch)

    def weights(self) -> Weights:
        """Return copies of all parameter tensors by name, in the order of the layers."""
        return self._module.weights()

    def set_weights(self, weights: Weights) -> None:
        """Compute with other weights; the optimiser stays where it is."""
        self._module.set_weights(weights)

    def state(self) -> TrainerState:
        """Return parameters, moving statistics, the optimiser's slots, and where the dropout generator stands."""
        tensors: dict[str, npt.NDArray[np.float32] | npt.NDArray[np.uint8]] = {
            f"parameter/{name}": tensor for name, tensor in self.weights().items()
        }
        for slot, kept in self._optimiser.slots.items():
            for name, tensor in zip(self._trained, kept, strict=True):
                tensors[f"{slot}/{name}"] = tensor.cpu().numpy().copy()
        tensors["generator/state"] = self._generator.get_state().numpy().copy()
        return TrainerState(self._optimiser.n_steps, tensors)

    def restore(self, state: TrainerState) -> None:
        """Go on from a state, on the same kind of device."""
        names = self._module.tensor_names
        self._module.set_weights(dict(zip(names, tensors_of(state, "parameter", names), strict=True)))
        for slot, kept in self._optimiser.slots.items():
            for tensor, given in zip(kept, tensors_of(state, slot, self._trained), strict=True):
                _check_shape(slot, tensor.shape, given.shape)
                tensor.copy_(torch.tensor(given))
        self._optimiser.n_steps = steps_of(state)
        (generator,) = tensors_of(state, "generator", ["state"], np.uint8)
        try:
            self._generator.set_state(torch.tensor(generator))
        except (RuntimeError, TypeError) as error:
            raise ValueError(str(error)) from error

    def request_stop(self) -> None:
        """Make the running ``train_epoch`` return after its current step, or the next one before its first."""
        self._stop.set()

    def _takes_request(self) -> bool:
        """Say whether a stop is requested; the request is then used up."""
        is_requested = self._stop.is_set()
        if is_requested:
            self._stop.clear()
        return is_requested

    def _check(self, examples: Examples, n_threads: int) -> None:
        check_threads(n_threads)
        check_examples(examples, self._module.n_features, self._module.n_classes)

    def _step(self, x: Tensor, labels: Tensor, learning_rate: float) -> tuple[Tensor, Tensor]:
        """Train on one batch; return the sum of its losses and the number of its hits."""
        if self._recorder is not None:
            self._recorder.before_step()
        p = self._loss.outputs(self._module(x))
        losses = self._loss.of(p, labels)
        gradients = torch.autograd.grad(losses.mean(), self._parameters)
        self._optimiser.step(gradients, learning_rate)
        if self._recorder is not None:
            self._recorder.after_step(gradients)
        return losses.detach().sum(), hits(p.detach(), labels).sum()

    def _infer(self, x: Tensor, *, is_finite: bool) -> Tensor:
        """Return the class probabilities of a batch; NaN of a network that is not finite."""
        p = self._loss.outputs(self._module(x))
        return p if is_finite else torch.full_like(p, math.nan)

    def _batch(self, examples: Examples, rows: npt.NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Copy some examples to the device: features and labels."""
        x = torch.from_numpy(_dense(examples.features, rows)).to(self._device)
        return x, torch.from_numpy(examples.labels[rows].astype(np.int64)).to(self._device)


def _check_shape(slot: str, wanted: Sequence[int], found: Sequence[int]) -> None:
    """Raise ValueError where an array of a slot is another architecture's."""
    if tuple(wanted) != tuple(found):
        message = f"a tensor of {slot} must have the shape {tuple(wanted)}, got {tuple(found)}"
        raise ValueError(message)


def _dense(features: Features, rows: npt.NDArray[np.int64]) -> Float32Array:
    """Copy some rows; sparse ones become dense here, a batch at a time."""
    chosen = features[rows]
    return chosen if isinstance(chosen, np.ndarray) else chosen.toarray()


def _rows(n: int) -> Iterator[npt.NDArray[np.int64]]:
    """Row numbers 0 to n - 1 in batches for evaluation."""
    for start in range(0, n, EVALUATION_BATCH):
        yield np.arange(start, min(start + EVALUATION_BATCH, n))


def _mean(sums: list[Tensor], n: int) -> float:
    """The mean over n examples, added up in float64, of sums that lie on the device; NaN over none."""
    return float(torch.stack(sums).cpu().double().sum()) / n if n else math.nan


@contextmanager
def _settings() -> Iterator[None]:
    """Compute on one thread with denormal numbers flushed to zero, in the calling thread only.

    Adam's moments become denormal after a few epochs, and an operation on one then costs some hundred cycles.
    """
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(n_threads)
