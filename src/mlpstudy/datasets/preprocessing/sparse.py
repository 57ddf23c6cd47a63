"""Sparse numbers: ``x / largest`` of each feature, so that zeros stay zeros."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets.arrays.sparse import canonical
from mlpstudy.datasets.preprocessing.checks import Numbers, Positive, check_width
from mlpstudy.errors import DataError, must
from mlpstudy.records.sparse import csr
from mlpstudy.study.base import Frozen
from mlpstudy.study.data import Scaling

if TYPE_CHECKING:
    from scipy.sparse import csr_array


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
        check_width(values.shape, self.n_features)
        rows = canonical(values)
        divided = rows.data / self._divisor[rows.indices]
        wrong = np.flatnonzero(~np.isfinite(divided))
        if wrong.size:
            row = int(np.searchsorted(rows.indptr, wrong[0], side="right")) - 1
            what = f"the value in row {row}, column {int(rows.indices[wrong[0]])}"
            raise DataError(must(what, "be a finite number", float(rows.data[wrong[0]])))
        return csr(divided, rows.indices, rows.indptr, self.n_features)


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
