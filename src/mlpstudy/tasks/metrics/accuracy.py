"""Accuracy: the share of examples whose predicted class is the true one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.machine.lazy import Lazy
from mlpstudy.tasks.metrics.metric import SHARES, Answers, Metric

if TYPE_CHECKING:
    import numpy as np

    from mlpstudy.arrays import FloatArray
else:
    np = Lazy("numpy")


def _right(answers: Answers) -> FloatArray:
    """Return 1 where a prediction is right, else 0, shape ``(n, N)``."""
    return answers.correct.astype(np.float64)


ACCURACY = Metric(
    name="accuracy",
    formula="sum(predicted = label) / N",
    source="Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, eq. 7.5: 1 - the 0-1 loss",
    unit=SHARES,
    digits=2,
    higher_is_better=True,
    possible=(0.0, 1.0),
    measure=_right,
    of_a_share=1.0,
    counts_examples=True,
    recorded="accuracy",
)
