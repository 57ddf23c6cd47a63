"""Confusion: which classes are taken for which, mean over seeds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mlpstudy.errors import ResultsError, must


def confusion(
    predicted: npt.NDArray[np.int32], labels: npt.NDArray[np.int32], n_classes: int
) -> npt.NDArray[np.float64]:
    """Return the mean number of test examples of each true class (row) that are given each class (column).

    ``C[k, l] = (1 / n) sum_s #{i : label[i] = k, predicted[s, i] = l}``

    Args:
        predicted: predicted classes, shape ``(n seeds, N)``.
        labels: true classes, shape ``(N,)``.
        n_classes: number of classes.

    Raises:
        ResultsError: there is no seed, or the shapes differ.

    >>> confusion(np.array([[0, 1, 1], [0, 0, 1]], np.int32), np.array([0, 0, 1], np.int32), 2).tolist()
    [[1.5, 0.5], [0.0, 1.0]]
    """
    if predicted.ndim != 2 or not predicted.shape[0] or predicted.shape[1:] != labels.shape:  # noqa: PLR2004  # a table
        found = f"shapes {predicted.shape} and {labels.shape}"
        raise ResultsError(must("the predictions", "be a row a seed and a column a test example", found))
    cells = labels.astype(np.int64) * n_classes + predicted
    counts = np.bincount(cells.ravel(), minlength=n_classes * n_classes)
    return np.asarray(counts.reshape(n_classes, n_classes) / predicted.shape[0], dtype=np.float64)
