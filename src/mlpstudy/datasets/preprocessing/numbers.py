"""Numbers: ``(x - shift) / scale`` of each feature."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets.preprocessing.checks import Numbers, Positive, check_finite, check_width
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import Frozen
from mlpstudy.study.data import Scaling

_BLOCK = 16_384
"""Rows that are converted at a time, so that float64 copies stay small."""


class NumbersPreprocessing(Frozen):
    """Numbers: ``(x - shift) / scale`` of each feature, computed in float64.

    Attributes:
        kind: ``"numbers"``.
        scaling: ``"standardise"`` (mean and standard deviation), ``"0-1"`` (minimum and range) or ``"none"``.
        shift: one a feature; 0 for ``"none"``.
        scale: one a feature; 1 for ``"none"`` and for a feature that is constant.
        names: one a feature, or none: the columns of a frame. Frames are put into their order before they come here.

    >>> numbers = fit_numbers(np.array([[1.0], [3.0]]), "standardise")
    >>> numbers.transform(np.array([[1.0], [2.0], [5.0]])).ravel().tolist()
    [-1.0, 0.0, 3.0]
    """

    kind: Literal["numbers"] = "numbers"
    scaling: Scaling
    shift: Annotated[tuple[float, ...], Field(min_length=1)]
    scale: Annotated[tuple[Positive, ...], Field(min_length=1)]
    names: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(self.shift) != len(self.scale):
            message = "given as many shifts as scales"
            raise ValueError(message)
        if self.names and len(self.names) != len(self.shift):
            message = "given as many names as features, or none"
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
        return self.model_dump(mode="json", exclude=None if self.names else {"names"})

    def without_names(self) -> Self:
        """Return what decides how values are transformed."""
        return self.model_copy(update={"names": ()})

    def transform(self, values: Numbers) -> Float32Array:
        """Return what a network sees.

        Args:
            values: numbers, shape ``(n, d)``.

        Returns:
            shape ``(n, d)``, float32, C-contiguous.

        Raises:
            DataError: the values are no numbers, not finite or of another shape; the line names row and column.
        """
        check_width(values.shape, self.n_features)
        if values.dtype.kind not in "biuf":
            raise DataError(must("the values", "be numbers", str(values.dtype)))
        shift, divisor = self._arrays
        features = np.empty(values.shape, dtype=np.float32)
        for start in range(0, len(values), _BLOCK):
            block = values[start : start + _BLOCK].astype(np.float64)
            check_finite(block, start)
            # Far outside the range of the training examples a float32 overflows: it is refused just below.
            with np.errstate(over="ignore"):
                features[start : start + _BLOCK] = (block - shift) / divisor
            check_finite(features[start : start + _BLOCK], start)
        return features


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
