"""Training steps and inference of the kernels against the oracle, on every instruction set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpstudy.arrays import Float32Array
from mlpstudy.engine.native import _kernels
from oracle.pair import ACTIVATIONS, INSTRUCTION_SETS, Case, cases, distance, network_of, pair_of

TOLERANCE = 2e-5
"""Float32 rounding over a handful of steps; a wrong term is off by a hundredth or more."""

SHAPES = {
    "no hidden layer": Case(9, (), 3, 4, 4),
    "batch of one": Case(7, (6, 5), 2, 1, 3),
    "one input, one unit": Case(1, (1,), 2, 3, 8, lit=0.8),
    "short last batch": Case(30, (20, 10), 10, 32, 32 + 24),
    "wider than a panel": Case(70, (65, 40), 33, 16, 48),
    "more rows than a block": Case(20, (12,), 4, 700, 1500),
    "many classes": Case(15, (33,), 1000, 24, 48),
    "wide": Case(40, (4096,), 5, 8, 8),
    "deep": Case(10, (8,) * 50, 3, 16, 16, activation="tanh"),
    "many inputs": Case(20_000, (5,), 2, 6, 12, lit=0.02),
    "many inputs, large batch": Case(20_000, (8,), 2, 256, 300, lit=0.01),
    "several reduction blocks": Case(300, (300, 280), 7, 12, 24),
    "no zeros": Case(50, (40,), 6, 20, 40, lit=1.0),
    "only zeros": Case(50, (40,), 6, 20, 40, lit=0.0),
    "normalised": Case(30, (40, 20), 6, 16, 40, batch_normalisation=True),
    "normalised, dropped": Case(30, (40, 20), 6, 16, 40, batch_normalisation=True, rate=0.5),
    "notebook's deepest, narrow": Case(196, (128, 64, 32, 16, 8), 10, 128, 128 * 2 + 96),
}


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("case", SHAPES.values(), ids=SHAPES.keys())
def test_one_epoch_agrees_with_the_oracle(case: Case) -> None:
    """Losses, moments and parameters are the oracle's after an epoch, whatever the shape."""
    pair = pair_of(case)
    result, losses = pair.train()
    step, (m, v) = pair.network.optimiser_state()
    assert step == result.n_steps == pair.oracle.step
    assert result.loss == pytest.approx(losses.mean(), rel=1e-5, abs=1e-6)
    assert distance(m, pair.oracle.slots["m"]) < TOLERANCE
    assert distance(v, pair.oracle.slots["v"]) < TOLERANCE
    assert distance(pair.network.parameters(), pair.oracle.parameters()) < 5e-3
    p, _ = pair.oracle.forward(pair.features.astype(np.float64), training=False)
    assert np.abs(pair.network.probabilities(pair.features) - p).max() < 5e-3


@pytest.mark.usefixtures("instruction_set")
def test_a_batch_of_60_000_agrees_with_the_oracle() -> None:
    """A gradient may be a sum over 60,000 rows, whose float32 rounding is some 60,000^(1/2) x 6e-8 = 1.5e-5."""
    pair = pair_of(Case(12, (16, 8), 4, 60_000, 60_000))
    result, losses = pair.train()
    _, (m, v) = pair.network.optimiser_state()
    assert (result.n_steps, len(losses)) == (1, 60_000)
    assert result.loss == pytest.approx(losses.mean(), rel=1e-5)
    assert distance(m, pair.oracle.slots["m"]) < 1e-4
    assert distance(v, pair.oracle.slots["v"]) < 1e-4


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("rate", [0.0, 0.5, 0.3])
def test_gradients_of_every_layer_type(activation: str, *, normalise: bool, rate: float) -> None:
    """After one step m = (1 - beta_1) g: each gradient is the oracle's, tensor by tensor."""
    case = Case(21, (19, 11), 5, 23, 23, activation=activation, batch_normalisation=normalise, rate=rate)
    pair = pair_of(case)
    _, gradients = pair.oracle.gradients(*_sorted(pair.features, pair.labels, pair.order), pair.masks(23))
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    _, (m, _) = pair.network.optimiser_state()
    scale = max(float(np.abs(g).max()) for g in gradients)
    for ours, theirs in zip(m, gradients, strict=True):
        np.testing.assert_allclose(ours / 0.1, theirs, rtol=1e-4, atol=3e-6 * scale)


def _sorted(
    x: Float32Array, labels: npt.NDArray[np.int32], order: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """The batch in the order of its labels, in which the masks count rows."""
    rows = order[np.argsort(labels[order], kind="stable")]
    return x[rows].astype(np.float64), labels[rows]


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_shapes(name: str, monkeypatch: pytest.MonkeyPatch, data: st.DataObject) -> None:
    """No combination of sizes, sparsity and grouping of columns leaves the oracle."""
    monkeypatch.setenv("MLPSTUDY_INSTRUCTION_SET", name)
    case, groups = data.draw(cases(most_inputs=300, most_layers=3, most_classes=40))
    pair = pair_of(case, groups)
    p, _ = pair.oracle.forward(pair.features.astype(np.float64), training=False)
    np.testing.assert_allclose(pair.network.probabilities(pair.features), p, rtol=2e-4, atol=1e-6)
    result, losses = pair.train()
    assert result.loss == pytest.approx(losses.mean(), rel=2e-4, abs=1e-6)
    # m is 0.1 times a mean of terms of size 1, which can cancel to nothing but their rounding.
    assert distance(pair.network.optimiser_state()[1][0], pair.oracle.slots["m"], least_scale=1e-3) < 2e-4


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("momentum", [0.0, 0.99])
def test_moving_averages_follow_the_biased_batch_moments(momentum: float) -> None:
    """One step moves them by 1 - momentum of the way to the batch's mean and biased variance, short batches too."""
    case = Case(12, (9,), 3, 64, 10, batch_normalisation=True)
    pair = pair_of(case)
    network = _kernels.Network(
        n_inputs=12,
        hidden=[9],
        n_classes=3,
        activation="relu",
        batch_normalisation=True,
        bn_momentum=momentum,
        dropout=[0.0],
        batch_size=64,
    )
    network.set_parameters(pair.network.parameters())
    pair.oracle.momentum = momentum
    network.train_epoch(pair.features, pair.labels, pair.order)
    pair.oracle.train_step(pair.features[pair.order].astype(np.float64), pair.labels[pair.order])
    for i in (4, 5):
        np.testing.assert_allclose(network.parameters()[i], pair.oracle.parameters()[i], rtol=1e-5, atol=1e-7)


@pytest.mark.usefixtures("instruction_set")
def test_grouping_of_columns_changes_no_result_beyond_rounding() -> None:
    """Any permutation of the input columns gives the same inference, bit for bit up to the order of a sum."""
    case = Case(64, (32,), 5, 16, 64)
    natural, grouped = pair_of(case), pair_of(case, np.random.default_rng(1).permutation(64).astype(np.int32))
    for ours, theirs in zip(natural.network.parameters(), grouped.network.parameters(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(
        natural.network.probabilities(natural.features), grouped.network.probabilities(natural.features), rtol=1e-5
    )


@pytest.mark.usefixtures("instruction_set")
def test_column_that_lights_up_late_trains_like_any_other() -> None:
    """Skipping columns that were never lit loses nothing once they are."""
    pair = pair_of(Case(24, (10,), 3, 8, 48, lit=0.9))
    pair.features[pair.order[:24], 8:20] = 0
    pair.train()
    assert distance(pair.network.optimiser_state()[1][1], pair.oracle.slots["v"]) < TOLERANCE


@pytest.mark.usefixtures("instruction_set")
def test_clipped_examples_move_nothing_and_cost_the_clip() -> None:
    """Certain and right costs -log(1 - 1e-7), certain and wrong -log(1e-7); neither has a gradient."""
    network = network_of(Case(2, (), 3, 4, 4))
    kernel = np.array([[40, 0, 0], [0, 0, 0]], np.float32)
    network.set_parameters([kernel, np.zeros(3, np.float32)])
    x = np.tile(np.array([[1, 0]], np.float32), (4, 1))
    labels = np.array([0, 1, 2, 0], np.int32)
    result = network.train_epoch(x, labels, np.arange(4))
    expected = -(2 * np.log(np.float32(1 - 1e-7)) + 2 * np.log(np.float32(1e-7))) / 4
    assert result.loss == pytest.approx(float(expected), rel=1e-6)
    assert result.accuracy == 0.5
    np.testing.assert_array_equal(network.parameters()[0], kernel)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_nan_reaches_the_loss(activation: str) -> None:
    """A network with a NaN in it says so: its loss is NaN, not some number."""
    pair = pair_of(Case(10, (8, 8), 3, 5, 10, activation=activation, batch_normalisation=True))
    parameters = pair.network.parameters()
    parameters[1][3] = np.nan
    pair.network.set_parameters(parameters)
    assert np.isnan(pair.network.train_epoch(pair.features, pair.labels, pair.order).loss)
    assert np.isnan(pair.network.evaluate(pair.features, pair.labels)[0])


@pytest.mark.usefixtures("instruction_set")
def test_learning_rate_of_a_million_diverges_without_an_error() -> None:
    """A diverging network ends its epoch with a loss that is large or not finite."""
    pair = pair_of(Case(10, (8, 8), 3, 5, 200, learning_rate=1e6))
    result = pair.network.train_epoch(pair.features, pair.labels, pair.order)
    assert not result.loss < 1.0
    assert result.n_steps == 40


@pytest.mark.usefixtures("instruction_set")
def test_first_class_wins_a_tie() -> None:
    """Equal probabilities count as the first of them."""
    network = network_of(Case(1, (), 4, 4, 4))
    x, labels = np.ones((4, 1), np.float32), np.arange(4, dtype=np.int32)
    loss, accuracy = network.evaluate(x, labels)
    assert loss == pytest.approx(np.log(4))
    assert accuracy == 0.25
