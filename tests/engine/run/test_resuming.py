"""A trainer's state is all that training goes on from, in both engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers import ENGINES, blobs, engine_named
from mlpstudy import streams
from mlpstudy.engine.interface import Engine, Trainer
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.run.state import maker
from mlpstudy.records import TrainerState
from mlpstudy.study import Architecture, Network, Training

DATA = blobs()


@pytest.fixture(name="engine", params=ENGINES)
def _engine(request: pytest.FixtureRequest) -> Engine:
    """Return each engine."""
    return engine_named(request.param)


def trainer(engine: Engine, width: int = 10, *, normalise: bool = True) -> Trainer:
    """Return a new trainer of a network with all that has a state."""
    network = Network(hidden=(width, 7), batch_normalisation=normalise, dropout=0.4)
    architecture = Architecture(name="a", levels=(), network=network, training=Training(epochs=4, batch_size=20))
    weights = initial_weights(network, DATA.n_features, DATA.n_classes, study_seed=0, seed=0)
    return engine.trainer(architecture, weights, n_classes=DATA.n_classes, image_shape=None, dropout_key=5)


def train(one: Trainer, epochs: range) -> list[float]:
    """Train some epochs; return their losses."""
    losses = []
    for epoch in epochs:
        losses.append(one.train_epoch(DATA.train, streams.batch_order(0, 0, epoch, len(DATA.train)), 1).loss)
        losses.append(one.evaluate(DATA.validation, 1).loss)
    return losses


def test_a_restored_trainer_goes_on_to_the_same_bits(engine: Engine) -> None:
    """After each epoch a state can be carried to a new trainer, and nothing of the rest changes."""
    straight = trainer(engine)
    expected = train(straight, range(1, 5))
    one = trainer(engine)
    found = train(one, range(1, 2))
    for epoch in range(2, 5):
        state = one.state()
        one = trainer(engine)
        one.restore(state)
        found += train(one, range(epoch, epoch + 1))
    assert found == expected
    for name, tensor in straight.weights().items():
        np.testing.assert_array_equal(tensor, one.weights()[name])


def test_a_state_is_a_copy(engine: Engine) -> None:
    """What was taken stays as it was while training goes on."""
    one = trainer(engine)
    train(one, range(1, 2))
    state = one.state()
    before = {name: tensor.copy() for name, tensor in state.tensors.items()}
    train(one, range(2, 3))
    for name, tensor in before.items():
        np.testing.assert_array_equal(tensor, state.tensors[name])
    assert one.state().n_steps > state.n_steps


def test_a_state_has_parameters_and_both_moments(engine: Engine) -> None:
    """Moving statistics are parameters that no moment belongs to."""
    names = set(trainer(engine).state().tensors)
    assert {
        "parameter/hidden_1.kernel",
        "m/hidden_1.kernel",
        "v/output.bias",
        "parameter/batchnorm_2.moving_mean",
    } <= names
    assert not {"m/batchnorm_1.moving_mean", "v/batchnorm_1.moving_variance"} & names


def test_a_state_of_another_network_is_refused(engine: Engine) -> None:
    """Missing tensors, other shapes and other types are errors of value, and the reason is said."""
    state = trainer(engine).state()
    with pytest.raises(ValueError, match=r"must hold m/hidden_1\.kernel"):
        trainer(engine).restore(TrainerState(0, {k: v for k, v in state.tensors.items() if not k.startswith("m/")}))
    with pytest.raises(ValueError, match="shape"):
        trainer(engine).restore(trainer(engine, 9).state())


@pytest.mark.parametrize("n_steps", [-1, 2**53 + 1, 10**400])
def test_a_state_of_an_impossible_number_of_steps_is_refused(engine: Engine, n_steps: int) -> None:
    """An error of value, after which a run begins anew; it is no number that a step could be counted from."""
    one = trainer(engine)
    with pytest.raises(ValueError, match=r"^the number of steps must lie in 0\.\."):
        one.restore(replace(one.state(), n_steps=n_steps))


def test_who_may_go_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build, instruction set, versions and processor decide it; the number of cores does not."""
    here = maker(engine)
    assert maker(engine) == here
    monkeypatch.setattr("mlpstudy.engine.provenance.n_cores", lambda: 77)
    assert maker(engine) == here
    monkeypatch.setattr(type(engine), "build", lambda _: "another")
    assert maker(engine) != here
    monkeypatch.undo()
    monkeypatch.setattr(type(engine), "instruction_set", lambda _: "another")
    assert maker(engine) != here
    monkeypatch.undo()
    monkeypatch.setattr("mlpstudy.engine.provenance.cpu_name", lambda: "another")
    assert maker(engine) != here


def test_a_state_names_its_steps(engine: Engine) -> None:
    """The number of steps is part of it: the bias correction and the dropout masks depend on it."""
    one, other = trainer(engine), trainer(engine)
    train(one, range(1, 2))
    state = one.state()
    assert state.n_steps == -(-len(DATA.train) // 20)
    other.restore(replace(state, n_steps=state.n_steps + 1))
    assert train(one, range(2, 3)) != train(other, range(2, 3))
