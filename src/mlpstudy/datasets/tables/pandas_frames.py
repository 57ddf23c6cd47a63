"""Frames of pandas as ones of Polars: pandas is no dependency, and its own conversion would need pyarrow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from mlpstudy.datasets.tables.cells.text import as_text, is_supported
from mlpstudy.datasets.tables.table import check_distinct
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import some


def is_pandas(values: object) -> bool:
    """Say whether values are a frame of pandas, or of what is like it."""
    return hasattr(values, "to_dict") and hasattr(values, "columns") and hasattr(values, "iloc")


def of_pandas(frame: Any, what: str) -> tuple[pl.DataFrame, tuple[str, ...]]:  # noqa: ANN401  # pandas is no dependency
    """Return a frame of pandas as one of Polars, and what a user should know of it.

    Raises:
        DataError: two columns have one name, or a column's values are of several kinds.
    """
    names = [_name(label) for label in frame.columns]
    check_distinct(names, what)
    columns = [_column(frame.iloc[:, i], name, what) for i, name in enumerate(names)]
    lines = (_of_levels(frame, names, what), _of_index(frame.index, what))
    return pl.DataFrame(columns), tuple(line for line in lines if line)


def _name(label: object) -> str:
    """Return a column's name; one of several levels has points between them."""
    if isinstance(label, tuple):
        return ".".join(str(part) for part in label if str(part))
    return str(label)


def _of_levels(frame: Any, names: Sequence[str], what: str) -> str | None:  # noqa: ANN401  # as above
    """Return the line on names of columns that have several levels."""
    if getattr(frame.columns, "nlevels", 1) == 1:
        return None
    return f"{what}: names of columns with several levels have points between them: {some(names, 3)}"


def _of_index(index: Any, what: str) -> str | None:  # noqa: ANN401  # as above
    """Return the line on an index that says more than which row it is."""
    named = [str(name) for name in index.names if name is not None]
    if not named and getattr(index, "nlevels", 1) == 1 and (not len(index) or index.dtype.kind in "iu"):
        return None
    called = f' "{", ".join(named)}"' if named else ""
    return f"{what}: the index{called} is no column and left out; frame.reset_index() makes it one"


def _column(cells: Any, name: str, what: str) -> pl.Series:  # noqa: ANN401  # as above
    kind = str(cells.dtype)
    if kind == "category":
        return _of_categories(cells, name, what)
    if kind.startswith("period"):
        cells = cells.dt.to_timestamp()
    try:
        made = pl.Series(name, cells.to_list(), nan_to_null=True, strict=False)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        made = None
    if made is not None and kind != "object" and made.dtype != pl.Object:
        return made
    missing = cells.isna().to_list()
    return series_of(
        name, [None if gone else cell for cell, gone in zip(cells.to_list(), missing, strict=True)], what, made
    )


def _of_categories(cells: Any, name: str, what: str) -> pl.Series:  # noqa: ANN401  # as above
    """Return declared categories: their levels are words, even where they are numbers."""
    levels = [_level(level) for level in cells.cat.categories.to_list()]
    if len(set(levels)) < len(levels):
        twice = next(level for level in levels if levels.count(level) > 1)
        raise DataError(
            must(f'{what}, column "{name}"', "have levels of different names", f'"{twice}" twice', "rename one")
        )
    words = [None if code < 0 else levels[code] for code in cells.cat.codes.to_list()]
    return pl.Series(name, words, dtype=pl.String).cast(pl.Categorical)


def _level(level: object) -> str:
    """Return a level as the same value in a column of its kind would be written."""
    if isinstance(level, str):
        return level
    made = pl.Series([level], strict=False)
    return str(as_text(made)[0]) if is_supported(made) else str(level)


def series_of(name: str, values: list[Any], what: str, made: pl.Series | None = None) -> pl.Series:
    """Return values of Python as a column.

    Args:
        name: of the column.
        values: None where one is missing.
        what: what the table is called in messages.
        made: the column as Polars makes it, where it does and none of the values must be None for it.

    Raises:
        DataError: days, times or durations stand among other values, which would become numbers without a word.
    """
    kinds = {_kind(value): value for value in reversed(values) if not is_missing(value)}
    if len(kinds) > 1 and not kinds.keys() <= {"text", "number", "truth"}:
        found = " and ".join(f"{value} ({type(value).__name__})" for value in kinds.values())
        fix = "convert them, or leave the column out"
        raise DataError(must(f'{what}, column "{name}"', "hold values of one kind", found, fix))
    if kinds.keys() == {"truth"}:
        # Beside a NaN, Polars and NumPy make numbers of truth values.
        return pl.Series(name, [None if is_missing(value) else bool(value) for value in values], dtype=pl.Boolean)
    if made is not None and made.dtype != pl.Object:
        return made
    if "day" in kinds:
        values = [_moment(value) for value in values]
    try:
        return pl.Series(name, values, strict=False, nan_to_null=True)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        return pl.Series(name, values, dtype=pl.Object)


def is_missing(value: object) -> bool:
    """Say whether a value is one of those that stand for none: None, NaN, and pandas' own."""
    if isinstance(value, float):
        return value != value  # noqa: PLR0124  # NaN alone differs from itself
    return value is None or type(value).__name__ in {"NAType", "NaTType"}


def _kind(value: object) -> str:
    kinds = (
        (dt.date | np.datetime64, "day"),
        (dt.time, "time"),
        (dt.timedelta, "duration"),
        (str, "text"),
        (bool | np.bool_, "truth"),
    )
    return next((kind for types, kind in kinds if isinstance(value, types)), "number")


def _moment(value: Any) -> Any:  # noqa: ANN401  # any value of Python
    """Return a day or time of Python, in UTC where it has an offset; any other value as it is."""
    if isinstance(value, np.datetime64):
        return value.astype("datetime64[us]").item()
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value
