"""Grey values of images: ``x / 255``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets.preprocessing.checks import check_width
from mlpstudy.datasets.preprocessing.encoding import scale
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import Frozen


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
        check_width(values.shape, self.n_features)
        return scale(values)
