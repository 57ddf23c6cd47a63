"""Classes: their probabilities, what these cost, and where training has failed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlpstudy.tasks.classes import cross_entropy, softmax
from mlpstudy.tasks.losses import SOFTMAX_CROSS_ENTROPY


def test_cross_entropy_is_clipped_as_in_training() -> None:
    """A probability of 0 costs -ln(1e-7), one of 1 costs -ln(1 - 1e-7)."""
    losses = cross_entropy(np.array([0.0, 0.5, 1.0], dtype=np.float32))
    assert losses == pytest.approx([-math.log(1e-7), math.log(2), -math.log(1 - 1e-7)])


def test_softmax_keeps_odds_and_overflows_nowhere() -> None:
    """Each row adds up to 1; the ratio of two probabilities is exp of the difference of their numbers."""
    z = np.array([[1.0, 2.5, -3.0], [1e4, 1e4 - 1, -1e4]], dtype=np.float32)
    p = softmax(z)
    assert p.dtype == np.float64
    assert p.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert np.log(p[:, 1] / p[:, 0]) == pytest.approx([1.5, -1.0])


@pytest.mark.parametrize("n_classes", [2, 10, 1000])
def test_guessing_is_no_divergence(n_classes: int) -> None:
    """A network that gives all classes the same has learned nothing, and has not diverged; a sure wrong one has."""
    limit = SOFTMAX_CROSS_ENTROPY.diverged_above(n_classes)
    assert cross_entropy(np.array([1 / n_classes])) < limit < cross_entropy(np.array([0.0]))
