"""Checks of what a trainer is given, before it computes: PyTorch itself would take some of it for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.engine.interface import MAX_THREADS
from mlpstudy.records.sparse import check_csr, stray

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.arrays import Features, FloatArray
    from mlpstudy.records import Examples


def check_threads(n_threads: int) -> None:
    """Raise ValueError for a number of threads that no engine takes."""
    if not 1 <= n_threads <= MAX_THREADS:
        message = f"n_threads must lie in 1..{MAX_THREADS}, got {n_threads}"
        raise ValueError(message)


def check_features(features: Features, n_features: int) -> None:
    """Raise TypeError for features that are no array of float32, ValueError for another shape or memory order."""
    if hasattr(features, "indptr"):
        check_csr(features)
        _check_array(features.data, "features.data", np.float32, (None,))
        if features.ndim != 2 or features.shape[1] != n_features:  # noqa: PLR2004  # rows and columns
            message = f"features must be a sparse array of shape (n, {n_features}), got shape {features.shape}"
            raise ValueError(message)
        if (found := stray(features)) is not None:
            message = f"features must hold indices that lie inside them, got {found}"
            raise ValueError(message)
        return
    _check_array(features, "features", np.float32, (None, n_features))


def check_examples(examples: Examples, n_features: int, n_classes: int) -> None:
    """Raise TypeError or ValueError for examples that are not as ``Examples`` says, or none."""
    check_features(examples.features, n_features)
    _check_array(examples.labels, "labels", np.int32, (examples.features.shape[0],))
    if not len(examples):
        message = "features must hold at least one example, got none"
        raise ValueError(message)
    wrong = np.flatnonzero((examples.labels < 0) | (examples.labels >= n_classes))
    if wrong.size:
        message = f"labels must lie in 0..{n_classes - 1}, got {examples.labels[wrong[0]]} at {wrong[0]}"
        raise ValueError(message)


def check_order(order: npt.NDArray[np.int64], n_examples: int) -> None:
    """Raise TypeError or ValueError for an order that does not name rows of the examples, or none."""
    _check_array(order, "order", np.int64, (None,))
    if not order.size:
        message = "order must select at least one example, got none"
        raise ValueError(message)
    wrong = np.flatnonzero((order < 0) | (order >= n_examples))
    if wrong.size:
        message = f"order must hold indices in 0..{n_examples - 1}, got {order[wrong[0]]} at {wrong[0]}"
        raise ValueError(message)


def check_learning_rates(learning_rates: FloatArray, n_steps: int) -> None:
    """Raise TypeError or ValueError for step sizes that are not one of each step, finite and at least 0."""
    _check_array(learning_rates, "learning_rates", np.float64, (n_steps,))
    wrong = np.flatnonzero(~(np.isfinite(learning_rates) & (learning_rates >= 0)))
    if wrong.size:
        message = f"learning_rates must hold finite numbers of at least 0, got {learning_rates[wrong[0]]} at {wrong[0]}"
        raise ValueError(message)


def _check_array(array: Any, what: str, dtype: type[np.generic], shape: tuple[int | None, ...]) -> None:  # noqa: ANN401  # whatever was given
    of = f"({', '.join('n' if n is None else str(n) for n in shape)}{',' if len(shape) == 1 else ''})"
    must = f"{what} must be a C-contiguous {dtype.__name__} array of shape {of}"
    fix = f"fix: numpy.ascontiguousarray(array, dtype=numpy.{dtype.__name__})"
    if not isinstance(array, np.ndarray) or array.dtype != dtype:
        found = f"dtype {array.dtype}" if isinstance(array, np.ndarray) else type(array).__name__
        message = f"{must}, got {found}, {fix}"
        raise TypeError(message)
    if len(array.shape) != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        message = f"{must}, got shape {array.shape}"
        raise ValueError(message)
    if not array.flags.c_contiguous:
        message = f"{must}, got another memory order, {fix}"
        raise ValueError(message)
