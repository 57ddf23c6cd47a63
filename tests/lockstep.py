"""An engine that trains cohorts, for tests: native trainers in step. What holds of it must hold of any other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Features, Float32Array, FloatArray, Weights
from mlpstudy.engine import get_engine
from mlpstudy.engine.interface import Cohort, CohortEngine, Engine, EpochTraining, Evaluation, Trainer
from mlpstudy.records import Dataset, Examples, LayerDiagnostics, TrainerState
from mlpstudy.study import Architecture

NOT_TRAINED = EpochTraining(float("nan"), float("nan"), stopped=True, is_finite=True)


class Lockstep:
    """A cohort of trainers, an epoch of one after the other's."""

    def __init__(self, trainers: Sequence[Trainer]) -> None:
        self.trainers = list(trainers)
        self._lock = threading.Lock()
        self._asked = self.trainers[0]

    def train_epoch(
        self,
        examples: Examples,
        orders: npt.NDArray[np.int64],
        n_threads: int,
        learning_rates: FloatArray | None = None,
    ) -> tuple[EpochTraining, ...]:
        self._check("orders", "n", orders)
        if learning_rates is not None:
            self._check("learning_rates", "n_steps", learning_rates)
        done: list[EpochTraining] = []
        rates = [None] * len(self.trainers) if learning_rates is None else learning_rates
        for trainer, order, own_rates in zip(self.trainers, orders, rates, strict=True):
            with self._lock:
                self._asked = trainer
            done.append(trainer.train_epoch(examples, order, n_threads, own_rates))
            if done[-1].stopped:
                break
        with self._lock:
            self._asked = self.trainers[0]
        if not done[-1].stopped:
            return tuple(done)
        given_up = [one._replace(stopped=True) for one in done]
        return (*given_up, *[NOT_TRAINED] * (len(self.trainers) - len(done)))

    def _check(self, what: str, n: str, given: npt.NDArray[Any]) -> None:
        if len(given) != len(self.trainers):
            message = f"{what} must have shape ({len(self.trainers)}, {n}), got shape {given.shape}"
            raise ValueError(message)

    def evaluate(self, examples: Examples, n_threads: int) -> tuple[Evaluation, ...]:
        return tuple(trainer.evaluate(examples, n_threads) for trainer in self.trainers)

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        return np.stack([trainer.probabilities(features, n_threads) for trainer in self.trainers])

    def diagnostics(self, epoch: int) -> tuple[tuple[LayerDiagnostics, ...], ...]:
        return tuple(trainer.diagnostics(epoch) for trainer in self.trainers)

    def weights(self) -> tuple[Weights, ...]:
        return tuple(trainer.weights() for trainer in self.trainers)

    def states(self) -> tuple[TrainerState, ...]:
        return tuple(trainer.state() for trainer in self.trainers)

    def restore(self, run: int, state: TrainerState) -> None:
        self.trainers[run].restore(state)

    def keep(self, runs: Sequence[int]) -> None:
        with self._lock:
            self.trainers = [self.trainers[run] for run in runs]
            self._asked = self.trainers[0]

    def request_stop(self) -> None:
        with self._lock:
            self._asked.request_stop()


class LockstepEngine:
    """The runs of an engine that trains them one by one, so many at once.

    Args:
        size: runs of a cohort.
        engine: what makes their trainers; the native engine where it is None.
    """

    name = "native"

    def __init__(self, size: int = 3, engine: Engine | None = None) -> None:
        self.size = size
        self._engine = engine or get_engine("native")
        self.version, self.build = self._engine.version, self._engine.build
        self.instruction_set = self._engine.instruction_set

    def cohort_size(self, architecture: Architecture, dataset: Dataset) -> int:  # noqa: ARG002  # the same for all
        return self.size

    def cohort(
        self,
        architecture: Architecture,
        initial_weights: Sequence[Weights],
        *,
        n_classes: int,
        image_shape: tuple[int, int] | None,
        dropout_keys: Sequence[int],
    ) -> Lockstep:
        assert 1 <= len(initial_weights) == len(dropout_keys) <= self.size
        return Lockstep(
            [
                self._engine.trainer(
                    architecture, weights, n_classes=n_classes, image_shape=image_shape, dropout_key=key
                )
                for weights, key in zip(initial_weights, dropout_keys, strict=True)
            ]
        )


class OneOfThree:
    """An engine whose trainer is a run in the middle of a cohort of three: what a trainer promises holds in company."""

    def __init__(self, engine: CohortEngine) -> None:
        self._engine = engine
        self.name = engine.name

    def version(self) -> str:
        return self._engine.version()

    def build(self) -> str:
        return self._engine.build()

    def instruction_set(self) -> str:
        return self._engine.instruction_set()

    def trainer(
        self,
        architecture: Architecture,
        initial_weights: Weights,
        *,
        n_classes: int,
        image_shape: tuple[int, int] | None,
        dropout_key: int,
    ) -> Trainer:
        other = {name: np.float32(0.5) * tensor for name, tensor in initial_weights.items()}
        cohort = self._engine.cohort(
            architecture,
            [other, initial_weights, other],
            n_classes=n_classes,
            image_shape=image_shape,
            dropout_keys=[dropout_key + 1, dropout_key, dropout_key + 2],
        )
        return Middle(cohort)


class Middle:
    """The trainer of the run in the middle of three, its neighbours trained on the same examples."""

    def __init__(self, cohort: Cohort) -> None:
        self._cohort = cohort
        self.request_stop = cohort.request_stop

    def train_epoch(
        self,
        examples: Examples,
        order: npt.NDArray[np.int64],
        n_threads: int,
        learning_rates: FloatArray | None = None,
    ) -> EpochTraining:
        rates = None if learning_rates is None else np.stack([learning_rates] * 3)
        return self._cohort.train_epoch(examples, np.stack([order] * 3), n_threads, rates)[1]

    def evaluate(self, examples: Examples, n_threads: int) -> Evaluation:
        return self._cohort.evaluate(examples, n_threads)[1]

    def probabilities(self, features: Features, n_threads: int) -> Float32Array:
        return np.ascontiguousarray(self._cohort.probabilities(features, n_threads)[1])

    def diagnostics(self, epoch: int) -> tuple[LayerDiagnostics, ...]:
        return self._cohort.diagnostics(epoch)[1]

    def weights(self) -> Weights:
        return self._cohort.weights()[1]

    def set_weights(self, weights: Weights) -> None:
        state = self.state()
        own = {f"parameter/{name}": tensor for name, tensor in weights.items()}
        self.restore(replace(state, tensors={**state.tensors, **own}))

    def state(self) -> TrainerState:
        return self._cohort.states()[1]

    def restore(self, state: TrainerState) -> None:
        self._cohort.restore(1, state)
