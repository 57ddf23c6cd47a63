"""The majority class: every example is taken for what most training examples are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mlpstudy.arrays import FloatArray
    from mlpstudy.records import Dataset


def fit(dataset: Dataset) -> FloatArray:
    """Return probabilities of each class for every test example, shape ``(n, n_classes)``.

    They are the shares of the classes among the n training examples,

        p_k = #{i : y_i = k} / n

    which of all constant predictions have the least cross-entropy on these.
    """
    shares = np.bincount(dataset.train.labels, minlength=dataset.n_classes) / len(dataset.train)
    return np.broadcast_to(shares, (len(dataset.test), dataset.n_classes))
