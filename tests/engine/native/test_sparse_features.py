"""Sparse features through either engine: the same run, to the bit, as with the features given dense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from helpers import blobs, engine_named
from mlpstudy.arrays import Features, Float32Array
from mlpstudy.engine import RunTask
from mlpstudy.records import Dataset, Examples, RunResult
from mlpstudy.study import Architecture, Network, Training
from runs import run_alone

ARCHITECTURE = Architecture(
    name="two",
    levels=(("size", "two"),),
    network=Network(hidden=(9, 5), batch_normalisation=True),
    training=Training(epochs=2, batch_size=32),
)


def both_forms() -> tuple[Dataset, Dataset]:
    """A data set with many zeros, dense and sparse."""
    data = blobs(n_features=40)

    def thinned(examples: Examples, form: Callable[[Float32Array], Features]) -> Examples:
        features = np.asarray(examples.features, dtype=np.float32)
        return Examples(form(np.where(np.abs(features) > 2, features, np.float32(0))), examples.labels)

    def whole(form: Callable[[Float32Array], Features]) -> Dataset:
        test = thinned(data.test, form)
        return replace(data, train=thinned(data.train, form), validation=test, test=test)

    return whole(np.asarray), whole(csr_array)


def run(engine_name: str, data: Dataset) -> RunResult:
    """Train one run to its end."""
    engine, task = engine_named(engine_name), RunTask("0" * 16, ARCHITECTURE, 0, 0)
    result = run_alone(engine, task, data)
    assert result is not None
    return result


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_a_run_on_sparse_features_is_the_run_on_dense_ones(engine: str) -> None:
    """Losses, final weights and the outcome on the test examples are equal, bit for bit."""
    dense, sparse = (run(engine, data) for data in both_forms())
    assert [(e.train_loss, e.val_loss) for e in sparse.epochs] == [(e.train_loss, e.val_loss) for e in dense.epochs]
    for name, tensor in dense.final_weights.items():
        np.testing.assert_array_equal(sparse.final_weights[name], tensor)
    assert dense.outcome is not None
    assert sparse.outcome is not None
    np.testing.assert_array_equal(sparse.outcome.p_true, dense.outcome.p_true)
    np.testing.assert_array_equal(sparse.outcome.predicted, dense.outcome.predicted)
