"""Diagnostics of the kernels: the oracle's numbers, at no change to what is trained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from oracle.diagnostics import train_and_measure
from oracle.pair import Case, Pair, network_of, pair_of

CASE = Case(50, (40, 33), 7, 16, 16 * 70 + 5, batch_normalisation=True, rate=0.5, diagnostics=True)
CASES = {
    "plain": Case(21, (19, 40), 5, 8, 300, diagnostics=True),
    "normalised, dropped": CASE,
    "no hidden layer": Case(9, (), 3, 4, 10, diagnostics=True),
    "one short batch": Case(30, (20,), 4, 64, 23, diagnostics=True),
    "eight steps": Case(12, (10,), 3, 2, 2 * 300 + 1, diagnostics=True),
    "tanh": Case(20, (35, 6), 4, 10, 50, activation="tanh", diagnostics=True),
    "sigmoid": Case(20, (35, 6), 4, 10, 50, activation="sigmoid", rate=0.25, diagnostics=True),
    "linear": Case(20, (35,), 40, 10, 50, activation="linear", diagnostics=True),
}


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_numbers_are_those_of_the_oracle(case: Case) -> None:
    """All six of every layer, epoch after epoch; the second epoch knows nothing of the first."""
    pair = pair_of(case)
    for _ in range(2):
        expected = train_and_measure(pair)
        pair.network.train_epoch(pair.features, pair.labels, pair.order)
        np.testing.assert_allclose(pair.network.diagnostics(), expected, rtol=2e-3, atol=1e-6)


def trained(case: Case, n_threads: int = 1, *, sparse: bool = False) -> tuple[Pair, list[bytes]]:
    """Train two epochs; return the pair, and everything that training has changed."""
    pair = pair_of(case)
    features = csr_array(pair.features) if sparse else pair.features
    losses = [pair.network.train_epoch(features, pair.labels, pair.order, n_threads).loss for _ in range(2)]
    _, (m, v) = pair.network.optimiser_state()
    return pair, [np.array(losses).tobytes(), *(a.tobytes() for a in [*pair.network.parameters(), *m, *v])]


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_they_change_no_bit_of_the_training(case: Case) -> None:
    """Losses, parameters and moments are the same with diagnostics on and off; off there are none."""
    (on, bits_on), (off, bits_off) = trained(case), trained(replace(case, diagnostics=False))
    assert bits_on == bits_off
    assert len(on.network.diagnostics()) == len(case.hidden) + 1
    assert off.network.diagnostics() == []


@pytest.mark.usefixtures("instruction_set")
def test_threads_and_the_form_of_the_features_change_no_bit_of_them() -> None:
    """One, two and five threads, dense and sparse features give the same numbers."""
    expected = trained(CASE)[0].network.diagnostics()
    for n_threads in (1, 2, 5):
        for sparse in (False, True):
            assert trained(CASE, n_threads, sparse=sparse)[0].network.diagnostics() == expected


def test_nothing_has_been_measured_before_the_first_epoch() -> None:
    """There are none yet."""
    assert network_of(CASE).diagnostics() == []


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(("activation", "bias"), [("relu", -100), ("tanh", 100), ("sigmoid", -100), ("linear", 100)])
def test_units_that_pass_no_gradient_back_are_counted(activation: str, bias: float) -> None:
    """Three of 40 units are pushed into the flat part; a linear unit has none."""
    pair = pair_of(Case(10, (40,), 3, 8, 40, activation=activation, diagnostics=True, learning_rate=0.0))
    parameters = pair.network.parameters()
    parameters[0] *= np.float32(0.01)
    parameters[1][:] = 0.1
    parameters[1][[0, 17, 39]] = bias
    pair.network.set_parameters(parameters)
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    hidden, output = pair.network.diagnostics()
    assert hidden[3] == pytest.approx(0.0 if activation == "linear" else 3 / 40)
    assert output[3] == 0.0


@pytest.mark.usefixtures("instruction_set")
def test_a_unit_that_one_example_activates_is_alive() -> None:
    """Dead is a unit that is 0 on every measured example, not on most of them."""
    pair = pair_of(Case(4, (2,), 2, 8, 8, diagnostics=True, learning_rate=0.0))
    kernel, bias = np.array([[1, 1], [0, 0], [0, 0], [0, 0]], np.float32), np.array([-1, -9], np.float32)
    pair.network.set_parameters([kernel, bias, np.ones((2, 2), np.float32), np.zeros(2, np.float32)])
    x = np.zeros((8, 4), np.float32)
    x[5, 0] = 3
    pair.network.train_epoch(x, pair.labels, pair.order)
    hidden, _ = pair.network.diagnostics()
    assert hidden[3] == 0.5
    assert hidden[4:] == pytest.approx((2 / 16, np.std([2] + [0] * 15)))


@pytest.mark.usefixtures("instruction_set")
def test_gradients_whose_squares_no_float32_holds_have_a_norm() -> None:
    """A gradient of 1e-25 is told from none."""
    pair = pair_of(Case(10, (8,), 3, 8, 8, lit=1.0, diagnostics=True))
    parameters = pair.network.parameters()
    pair.oracle.layers[1].kernel *= 1e-24
    parameters[2] = pair.oracle.layers[1].kernel.astype(np.float32)
    pair.network.set_parameters(parameters)
    expected = train_and_measure(pair)[0, 0]
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    assert 0 < pair.network.diagnostics()[0][0] == pytest.approx(expected, rel=1e-3)


@pytest.mark.usefixtures("instruction_set")
def test_weights_are_those_of_before_a_step_however_large_it_is() -> None:
    """A step ten million times as large as the weights leaves nothing of them to be read off."""
    pair = pair_of(Case(10, (8,), 3, 8, 8, lit=1.0, diagnostics=True, learning_rate=1e7))
    norms = [np.linalg.norm(pair.network.parameters()[i].astype(np.float64)) for i in (0, 2)]
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    assert [row[1] for row in pair.network.diagnostics()] == pytest.approx(norms, rel=1e-12)


@pytest.mark.usefixtures("instruction_set")
def test_a_network_that_diverges_says_so() -> None:
    """NaN in a kernel reaches its norm, and the gradient behind it."""
    pair = pair_of(Case(10, (8, 8), 3, 5, 10, diagnostics=True))
    parameters = pair.network.parameters()
    parameters[2][3] = np.nan
    pair.network.set_parameters(parameters)
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    _, hidden, output = pair.network.diagnostics()
    assert np.isnan([hidden[1], output[0]]).all()


@pytest.mark.usefixtures("instruction_set")
def test_a_gradient_that_has_gone_is_zero_at_once() -> None:
    """Where every example is certain and clipped there is no gradient, though Adam's moments still move the weights."""
    pair = pair_of(Case(10, (9,), 3, 8, 8, diagnostics=True))
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    _, output = pair.network.diagnostics()
    assert output[0] > 0
    parameters = pair.network.parameters()
    parameters[2][:] = 0
    parameters[3][:] = [-100, 0, 100]
    pair.network.set_parameters(parameters)
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    for gradient_norm, _, update_ratio, *_ in pair.network.diagnostics():
        assert gradient_norm == 0
        assert update_ratio > 0
