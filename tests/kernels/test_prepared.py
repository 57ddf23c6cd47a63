"""Prepared examples: evaluated every epoch without gathering them again, with the same result to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from oracle.pair import Case, pair_of


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize(
    "case",
    [
        Case(100, (70, 40), 10, 32, 300, batch_normalisation=True, rate=0.5),
        Case(784, (64,), 10, 32, 513),
        Case(7, (3,), 2, 4, 5, lit=1.0),
    ],
)
def test_prepared_examples_give_the_same_bits(case: Case, n_threads: int) -> None:
    """Before training and after each of several epochs, loss and accuracy are those of plain evaluation."""
    pair = pair_of(case)
    network = pair.network
    assert network.prepare(pair.features, pair.labels, n_threads)
    seen = []
    for _ in range(3):
        prepared = network.evaluate_prepared(n_threads)
        assert prepared == network.evaluate(pair.features, pair.labels, n_threads)
        seen.append(prepared)
        network.train_epoch(pair.features, pair.labels, pair.order, n_threads)
    assert len(set(seen)) == 3


def test_prepared_examples_are_kept_whatever_happens_to_the_arrays() -> None:
    """What was prepared is what is evaluated, also when the caller's arrays have changed since."""
    pair = pair_of(Case(20, (8,), 3, 8, 40))
    features = pair.features.copy()
    pair.network.prepare(features, pair.labels)
    expected = pair.network.evaluate(pair.features, pair.labels)
    features[:] = 1
    assert pair.network.evaluate_prepared() == expected
    pair.network.prepare(features, pair.labels)
    assert pair.network.evaluate_prepared() == pair.network.evaluate(features, pair.labels) != expected


def test_too_many_examples_are_not_kept() -> None:
    """Lists of more than 256 MiB are not made: prepare says so, and evaluate_prepared refuses."""
    pair = pair_of(Case(1000, (4,), 2, 8, 16))
    many = np.zeros((53_000, 1000), np.float32)
    assert not pair.network.prepare(many, np.zeros(53_000, np.int32))
    with pytest.raises(ValueError, match="must come after prepare"):
        pair.network.evaluate_prepared()
