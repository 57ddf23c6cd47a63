"""Threads: the same bits for every number of them, stopping, and one call at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from oracle.pair import Case, Pair, pair_of
from patience import wait_until

DEEP = Case(100, (70, 40, 33), 10, 32, 300, batch_normalisation=True, rate=0.5)


def is_training(pair: Pair) -> bool:
    """Say whether another thread trains the network: a second caller is refused."""
    try:
        pair.network.parameters()
    except RuntimeError:
        return True
    return False


def bits(pair: Pair) -> list[bytes]:
    """Everything that training has changed."""
    step, (m, v) = pair.network.optimiser_state()
    return [bytes(str(step), "ascii"), *(a.tobytes() for a in [*pair.network.parameters(), *m, *v])]


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("case", [DEEP, Case(64, (), 3, 8, 50), Case(40, (300,), 70, 90, 200)])
def test_number_of_threads_changes_no_bit(case: Case) -> None:
    """Parameters, moments, losses and probabilities are the same for 1, 2, 3 and 8 threads."""
    seen = []
    for n_threads in (1, 2, 3, 8):
        pair = pair_of(case)
        result = pair.network.train_epoch(pair.features, pair.labels, pair.order, n_threads)
        evaluation = pair.network.evaluate(pair.features, pair.labels, n_threads)
        p = pair.network.probabilities(pair.features, n_threads).tobytes()
        seen.append((bits(pair), result.loss, result.accuracy, evaluation, p))
    assert all(s == seen[0] for s in seen[1:])


def test_networks_side_by_side_change_no_bit() -> None:
    """Six networks trained at once, with helpers each, end as one trained alone."""
    alone = pair_of(DEEP)
    alone.network.train_epoch(alone.features, alone.labels, alone.order)
    pairs = [pair_of(DEEP) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda p: p.network.train_epoch(p.features, p.labels, p.order, 2), pairs))
    assert all(bits(p) == bits(alone) for p in pairs)


def test_stop_ends_the_epoch_early_and_says_so() -> None:
    """A request from another thread ends a long epoch after a whole step; the next epoch runs to its end."""
    pair = pair_of(Case(50, (64,), 5, 1, 100))
    order = np.tile(pair.order, 50_000)
    results = []
    worker = threading.Thread(
        target=lambda: results.append(pair.network.train_epoch(pair.features, pair.labels, order))
    )
    worker.start()
    wait_until(lambda: is_training(pair))
    pair.network.request_stop()
    worker.join()
    assert results[0].stopped
    assert results[0].n_steps < len(order)
    assert pair.network.optimiser_state()[0] == results[0].n_steps
    again = pair.network.train_epoch(pair.features, pair.labels, pair.order)
    assert not again.stopped
    assert again.n_steps == 100


def test_second_call_at_once_is_refused() -> None:
    """A network that trains refuses a second caller in one line, and is unharmed."""
    pair = pair_of(Case(50, (64,), 5, 1, 100))
    order = np.tile(pair.order, 50_000)
    worker = threading.Thread(target=lambda: pair.network.train_epoch(pair.features, pair.labels, order))
    worker.start()
    wait_until(lambda: is_training(pair))
    with pytest.raises(RuntimeError, match="one thread at a time"):
        pair.network.parameters()
    pair.network.request_stop()
    worker.join()
    assert len(pair.network.parameters()) == 4


def test_denormals_of_the_caller_survive() -> None:
    """Flush-to-zero holds inside the call only."""
    pair = pair_of(DEEP)
    pair.network.train_epoch(pair.features, pair.labels, pair.order, 2)
    assert np.float32(1e-38) * np.float32(1e-3) > 0


def test_moments_never_become_denormal() -> None:
    """Moments of a weight whose gradient has died decay to exact zero, not through slow denormals."""
    pair = pair_of(Case(8, (4,), 2, 4, 4, lit=1.0))
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    step, (m, v) = pair.network.optimiser_state()
    tiny = [np.full_like(t, 2e-38) for t in m]
    pair.network.set_optimiser_state(step, [tiny, [np.full_like(t, 2e-38) for t in v]])
    dark = np.zeros_like(pair.features)
    for _ in range(20):
        pair.network.train_epoch(dark, pair.labels, pair.order)
    first_moment = pair.network.optimiser_state()[1][0][0]
    np.testing.assert_array_equal(first_moment, 0)
