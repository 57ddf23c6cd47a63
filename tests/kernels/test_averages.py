"""Moving averages, moments and dropout at the ends of their ranges: momenta near 0 and 1, gradients that overflow."""

from __future__ import annotations

import numpy as np
import pytest

from mlpstudy.arrays import Float32Array
from oracle.pair import Case, distance, network_of, pair_of

MOMENTA = [0.0, 1e-300, 1e-9, 0.01, 0.5, 0.99, 0.9999, 0.999999, 1 - 1e-8, 1 - 1e-12]


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("momentum", MOMENTA)
def test_moving_averages_follow_at_any_momentum(momentum: float) -> None:
    """A hundred steps move them from 0 by 1 - momentum^100 of the way, to float32's last digits."""
    pair = pair_of(Case(12, (9,), 3, 64, 64, batch_normalisation=True, momentum=momentum, learning_rate=0.0))
    parameters = pair.network.parameters()
    parameters[1][:] = 1  # no unit is dark
    parameters[4][:] = parameters[5][:] = 0
    pair.network.set_parameters(parameters)
    pair.network.train_epoch(pair.features, pair.labels, np.tile(pair.order, 100))
    h = np.maximum(pair.features.astype(np.float64) @ parameters[0] + parameters[1], 0)
    share = -np.expm1(100 * np.log(momentum)) if momentum else 1.0
    np.testing.assert_allclose(pair.network.parameters()[4], share * h.mean(0), rtol=3e-6)
    np.testing.assert_allclose(pair.network.parameters()[5], share * h.var(0), rtol=2e-5)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("beta", MOMENTA)
def test_moments_follow_at_any_beta(beta: float) -> None:
    """A gradient counts as much as it should beside moments that are a million times as large, or as small."""
    for start in (1e6, 1e-6):
        pair = pair_of(Case(12, (9,), 3, 16, 16, lit=1.0, beta_1=beta, beta_2=beta, learning_rate=0.0))
        _, gradients = pair.oracle.gradients(pair.features.astype(np.float64), pair.labels)
        pair.network.set_optimiser_state(0, [[np.full(g.shape, start, np.float32) for g in gradients]] * 2)
        pair.network.train_epoch(pair.features, pair.labels, pair.order)
        for found, powers in zip(pair.network.optimiser_state()[1], (1, 2), strict=True):
            expected = [beta * np.float64(np.float32(start)) + (1 - beta) * g**powers for g in gradients]
            scale = max(beta * start, *((1 - beta) * float(np.abs(g).max()) ** powers for g in gradients))
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-5 * scale if powers == 1 else 2e-6 * scale)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("beta_2", [0.0, 1e-9, 0.3, 0.9, 0.99999999])
def test_updates_follow_at_any_beta(beta_2: float) -> None:
    """A large gradient before small ones leaves the oracle's parameters."""
    pair = pair_of(Case(12, (9,), 3, 8, 64, lit=1.0, beta_1=0.0 if beta_2 == 0 else 0.9, beta_2=beta_2))
    pair.features[pair.order[:8]] *= 1e5
    before = [p.copy() for p in pair.oracle.parameters()]
    pair.train()
    moved = max(float(np.abs(a - b).max()) for a, b in zip(before, pair.oracle.parameters(), strict=True))
    assert distance(pair.network.parameters(), pair.oracle.parameters(), least_scale=moved) < 1e-3


def trained_on(values: list[float]) -> tuple[Float32Array, Float32Array, float]:
    """Train w = 0 on one example a step, with one column of the given values: w, v and the last loss."""
    network = network_of(Case(2, (), 2, 1, 1))
    network.set_parameters([np.zeros((2, 2), np.float32), np.zeros(2, np.float32)])
    result = None
    for value in values:
        x = np.array([[value, 1]], np.float32)
        result = network.train_epoch(x, np.zeros(1, np.int32), np.arange(1))
    assert result is not None
    return network.parameters()[0], network.optimiser_state()[1][1][0], result.loss


@pytest.mark.usefixtures("instruction_set")
def test_square_that_overflows_where_its_share_does_not_trains_on() -> None:
    """A gradient of 5e19 has no square in float32, but a thousandth of one."""
    w, v, loss = trained_on([1e20])
    np.testing.assert_allclose(v[0], 0.001 * 0.25e40, rtol=1e-5)
    np.testing.assert_allclose(w[0], [0.001, -0.001], rtol=1e-5)
    assert loss == pytest.approx(np.log(2))


@pytest.mark.usefixtures("instruction_set")
def test_second_moment_that_overflows_stops_its_weight_and_nothing_else() -> None:
    """It stays infinite, its weight stays where it is, and every number stays one."""
    w, v, loss = trained_on([1e25, 1.0, 1.0, 1.0])
    assert np.isinf(v[0]).all()
    np.testing.assert_array_equal(w[0], 0)
    assert np.isfinite(v[1]).all()
    assert (np.abs(w[1]) > 0).all()
    assert 0 < loss < np.log(2)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("rate", [1 - 2**-16, 1 - 2**-32, 0.9999999999, 1 - 2**-53])
def test_dropout_of_nearly_everything_leaves_nearly_nothing(rate: float) -> None:
    """Of 200 units hardly one is left, so that the logits are the biases."""
    pair = pair_of(Case(12, (200,), 3, 16, 16, rate=rate, learning_rate=0.0))
    parameters = pair.network.parameters()
    parameters[3][:] = 0
    pair.network.set_parameters(parameters)
    assert pair.network.train_epoch(pair.features, pair.labels, pair.order).loss == pytest.approx(np.log(3), abs=1e-6)


@pytest.mark.usefixtures("instruction_set")
def test_epsilons_below_the_normal_numbers_act_as_the_smallest() -> None:
    """Where they are all that is divided by, the quotient is 0, not NaN."""
    case = Case(12, (9,), 3, 16, 64, batch_normalisation=True, epsilon=1e-300, bn_epsilon=1e-300)
    pair = pair_of(case)
    parameters = pair.network.parameters()
    parameters[1][:] = np.where(np.arange(9) % 2, -9, 9)  # units that are always dark, and others that never are
    pair.network.set_parameters(parameters)
    result = pair.network.train_epoch(pair.features, pair.labels, pair.order)
    assert np.isfinite(result.loss)
    assert all(np.isfinite(p).all() for p in pair.network.parameters())
