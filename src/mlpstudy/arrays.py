"""The arrays that everything is made of, each by one name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

Features: TypeAlias = "Float32Array | csr_array"
"""What a network sees, shape ``(n, d)``: float32, C-contiguous; or, where most values are 0, a SciPy CSR array in
canonical form (float32 values, int32 columns that rise within a row, int32 or int64 row pointers), which stays
sparse in memory."""

Weights = Mapping[str, Float32Array]
"""Parameter tensors by name (``hidden_1.kernel``), in the order of the network's layers."""
