"""Data that Python code gives: arrays, sparse matrices, data frames; checked like files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import scipy.sparse

from mlpstudy.datasets.cells import clean_text, is_supported, is_text
from mlpstudy.datasets.features import to_features
from mlpstudy.datasets.labels import find_classes
from mlpstudy.datasets.npy import check_counts, one_column
from mlpstudy.datasets.own_files import align
from mlpstudy.datasets.preprocessing import canonical
from mlpstudy.datasets.source import Labelled
from mlpstudy.datasets.table_reading import Table
from mlpstudy.errors import DataError, must

SPLITS = ("train", "test", "validation")
FORMS = "(features, labels), a data frame, or a dict of them with train, test, validation"


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Data that Python code gives: training, test and validation examples, the last two only where they are given.

    Attributes:
        labelled: as arrays, or None.
        tables: as tables, or None.
    """

    labelled: tuple[Labelled, Labelled | None, Labelled | None] | None = None
    tables: tuple[Table, Table | None, Table | None] | None = None

    @classmethod
    def of(cls, data: Any) -> Given:  # noqa: ANN401  # arrays and frames of any package
        """Make it from what Python code has.

        Args:
            data: features and labels as a pair, features as an array of shape ``(n, d)`` or ``(n, rows, columns)`` or
                as a sparse matrix; or a data frame (Polars, pandas, anything with Arrow's interface) with the target
                as a column; or a dict with ``"train"`` and at will ``"test"`` and ``"validation"`` of such.

        Raises:
            DataError: it is something else, or not fit to learn from.

        >>> Given.of((np.eye(4), ["a", "b", "a", "b"])).labelled[0].class_names
        ('a', 'b')
        """
        if isinstance(data, cls):
            return data
        by_split = dict(data) if isinstance(data, Mapping) else {"train": data}
        for name in by_split:
            if name not in SPLITS:
                raise DataError(must("a key of data", f"be one of {', '.join(SPLITS)}", name))
        if "train" not in by_split:
            raise DataError(must("data", 'have the key "train"', f"the keys {list(by_split)}"))
        if isinstance(by_split["train"], tuple | list):
            main = _labelled(by_split["train"], "data")
            others = [_aligned(by_split.get(name), main, f'data["{name}"]') for name in SPLITS[1:]]
            return cls(labelled=(main, others[0], others[1]))
        table = _table(by_split["train"], "data")
        tables = [_table(by_split[name], f'data["{name}"]') if name in by_split else None for name in SPLITS[1:]]
        return cls(tables=(table, tables[0], tables[1]))


def _aligned(pair: Any, main: Labelled, what: str) -> Labelled | None:  # noqa: ANN401  # as in Given.of
    """Return the examples of another split, with the classes of the training examples."""
    return None if pair is None else align(_labelled(pair, what), main, what)


def _labelled(pair: Any, what: str) -> Labelled:  # noqa: ANN401  # as in Given.of
    """Return the examples in a pair of features and labels."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:  # noqa: PLR2004  # a pair
        raise DataError(must(what, f"be {FORMS}", type(pair).__name__))
    x, y = pair
    labels = _label_array(y, f"{what}, labels")
    if scipy.sparse.issparse(x):
        rows = canonical(x)
        check_counts(np.arange(rows.shape[0]), labels, f"{what}, features", f"{what}, labels")
        if not np.isfinite(rows.data).all():
            raise DataError(must(f"{what}, features", "be finite numbers in float32", "one that is not"))
        classes = find_classes(labels, f"{what}, labels")
        sha256 = _hash_arrays(rows.data, rows.indices, rows.indptr.astype(np.int64), labels)
        return Labelled(rows, classes.labels, classes.names, None, sha256)
    features = np.asarray(x)
    check_counts(np.atleast_1d(features), labels, f"{what}, features", f"{what}, labels")
    found = to_features(features, f"{what}, features")
    classes = find_classes(labels, f"{what}, labels")
    sha256 = _hash_arrays(found.values, labels)
    return Labelled(found.values, classes.labels, classes.names, found.image_shape, sha256)


def _label_array(labels: Any, what: str) -> np.ndarray[Any, Any]:  # noqa: ANN401  # as in Given.of
    """Return labels as a vector of numbers or of text."""
    array = np.asarray(labels)
    if array.dtype == object:
        for i, label in enumerate(array.ravel().tolist()):
            if not isinstance(label, str | int | float) or label != label:  # noqa: PLR0124  # NaN alone differs from itself
                raise DataError(must(f"{what}[{i}]", "name a class", repr(label), "remove the example"))
        array = array.astype(np.str_)
    return one_column(array)


def _table(frame: Any, what: str) -> Table:  # noqa: ANN401  # as in Given.of
    """Return a data frame as a table that is read from a file would be."""
    try:
        made = frame.collect() if isinstance(frame, pl.LazyFrame) else _to_polars(frame)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise DataError(must(what, f"be {FORMS}", type(frame).__name__)) from error
    if not made.height or not made.width:
        raise DataError(must(what, "have rows and columns", f"{made.height} rows, {made.width} columns"))
    cleaned = made.with_columns(clean_text(made[name]) for name in made.columns if is_text(made[name]))
    return Table(cleaned, what, _hash_frame(cleaned))


def _to_polars(frame: Any) -> pl.DataFrame:  # noqa: ANN401  # as in Given.of
    if isinstance(frame, pl.DataFrame):
        return frame
    if hasattr(frame, "to_dict") and hasattr(frame, "columns"):
        # pandas: its own conversion would need pyarrow for columns of text.
        return pl.DataFrame(
            {str(name): frame[name].to_list() for name in frame.columns}, nan_to_null=True, strict=False
        )
    if hasattr(frame, "__arrow_c_stream__"):
        return pl.DataFrame(frame)
    raise TypeError


def _hash_arrays(*arrays: np.ndarray[Any, Any]) -> str:
    """Hash types, shapes and values."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(
            np.ascontiguousarray(array).tobytes() if array.dtype.kind == "U" else np.ascontiguousarray(array).data
        )
    return digest.hexdigest()


def _hash_frame(frame: pl.DataFrame) -> str:
    """Hash names, types and cells, whatever memory they lie in."""
    digest = hashlib.sha256()
    for column in frame:
        digest.update(f"{len(column.name)}:{column.name}:{column.dtype}:{len(column)}".encode())
        digest.update(column.is_null().to_numpy().tobytes())
        if is_text(column):
            text = column.cast(pl.String).fill_null("")
            digest.update(text.str.len_bytes().to_numpy().tobytes())
            digest.update("".join(text.to_list()).encode())
        elif is_supported(column) and not column.dtype.is_decimal():
            values = column.to_physical()
            digest.update(values.fill_null(value=False if column.dtype == pl.Boolean else 0).to_numpy().tobytes())
        else:
            digest.update(repr(column.to_list()).encode())
    return digest.hexdigest()
