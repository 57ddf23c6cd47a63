"""Zeros of hidden layers: skipped behind a ReLU in all three products, and the result is the oracle's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oracle.pair import Case, Pair, distance, pair_of

PHASES = ("forward, other layers", "input gradients and epilogues", "update, other layers")


def work_left(pair: Pair) -> dict[str, float]:
    """Share of the dense arithmetic that each phase of the hidden layers has done."""
    return {name: done / dense for name, _, dense, done in pair.network.profile() if name in PHASES}


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(
    "case",
    [
        Case(30, (200, 130, 70), 10, 300, 700),
        Case(30, (257, 64), 3, 128, 128 * 2 + 37),
        Case(20, (129, 97), 5, 19, 60, batch_normalisation=True, rate=0.5),
        Case(20, (400, 64), 5, 1, 12, rate=0.3),
    ],
)
def test_networks_with_many_hidden_zeros_agree_with_the_oracle(case: Case) -> None:
    """Moments and parameters are the oracle's where hidden units are silenced by their biases."""
    pair = pair_of(case)
    parameters = pair.network.parameters()
    parameters[1][:] = np.where(np.arange(parameters[1].size) % 3, -2.0, 0.1)  # two units of three stay dark
    pair.network.set_parameters(parameters)
    pair.oracle.parameters()[1][:] = parameters[1]
    result, losses = pair.train()
    _, (m, v) = pair.network.optimiser_state()
    assert result.loss == pytest.approx(losses.mean(), rel=1e-5, abs=1e-6)
    assert distance(m, pair.oracle.slots["m"]) < 3e-5
    assert distance(v, pair.oracle.slots["v"]) < 3e-5
    assert min(work_left(pair).values()) < 0.6


@pytest.mark.parametrize(("activation", "skips"), [("relu", True), ("tanh", False), ("linear", False)])
def test_only_relu_skips(activation: str, *, skips: bool) -> None:
    """Half of a ReLU's units are dark at first; other activations take the dense products."""
    pair = pair_of(Case(40, (160, 160), 6, 64, 256, activation=activation))
    pair.train()
    assert all((left < 0.8) == skips for left in work_left(pair).values())


def test_large_batches_take_the_dense_products() -> None:
    """No lists are made for more than 1024 rows."""
    pair = pair_of(Case(10, (160, 160), 6, 1025, 1025))
    pair.train()
    assert all(left == 1 for left in work_left(pair).values())


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(
    "case",
    [
        Case(30, (200, 130, 70), 10, 128, 300),
        Case(30, (257, 64), 3, 300, 700),  # several blocks of rows, and a last batch that is short
        Case(20, (129, 97, 64), 5, 19, 60, batch_normalisation=True),
        Case(20, (400, 130), 5, 32, 96, batch_normalisation=True, rate=0.5),
        Case(20, (130, 64), 5, 1, 12, rate=0.3),
    ],
)
def test_skipping_zeros_changes_no_bit(case: Case) -> None:
    """Parameters, moments and loss are the same to the bit with every zero skipped and with none."""
    pairs = [pair_of(replace(case, max_lit_share=share)) for share in (0.0, 2.0)]
    learnt = []
    for pair in pairs:
        result = pair.network.train_epoch(pair.features, pair.labels, pair.order)
        arrays = [*pair.network.parameters(), *(a for slot in pair.network.optimiser_state()[1] for a in slot)]
        learnt.append((result.loss, [array.tobytes() for array in arrays]))
    assert learnt[0] == learnt[1]
    dense, skipping = (work_left(pair) for pair in pairs)
    assert set(dense.values()) == {1.0}
    assert skipping["input gradients and epilogues"] < 0.9
    assert skipping["update, other layers"] < 0.9


def test_what_dropout_drops_is_skipped_behind_batch_normalisation() -> None:
    """Batch normalisation leaves no zeros, dropout makes new ones: three of four here."""
    left = {}
    for rate in (0.0, 0.75):
        pair = pair_of(Case(30, (160, 160), 6, 64, 256, batch_normalisation=True, rate=rate))
        pair.train()
        left[rate] = work_left(pair)["forward, other layers"]
    assert left[0.0] == 1
    assert left[0.75] < 0.4
