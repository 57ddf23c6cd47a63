"""What every engine promises, tested of each: ``mlpstudy.engine.interface`` says it in words.

``MLPSTUDY_TEST_TORCH_DEVICE=cuda`` runs it on another device of PyTorch.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from engine.small import DATA, FALLING, ORDER, N, X, bits, trainer
from mlpstudy.engine.interface import Engine, Trainer
from mlpstudy.records import Examples, TrainerState
from mlpstudy.study import Network, Training, layers_of
from mlpstudy.study.training.optimisers import OPTIMISERS, OptimiserName
from oracle.mlp import Layer, Mlp
from oracle.pair import distance


def test_a_request_to_stop_ends_the_next_epoch_before_its_first_step(engine: Engine) -> None:
    """Nothing is trained, and means over no examples are NaN."""
    one = trainer(engine)
    before = bits(one)
    one.request_stop()
    done = one.train_epoch(DATA.train, ORDER, 1)
    assert done.stopped
    assert math.isnan(done.loss)
    assert math.isnan(done.accuracy)
    assert bits(one) == before


def test_a_request_to_stop_is_used_up_by_one_epoch(engine: Engine) -> None:
    """The epoch after it is trained to its end, as if nothing had been asked; two requests at once are one."""
    one, other = trainer(engine, dropout=0.3), trainer(engine, dropout=0.3)
    one.request_stop()
    one.request_stop()
    one.train_epoch(DATA.train, ORDER, 1)
    assert one.train_epoch(DATA.train, ORDER, 1) == other.train_epoch(DATA.train, ORDER, 1)
    assert bits(one) == bits(other)


def test_a_running_epoch_stops_after_a_step(engine: Engine) -> None:
    """A request from another thread ends an epoch of half a minute early; its means are over what was trained."""
    one, results = trainer(engine, hidden=(256, 256)), []
    order = np.tile(ORDER, 20_000)
    worker = threading.Thread(target=lambda: results.append(one.train_epoch(DATA.train, order, 1)))
    worker.start()
    time.sleep(0.1)
    one.request_stop()
    worker.join()
    assert results[0].stopped
    n_steps = one.state().n_steps
    assert n_steps < len(order) // 20
    assert math.isfinite(results[0].loss) == (n_steps > 0)
    assert not one.train_epoch(DATA.train, ORDER, 1).stopped


def test_a_request_during_evaluation_is_kept_for_the_next_epoch(engine: Engine) -> None:
    """Evaluation neither stops nor uses a request up."""
    one = trainer(engine)
    one.request_stop()
    assert math.isfinite(one.evaluate(DATA.test, 1).loss)
    assert one.probabilities(DATA.test.features, 1).shape == (len(DATA.test), DATA.n_classes)
    assert one.train_epoch(DATA.train, ORDER, 1).stopped


def test_a_refused_epoch_uses_no_request_up(engine: Engine) -> None:
    """Bad arguments are no epoch."""
    one = trainer(engine)
    one.request_stop()
    with pytest.raises(ValueError, match="order"):
        one.train_epoch(DATA.train, np.array([N]), 1)
    assert one.train_epoch(DATA.train, ORDER, 1).stopped


def test_steps_of_the_same_size_are_those_of_that_learning_rate(engine: Engine) -> None:
    """Bit for bit: an epoch that is told no step sizes has those of its training, for every step."""
    rate = 0.0123
    told, other = trainer(engine), trainer(engine, training=Training(batch_size=20, learning_rate=rate))
    for _ in range(2):
        done = told.train_epoch(DATA.train, ORDER, 1, np.full(13, rate))
        assert done == other.train_epoch(DATA.train, ORDER, 1)
    assert bits(told) == bits(other)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_steps_of_falling_size_follow_the_equations(engine: Engine, optimiser: OptimiserName) -> None:
    """Two epochs leave the weights that the oracle has where its learning rate is that of each step."""
    one = trainer(engine, training=Training(batch_size=20, optimizer=optimiser), activation="tanh")
    kept = {name: tensor.astype(np.float64) for name, tensor in one.weights().items()}
    layers = [Layer(kept[f"{layer}.kernel"], kept[f"{layer}.bias"]) for layer in ("hidden_1", "output")]
    oracle = Mlp(layers, activation="tanh", optimiser=optimiser)
    for rates in (FALLING, FALLING[::-1].copy()):
        one.train_epoch(DATA.train, ORDER, 1, rates)
        for i, rate in enumerate(rates):
            rows, oracle.learning_rate = ORDER[20 * i : 20 * (i + 1)], rate
            oracle.train_step(X[rows].astype(np.float64), DATA.train.labels[rows])
    assert distance(list(one.weights().values()), oracle.parameters()) < 1e-5


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_state_holds_the_slots_that_the_study_says(engine: Engine, optimiser: OptimiserName) -> None:
    """The bound of a checkpoint's size counts on it; each slot has every trained tensor, in its shape."""
    one = trainer(engine, training=Training(optimizer=optimiser), batch_normalisation=True)
    tensors = one.state().tensors
    table = layers_of(Network(hidden=(8,), batch_normalisation=True), one.weights())
    trained = {tensor.name: tensor.shape for layer in table for tensor in layer.tensors if tensor.is_trained}
    assert {name.split("/")[0] for name in tensors} - {"generator"} == {"parameter", *OPTIMISERS[optimiser].slots}
    for slot in OPTIMISERS[optimiser].slots:
        prefix = f"{slot}/"
        assert {k.removeprefix(prefix): v.shape for k, v in tensors.items() if k.startswith(prefix)} == trained


def test_a_state_of_other_types_is_refused(engine: Engine) -> None:
    """A tensor of float64 is an error of value, as one of another shape is."""
    state = trainer(engine).state()
    wide: dict[str, Any] = dict(state.tensors)
    wide["m/output.bias"] = wide["m/output.bias"].astype(np.float64)
    with pytest.raises(ValueError, match=r"^m/output\.bias must have the dtype float32, got float64"):
        trainer(engine).restore(TrainerState(0, wide))


def test_a_slot_of_another_shape_is_refused(engine: Engine) -> None:
    """Also one that could be stretched to the parameter's."""
    state = trainer(engine).state()
    with pytest.raises(ValueError, match="shape"):
        trainer(engine).restore(TrainerState(0, {**state.tensors, "v/output.bias": np.zeros(1, np.float32)}))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("tensor", ["hidden_1.kernel", "batchnorm_1.moving_variance"])
def test_a_weight_that_is_not_finite_is_always_seen(engine: Engine, tensor: str, value: float) -> None:
    """Also where no example lights its input: then no loss tells it."""
    x = X.copy()
    x[:, 2] = 0
    examples = Examples(x, DATA.train.labels)
    one = trainer(engine, batch_normalisation=True)
    assert one.train_epoch(examples, ORDER, 1).is_finite
    broken = {name: np.array(w) for name, w in one.weights().items()}
    broken[tensor][2 if tensor == "hidden_1.kernel" else 0] = value
    one = trainer(engine, broken, batch_normalisation=True)
    assert not one.train_epoch(examples, ORDER, 1).is_finite


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("tensor", ["hidden_1.kernel", "output.kernel", "batchnorm_1.moving_mean"])
def test_a_network_that_is_not_finite_evaluates_to_nan(engine: Engine, tensor: str, value: float) -> None:
    """Every example, whatever stands beside it and whether or not it would see the weight; none is a hit."""
    x = X.copy()
    x[::7, 2] = 0
    weights = {name: np.array(w) for name, w in trainer(engine, batch_normalisation=True).weights().items()}
    weights[tensor][2] = value
    one = trainer(engine, weights, batch_normalisation=True)
    assert np.isnan(one.probabilities(x, 1)).all()
    assert np.isnan(one.probabilities(csr_array(x), 1)).all()
    for features in (x, csr_array(x)):
        evaluation = one.evaluate(Examples(features, DATA.train.labels), 1)
        assert math.isnan(evaluation.loss)
        assert evaluation.accuracy == 0


@pytest.mark.parametrize("normalise", [False, True])
def test_other_weights_give_what_a_trainer_that_starts_from_them_gives(engine: Engine, *, normalise: bool) -> None:
    """Whatever it has trained and evaluated before; by their names, in any order."""
    other = trainer(engine, batch_normalisation=normalise)
    other.train_epoch(DATA.train, ORDER, 1)
    weights = other.weights()
    one = trainer(engine, batch_normalisation=normalise)
    one.evaluate(DATA.test, 1)
    one.set_weights(dict(reversed(list(weights.items()))))
    assert list(one.weights()) == list(weights)
    assert one.evaluate(DATA.test, 1) == other.evaluate(DATA.test, 1)
    np.testing.assert_array_equal(one.probabilities(X, 1), other.probabilities(X, 1))


def test_weights_of_another_shape_are_refused(engine: Engine) -> None:
    """An error of value that names the shape."""
    one = trainer(engine)
    with pytest.raises(ValueError, match="shape"):
        one.set_weights({**one.weights(), "output.bias": np.zeros(9, np.float32)})


def test_what_is_finite_is_looked_at_anew_after_a_restored_state(engine: Engine) -> None:
    """A trainer that has evaluated sees a weight that is no longer finite, also where no example does, and is again."""
    x = X.copy()
    x[:, 2] = 0
    examples = Examples(x, DATA.train.labels)
    one = trainer(engine)
    sound, expected = one.state(), one.evaluate(examples, 1)
    kernel = sound.tensors["parameter/hidden_1.kernel"].astype(np.float32)
    kernel[2] = np.inf
    one.restore(TrainerState(0, {**sound.tensors, "parameter/hidden_1.kernel": kernel}))
    assert math.isnan(one.evaluate(examples, 1).loss)
    one.restore(sound)
    assert one.evaluate(examples, 1) == expected


def output_only(engine: Engine, kernel: list[list[float]], bias: list[float]) -> Trainer:
    """Return a trainer whose logits are kernel times the first two features, plus the bias."""
    weights = {name: np.zeros_like(w) for name, w in trainer(engine, activation="linear").weights().items()}
    weights["hidden_1.kernel"][[0, 1], [0, 1]] = 1
    weights["output.kernel"][:2] = kernel
    weights["output.bias"][:] = bias
    return trainer(engine, weights, activation="linear")


def test_the_first_of_equal_probabilities_is_the_one_that_counts(engine: Engine) -> None:
    """Also where the logits differ by a rounding; the accuracy is that of the probabilities' argmax."""
    for less in (np.float32(0.1), np.float32(1)):  # in float32 e^-7e-9 is 1, e^-6e-8 is not
        bias = [float(np.nextafter(less, np.float32(0))), float(less), -1.0]
        p = output_only(engine, [[0, 0, 1], [0, 0, 0]], bias).probabilities(X, 1)
        assert (p[:, 0] == p[:, 1]).any()
        for label in (0, 1, 2):
            one = output_only(engine, [[0, 0, 1], [0, 0, 0]], bias)
            examples = Examples(X, np.full(N, label, np.int32))
            hits = p.argmax(axis=1) == label
            assert one.evaluate(examples, 1).accuracy == hits.mean()
            assert one.train_epoch(examples, ORDER[:20], 1).accuracy == pytest.approx(hits[ORDER[:20]].mean())


def test_an_example_with_a_nan_among_its_logits_is_no_hit(engine: Engine) -> None:
    """Its loss and all its probabilities are NaN, in training as in evaluation, and its neighbours' are not."""
    x = np.zeros_like(X[:8])
    x[5, :2] = 3e38  # logit 0 overflows to inf - inf, logits 1 and 2 are finite
    one = output_only(engine, [[3, 0, 1], [-3, 0, 0]], [0, 0, 0])
    p = one.probabilities(x, 1)
    assert np.isnan(p).all(axis=1).tolist() == [i == 5 for i in range(8)]
    for label in (0, 1, 2):
        examples = Examples(x, np.full(8, label, np.int32))
        evaluation = one.evaluate(examples, 1)
        assert math.isnan(evaluation.loss)
        assert evaluation.accuracy == (7 / 8 if label == 0 else 0)
        order = np.arange(8, dtype=np.int64)
        learnt = output_only(engine, [[3, 0, 1], [-3, 0, 0]], [0, 0, 0]).train_epoch(examples, order, 1)
        assert math.isnan(learnt.loss)
        assert learnt.accuracy == evaluation.accuracy


def test_accuracy_is_that_of_the_probabilities(engine: Engine) -> None:
    """The first of the largest probabilities decides, whoever counts: on 200 bad networks, ties among them."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        kernel = rng.choice([0, 1e-9, 1e-8, 1.0], (8, 3)).astype(np.float32)
        one = trainer(engine, {"output.kernel": kernel})
        predicted = one.probabilities(DATA.test.features, 1).argmax(axis=1)
        assert one.evaluate(DATA.test, 1).accuracy == (predicted == DATA.test.labels).mean()


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_an_epsilon_that_float32_does_not_hold_divides_nothing_by_zero(engine: Engine, activation: str) -> None:
    """Older folders may have one: a column that is dark, or a unit that never changes, gets no weight that is NaN."""
    x = X.copy()
    x[:, 2] = 0
    one = trainer(
        engine,
        {"hidden_1.bias": np.array([-99] * 2 + [0] * 6, np.float32)},  # two units that never change
        training=Training(batch_size=20, epsilon=1e-300, learning_rate=1e-9, diagnostics=True),
        activation=activation,
        batch_normalisation=True,
        bn_epsilon=1e-40,
    )
    assert one.train_epoch(Examples(x, DATA.train.labels), ORDER, 1).is_finite
    assert math.isfinite(one.evaluate(Examples(x, DATA.train.labels), 1).loss)
    assert all(math.isfinite(row.update_ratio) for row in one.diagnostics(1))
