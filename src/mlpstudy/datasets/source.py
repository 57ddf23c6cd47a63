"""What a data set is before a study scales and splits it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Values: TypeAlias = "npt.NDArray[np.uint8] | npt.NDArray[np.float32] | csr_array"
"""Raw features, shape ``(n, d)``: grey values 0-255, numbers, or sparse float32 numbers in canonical CSR."""


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """What is known of a data set without loading it.

    Attributes:
        name: the name or path in a study file.
        title: what it is, in a few words.
        n_train: number of training examples; of all examples where the set has no test examples of its own; None
            where only loading tells.
        n_test: number of test examples; 0 where the set has none of its own; None where only loading tells.
        image_shape: ``(rows, columns)`` where the examples are images, else None.
        class_names: one name a class, in the order of the labels.
        licence: of the data.
        authors: whom to name.
    """

    name: str
    title: str
    n_train: int | None
    n_test: int | None
    image_shape: tuple[int, int] | None
    class_names: tuple[str, ...]
    licence: str
    authors: str


@dataclass(frozen=True, slots=True, eq=False)
class RawExamples:
    """Examples as they are in their files.

    Attributes:
        values: shape ``(n, d)``, uint8.
        labels: class indices, shape ``(n,)``, int32.
    """

    values: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.labels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A named set of grey images with test examples of its own, as it is in its files, checked.

    Attributes:
        info: what it is.
        train: the training examples.
        test: the test examples.
        sha256: hash of the bytes of all its files.
    """

    info: DatasetInfo
    train: RawExamples
    test: RawExamples
    sha256: str

    def labelled(self) -> Labelled:
        """Return the same arrays as a file of them would give."""
        test, train = (
            Labelled(part.values, part.labels, self.info.class_names, self.info.image_shape, self.sha256)
            for part in (self.test, self.train)
        )
        return replace(train, test=test)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """What a reader returns: the examples of one file, pair of files or folder, checked.

    Features are finite, there is one label an example, and every label is the index of a class name.

    Attributes:
        values: raw features, shape ``(n, d)``.
        labels: class indices, shape ``(n,)``, int32.
        class_names: one name a class, distinct, in the order of the labels.
        image_shape: ``(rows, columns)`` where the examples are images, else None.
        sha256: hash of the raw bytes, those of ``test`` included.
        feature_names: one name a feature, distinct, or empty where the files name none.
        test: the test examples where the files say which they are, with the same classes, features and hash; else
            None.
        first_column: 0 or 1 where the files number their features themselves (libsvm text), else None.
    """

    values: Values
    labels: npt.NDArray[np.int32]
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    sha256: str
    feature_names: tuple[str, ...] = ()
    test: Labelled | None = None
    first_column: int | None = None

    def __len__(self) -> int:
        return int(self.labels.shape[0])

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.values.shape[1])


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What checking one file of a data set found.

    Attributes:
        file: name of the file.
        expected_sha256: what the SHA-256 of its decompressed bytes must be.
        found_sha256: what it is, or None where the file cannot be read.
        problem: one line that says what is wrong, or None.
    """

    file: str
    expected_sha256: str
    found_sha256: str | None
    problem: str | None

    @property
    def ok(self) -> bool:
        """Whether the file is what it must be."""
        return self.problem is None
