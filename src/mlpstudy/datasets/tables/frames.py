"""Data frames that Python code gives, as tables that are read from files would be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from mlpstudy.datasets.tables.cells.text import clean_text, is_supported, is_text
from mlpstudy.datasets.tables.pandas_frames import is_missing, is_pandas, of_pandas, series_of
from mlpstudy.datasets.tables.table import Table, check_distinct
from mlpstudy.datasets.tables.unnamed import named
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import counted, some


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
    return to_table(take(frame, what, forms), what)


class Taken(NamedTuple):
    """A frame of another package as one of Polars, and what a user should know of it, a line each."""

    frame: pl.DataFrame
    lines: tuple[str, ...] = ()


def to_table(taken: Taken, what: str) -> Table:
    """Return a frame as a table: its text trimmed, its categories kept.

    Raises:
        DataError: it is empty.
    """
    made = taken.frame
    if not made.height or not made.width:
        raise DataError(
            must(what, "have rows and columns", f"{counted(made.height, 'row')}, {counted(made.width, 'column')}")
        )
    as_words = made.with_columns(clean_text(column) for column in made if is_text(column))
    categories = [column.name for column in made if column.dtype in (pl.Categorical, pl.Enum)]
    cleaned = as_words.with_columns(as_words[name].cast(pl.Categorical) for name in categories)
    frame_of_names, told = named(cleaned, what)
    lines = (*taken.lines, *told, *_trimmed(made, what))
    return Table(frame_of_names, what, _hash_frame(as_words), warnings=lines)


def _trimmed(given: pl.DataFrame, what: str) -> tuple[str, ...]:
    """Return the line on columns of text that is trimmed: words that differ in spaces alone become one."""
    texts = [column.cast(pl.String).alias(column.name) for column in given if is_text(column)]
    spaced = [f'"{text.name}"' for text in texts if (text != text.str.strip_chars()).any()]
    return (f"{what}: spaces around text are left out: {some(spaced, 3)}",) if spaced else ()


def is_frame(values: object) -> bool:
    """Say whether values are a data frame, of any package, or a list of dicts: rows that name their columns."""
    if isinstance(values, pl.DataFrame | pl.LazyFrame) or hasattr(values, "__arrow_c_stream__"):
        return True
    return is_pandas(values) or hasattr(values, "__dataframe__") or is_rows_by_name(values)


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
    return take(frame, what, forms).frame


def take(frame: Any, what: str, forms: str) -> Taken:  # noqa: ANN401  # frames of any package
    """Return a data frame of any package as ``to_polars`` does, with what a user should know of it."""
    try:
        made = _take(frame, what)
    except pl.exceptions.DuplicateError as error:
        found = str(error).splitlines()[0]
        raise DataError(must(what, "have columns of different names", found, "rename one of them")) from error
    except (TypeError, ValueError, OverflowError, ImportError, pl.exceptions.PolarsError) as error:
        # One row or column of pandas has Arrow's interface too, which asks for pyarrow.
        fix = "a frame; of one row, frame.iloc[[i]]" if hasattr(frame, "to_frame") else ""
        raise DataError(must(what, f"be {forms}", type(frame).__name__, fix)) from error
    wide = [column.name for column in made.frame if column.dtype in (pl.Int128, pl.UInt128)]
    return Taken(made.frame.with_columns(made.frame[name].cast(pl.String) for name in wide), made.lines)


def _take(frame: Any, what: str) -> Taken:  # noqa: ANN401  # as in to_polars
    if isinstance(frame, pl.DataFrame):
        return Taken(frame)
    if isinstance(frame, pl.LazyFrame):
        return Taken(frame.collect())
    if is_rows_by_name(frame):
        return Taken(_of_dicts(frame, what))
    if is_pandas(frame):
        return Taken(*of_pandas(frame, what))
    if hasattr(frame, "__arrow_c_stream__"):
        return Taken(pl.DataFrame(frame))
    if hasattr(frame, "__dataframe__"):
        return Taken(pl.from_dataframe(frame))
    raise TypeError


def _of_dicts(rows: Sequence[Mapping[object, object]], what: str) -> pl.DataFrame:
    """Return rows that name their columns; every row names all of them."""
    check_distinct([str(name) for name in rows[0]], what)
    columns = {str(name): name for name in rows[0]}
    for i, row in enumerate(rows):
        if row.keys() != rows[0].keys():
            different = str(next(iter(row.keys() ^ rows[0].keys())))
            lacks = f'none "{different}"' if different in columns else f'one "{different}"'
            fix = "None where a value is missing"
            raise DataError(must(f"{what}, row {i + 1}", "have the columns of the first row", f"{lacks} ", fix))
    return pl.DataFrame([_of_values(name, [row[key] for row in rows], what) for name, key in columns.items()])


def _of_values(name: str, values: list[Any], what: str) -> pl.Series:
    try:
        made = pl.Series(name, values, strict=False)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        made = None
    if made is None or made.dtype == pl.Object:
        values = [None if is_missing(value) else value for value in values]
    return series_of(name, values, what, made)


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
