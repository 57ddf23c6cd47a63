"""Dropout masks: how much is kept, what it does to the mean, and that no two of them are alike."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from oracle.pair import Case, network_of
from oracle.philox import dropout_mask

WIDTH, ROWS = 64, 512


def kept_by_kernels(rate: float, key: int, steps: int, n_threads: int = 1) -> list[npt.NDArray[np.float64]]:
    """The dropout factor of every element of two hidden layers in one step, read off the gradients' moments.

    Layer 0 has zero kernel and bias 1, so its output is the factor itself; with an identity kernel of layer 1,
    output units of their own would be needed to see it. Instead each example has an input column of its own:
    row r of the first kernel's gradient is that example's gradient, zero exactly where it was dropped.
    """
    rows = 48
    case = Case(rows, (WIDTH, WIDTH), 2, rows, rows, activation="linear", rate=rate, key=key, learning_rate=0.0)
    network = network_of(case)
    rng = np.random.default_rng(0)
    eye = np.eye(WIDTH, dtype=np.float32)
    head = rng.uniform(0.5, 1, (WIDTH, 2)).astype(np.float32) * np.array([1, -1], np.float32)
    zeros = np.zeros(WIDTH, np.float32)
    network.set_parameters(
        [np.zeros((rows, WIDTH), np.float32), zeros, eye, zeros, head * 0.01, np.zeros(2, np.float32)]
    )
    x, labels, factors = np.eye(rows, dtype=np.float32), np.zeros(rows, np.int32), []
    step, (m, v) = network.optimiser_state()
    for i in range(steps):
        network.set_optimiser_state(step + i, [[np.zeros_like(t) for t in slot] for slot in (m, v)])
        network.train_epoch(x, labels, np.arange(rows), n_threads)
        gradient = network.optimiser_state()[1][0][0].astype(np.float64)
        largest = np.abs(gradient).max(0, keepdims=True)
        factors.append(np.abs(gradient) / largest)
    return factors


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("rate", [0.5, 0.25, 0.3, 1 / 1024])
def test_masks_are_those_of_the_documented_counter(rate: float) -> None:
    """An element passes both layers exactly where the masks of both keep it, at each step."""
    key = 0xFEDCBA9876543210
    for step, factor in enumerate(kept_by_kernels(rate, key, 3)):
        both = [dropout_mask(key, step, layer, len(factor), WIDTH, rate) for layer in (0, 1)]
        np.testing.assert_array_equal(factor > 0, both[0] & both[1])


@pytest.mark.usefixtures("instruction_set")
def test_masks_do_not_depend_on_threads() -> None:
    """One, two and three threads drop the same elements."""
    one, two, three = (kept_by_kernels(0.5, 7, 2, n_threads=n) for n in (1, 2, 3))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, three)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_share_and_mean_are_kept(rate: float) -> None:
    """A share 1 - rate is kept, within 4 standard errors, in every layer and step; scaled, the mean stays 1."""
    n = ROWS * WIDTH
    for step, layer in itertools.product((0, 1, 2**32, 2**40 + 5), (0, 1, 7)):
        mask = dropout_mask(99, step, layer, ROWS, WIDTH, rate)
        standard_error = np.sqrt(rate * (1 - rate) / n)
        assert abs(mask.mean() - (1 - rate)) < 4 * standard_error
        assert abs((mask / (1 - rate)).mean() - 1) < 4 * standard_error / (1 - rate)


def test_no_two_masks_share_more_than_chance() -> None:
    """Masks of different keys, steps and layers, and rows of one mask, agree as often as coins do."""
    masks = {
        (key, step, layer): dropout_mask(key, step, layer, 128, WIDTH, 0.5)
        for key in (1, 2, 1 << 40)
        for step in (0, 1, 1 << 32)
        for layer in (0, 1)
    }
    for a, b in itertools.combinations(masks.values(), 2):
        assert abs((a == b).mean() - 0.5) < 5 * 0.5 / np.sqrt(a.size)
    rows = next(iter(masks.values()))
    shared = (rows[:, None] == rows[None, :]).mean(2)[np.triu_indices(len(rows), 1)]
    assert abs(shared.mean() - 0.5) < 0.01
    assert shared.max() < 0.5 + 6 * 0.5 / np.sqrt(WIDTH)


@pytest.mark.usefixtures("instruction_set")
def test_dropout_keeps_the_mean_of_what_follows() -> None:
    """Averaged over many steps, the training output is the inference output: kept elements are scaled up."""
    case = Case(4, (256,), 2, 64, 64, activation="linear", rate=0.5, learning_rate=0.0, key=3)
    network = network_of(case)
    rng = np.random.default_rng(0)
    kernel = rng.normal(0, 0.1, (4, 256)).astype(np.float32)
    head = rng.normal(0, 0.02, (256, 2)).astype(np.float32)
    network.set_parameters([kernel, np.zeros(256, np.float32), head, np.zeros(2, np.float32)])
    x, labels = np.ones((64, 4), np.float32), np.zeros(64, np.int32)
    expected = network.evaluate(x, labels)[0]
    losses = [network.train_epoch(x, labels, np.arange(64)).loss for _ in range(100)]
    assert np.mean(losses) == pytest.approx(expected, abs=0.01)


@pytest.mark.usefixtures("instruction_set")
def test_inference_drops_nothing() -> None:
    """Two evaluations with different keys are the same."""
    networks = [network_of(Case(4, (32,), 2, 8, 8, rate=0.5, key=key)) for key in (1, 2)]
    rng = np.random.default_rng(0)
    start = [rng.normal(size=p.shape).astype(np.float32) for p in networks[0].parameters()]
    x = rng.normal(size=(8, 4)).astype(np.float32)
    for network in networks:
        network.set_parameters(start)
    np.testing.assert_array_equal(networks[0].probabilities(x), networks[1].probabilities(x))
