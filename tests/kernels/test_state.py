"""What goes into a network comes out of it, and training goes on where it stopped."""

from __future__ import annotations

import numpy as np
import pytest

from oracle.pair import Case, network_of, pair_of

CASE = Case(50, (40, 33), 7, 16, 100, batch_normalisation=True, rate=0.5)


@pytest.mark.usefixtures("instruction_set")
def test_parameters_and_moments_come_out_as_they_went_in() -> None:
    """Every tensor survives the round trip bit for bit, in natural order of columns."""
    groups = np.random.default_rng(5).permutation(50).astype(np.int32)
    network = network_of(CASE, groups)
    rng = np.random.default_rng(0)
    values = [rng.normal(size=p.shape).astype(np.float32) for p in network.parameters()]
    _, (m, v) = network.optimiser_state()
    m = [rng.normal(size=t.shape).astype(np.float32) for t in m]
    v = [rng.uniform(size=t.shape).astype(np.float32) for t in v]
    network.set_parameters(values)
    network.set_optimiser_state(11, [m, v])
    step, (m_out, v_out) = network.optimiser_state()
    assert step == 11
    for a, b in zip([*values, *m, *v], [*network.parameters(), *m_out, *v_out], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.usefixtures("instruction_set")
def test_resuming_changes_no_bit() -> None:
    """Two epochs in one network, and one epoch each in two, end in the same bits."""
    whole, first = pair_of(CASE), pair_of(CASE)
    for _ in range(2):
        whole.network.train_epoch(whole.features, whole.labels, whole.order)
    first.network.train_epoch(first.features, first.labels, first.order)
    second = network_of(CASE)
    second.set_parameters(first.network.parameters())
    second.set_optimiser_state(*first.network.optimiser_state())
    second.train_epoch(first.features, first.labels, first.order)
    for a, b in zip(whole.network.parameters(), second.parameters(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.usefixtures("instruction_set")
def test_network_that_diverged_can_be_set_again() -> None:
    """NaN of an earlier life is gone once all parameters and moments are set."""
    spoilt, fresh = pair_of(CASE), pair_of(CASE)
    start, state = fresh.network.parameters(), fresh.network.optimiser_state()
    spoilt.network.set_parameters([np.full_like(p, np.nan) for p in start])
    spoilt.network.train_epoch(spoilt.features, spoilt.labels, spoilt.order)
    spoilt.network.set_parameters(start)
    spoilt.network.set_optimiser_state(*state)
    results = [p.network.train_epoch(p.features, p.labels, p.order).loss for p in (spoilt, fresh)]
    assert results[0] == results[1]


def test_order_of_parameters_is_that_of_keras() -> None:
    """Per hidden layer kernel, bias, gamma, beta, moving mean, moving variance; then the output's two."""
    shapes = [p.shape for p in network_of(CASE).parameters()]
    assert shapes == [(50, 40), *[(40,)] * 5, (40, 33), *[(33,)] * 5, (33, 7), (7,)]
    assert [t.shape for t in network_of(CASE).optimiser_state()[1][0]] == [
        *[(50, 40), (40,), (40,), (40,)],
        *[(40, 33), (33,), (33,), (33,)],
        *[(33, 7), (7,)],
    ]


def test_profile_names_its_phases_and_forgets_on_request() -> None:
    """Phases have a time and the arithmetic of their dense products; reset starts again at zero."""
    pair = pair_of(CASE)
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    profile = pair.network.profile(reset=True)
    assert all(seconds > 0 for _, seconds, _, _ in profile)
    products = 2 * 100 * (50 * 40 * 2 + (40 * 33 + 33 * 7) * 3) * 1e-9
    assert sum(dense for _, _, dense, _ in profile) == pytest.approx(products)
    assert all(done <= dense for name, _, dense, done in profile if "other" in name)
    assert not any(seconds for _, seconds, _, _ in pair.network.profile())
