"""From an array of a file to features: grey values as they are, all other numbers as finite float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets.arrays.colour import to_grey
from mlpstudy.datasets.opening.limits import MAX_FEATURES
from mlpstudy.errors import DataError, must

_BLOCK_VALUES = 2**22
_TABLE_DIMENSIONS = 2
_IMAGE_DIMENSIONS = 3
_CHANNEL_DIMENSIONS = 4


@dataclass(frozen=True, slots=True, eq=False)
class FeatureArray:
    """The features of a file.

    Attributes:
        values: shape ``(n, d)``, uint8 or float32, C-contiguous.
        image_shape: ``(rows, columns)`` where the array had them, else None.
        done: what was done to them, phrases for warnings.
    """

    values: npt.NDArray[np.uint8] | Float32Array
    image_shape: tuple[int, int] | None
    done: tuple[str, ...] = ()


def as_array(values: Any, what: str) -> npt.NDArray[Any]:  # noqa: ANN401  # lists, and arrays of any package
    """Return what Python code gives as an array.

    Raises:
        DataError: the rows are not of one length, or some values are masked.

    >>> as_array([[1, 2], [3]], "the values")
    Traceback (most recent call last):
    mlpstudy.errors.DataError: the values must be rows of one length, got 'list'
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        found = f"{int(np.ma.getmaskarray(values).sum())} of them"
        raise DataError(must(what, "have no masked values", found, "remove those examples, or x.filled(...)"))
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(must(what, "be rows of one length", type(values).__name__)) from error
    return array.astype(np.float64) if _are_numbers(array) else array


def _are_numbers(array: npt.NDArray[Any]) -> bool:
    """Say whether rows of objects are numbers one and all, as a frame's values are where its columns differ in type."""
    if array.dtype != object or array.ndim < _TABLE_DIMENSIONS or array.shape[1] < _TABLE_DIMENSIONS:
        return False
    return all(isinstance(value, int | float | np.number | np.bool_) for value in array.ravel().tolist())


def to_features(array: npt.NDArray[Any], what: str) -> FeatureArray:
    """Return the features in an array: unsigned bytes as they are, other numbers converted to float32.

    Args:
        array: shape ``(n, d)``, or ``(n, rows, columns)`` of images, or with an axis of one, three or four channels
            behind these or before them; colours are made grey.
        what: the file, for errors.

    Raises:
        DataError: the array has another shape, holds no numbers, or a value is not finite in float32.

    >>> to_features(np.zeros((5, 2, 3), np.uint8), "x.npy").image_shape
    (2, 3)
    >>> to_features(np.array([[1.0, np.nan]]), "x.npy")
    Traceback (most recent call last):
    mlpstudy.errors.DataError: x.npy: row 0, column 1 must be a finite number in float32, got 'nan', fix: ...
    """
    if array.dtype.kind not in "biuf":
        fix = None if array.dtype.kind == "c" else "x.astype(float), where all of it is numbers"
        raise DataError(must(what, "hold numbers", str(array.dtype), fix))
    done: tuple[str, ...] = ()
    if array.ndim == _CHANNEL_DIMENSIONS and array.size:
        array, done = to_grey(array, what)
    shape = array.shape
    if len(shape) not in {_TABLE_DIMENSIONS, _IMAGE_DIMENSIONS} or not array.size:
        be = "have the shape (n, features) or (n, rows, columns)"
        fix = "x.reshape(-1, 1) for one feature" if len(shape) == 1 else None
        raise DataError(must(what, be, f"a shape of {shape}", fix))
    flat = array.reshape(shape[0], -1)
    if flat.shape[1] > MAX_FEATURES:
        raise DataError(must(what, f"have at most {MAX_FEATURES} features", flat.shape[1]))
    image_shape = (shape[1], shape[2]) if len(shape) == _IMAGE_DIMENSIONS else None
    if flat.dtype == np.uint8:
        return FeatureArray(np.ascontiguousarray(flat), image_shape, done)
    return FeatureArray(_finite(flat, what), image_shape, done)


def _finite(flat: npt.NDArray[Any], what: str) -> Float32Array:
    """Convert to float32 in blocks, so that no second array of the whole size is needed to check it."""
    values = np.empty(flat.shape, dtype=np.float32)
    n_rows = max(_BLOCK_VALUES // flat.shape[1], 1)
    for start in range(0, len(flat), n_rows):
        block = values[start : start + n_rows]
        with np.errstate(over="ignore", invalid="ignore"):
            block[...] = flat[start : start + n_rows]
        finite = np.isfinite(block)
        if not finite.all():
            row, column = (int(i) for i in np.argwhere(~finite)[0])
            place = f"{what}: row {start + row}, column {column}"
            fix = "remove the row, or fill in the value"
            raise DataError(must(place, "be a finite number in float32", str(flat[start + row, column]), fix))
    return values
