"""Data as a study uses them: examples, and the splits that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Features

ValidationSource = Literal["test", "held out"]
"""What the curves are measured on: the test examples, or others that nothing is learned from."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Examples of one split.

    Attributes:
        features: what a network sees, shape ``(n, d)``, dense or sparse.
        labels: class indices, shape ``(n,)``, int32.
        raw: of images the grey values before scaling, uint8 0-255, shape ``(n, d)``; else None.
    """

    features: Features
    labels: npt.NDArray[np.int32]
    raw: npt.NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return int(self.labels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A data set as a study uses it: scaled, split, checked.

    Attributes:
        name: the name or path in the study file.
        train: what the networks learn from.
        validation: what they are measured on after each epoch.
        validation_source: what that is: ``"test"`` (as the notebook did), or ``"held out"``.
        test: what the outcomes are recorded on.
        class_names: one name a class, in the order of the labels.
        image_shape: ``(rows, columns)`` where the examples are images, else None.
        sha256: hash of the raw bytes that the data were made from, and of how they were split.
        preprocessing: JSON-compatible: how raw values become features, with all that was learned from the training
            examples; None where that is not known.
        warnings: what a user should know of the data before believing results on them, a line each.
        leaking: columns of a table that give the class away; each has its warning.
        has_own_test: the test examples came as such, and were not held out of the others.
        has_own_validation: the same of the validation examples.
    """

    name: str
    train: Examples
    validation: Examples
    validation_source: ValidationSource
    test: Examples
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    sha256: str
    preprocessing: Mapping[str, object] | None = None
    warnings: tuple[str, ...] = ()
    leaking: tuple[str, ...] = ()
    has_own_test: bool = False
    has_own_validation: bool = False

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    @property
    def n_features(self) -> int:
        """Number of input features."""
        return int(self.train.features.shape[1])
