"""Flip ledger, hard examples and calibration: against direct counting."""

from __future__ import annotations

import numpy as np
import pytest

from mlpstudy.errors import ResultsError
from mlpstudy.evidence.audits.ledger import flip_ledger, hard_examples
from mlpstudy.tasks.metrics.calibration_error import Bins, calibration_error

RNG = np.random.default_rng(1)
LABELS = RNG.integers(0, 4, 60).astype(np.int32)
A = np.where(RNG.random((6, 60)) < 0.8, LABELS, RNG.integers(0, 4, (6, 60))).astype(np.int32)
B = np.where(RNG.random((5, 60)) < 0.6, LABELS, RNG.integers(0, 4, (5, 60))).astype(np.int32)
SEEDS_A, SEEDS_B = np.arange(6), np.array([1, 2, 4, 5, 9])


def test_flips_are_counted_over_common_seeds() -> None:
    """Shares equal a count example by example over the four common seeds; the largest net share comes first."""
    ledger = flip_ledger(("a", "b"), (SEEDS_A, SEEDS_B), (A, B), LABELS, n_listed=60)
    right_a, right_b = A[[1, 2, 4, 5]] == LABELS, B[:4] == LABELS
    assert ledger.n_seeds == 4
    for one in ledger.examples:
        i = one.example
        assert one.only_a_right == np.mean([x and not y for x, y in zip(right_a[:, i], right_b[:, i], strict=True)])
        assert one.only_b_right == np.mean([y and not x for x, y in zip(right_a[:, i], right_b[:, i], strict=True)])
        assert one.label == LABELS[i]
    net = [abs(one.only_a_right - one.only_b_right) for one in ledger.examples]
    assert net == sorted(net, reverse=True)
    assert min(net) > 0


def test_flips_add_up_to_the_difference_in_accuracy() -> None:
    """Examples that a alone gets right, less those that b alone does, over N: the difference."""
    ledger = flip_ledger(("a", "b"), (SEEDS_A, SEEDS_B), (A, B), LABELS)
    difference = (A[[1, 2, 4, 5]] == LABELS).mean() - (B[:4] == LABELS).mean()
    assert (ledger.mean_only_a - ledger.mean_only_b) / 60 == pytest.approx(difference)


def test_no_common_seed_has_no_flips() -> None:
    """Runs of different seeds are not paired."""
    with pytest.raises(ResultsError, match="a and b must have a seed in common"):
        flip_ledger(("a", "b"), (np.arange(6), np.arange(10, 15)), (A, B), LABELS)


def test_hard_examples_are_those_nearly_all_get_wrong() -> None:
    """An example with a wrong label, which every run reads as another class, is first, with that class."""
    a, b, labels = A.copy(), B.copy(), LABELS.copy()
    a[:, 7] = b[:, 7] = 3
    labels[7] = 2
    a[:, 9], b[:, 9], labels[9] = 1, 1, 0
    a[0, 9] = 0
    p_true = [np.full(a.shape, 0.5, dtype=np.float32), np.full(b.shape, 0.4, dtype=np.float32)]
    found = hard_examples([a, b], p_true, labels)
    assert [(h.example, h.label, h.usual) for h in found[:2]] == [(7, 2, 3), (9, 0, 1)]
    assert (found[0].wrong, found[0].agreement) == (1.0, 1.0)
    assert found[1].wrong == pytest.approx((5 / 6 + 1) / 2)
    assert found[0].p_true == pytest.approx(0.45)
    assert all(h.wrong >= 0.9 for h in found)


def test_equally_hard_examples_are_ordered_by_confidence_against_the_label() -> None:
    """Among examples that all get wrong, the label that is believed least comes first."""
    predicted = np.ones((2, 3), dtype=np.int32)
    p_true = np.array([[0.3, 0.01, 0.2]] * 2, dtype=np.float32)
    found = hard_examples([predicted], [p_true], np.zeros(3, dtype=np.int32))
    assert [h.example for h in found] == [1, 2, 0]
    assert hard_examples([predicted[:0]], [p_true[:0]], np.zeros(3, dtype=np.int32)) == ()
    with pytest.raises(ResultsError, match="least must be above 0 and at most 1, got 0"):
        hard_examples([predicted], [p_true], np.zeros(3, dtype=np.int32), least=0)


@pytest.mark.parametrize("bins", ["equal mass", "equal width"])
def test_calibration_error_is_the_weighted_gap(bins: Bins) -> None:
    """The error equals a direct sum over bins."""
    rng = np.random.default_rng(2)
    p = rng.uniform(0.2, 1.0, 997)
    right = rng.random(997) < p**2
    found = calibration_error(p, right, n_bins=10, bins=bins)
    if bins == "equal mass":
        groups = np.split(np.argsort(p, kind="stable"), [-(-997 * b // 10) for b in range(1, 10)])
    else:
        groups = [np.flatnonzero((p > b / 10) & (p <= (b + 1) / 10)) for b in range(10)]
    expected = sum(g.size / 997 * abs(right[g].mean() - p[g].mean()) for g in groups if g.size)
    assert found.error == pytest.approx(expected)
    assert found.n.sum() == 997
    if bins == "equal mass":
        assert set(found.n.tolist()) <= {99, 100}


def test_a_calibrated_network_shows_only_its_bias() -> None:
    """Outcomes drawn from the stated probabilities give nearly 0; overconfidence by 0.1 gives 0.1."""
    rng = np.random.default_rng(3)
    p = rng.uniform(0.6, 0.9, 200_000)
    assert calibration_error(p, rng.random(p.size) < p).error < 0.008
    assert calibration_error(p + 0.1, rng.random(p.size) < p).error == pytest.approx(0.1, abs=0.005)


def test_certainty_is_calibrated_where_right() -> None:
    """Probability 1 and always right: error 0; always wrong: error 1. An empty or odd input is refused."""
    assert calibration_error(np.ones(40), np.ones(40)).error == 0.0
    assert calibration_error(np.ones(40), np.zeros(40)).error == 1.0
    with pytest.raises(ResultsError, match="must have one value an example"):
        calibration_error([0.5], [True, False])
    with pytest.raises(ResultsError, match="n_bins must be at least 1, got 0"):
        calibration_error([0.5], [True], n_bins=0)
