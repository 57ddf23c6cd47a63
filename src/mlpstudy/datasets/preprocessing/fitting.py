"""Which preprocessing raw values call for, learned from the training examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.datasets.preprocessing.numbers import fit_numbers
from mlpstudy.datasets.preprocessing.pixels import PixelsPreprocessing
from mlpstudy.datasets.preprocessing.sparse import fit_sparse

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl
    from scipy.sparse import csr_array

    from mlpstudy.datasets.preprocessing.stored import Preprocessing
    from mlpstudy.datasets.raw import Parts
    from mlpstudy.study import Data


def fit_preprocessing(parts: Parts, train: npt.NDArray[np.int64], data: Data) -> tuple[Preprocessing, tuple[str, ...]]:
    """Learn the preprocessing from the training examples, and from nothing else.

    Args:
        parts: the raw examples.
        train: the training examples, positions in ``parts.main``.
        data: the study's data: how numbers are scaled, which column is what.

    Returns:
        the preprocessing, and warnings of what it leaves out.

    Raises:
        DataError: nothing can be learned of them as they are.
    """
    values = parts.main.values
    if not isinstance(values, np.ndarray):
        return _fit_heavy(values, train, data, parts)
    if values.dtype == np.uint8 and (parts.image_shape is not None or data.numeric is None):
        return PixelsPreprocessing(n_features=values.shape[1], shape=parts.image_shape), ()
    chosen = values if train.size == len(values) else values[train]
    fitted = fit_numbers(chosen, data.numeric or "standardise")
    return fitted.model_copy(update={"names": parts.main.feature_names}), ()


def _fit_heavy(
    values: pl.DataFrame | csr_array, train: npt.NDArray[np.int64], data: Data, parts: Parts
) -> tuple[Preprocessing, tuple[str, ...]]:
    """Learn the preprocessing of a table or of sparse numbers, whose libraries take longer to load than MNIST."""
    from scipy.sparse import csr_array  # noqa: PLC0415  # heavy

    if isinstance(values, csr_array):
        return fit_sparse(values[train], data.numeric or "0-1", parts.first_column), ()
    from mlpstudy.datasets.tables.fitting import fit_table  # noqa: PLC0415  # heavy: Polars

    return fit_table(values, train, data, parts.main.origin)
