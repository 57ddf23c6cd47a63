"""Data frames that Python code gives, as tables that are read from files would be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from mlpstudy.datasets.tables.cells.text import clean_text, is_supported, is_text
from mlpstudy.datasets.tables.table import Table
from mlpstudy.datasets.tables.unnamed import named
from mlpstudy.errors import DataError, must


def as_table(frame: Any, what: str, forms: str) -> Table:  # noqa: ANN401  # frames of any package
    """Return a data frame as a table that is read from a file would be.

    Args:
        frame: of Polars, pandas or anything with Arrow's interface; or a list of dicts, a row each.
        what: what it is called in messages.
        forms: what may be given, for messages.

    Raises:
        DataError: it is no data frame, or an empty one.

    >>> as_table(pl.DataFrame({"job": [" smith"]}), "data", "a data frame").frame["job"].to_list()
    ['smith']
    """
    made = to_polars(frame, what, forms)
    if not made.height or not made.width:
        raise DataError(must(what, "have rows and columns", f"{made.height} rows, {made.width} columns"))
    cleaned = made.with_columns(clean_text(made[name]) for name in made.columns if is_text(made[name]))
    frame_of_names, told = named(cleaned, what)
    return Table(frame_of_names, what, _hash_frame(cleaned), warnings=told)


def is_frame(values: object) -> bool:
    """Say whether values are a data frame, of any package, or a list of dicts: rows that name their columns."""
    if isinstance(values, pl.DataFrame | pl.LazyFrame) or hasattr(values, "__arrow_c_stream__"):
        return True
    return _is_pandas(values) or hasattr(values, "__dataframe__") or is_rows_by_name(values)


def is_rows_by_name(values: object) -> bool:
    """Say whether values are a list of dicts, a row each."""
    return isinstance(values, list | tuple) and bool(values) and all(isinstance(row, Mapping) for row in values)


def to_polars(frame: Any, what: str, forms: str) -> pl.DataFrame:  # noqa: ANN401  # frames of any package
    """Return a data frame of any package, or a list of dicts, as one of Polars.

    Args:
        frame: the frame.
        what: what it is called in messages.
        forms: what may be given, for messages.

    Raises:
        DataError: it is none, two columns have one name, or a row lacks a column.

    >>> to_polars([{"age": 51, "job": "king"}, {"job": "smith", "age": None}], "the rows", "rows").shape
    (2, 2)
    """
    try:
        return _to_polars(frame, what)
    except (TypeError, ValueError, OverflowError, ImportError, pl.exceptions.PolarsError) as error:
        # One row or column of pandas has Arrow's interface too, which asks for pyarrow.
        fix = "a frame; of one row, frame.iloc[[i]]" if hasattr(frame, "to_frame") else ""
        raise DataError(must(what, f"be {forms}", type(frame).__name__, fix)) from error


def _to_polars(frame: Any, what: str) -> pl.DataFrame:  # noqa: ANN401  # as in to_polars
    if isinstance(frame, pl.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if is_rows_by_name(frame):
        return _of_dicts(frame, what)
    if _is_pandas(frame):
        return _of_pandas(frame, what)
    if hasattr(frame, "__arrow_c_stream__"):
        return pl.DataFrame(frame)
    if hasattr(frame, "__dataframe__"):
        return pl.from_dataframe(frame)
    raise TypeError


def _is_pandas(values: object) -> bool:
    return hasattr(values, "to_dict") and hasattr(values, "columns")


def _of_dicts(rows: Sequence[Mapping[object, object]], what: str) -> pl.DataFrame:
    """Return rows that name their columns; every row names all of them."""
    columns = {str(name): name for name in rows[0]}
    for i, row in enumerate(rows):
        if row.keys() != rows[0].keys():
            different = str(next(iter(row.keys() ^ rows[0].keys())))
            lacks = f'none "{different}"' if different in columns else f'one "{different}"'
            fix = "None where a value is missing"
            raise DataError(must(f"{what}, row {i + 1}", "have the columns of the first row", f"{lacks} ", fix))
    return pl.DataFrame({name: [row[key] for row in rows] for name, key in columns.items()}, strict=False)


def _of_pandas(frame: Any, what: str) -> pl.DataFrame:  # noqa: ANN401  # pandas is no dependency
    """Return a frame of pandas: its own conversion would need pyarrow for columns of text."""
    names = [str(name) for name in frame.columns]
    for name in names:
        if names.count(name) > 1:
            raise DataError(must(what, "have columns of different names", f'"{name}" twice ', "rename one"))
    return pl.DataFrame([_pandas_column(frame[key], name) for key, name in zip(frame.columns, names, strict=True)])


def _pandas_column(cells: Any, name: str) -> pl.Series:  # noqa: ANN401  # as above
    """Return a column; where it holds pandas' own missing values beside others, Polars needs None for them."""
    try:
        made = pl.Series(name, cells.to_list(), nan_to_null=True, strict=False)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        made = None
    if made is not None and made.dtype != pl.Object:
        return made
    missing = cells.isna().to_list()
    values = [None if is_missing else cell for cell, is_missing in zip(cells.to_list(), missing, strict=True)]
    return pl.Series(name, values, strict=False)


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
