"""Labels that Python code has: lists, vectors, columns of a frame, one-hot rows, dense or sparse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.arrays.features import as_array
from mlpstudy.datasets.arrays.labels import LabelArray, to_labels
from mlpstudy.datasets.opening.limits import MAX_CLASSES
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.errors import DataError, must

_ROWS_AND_COLUMNS = 2
_NO_VALUES = {"NAType", "NaTType"}
"""Types of pandas' own missing values, which must not be imported to be known."""


def given_labels(labels: Any, what: str) -> LabelArray:  # noqa: ANN401  # lists, and arrays and frames of any package
    """Return one label an example, as numbers, truth values or text.

    Args:
        labels: shape ``(n,)`` or ``(n, 1)``, or one-hot rows; of a frame of one-hot columns these name the classes.
        what: what they are called in messages.

    Raises:
        DataError: one is missing, or is neither text nor a number, or they are of another shape.

    >>> given_labels(np.array(["a", 1, True], dtype=object), "y").labels.tolist()
    ['a', '1', 'True']
    >>> given_labels(["a", None, "b", None], "y")
    Traceback (most recent call last):
    mlpstudy.errors.DataError: y: label 1 must name a class, got None, as 2 of 4 are, fix: remove those examples
    """
    if hasattr(labels, "tocsr") and getattr(labels, "shape", (0, 0))[-1] <= MAX_CLASSES:
        check_memory(labels.dtype.itemsize * math.prod(labels.shape), what)
        labels = labels.toarray()
    array = as_array(labels, what)
    if array.dtype == object and array.ndim and (array.ndim < _ROWS_AND_COLUMNS or array.shape[1] == 1):
        array = _of_objects(array, what)
    elif array.dtype.kind in "US" and isinstance(labels, list | tuple):
        # NumPy makes text of a NaN beside text.
        _check_objects(list(labels), what)
    return to_labels(array, what, _column_names(labels, array))


def _of_objects(array: npt.NDArray[Any], what: str) -> npt.NDArray[Any]:
    """Return objects as truth values where all are such, else as text."""
    labels = array.ravel().tolist()
    _check_objects(labels, what)
    if all(isinstance(label, bool | np.bool_) for label in labels):
        return array.astype(np.bool_)
    texts = [label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label) for label in labels]
    return np.array(texts, dtype=np.str_).reshape(array.shape)


def _check_objects(labels: list[Any], what: str) -> None:
    """Refuse labels that are missing, or neither text nor numbers."""
    missing = [i for i, label in enumerate(labels) if _is_missing(label)]
    if missing:
        first = missing[0]
        found = f"{labels[first]!r}, as {len(missing)} of {len(labels)} are"
        raise DataError(must(f"{what}: label {first}", "name a class", found, "remove those examples"))
    for i, label in enumerate(labels):
        if not isinstance(label, str | bytes | int | float | np.bool_ | np.integer | np.floating):
            fix = "text or a whole number, such as str(label)"
            raise DataError(must(f"{what}: label {i}", "name a class", type(label).__name__, fix))


def _is_missing(label: object) -> bool:
    """Say whether a label is a missing value: of Python, NumPy or pandas."""
    is_nan = isinstance(label, float | np.floating) and math.isnan(label)
    return label is None or is_nan or type(label).__name__ in _NO_VALUES


def _column_names(labels: Any, array: npt.NDArray[Any]) -> tuple[str, ...]:  # noqa: ANN401  # as in given_labels
    """Return the names of the columns of a frame with several, where they are text or whole numbers; else none."""
    names = getattr(labels, "columns", None)
    if names is None or array.ndim != _ROWS_AND_COLUMNS or len(names) != array.shape[1]:
        return ()
    return tuple(str(name) for name in names) if all(isinstance(name, str | int | np.integer) for name in names) else ()
