"""What a study's data are between reading and splitting: raw examples of up to three files, with their classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl

    from mlpstudy.datasets.source import Values


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Raw examples of one file.

    Attributes:
        values: what is to be preprocessed: an array, sparse numbers, or a table.
        labels: class indices, shape ``(n,)``, int32.
        origin: the file, for messages.
    """

    values: Values | pl.DataFrame
    labels: npt.NDArray[np.int32]
    origin: str

    def __len__(self) -> int:
        return int(self.labels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The examples that a study draws from.

    Attributes:
        main: what training examples are taken from, and what is held out of them.
        test: the test examples where they come from elsewhere, else None.
        validation: the validation examples where they come from elsewhere, else None.
        class_names: one name a class.
        image_shape: ``(rows, columns)`` where the examples are images, else None.
        sha256: hash of the raw bytes of all of it.
        groups: the group of each example of ``main``, int32, or None.
        times: when each example of ``main`` is from, float64, or None.
        first_column: 0 or 1 where the files number their features themselves (libsvm text), else None.
        warnings: what a user should know of them, a line each.
    """

    main: Part
    test: Part | None
    validation: Part | None
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    sha256: str
    groups: npt.NDArray[np.int32] | None = None
    times: npt.NDArray[np.float64] | None = None
    first_column: int | None = None
    warnings: tuple[str, ...] = ()
