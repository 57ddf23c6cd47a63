"""Features and labels put together, and examples of another file beside those of the training examples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.targets.classes import find_classes
from mlpstudy.errors import DataError, must


def pair(x: npt.NDArray[Any], y: npt.NDArray[Any], x_name: str, y_name: str, sha256: str, least: int = 2) -> Labelled:
    """Put features and labels together, which are of so many classes at least.

    Raises:
        DataError: they do not fit each other, or are no features or no labels.
    """
    y = one_column(y)
    check_counts(x, y, x_name, y_name)
    classes = find_classes(y, y_name, least)
    found = to_features(x, x_name)
    return Labelled(found.values, classes.labels, classes.names, found.image_shape, sha256, warnings=classes.warnings)


def one_column(labels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return labels of shape ``(n, 1)`` as ``(n,)``; all others as they are."""
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels  # noqa: PLR2004  # rows, columns


def check_counts(x: npt.NDArray[Any], y: npt.NDArray[Any], x_name: str, y_name: str) -> None:
    """Refuse features and labels of different numbers of examples."""
    if len(x) != len(y):
        raise DataError(must(y_name, f"hold one label for each of the {len(x)} examples in {x_name}", len(y)))


def align(other: Labelled, train: Labelled, origin: str) -> Labelled:
    """Return examples of another file with the classes of the training examples.

    Raises:
        DataError: they have another number of features, another shape, or a class that the training examples lack.
    """
    if (other.n_features, other.image_shape) != (train.n_features, train.image_shape):
        be = f"have examples of {_shape(train)} values, as the training examples have"
        raise DataError(must(origin, be, f"{_shape(other)} values"))
    for name in other.class_names:
        if name not in train.class_names:
            known = ", ".join(train.class_names[:10])
            be = "hold classes of the training examples only"
            raise DataError(must(origin, be, f'the class "{name}"', f"one of {known}"))
    order = np.array([train.class_names.index(name) for name in other.class_names], dtype=np.int32)
    return replace(other, labels=order[other.labels], class_names=train.class_names)


def _shape(examples: Labelled) -> str:
    return " x ".join(str(n) for n in examples.image_shape or (examples.n_features,))
