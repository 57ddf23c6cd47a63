"""Sparse rows with int32 indices wherever they fit: the one place where the package makes them.

SciPy's sparse arrays keep the wider of the two index types that they are given, and hand it on when they are sliced,
converted or copied; the kernels read int32 columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    from scipy.sparse import csr_array

    from mlpstudy.records import Features

_INT32_MAX = np.iinfo(np.int32).max


def csr(values: npt.NDArray[Any], indices: npt.NDArray[Any], indptr: npt.NDArray[Any], n_columns: int) -> csr_array:
    """Return CSR rows of these parts; the indices become int32, and the row pointers where they fit.

    Args:
        values: shape ``(m,)``.
        indices: the column of each value, shape ``(m,)``, below ``n_columns``.
        indptr: where each row starts in them, shape ``(n + 1,)``.
        n_columns: number of columns, below 2^31.

    >>> rows = csr(np.ones(2, np.float32), np.array([0, 1]), np.array([0, 1, 2]), 2)
    >>> rows.indices.dtype.name, rows[1:].indptr.dtype.name
    ('int32', 'int32')
    """
    from scipy.sparse import csr_array  # noqa: PLC0415  # heavy

    columns = indices.astype(np.int32, copy=False)
    starts = indptr.astype(np.int32, copy=False) if values.size <= _INT32_MAX else indptr
    rows = csr_array((values, columns, starts), shape=(indptr.size - 1, n_columns))
    # Beside wide row pointers SciPy would have widened the columns too.
    rows.indices = columns
    return rows


def narrow(features: Features) -> Features:
    """Return what a network sees with int32 columns; the same object where it has them, or is not sparse."""
    if isinstance(features, np.ndarray) or not hasattr(features, "indptr") or _is_narrow(features):
        return features
    return csr(features.data, features.indices, features.indptr, features.shape[1])


def _is_narrow(rows: csr_array) -> bool:
    return bool(rows.indices.dtype == np.int32 and (rows.indptr.dtype == np.int32 or rows.nnz > _INT32_MAX))
