"""Raw examples: as a reader returns them, and as a study draws from them, collected from up to three files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl
    from scipy.sparse import csr_array

Values: TypeAlias = "npt.NDArray[np.uint8] | npt.NDArray[np.float32] | csr_array"
"""Raw features, shape ``(n, d)``: grey values 0-255, numbers, or sparse float32 numbers in canonical CSR."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """What a reader returns: the examples of one file, pair of files or folder, checked.

    Features are finite, there is one label an example, and every label is the index of a class name.

    Attributes:
        values: raw features, shape ``(n, d)``.
        labels: class indices, shape ``(n,)``, int32.
        class_names: one name a class, distinct, in the order of the labels.
        image_shape: ``(rows, columns)`` where the examples are images, else None.
        sha256: hash of the raw bytes, those of ``test`` included, those of ``validation`` not.
        feature_names: one name a feature, distinct, or empty where the files name none.
        test: the test examples where the files say which they are, with the same classes, features and hash; else
            None.
        first_column: 0 or 1 where the files number their features themselves (libsvm text), else None.
        validation: the validation examples where the files say which they are, with the same classes and features,
            and a hash of their own; else None.
        warnings: what was done to them, a line each; those of ``test`` and ``validation`` included.
    """

    values: Values
    labels: npt.NDArray[np.int32]
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    sha256: str
    feature_names: tuple[str, ...] = ()
    test: Labelled | None = None
    first_column: int | None = None
    validation: Labelled | None = None
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.labels.shape[0])

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.values.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a reader returns of rows to predict.

    Attributes:
        values: raw features, shape ``(n, d)``.
        labels: class indices where the file has the classes, shape ``(n,)``, int32; else None.
        warnings: what was done to them, a line each.
    """

    values: Values | npt.NDArray[np.float64]
    labels: npt.NDArray[np.int32] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Raw examples of one file.

    Attributes:
        values: what is to be preprocessed: an array, sparse numbers, or a table.
        labels: class indices, shape ``(n,)``, int32; -1 for what no split takes, since its class is missing.
        origin: the file, for messages.
        feature_names: one name a feature of an array, or empty where it names none.
    """

    values: Values | pl.DataFrame
    labels: npt.NDArray[np.int32]
    origin: str
    feature_names: tuple[str, ...] = ()

    @property
    def known(self) -> npt.NDArray[np.int64]:
        """Positions of the examples that name a class."""
        return np.flatnonzero(self.labels >= 0)


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
