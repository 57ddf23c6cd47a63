"""What a data set with a name is, and what it is in its files."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.raw import Labelled


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
