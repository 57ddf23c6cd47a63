"""What every preprocessing refuses: values of another shape, or that are not finite."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from mlpstudy.errors import DataError, must

Positive = Annotated[float, Field(gt=0)]
Numbers: TypeAlias = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]]


def check_width(shape: tuple[int, ...], n_features: int) -> None:
    """Refuse values of another shape than ``(n, n_features)``."""
    if len(shape) != 2 or shape[1] != n_features:  # noqa: PLR2004  # n, d
        raise DataError(must("the values", f"have the shape (n, {n_features})", f"the shape {shape}"))


def check_finite(block: npt.NDArray[np.floating[Any]], start: int) -> None:
    """Refuse what is not finite, by row and column, both counted from 0 as in the array."""
    if np.isfinite(block).all():
        return
    row, column = (int(i) for i in np.argwhere(~np.isfinite(block))[0])
    what = f"the value in row {start + row}, column {column}"
    raise DataError(must(what, "be a finite number", float(block[row, column])))
