"""The baselines that a study may name, and what they do on its test examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.baselines import logistic_regression, majority_class
from mlpstudy.records import Baseline
from mlpstudy.tasks.classes import cross_entropy
from mlpstudy.tasks.losses import PROBABILITY_CLIP

if TYPE_CHECKING:
    from mlpstudy.arrays import FloatArray
    from mlpstudy.records import Dataset
    from mlpstudy.tasks.menu import BaselineName

BASELINES: dict[BaselineName, Callable[[Dataset], FloatArray]] = {
    "majority class": majority_class.fit,
    "logistic regression": logistic_regression.fit,
}
"""Each fits on the training examples and returns the probabilities of each class for every test example."""


def baseline(name: BaselineName, dataset: Dataset) -> Baseline:
    """Return what a baseline, fitted on the training examples, does on the test examples.

    Args:
        name: one of ``BASELINES``.
        dataset: the data, as the networks see them.

    >>> from mlpstudy.datasets import load
    >>> from mlpstudy.study import Data
    >>> mnist = load(Data(name="mnist", train_examples=500, test_examples=500), study_seed=0)
    >>> baseline("majority class", mnist).test_accuracy < 0.2
    True
    >>> baseline("logistic regression", mnist).test_accuracy > 0.8
    True
    """
    probabilities = BASELINES[name](dataset)
    labels = dataset.test.labels
    predicted = probabilities.argmax(axis=1).astype(np.int32)
    p_true = np.clip(probabilities[np.arange(labels.size), labels], PROBABILITY_CLIP, 1 - PROBABILITY_CLIP)
    return Baseline(
        name=name,
        test_accuracy=float(np.mean(predicted == labels)),
        test_loss=float(cross_entropy(p_true).mean()),
        predicted=predicted,
        p_true=p_true.astype(np.float32),
    )
