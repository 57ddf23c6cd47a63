"""Features and labels put together, and examples of another file beside those of the training examples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.arrays.labels import to_labels
from mlpstudy.datasets.arrays.scales import on_scale_of
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.targets.classes import find_classes
from mlpstudy.datasets.targets.truth import other_words, same_truth
from mlpstudy.errors import DataError, must


def pair(x: npt.NDArray[Any], y: npt.NDArray[Any], x_name: str, y_name: str, sha256: str, least: int = 2) -> Labelled:
    """Put features and labels together, which are of so many classes at least.

    Raises:
        DataError: they do not fit each other, or are no features or no labels.
    """
    check_order(x, y, x_name, y_name)
    labels = to_labels(y, y_name)
    check_counts(x, labels.labels, x_name, y_name)
    classes = find_classes(labels.labels, y_name, least)
    found = to_features(x, x_name)
    warnings = (*said(x_name, found.done), *said(y_name, labels.done), *classes.warnings)
    return Labelled(found.values, classes.labels, classes.names, found.image_shape, sha256, warnings=warnings)


def said(what: str, done: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was done to an array as warnings that name it."""
    return tuple(f"{what}: {phrase}" for phrase in done)


def check_order(x: npt.NDArray[Any], y: npt.NDArray[Any], x_name: str, y_name: str) -> None:
    """Refuse labels where features must be, and the other way round."""
    is_column = x.ndim == 1 or (x.ndim == 2 and x.shape[1] == 1 and x.dtype.kind in "US")  # noqa: PLR2004  # rows, columns
    if is_column and y.ndim > 1 and y.shape[1] > 1 and len(x) == len(y):
        found, fix = f"shapes of {x.shape} and {y.shape}", "the other order; x.reshape(-1, 1) of one feature"
        raise DataError(must(f"{x_name} and {y_name}", "be features and labels", found, fix))


def check_counts(x: npt.NDArray[Any], y: npt.NDArray[Any], x_name: str, y_name: str) -> None:
    """Refuse features and labels of different numbers of examples."""
    if len(x) == len(y):
        return
    fix = None
    if x.ndim > 1 and x.shape[-1] == len(y):
        fix = "x.T, an example a row" if x.ndim == 2 else "numpy.moveaxis(x, -1, 0), the examples along the first axis"  # noqa: PLR2004  # rows, columns
    raise DataError(must(y_name, f"hold one label for each of the {len(x)} examples in {x_name}", len(y), fix))


def check_index(features: Any, labels: Any, what: str) -> str | None:  # noqa: ANN401  # frames of any package
    """Return what is said where labels with another index are taken by position.

    Raises:
        DataError: by their index they are in another order, or of other rows.
    """
    of_features: Any = getattr(features, "index", None)
    of_labels: Any = getattr(labels, "index", None)
    if not all(hasattr(index, "equals") for index in (of_features, of_labels)) or of_features.equals(of_labels):
        return None
    is_same = set(of_features) == set(of_labels)
    if not is_same and any(_only_counts(index) for index in (of_features, of_labels)):
        return f"{what}, labels: they are taken by position, since their index is not that of the features"
    found = "one in another order" if is_same else "one of other rows"
    fix = "labels.loc[features.index], or where they are in order by position, reset_index(drop=True) of both"
    raise DataError(must(f"{what}, labels", "have the index of the features", found, fix))


def _only_counts(index: Any) -> bool:  # noqa: ANN401  # of pandas
    return len(index) == 0 or list(index) == list(range(len(index)))


def align(other: Labelled, train: Labelled, origin: str) -> Labelled:
    """Return examples of another file with the classes of the training examples.

    Raises:
        DataError: they have another number of features, another shape or scale, or a class that the training examples
            lack.
    """
    if (other.n_features, other.image_shape) != (train.n_features, train.image_shape):
        be = f"have examples of {_shape(train)} values, as the training examples have"
        raise DataError(must(origin, be, f"{_shape(other)} values"))
    values = on_scale_of(train.values, other.values, origin)
    position = {name: i for i, name in enumerate(train.class_names)}
    order = [position.get(name, same_truth(name, train.class_names)) for name in other.class_names]
    for name, k in zip(other.class_names, order, strict=True):
        if k is None:
            known = ", ".join(train.class_names[:10])
            be = "hold classes of the training examples only"
            raise DataError(must(origin, be, f'the class "{name}"', f"one of {known}"))
    labels = np.array(order, dtype=np.int32)[other.labels]
    told = other_words(other.class_names, train.class_names, origin)
    warnings = (*other.warnings, *told)
    return replace(other, values=values, labels=labels, class_names=train.class_names, warnings=warnings)


def _shape(examples: Labelled) -> str:
    return " x ".join(str(n) for n in examples.image_shape or (examples.n_features,))
