"""What was reached on the test examples: by a run, and by a simple method beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import BoolArray, Float32Array
from mlpstudy.tasks.classes import cross_entropy


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a finished run did on every test example, in the order of the test set.

    Attributes:
        predicted: predicted class, shape ``(n,)``, int32.
        p_predicted: probability of the predicted class, shape ``(n,)``, float32.
        p_true: probability of the true class, shape ``(n,)``, float32.
    """

    predicted: npt.NDArray[np.int32]
    p_predicted: Float32Array
    p_true: Float32Array

    def correct(self, labels: npt.NDArray[np.int32]) -> BoolArray:
        """Return where the prediction is right, shape ``(n,)``."""
        return np.equal(self.predicted, labels)

    def log_loss(self) -> float:
        """Return the mean of -ln(p_true), clipped as in training (nats)."""
        return float(cross_entropy(self.p_true).mean())


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """What a simple method did on the test examples, for scale: the majority class, logistic regression.

    Attributes:
        name: what it is called in tables and figures.
        test_accuracy: test accuracy (0 to 1).
        test_loss: mean test loss (nats).
        predicted: predicted class of every test example, shape ``(n,)``, int32.
        p_true: probability of the true class, shape ``(n,)``, float32.
    """

    name: str
    test_accuracy: float
    test_loss: float
    predicted: npt.NDArray[np.int32]
    p_true: Float32Array
