"""The engines and real Keras 3 train the same network to the same weights, to float32 accuracy.

The distance between two sides is, per tensor, the root mean square of the difference divided by the root mean
square of how far the tensor moved in the epoch; the largest over the tensors counts.

Measured against the same epoch in float64, the distance of every side is 3e-6 (plain) to 3e-5 (batch normalised)
as long as no ReLU of any example lies so close to 0 that rounding decides its sign. Where one does, the gradients
differ by a whole example, Adam turns the difference of a small gradient into one of a whole step, and the distance
is 1e-3 to 1e-1: in about one seed of five, on any side. So the best of five seeds must meet the tight tolerance,
and every seed the loose one. Wrong semantics shift every seed: the smallest of such shifts, an unbiased instead of
a biased moving variance, is 40 times the tolerance (``test_the_tolerance_is_sharp``).
"""

from __future__ import annotations

import numpy as np
import pytest

from mlpstudy.arrays import Weights
from parity.sides import NAMES, NATIVE, Trained, start, trained

SEEDS = range(5)
TIGHT, LOOSE = 2e-4, 0.3
LOSS_TIGHT, LOSS_LOOSE = 1e-5, 1e-2
PAIRS = [
    *((native, other) for native in NATIVE for other in ("keras", "torch", "float64")),
    ("torch", "keras"),
    ("torch", "float64"),
    ("keras", "float64"),
]


def distance(a: Weights, b: Weights, initial: Weights) -> float:
    """Largest over the tensors of rms(a - b) / rms(b - initial)."""
    ratios = []
    for name, tensor in b.items():
        exact = np.asarray(tensor, dtype=np.float64)
        difference, moved = a[name] - exact, exact - initial[name]
        ratios.append(np.sqrt((difference**2).mean() / (moved**2).mean()))
    return float(max(ratios))


def loss_distance(a: Trained, b: Trained) -> float:
    """The larger relative difference of the two losses."""
    return max(abs(a.loss / b.loss - 1), abs(a.val_loss / b.val_loss - 1))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pair", PAIRS, ids=" = ".join)
def test_one_epoch(pair: tuple[str, str], name: str) -> None:
    """Weights and losses after an epoch are those of the other side."""
    sides = [(trained(pair[0], name, seed), trained(pair[1], name, seed)) for seed in SEEDS]
    distances = [distance(a.weights, b.weights, start(name, seed)) for (a, b), seed in zip(sides, SEEDS, strict=True)]
    losses = [loss_distance(a, b) for a, b in sides]
    assert min(distances) < TIGHT
    assert max(distances) < LOOSE
    assert min(losses) < LOSS_TIGHT
    assert max(losses) < LOSS_LOOSE


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", [*NATIVE, "torch"])
def test_accuracies(side: str, name: str) -> None:
    """Running training accuracy and validation accuracy are Keras's, to one example in the best seed."""
    sides = [(trained(side, name, seed), trained("keras", name, seed)) for seed in SEEDS]
    assert min(abs(a.accuracy - b.accuracy) * 500 for a, b in sides) < 1.01
    assert min(abs(a.val_accuracy - b.val_accuracy) * 1000 for a, b in sides) < 1.01


@pytest.mark.parametrize("seed", SEEDS)
def test_the_tolerance_is_sharp(seed: int) -> None:
    """The unbiased variance in the moving averages would be found in every seed: n / (n - 1) is enough."""
    right = trained("float64", "batchnorm-2", seed).weights
    wrong = dict(right)
    for name in ("batchnorm_1.moving_variance", "batchnorm_2.moving_variance"):
        decayed = 0.99**4
        wrong[name] = decayed + (right[name] - decayed) * np.float32(128 / 127)
    assert distance(wrong, right, start("batchnorm-2", seed)) > 10 * TIGHT
