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

    from mlpstudy.arrays import Features

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


def stray(matrix: Any) -> str | None:  # noqa: ANN401  # SciPy has many sparse types
    """Say which index of a sparse matrix leads outside it, None where none does.

    SciPy looks at the indices of a compressed matrix nowhere, and reads and writes wherever they lead.

    >>> from scipy.sparse import csr_array
    >>> one_based = csr_array((np.ones(2), np.array([1, 2]), np.array([0, 1, 2])), shape=(2, 2))
    >>> stray(one_based)
    'an index of 2 where the largest is 1'
    """
    if not hasattr(matrix, "indptr"):
        return None
    lines, width = (1, *matrix.shape)[-2:]
    if matrix.format == "csc":
        lines, width = width, lines
    if matrix.format == "bsr":
        lines, width = lines // matrix.blocksize[0], width // matrix.blocksize[1]
    starts = matrix.indptr
    rises = starts.size == lines + 1 and starts[0] == 0 and bool((starts[1:] >= starts[:-1]).all())
    if not rises or starts[-1] > min(matrix.indices.size, len(matrix.data)):
        return "an indptr that does not rise from 0 to the number of its values"
    used = matrix.indices[: starts[-1]]
    wrong = used[(used < 0) | (used >= width)]
    return f"an index of {wrong[0]} where the largest is {width - 1}" if wrong.size else None


def check_csr(features: csr_array) -> None:
    """Raise TypeError for sparse features of another format that has the members of CSR, with another meaning."""
    if features.format != "csr":
        message = f"features must be a CSR array, got {type(features).__name__}, fix: features.tocsr()"
        raise TypeError(message)


def narrow(features: Features) -> Features:
    """Return what a network sees with int32 columns; the same object where it has them, or is not sparse.

    Raises:
        TypeError: it is sparse but not CSR, whose members would be taken for those of its transpose.
        ValueError: an index that is no int32 leads outside it.
    """
    if isinstance(features, np.ndarray) or not hasattr(features, "indptr"):
        return features
    check_csr(features)
    if _is_narrow(features):
        return features
    found = stray(features)
    if found is not None:
        message = f"features must hold indices that lie inside them, got {found}"
        raise ValueError(message)
    return csr(features.data, features.indices, features.indptr, features.shape[1])


def _is_narrow(rows: csr_array) -> bool:
    return bool(rows.indices.dtype == np.int32 and (rows.indptr.dtype == np.int32 or rows.nnz > _INT32_MAX))
