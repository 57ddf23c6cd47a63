"""The native engine beside its kernels: what it remembers between calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from helpers import blobs
from mlpstudy.engine.native.engine import NativeEngine, NativeTrainer
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.records import Examples
from mlpstudy.study import Architecture, Network, Training

DATA = blobs()


class Failing:
    """A network whose examples cannot be prepared; all else is the network's."""

    def __init__(self, network: Any, error: type[BaseException]) -> None:
        self._network, self._error = network, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def prepare(self, *arguments: Any) -> bool:
        self._network.prepare(*arguments)
        raise self._error


def trainer() -> NativeTrainer:
    """Return a trainer of a small network."""
    network = Network(hidden=(8,))
    weights = initial_weights(network, DATA.n_features, DATA.n_classes, study_seed=0, seed=0)
    architecture = Architecture(name="a", levels=(), network=network, training=Training())
    return NativeEngine().trainer(architecture, weights, n_classes=DATA.n_classes, image_shape=None, dropout_key=0)


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt, ValueError])
def test_an_evaluation_that_failed_is_not_remembered(error: type[BaseException]) -> None:
    """After a failure, whatever it was, examples are evaluated for themselves: new ones and the former ones."""
    one = trainer()
    former, new = DATA.test, Examples(DATA.test.features, np.zeros(len(DATA.test), np.int32))
    expected = [one.evaluate(examples, 1) for examples in (new, former)]
    network = one.network
    one.network = Failing(network, error)  # type: ignore[assignment]  # a double
    with pytest.raises(error):
        one.evaluate(new, 1)
    one.network = network
    assert [one.evaluate(examples, 1) for examples in (former, new, former)] == [*expected[::-1], expected[1]]
