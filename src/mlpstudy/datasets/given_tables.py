"""Data frames that Python code gives, as tables that are read from files would be."""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl

from mlpstudy.datasets.cells import clean_text, is_supported, is_text
from mlpstudy.datasets.table_reading import Table
from mlpstudy.errors import DataError, must


def as_table(frame: Any, what: str, forms: str) -> Table:  # noqa: ANN401  # frames of any package
    """Return a data frame as a table that is read from a file would be.

    Args:
        frame: of Polars, pandas or anything with Arrow's interface.
        what: what it is called in messages.
        forms: what may be given, for messages.

    Raises:
        DataError: it is no data frame, or an empty one.

    >>> as_table(pl.DataFrame({"job": [" smith"]}), "data", "a data frame").frame["job"].to_list()
    ['smith']
    """
    try:
        made = frame.collect() if isinstance(frame, pl.LazyFrame) else _to_polars(frame)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise DataError(must(what, f"be {forms}", type(frame).__name__)) from error
    if not made.height or not made.width:
        raise DataError(must(what, "have rows and columns", f"{made.height} rows, {made.width} columns"))
    cleaned = made.with_columns(clean_text(made[name]) for name in made.columns if is_text(made[name]))
    return Table(cleaned, what, _hash_frame(cleaned))


def _to_polars(frame: Any) -> pl.DataFrame:  # noqa: ANN401  # as in as_table
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
