"""A frame and its target, given apart, as one table."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from mlpstudy.datasets.arrays.given_labels import given_labels
from mlpstudy.datasets.arrays.labels import LabelArray
from mlpstudy.datasets.arrays.pairing import check_index, said
from mlpstudy.datasets.tables.frames import Taken, is_frame, take, to_table
from mlpstudy.datasets.tables.pandas_frames import is_missing, series_of
from mlpstudy.datasets.tables.table import Table
from mlpstudy.errors import DataError, must

_UNNAMED = "target"


def joined(
    features: Any,  # noqa: ANN401  # frames of any package
    labels: Any,  # noqa: ANN401  # columns of any package
    what: str,
    forms: str,
    target: str | None = None,
) -> Table:
    """Return features and labels as one table, with the labels in its last column.

    Args:
        features: a frame.
        labels: a column of any package, a list, an array, or a frame of one column; in the order of the features.
        what: what they are called in messages.
        forms: what may be given, for messages.
        target: what the column of labels is called; else what it is called already.

    Raises:
        DataError: they do not fit each other.

    >>> joined(pl.DataFrame({"a": [1, 2]}), ["x", "y"], "data", "frames").frame.columns
    ['a', 'target']
    """
    taken = take(features, f"{what}, features", forms)
    several = _one_hot(labels, f"{what}, labels")
    column = _column(labels, f"{what}, labels", forms) if several is None else pl.Series("", several.labels)
    done = () if several is None else said(f"{what}, labels", several.done)
    if len(column) != taken.frame.height:
        be = f"hold one label for each of the {taken.frame.height} rows of the features"
        raise DataError(must(f"{what}, labels", be, len(column)))
    told = check_index(features, labels, what)
    name = target or column.name or _UNNAMED
    if name in taken.frame.columns:
        fix = "give labels of another name, or the features without them"
        raise DataError(must(f"{what}, labels", "have a name that no feature has", name, fix))
    lines = (*taken.lines, *done, *((told,) if told else ()))
    table = to_table(Taken(taken.frame.with_columns(column.alias(name)), lines), what)
    return Table(table.frame, what, table.sha256, warnings=table.warnings, target=name)


def _one_hot(labels: Any, what: str) -> LabelArray | None:  # noqa: ANN401  # as above
    """Return the classes of labels in several columns, which must be one-hot; None of others."""
    if isinstance(labels, list | tuple):
        is_table = bool(labels) and isinstance(labels[0], list | tuple | np.ndarray) and len(labels[0]) > 1
    else:
        shape: tuple[int, ...] = getattr(labels, "shape", ())
        is_table = len(shape) > 1 and shape[1] > 1
    return given_labels(labels, what) if is_table else None


def _column(labels: Any, what: str, forms: str) -> pl.Series:  # noqa: ANN401  # as above
    """Return labels as a column, without a name where they have none."""
    if isinstance(labels, pl.Series):
        return labels
    if hasattr(labels, "to_frame") and not hasattr(labels, "columns"):
        name = getattr(labels, "name", None)
        column = take(labels.to_frame(), what, forms).frame.to_series()
        return column.alias("" if name is None else str(name))
    if is_frame(labels):
        return take(labels, what, forms).frame.to_series()
    try:
        array = labels if isinstance(labels, list | tuple) else np.asarray(labels)
        values = list(labels) if isinstance(array, list | tuple) else array.reshape(len(array), -1)
    except (TypeError, ValueError) as error:
        raise DataError(must(what, "be a column", type(labels).__name__)) from error
    if isinstance(values, np.ndarray):
        values = values[:, 0].tolist()
    return series_of("", [None if is_missing(value) else value for value in values], what)
