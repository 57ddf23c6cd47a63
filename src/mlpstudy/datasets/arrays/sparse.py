"""From a sparse matrix of any kind to features: CSR of finite float32 in canonical form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.datasets.opening.limits import MAX_FEATURES
from mlpstudy.errors import DataError, must
from mlpstudy.records.sparse import csr, stray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_DIMENSIONS = 2


def to_sparse_features(matrix: Any, what: str) -> csr_array:  # noqa: ANN401  # SciPy has many sparse types
    """Return the features in a sparse matrix of any format as CSR, float32, in canonical form.

    Args:
        matrix: shape ``(n, d)``.
        what: what it is called in errors.

    Raises:
        DataError: it has another shape, or holds no numbers, or one that is not finite in float32, or an index leads
            outside it.
    """
    if matrix.dtype.kind not in "biuf":
        raise DataError(must(what, "hold numbers", str(matrix.dtype)))
    if matrix.ndim != _DIMENSIONS:
        raise DataError(must(what, "have the shape (n, features)", f"a shape of {matrix.shape}"))
    if matrix.shape[1] > MAX_FEATURES:
        raise DataError(must(what, f"have at most {MAX_FEATURES} features", matrix.shape[1]))
    check_indices(matrix, what)
    rows = canonical(matrix)
    if not np.isfinite(rows.data).all():
        raise DataError(must(what, "be finite numbers in float32", "one that is not"))
    return rows


def check_indices(matrix: Any, what: str) -> None:  # noqa: ANN401  # SciPy has many sparse types
    """Raise DataError for a sparse matrix one of whose indices leads outside it."""
    found = stray(matrix)
    if found is not None:
        raise DataError(must(what, "hold indices that lie inside it", found, "count from 0, and give its shape"))


def canonical(values: Any) -> csr_array:  # noqa: ANN401  # SciPy's sparse types, and arrays
    """Return values as float32 CSR, int32 columns that rise within a row, nothing stored for a zero.

    Args:
        values: shape ``(n, d)``, sparse or dense.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415  # heavy

    with np.errstate(over="ignore"):
        rows: csr_array = csr_array(values.astype(np.float32))
    if not rows.has_canonical_format or (rows.data == 0).any():
        rows = rows.copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
    return csr(rows.data, rows.indices, rows.indptr, rows.shape[1])
