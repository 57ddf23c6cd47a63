"""One run: what it records, how it ends, and what its random numbers depend on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from helpers import blobs
from mlpstudy.engine import RunTask, get_engine
from mlpstudy.engine.interface import EpochTraining, Evaluation
from mlpstudy.engine.run.endings import first_diverged_epoch
from mlpstudy.records import Checkpoint, Dataset, EpochRecord, Resumption, RunResult, TrainerState
from mlpstudy.study import Architecture, Network, Training
from runs import run_alone


def task(
    seed: int = 0, study_seed: int = 0, *, hidden: tuple[int, ...] = (16,), learning_rate: float = 0.01
) -> RunTask:
    """Return a run of a small network."""
    made = Architecture(
        name="small",
        levels=(("width", "small"),),
        network=Network(hidden=hidden, batch_normalisation=True, bn_momentum=0.8, dropout=0.2),
        training=Training(epochs=4, batch_size=16, learning_rate=learning_rate),
    )
    return RunTask(f"run{seed}", made, seed, study_seed)


def train(
    one: RunTask,
    dataset: Dataset | None = None,
    *,
    n_threads: int = 1,
    stopped: Callable[[], bool] = lambda: False,
    found: Resumption = Resumption(),  # noqa: B008  # it is frozen
) -> RunResult | None:
    """Train one run with the native engine."""
    return run_alone(get_engine("native"), one, dataset or blobs(), found=found, n_threads=n_threads, stopped=stopped)


def finished(one: RunTask, dataset: Dataset | None = None, *, n_threads: int = 1) -> RunResult:
    """Train one run to its end."""
    result = train(one, dataset, n_threads=n_threads)
    assert result is not None
    return result


def test_a_finished_run_records_what_it_did() -> None:
    """Record, epochs, outcome and weights agree with each other and with the data."""
    data = blobs()
    result = finished(task(), data)
    record = result.record
    assert (record.status, record.n_epochs_done, record.reason) == ("finished", 4, None)
    assert [epoch.epoch for epoch in result.epochs] == [1, 2, 3, 4]
    assert result.outcome is not None
    accuracy = float((result.outcome.predicted == data.test.labels).mean())
    assert record.test_accuracy == accuracy
    assert record.test_accuracy == result.epochs[-1].val_accuracy  # of the same examples
    assert record.test_loss == pytest.approx(result.epochs[-1].val_loss, rel=1e-5)
    assert accuracy > 0.9
    assert result.epochs[-1].train_loss < result.epochs[0].train_loss
    assert list(result.initial_weights) == list(result.final_weights)
    assert (record.n_parameters, record.n_trainable) == (
        6 * 16 + 16 + 4 * 16 + 16 * 3 + 3,
        6 * 16 + 16 + 32 + 16 * 3 + 3,
    )


@pytest.mark.parametrize("n_threads", [2, 3])
def test_threads_do_not_change_a_bit(n_threads: int) -> None:
    """However many threads compute a run, its weights are the same to the last bit."""
    one, more = finished(task()), finished(task(), n_threads=n_threads)
    for name, weights in one.final_weights.items():
        np.testing.assert_array_equal(weights, more.final_weights[name])
    assert [e.train_loss for e in one.epochs] == [e.train_loss for e in more.epochs]


def test_seeds_change_everything_and_the_same_seed_nothing() -> None:
    """A seed decides initial weights, batch order and dropout masks; the study seed as well."""
    first, again, other, elsewhere = (finished(t) for t in (task(0), task(0), task(1), task(0, study_seed=1)))
    kernel = "hidden_1.kernel"
    np.testing.assert_array_equal(first.final_weights[kernel], again.final_weights[kernel])
    for different in (other, elsewhere):
        assert not np.array_equal(first.initial_weights[kernel], different.initial_weights[kernel])
        assert not np.array_equal(first.final_weights[kernel], different.final_weights[kernel])


def test_a_learning_rate_of_a_million_diverges() -> None:
    """A run that ends worse than guessing has diverged: recorded with its epoch, without an outcome."""
    result = finished(task(learning_rate=1e6, hidden=(16, 16)))
    assert result.record.status == "diverged"
    assert result.record.diverged_epoch == 1
    assert result.record.reason is not None
    assert result.outcome is None
    assert (result.record.test_loss, result.record.test_accuracy) == (None, None)


def test_a_loss_that_is_not_finite_ends_the_run_with_its_epoch() -> None:
    """Data that overflow give an infinite or undefined loss; no further epoch is trained."""
    data = blobs()
    assert isinstance(data.train.features, np.ndarray)
    data.train.features[:] *= np.float32(1e37)
    result = finished(task(hidden=(16, 16)), data)
    assert (result.record.status, result.record.n_epochs_done) == ("diverged", 1)
    assert "not finite" in str(result.record.reason)


def test_divergence_counts_from_where_the_bad_stretch_begins() -> None:
    """A bad epoch from which a run recovers is no divergence."""

    def epochs(*losses: float) -> list[EpochRecord]:
        return [EpochRecord(i, loss, 0.5, 1.0, 0.5, 0.1, 0.1) for i, loss in enumerate(losses, start=1)]

    assert first_diverged_epoch(epochs(9.0, 1.0, 0.5), 4.3) is None
    assert first_diverged_epoch(epochs(1.0, 9.0, 9.0), 4.3) == 2
    assert first_diverged_epoch(epochs(1.0, 0.9, math.nan), 4.3) == 3
    assert first_diverged_epoch(epochs(2.4, 2.4, 2.4), 4.3) is None


def test_a_stopped_run_leaves_nothing() -> None:
    """A run that is given up has no result."""
    assert train(task(), stopped=lambda: True) is None


class Scripted:
    """An engine and its trainer: epochs as they are told, probabilities as given."""

    name = "scripted"

    def __init__(self, *epochs: EpochTraining, test_probability: float = 0.5) -> None:
        self._epochs = list(epochs)
        self._test_probability = test_probability

    def trainer(self, *_: Any, **__: Any) -> Any:
        return self

    def version(self) -> str:
        return "1"

    instruction_set = build = version

    def train_epoch(self, *_: Any) -> EpochTraining:
        return self._epochs.pop(0)

    def evaluate(self, *_: Any) -> Evaluation:
        return Evaluation(0.5, 0.9)

    def probabilities(self, features: Any, _: int) -> Any:
        return np.full((features.shape[0], 3), self._test_probability, np.float32)

    def diagnostics(self, _: int) -> tuple[()]:
        return ()

    def weights(self) -> dict[str, Any]:
        return {}

    def state(self) -> TrainerState:
        return TrainerState(0, {})


def scripted(engine: Scripted) -> RunResult:
    """Run what an engine is told to do."""
    result = run_alone(engine, task(), blobs())
    assert result is not None
    return result


GOOD = EpochTraining(0.5, 0.9, stopped=False, is_finite=True)


def test_a_weight_that_is_not_finite_ends_the_run_with_its_epoch() -> None:
    """Losses may not show it: the run has diverged with the epoch that left it, and trains no further."""
    result = scripted(Scripted(GOOD, GOOD._replace(is_finite=False)))
    record = result.record
    assert (record.status, record.reason, record.diverged_epoch) == ("diverged", "a weight is not finite", 2)
    assert [epoch.train_loss for epoch in result.epochs] == [0.5, 0.5]
    assert result.outcome is None


def test_a_test_loss_that_is_not_finite_is_no_result() -> None:
    """Validation examples need not be the test examples: a run that cannot say anything of these has diverged."""
    record = scripted(Scripted(*[GOOD] * 4, test_probability=math.nan)).record
    assert (record.status, record.reason, record.diverged_epoch) == ("diverged", "the test loss is not finite", 4)
    assert (record.test_loss, record.test_accuracy, record.n_epochs_done) == (None, None, 4)
    assert scripted(Scripted(*[GOOD] * 4)).record.status == "finished"


def test_nothing_is_left_of_a_checkpoint_that_is_refused_half_way() -> None:
    """Its weights fit and its moments do not: the run begins anew, from its initial weights."""
    wanted = finished(task())
    weights = wanted.final_weights
    tensors = {f"parameter/{name}": tensor for name, tensor in weights.items()}
    for part in ("m", "v"):
        tensors |= {f"{part}/{name}": tensor for name, tensor in weights.items() if ".moving_" not in name}
    tensors["v/output.bias"] = np.zeros(9, np.float32)
    checkpoint = Checkpoint("run0", "", "", 0.0, wanted.epochs[:1], (), TrainerState(16, tensors))
    result = train(task(), found=Resumption(checkpoint))
    assert result is not None
    assert [epoch.train_loss for epoch in result.epochs] == [epoch.train_loss for epoch in wanted.epochs]
    for name, tensor in weights.items():
        np.testing.assert_array_equal(result.final_weights[name], tensor)


def test_a_checkpoint_of_all_epochs_is_none() -> None:
    """No run leaves one: it begins anew, instead of ending with what a file says of every epoch."""
    wanted = finished(task())
    tensors = {f"parameter/{name}": tensor for name, tensor in wanted.initial_weights.items()}
    for part in ("m", "v"):
        tensors |= {f"{part}/{name}": 0 * w for name, w in wanted.final_weights.items() if ".moving_" not in name}
    checkpoint = Checkpoint("run0", "", "", 0.0, wanted.epochs, (), TrainerState(0, tensors))
    result = train(task(), found=Resumption(checkpoint))
    assert result is not None
    assert result.record.test_loss == wanted.record.test_loss
