"""From raw values to what a network sees: learned from training examples, kept as JSON, applied to anything new.

    pixels    x / 255
    numbers   (x - shift) / scale, for each feature
    sparse    x / largest, for each feature; zeros stay zeros
    table     columns of a table: numbers, categories, dates, missing values (``table_columns``)

Every kind is a frozen object of plain values, so that its JSON form holds all of it: made again from that, it
transforms to the same bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from mlpstudy.datasets.arrays.sparse import canonical
from mlpstudy.datasets.preprocessing.encoding import scale
from mlpstudy.errors import DataError, must
from mlpstudy.records import Float32Array
from mlpstudy.records.sparse import csr
from mlpstudy.study.base import Frozen
from mlpstudy.study.data import Scaling

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from mlpstudy.datasets.tables.columns import TablePreprocessing

Positive = Annotated[float, Field(gt=0)]
Numbers: TypeAlias = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]]

_BLOCK = 16_384
"""Rows that are converted at a time, so that float64 copies stay small."""


class PixelsPreprocessing(Frozen):
    """Grey values: ``x / 255``, divided in float32. Nothing is learned.

    Attributes:
        kind: ``"pixels"``.
        scale: 255.
        n_features: number of pixels.
        shape: ``(rows, columns)`` where the values are images, else None.

    >>> PixelsPreprocessing(n_features=4, shape=(2, 2)).transform(np.full((1, 2, 2), 51, dtype=np.uint8))
    array([[0.2, 0.2, 0.2, 0.2]], dtype=float32)
    """

    kind: Literal["pixels"] = "pixels"
    scale: Literal[255] = 255
    n_features: Annotated[int, Field(ge=1)]
    shape: tuple[int, int] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.shape is not None and self.shape[0] * self.shape[1] != self.n_features:
            message = "of as many pixels as there are features"
            raise ValueError(message)
        return self

    def to_json(self) -> dict[str, object]:
        """Return all of it as plain JSON values."""
        return self.model_dump(mode="json")

    def transform(self, values: npt.NDArray[np.uint8]) -> Float32Array:
        """Return what a network sees.

        Args:
            values: grey values 0-255, uint8, shape ``(n, d)``, or ``(n, rows, columns)`` of images.

        Returns:
            shape ``(n, d)``, float32, C-contiguous.

        Raises:
            DataError: the values are of another type or shape.
        """
        if values.dtype != np.uint8:
            raise DataError(must("the values", "be grey values 0-255 (uint8)", str(values.dtype)))
        if self.shape is not None and values.ndim == 3 and values.shape[1:] == self.shape:  # noqa: PLR2004  # n, rows, columns
            values = values.reshape(len(values), -1)
        _check_width(values.shape, self.n_features)
        return scale(values)


class NumbersPreprocessing(Frozen):
    """Numbers: ``(x - shift) / scale`` of each feature, computed in float64.

    Attributes:
        kind: ``"numbers"``.
        scaling: ``"standardise"`` (mean and standard deviation), ``"0-1"`` (minimum and range) or ``"none"``.
        shift: one a feature; 0 for ``"none"``.
        scale: one a feature; 1 for ``"none"`` and for a feature that is constant.

    >>> numbers = fit_numbers(np.array([[1.0], [3.0]]), "standardise")
    >>> numbers.transform(np.array([[1.0], [2.0], [5.0]])).ravel().tolist()
    [-1.0, 0.0, 3.0]
    """

    kind: Literal["numbers"] = "numbers"
    scaling: Scaling
    shift: Annotated[tuple[float, ...], Field(min_length=1)]
    scale: Annotated[tuple[Positive, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(self.shift) != len(self.scale):
            message = "given as many shifts as scales"
            raise ValueError(message)
        return self

    @property
    def n_features(self) -> int:
        """Number of features."""
        return len(self.shift)

    @cached_property
    def _arrays(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        return np.array(self.shift), np.array(self.scale)

    def to_json(self) -> dict[str, object]:
        """Return all of it as plain JSON values."""
        return self.model_dump(mode="json")

    def transform(self, values: Numbers) -> Float32Array:
        """Return what a network sees.

        Args:
            values: numbers, shape ``(n, d)``.

        Returns:
            shape ``(n, d)``, float32, C-contiguous.

        Raises:
            DataError: the values are no numbers, not finite or of another shape; the line names row and column.
        """
        _check_width(values.shape, self.n_features)
        if values.dtype.kind not in "biuf":
            raise DataError(must("the values", "be numbers", str(values.dtype)))
        shift, divisor = self._arrays
        features = np.empty(values.shape, dtype=np.float32)
        for start in range(0, len(values), _BLOCK):
            block = values[start : start + _BLOCK].astype(np.float64)
            _check_finite(block, start)
            # Far outside the range of the training examples a float32 overflows: it is refused just below.
            with np.errstate(over="ignore"):
                features[start : start + _BLOCK] = (block - shift) / divisor
            _check_finite(features[start : start + _BLOCK], start)
        return features


class SparsePreprocessing(Frozen):
    """Sparse numbers: ``x / largest`` of each feature, where ``largest`` is its largest absolute training value.

    Attributes:
        kind: ``"sparse"``.
        scaling: ``"0-1"`` or ``"none"``.
        largest: one a feature; 1 for ``"none"`` and for a feature that is always 0.
        first_column: 0 or 1 where the files number their features themselves (libsvm text), else None.

    >>> from scipy.sparse import csr_array
    >>> sparse = fit_sparse(csr_array(np.array([[0, 4], [2, 0]], dtype=np.float32)), "0-1")
    >>> sparse.transform(csr_array(np.array([[1, 1]], dtype=np.float32))).toarray().tolist()
    [[0.5, 0.25]]
    """

    kind: Literal["sparse"] = "sparse"
    scaling: Literal["0-1", "none"]
    largest: Annotated[tuple[Positive, ...], Field(min_length=1)]
    first_column: Literal[0, 1] | None = None

    @property
    def n_features(self) -> int:
        """Number of features."""
        return len(self.largest)

    @cached_property
    def _divisor(self) -> Float32Array:
        return np.array(self.largest, dtype=np.float32)

    def to_json(self) -> dict[str, object]:
        """Return all of it as plain JSON values."""
        return self.model_dump(mode="json")

    def transform(self, values: csr_array | Numbers) -> csr_array:
        """Return what a network sees.

        Args:
            values: numbers, shape ``(n, d)``, sparse or dense.

        Returns:
            shape ``(n, d)``, float32, CSR in canonical form.

        Raises:
            DataError: the values are not finite, or of another shape.
        """
        _check_width(values.shape, self.n_features)
        rows = canonical(values)
        divided = rows.data / self._divisor[rows.indices]
        wrong = np.flatnonzero(~np.isfinite(divided))
        if wrong.size:
            row = int(np.searchsorted(rows.indptr, wrong[0], side="right")) - 1
            what = f"the value in row {row}, column {int(rows.indices[wrong[0]])}"
            raise DataError(must(what, "be a finite number", float(rows.data[wrong[0]])))
        return csr(divided, rows.indices, rows.indptr, self.n_features)


ArrayPreprocessing: TypeAlias = PixelsPreprocessing | NumbersPreprocessing | SparsePreprocessing
Preprocessing: TypeAlias = "ArrayPreprocessing | TablePreprocessing"


def preprocessing_from_json(value: Mapping[str, object]) -> Preprocessing:
    """Make a preprocessing again from its JSON form, which may come from a foreign file: nothing in it is trusted.

    Raises:
        DataError: it is no preprocessing; the line says what is wrong with it.

    >>> preprocessing_from_json({"kind": "pixels", "scale": 255, "n_features": 4, "shape": [2, 2]}).n_features
    4
    """
    try:
        return _adapter().validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise DataError(must("the stored preprocessing", "be as it was written", f"{where}: {first['msg']}")) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(must("the stored preprocessing", "be JSON", str(error))) from None


@cache
def _adapter() -> TypeAdapter[Preprocessing]:
    """Return what makes a preprocessing of any kind from its JSON form."""
    from mlpstudy.datasets.tables.columns import TablePreprocessing  # noqa: PLC0415  # heavy: Polars

    return TypeAdapter(Annotated[ArrayPreprocessing | TablePreprocessing, Field(discriminator="kind")])


def fit_numbers(values: Numbers, scaling: Scaling) -> NumbersPreprocessing:
    """Learn shift and scale of each feature.

    Args:
        values: the training examples, shape ``(n, d)``, finite.
        scaling: how.
    """
    n_features = values.shape[1]
    if scaling == "none":
        return NumbersPreprocessing(scaling=scaling, shift=(0.0,) * n_features, scale=(1.0,) * n_features)
    shift, divisor = _moments(values) if scaling == "standardise" else _range(values)
    # A constant feature, or one whose spread is below what float64 resolves, becomes 0.
    divisor[~(divisor > np.finfo(np.float64).tiny)] = 1.0
    return NumbersPreprocessing(scaling=scaling, shift=tuple(shift.tolist()), scale=tuple(divisor.tolist()))


def fit_sparse(values: csr_array, scaling: Scaling, first_column: int | None = None) -> SparsePreprocessing:
    """Learn the largest absolute value of each feature.

    Args:
        values: the training examples, shape ``(n, d)``, CSR.
        scaling: ``"0-1"`` or ``"none"``.
        first_column: how the file numbers its features.

    Raises:
        DataError: it cannot be done without filling the zeros.
    """
    if scaling == "standardise":
        fix = '"0-1" (divides by the largest value) or "none"'
        raise DataError(must("data.numeric", "keep the zeros of sparse data", scaling, fix))
    largest = np.zeros(values.shape[1], dtype=np.float32)
    if scaling == "0-1":
        np.maximum.at(largest, values.indices, np.abs(values.data))
    largest[largest < np.finfo(np.float32).tiny] = 1.0
    first: Literal[0, 1] | None = None if first_column is None else 1 if first_column else 0
    return SparsePreprocessing(scaling=scaling, largest=tuple(largest.tolist()), first_column=first)


def _moments(values: Numbers) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return mean and standard deviation of each feature, in two passes so that nothing cancels."""
    blocks = range(0, len(values), _BLOCK)
    mean = sum(values[i : i + _BLOCK].astype(np.float64).sum(axis=0) for i in blocks) / len(values)
    squares = sum(np.square(values[i : i + _BLOCK].astype(np.float64) - mean).sum(axis=0) for i in blocks)
    constant = np.asarray(values.min(axis=0) == values.max(axis=0))
    mean = np.where(constant, values[0].astype(np.float64), mean)
    return mean, np.where(constant, 0.0, np.sqrt(squares / len(values)))


def _range(values: Numbers) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    low = values.min(axis=0).astype(np.float64)
    return low, values.max(axis=0).astype(np.float64) - low


def _check_width(shape: tuple[int, ...], n_features: int) -> None:
    if len(shape) != 2 or shape[1] != n_features:  # noqa: PLR2004  # n, d
        raise DataError(must("the values", f"have the shape (n, {n_features})", f"the shape {shape}"))


def _check_finite(block: npt.NDArray[np.floating[Any]], start: int) -> None:
    """Refuse what is not finite, by row and column, both counted from 0 as in the array."""
    if np.isfinite(block).all():
        return
    row, column = (int(i) for i in np.argwhere(~np.isfinite(block))[0])
    what = f"the value in row {start + row}, column {column}"
    raise DataError(must(what, "be a finite number", float(block[row, column])))
