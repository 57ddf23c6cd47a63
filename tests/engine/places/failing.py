"""An engine that fails, for tests of what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlpstudy.arrays import Weights
from mlpstudy.engine import get_engine
from mlpstudy.engine.interface import EpochTraining, Trainer
from mlpstudy.study import Architecture


class FailingEngine:
    """The native engine, but some runs fail.

    Args:
        error: makes what is raised; anew each time, for an error keeps alive what it was raised among.
        width: of their only hidden layer.
        key: of the dropout masks of the one that fails; all of that width do where it is None.
        after: steps of its training, from its beginning; it cannot even be begun where it is None.
    """

    name = "native"

    def __init__(
        self, error: Callable[[], Exception], *, width: int, key: int | None = None, after: int | None = None
    ) -> None:
        self._native = get_engine("native")
        self._error, self._width, self._key, self._after = error, width, key, after

    def version(self) -> str:
        return self._native.version()

    def instruction_set(self) -> str:
        return self._native.instruction_set()

    def build(self) -> str:
        return self._native.build()

    def trainer(
        self, architecture: Architecture, initial_weights: Weights, *, dropout_key: int, **settings: Any
    ) -> Trainer:
        trainer = self._native.trainer(architecture, initial_weights, dropout_key=dropout_key, **settings)
        if architecture.network.hidden != (self._width,) or self._key not in (None, dropout_key):
            return trainer
        if self._after is None:
            raise self._error()
        train_epoch, after = trainer.train_epoch, self._after

        def failing(*epoch: Any, **named: Any) -> EpochTraining:
            if trainer.state().n_steps >= after:
                raise self._error()
            return train_epoch(*epoch, **named)

        trainer.train_epoch = failing  # type: ignore[method-assign]  # a wrapper of the same shape
        return trainer
