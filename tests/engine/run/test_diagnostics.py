"""Diagnostics of a run: both engines agree on them, they travel with its events, and they change nothing else."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from helpers import blobs, engine_named
from mlpstudy.engine import EpochEnded, RunEnded, RunTask, train_runs
from mlpstudy.engine.interface import Trainer
from mlpstudy.engine.run.diagnostics import measured_steps
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.torch.optimisers.adam import Adam
from mlpstudy.records import LayerDiagnostics, RunResult
from mlpstudy.study import Architecture, Network, Study, Training, run_id
from mlpstudy.study.network.activations import ACTIVATIONS

DATA = blobs(n_train=1000)


def architecture(*, diagnostics: bool = True, learning_rate: float = 0.001, **network: object) -> Architecture:
    """Two hidden layers, two epochs of 31 steps."""
    settings = {"hidden": (9, 5)} | network
    return Architecture(
        name="two",
        levels=(("size", "two"),),
        network=Network.model_validate(settings),
        training=Training(epochs=2, batch_size=32, learning_rate=learning_rate, diagnostics=diagnostics),
    )


def run(engine: str, of: Architecture) -> tuple[list[EpochEnded], RunResult]:
    """Train one run to its end; return its epochs' events and its result."""
    events = list(train_runs(engine_named(engine), [RunTask("0" * 16, of, 0, 0)], DATA))
    (ended,) = (event for event in events if isinstance(event, RunEnded))
    return [event for event in events if isinstance(event, EpochEnded)], ended.result


def numbers(diagnostics: tuple[LayerDiagnostics, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Shape ``(epochs x layers, 6)``."""
    return np.array([astuple(row)[2:] for row in diagnostics], dtype=np.float64)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalise", [False, True])
def test_engines_agree(activation: str, *, normalise: bool) -> None:
    """All numbers of every layer and epoch are the other engine's, to float32 accuracy over 62 steps."""
    of = architecture(activation=activation, batch_normalisation=normalise)
    native, torch = (numbers(run(engine, of)[1].diagnostics) for engine in ("native", "torch"))
    of_size = np.delete(native, 4, axis=1), np.delete(torch, 4, axis=1)
    np.testing.assert_allclose(*of_size, rtol=5e-3, atol=1e-5)
    np.testing.assert_allclose(native[:, 4] / torch[:, 5], torch[:, 4] / torch[:, 5], atol=1e-3)  # a mean may be 0


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_an_update_counts_before_it_is_rounded_into_the_weights(engine: str) -> None:
    """A step of 1e-12 of the usual size changes no weight, and its ratio is 1e-12 of the usual one."""
    still, moving = (run(engine, architecture(learning_rate=0.001 * share))[1] for share in (1e-12, 1e-3))
    assert still.final_weights["output.kernel"].tobytes() == still.initial_weights["output.kernel"].tobytes()
    ratios = (np.array([row.update_ratio for row in result.diagnostics]) for result in (still, moving))
    np.testing.assert_allclose(next(ratios) * 1e9, next(ratios), rtol=0.02)


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_they_travel_with_epochs_and_result(engine: str) -> None:
    """Each epoch's event carries its layers from the first; the result carries all of them."""
    epochs, result = run(engine, architecture())
    assert [[row.layer for row in event.diagnostics] for event in epochs] == [["hidden_1", "hidden_2", "output"]] * 2
    assert [row.epoch for row in result.diagnostics] == [1, 1, 1, 2, 2, 2]
    assert tuple(row for event in epochs for row in event.diagnostics) == result.diagnostics


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_a_run_is_the_same_without_them(engine: str) -> None:
    """Losses and weights are equal, bit for bit; without them there are none."""
    (_, on), (_, off) = (run(engine, architecture(dropout=0.5, diagnostics=d)) for d in (True, False))
    assert off.diagnostics == ()
    assert [e.train_loss for e in on.epochs] == [e.train_loss for e in off.epochs]
    for name, tensor in off.final_weights.items():
        np.testing.assert_array_equal(on.final_weights[name], tensor)


def test_they_are_no_part_of_any_identity() -> None:
    """Turning them on leaves runs and study the same, so that a study can be continued with them."""
    plain, watched = (
        Study(
            name="one",
            data="mnist",
            factors={"size": {"a": {"hidden": [4]}, "b": {"hidden": [5]}}},
            training={"diagnostics": diagnostics},
        )
        for diagnostics in (False, True)
    )
    assert watched.architectures[0].training.diagnostics
    assert plain.identity() == watched.identity()
    ids = {run_id(s, s.architectures[0], 0, engine="native", data_sha256="x") for s in (plain, watched)}
    assert len(ids) == 1


def test_measured_steps_are_few_and_end_with_the_last_full_batch() -> None:
    """One in 32 at least apart, at most eight, the short batch only where there is no other."""
    assert measured_steps(60_000, 128) == (57, 116, 174, 233, 291, 350, 408, 467)
    assert measured_steps(129, 128) == (0,)
    assert measured_steps(5, 128) == (0,)
    assert measured_steps(96, 1) == (31, 63, 95)


def test_an_epoch_that_failed_leaves_nothing_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a step that found no memory the torch engine measures the next epoch as a new trainer does."""
    made = architecture()
    weights = initial_weights(made.network, DATA.n_features, DATA.n_classes, study_seed=0, seed=0)

    def trainer() -> Trainer:
        return engine_named("torch").trainer(made, weights, n_classes=DATA.n_classes, image_shape=None, dropout_key=0)

    one, other, order = trainer(), trainer(), np.arange(len(DATA.train))

    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Adam, "step", no_memory)
    with pytest.raises(MemoryError):
        one.train_epoch(DATA.train, order[:32], 1)
    monkeypatch.undo()
    for each in (one, other):
        each.train_epoch(DATA.train, order, 1)
    assert one.diagnostics(1) == other.diagnostics(1)
