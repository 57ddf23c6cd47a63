"""How raw values become numbers that a network can take."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets.opening.parallel import in_threads
from mlpstudy.errors import DataError, must

SCALING = "x / 255, float32"
"""Part of a data set's hash: another scaling would be another data set."""

_MANY = 2**22
"""From so many values on they are scaled in two halves."""


def scale(values: npt.NDArray[np.uint8]) -> Float32Array:
    """Scale grey values to 0-1: ``x / 255``, divided in float32.

    Args:
        values: uint8 of any shape.

    Returns:
        float32 of the same shape, C-contiguous.

    >>> scale(np.array([0, 51, 255], dtype=np.uint8)).tolist()
    [0.0, 0.20000000298023224, 1.0]
    """
    if values.size < _MANY:
        return np.divide(values, np.float32(255), dtype=np.float32, order="C")
    scaled = np.empty(values.shape, dtype=np.float32)
    middle = len(values) // 2

    def divide(rows: slice) -> None:
        np.divide(values[rows], np.float32(255), out=scaled[rows], dtype=np.float32)

    # Two threads, for the memory: in a virtual machine whose host gives it on first use, MNIST's takes 0.4 s in one.
    in_threads(divide, (slice(middle), slice(middle, None)), 2)
    return scaled


def one_hot(labels: npt.ArrayLike, n_classes: int) -> Float32Array:
    """Return one row a label, 1 at the label's class and 0 elsewhere.

    ``y[i, k] = 1 if labels[i] = k else 0``

    Args:
        labels: class indices, shape ``(n,)``, integers.
        n_classes: number of classes.

    Returns:
        shape ``(n, n_classes)``, float32.

    Raises:
        DataError: a label is no whole number in 0 to n_classes - 1, or ``labels`` is no vector.

    >>> one_hot([2, 0], 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    classes = np.asarray(labels)
    if n_classes < 1:
        raise DataError(must("n_classes", "be at least 1", n_classes))
    if classes.ndim != 1 or not (np.issubdtype(classes.dtype, np.integer) or classes.size == 0):
        found = f"{classes.dtype} of shape {classes.shape}"
        raise DataError(must("labels", "be a vector of whole numbers", found))
    wrong = np.flatnonzero((classes < 0) | (classes >= n_classes))
    if wrong.size:
        raise DataError(must(f"labels[{wrong[0]}]", f"be in 0 to {n_classes - 1}", int(classes[wrong[0]])))
    rows = np.zeros((classes.size, n_classes), dtype=np.float32)
    rows[np.arange(classes.size), classes.astype(np.intp)] = 1
    return rows
