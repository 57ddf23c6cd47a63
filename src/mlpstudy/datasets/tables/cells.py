"""Cells of a table: which are missing, which numbers, which truth values, which dates.

A column of numbers is float64 with NaN where a value is missing; a column of text has its spaces trimmed and null where
a value is missing. Missing are empty cells and those in ``MISSING``, in any file.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from mlpstudy.arrays import FloatArray

Meaning = Literal["number", "boolean", "date"]
"""What the cells of a column are that becomes one number a row."""

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A", "?")

WORDS: dict[Meaning, str] = {
    "number": "a number",
    "boolean": "true or false",
    "date": "a date such as 2024-01-31 or 2024-01-31 12:00",
}

_DAY_US = 86_400_000_000
_DATE_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def is_text(column: pl.Series) -> bool:
    """Say whether the cells are text."""
    return column.dtype in (pl.String, pl.Categorical, pl.Enum)


def is_supported(column: pl.Series) -> bool:
    """Say whether the cells are something that a network can be given: no lists, structures or raw bytes.

    A column without any value, such as one row whose value is missing, has Polars' type Null.
    """
    return is_text(column) or column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Date, pl.Datetime, pl.Null)


def clean_text(column: pl.Series) -> pl.Series:
    """Return text with its spaces trimmed, null where it is missing.

    >>> clean_text(pl.Series([" a", "?", None, "b"])).to_list()
    ['a', None, None, 'b']
    """
    trimmed = column.cast(pl.String).str.strip_chars()
    return trimmed.set(trimmed.is_in(MISSING), None)


def as_text(column: pl.Series) -> pl.Series:
    """Return the cells of any column as text, for categories: whole numbers without a decimal point.

    >>> as_text(pl.Series([1.0, 2.5, float("nan")])).to_list()
    ['1', '2.5', None]
    """
    if is_text(column):
        return clean_text(column)
    if column.dtype == pl.Boolean:
        return column.cast(pl.String)
    if column.dtype.is_float() or column.dtype.is_decimal():
        numbers = column.cast(pl.Float64).fill_nan(None)
        is_whole = ((numbers == numbers.round()) & (numbers.abs() < 2.0**53)).fill_null(value=False)
        whole = numbers.set(~is_whole, None).cast(pl.Int64).cast(pl.String)
        return whole.zip_with(is_whole, numbers.cast(pl.String))
    return column.cast(pl.String)


def chosen(column: pl.Series, rows: npt.NDArray[np.int64] | None) -> pl.Series:
    """Return some rows of a column, all where None."""
    return column if rows is None or rows.size == len(column) else column.gather(rows)


def as_numbers(
    column: pl.Series, meaning: Meaning, rows: npt.NDArray[np.int64] | None = None
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the cells of some rows, or all, as numbers, NaN where one is missing or wrong; and which are wrong.

    true is 1 and false 0; a date is the number of days since 1970-01-01 (UTC).

    >>> as_numbers(pl.Series(["1.5", "x", ""]), "number")
    (array([1.5, nan, nan]), array([False,  True, False]))
    """
    if meaning == "number" and column.dtype == pl.Float64 and not column.null_count():
        # NumPy sees the column's own memory, where Polars would copy it.
        numbers = column.to_numpy() if rows is None else column.to_numpy()[rows]
        return numbers, np.isinf(numbers)
    column = chosen(column, rows)
    if is_text(column):
        text = clean_text(column)
        parsed = _parse(text, meaning)
        wrong = (parsed.is_null() & text.is_not_null()).to_numpy()
        return _to_array(parsed), wrong | _is_infinite(parsed)
    if meaning == "date" and column.dtype in (pl.Date, pl.Datetime):
        parsed = _days(column)
    elif meaning != "date" and (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        parsed = column.cast(pl.Float64)
        if meaning == "boolean":
            wrong = (parsed.is_not_null() & ~parsed.is_in([0.0, 1.0]) & parsed.is_not_nan()).to_numpy()
            return _to_array(parsed), wrong
    else:
        return np.full(len(column), np.nan), column.is_not_null().to_numpy()
    return _to_array(parsed), _is_infinite(parsed)


def _parse(text: pl.Series, meaning: Meaning) -> pl.Series:
    """Parse trimmed text; null where it is not what it is to be."""
    match meaning:
        case "number":
            return text.cast(pl.Float64, strict=False)
        case "boolean":
            lower = text.str.to_lowercase()
            is_known = lower.is_in(["true", "false"])
            return (lower == "true").set(~is_known.fill_null(value=False), None).cast(pl.Float64)
        case "date":
            return _parse_dates(text)


def _parse_dates(text: pl.Series) -> pl.Series:
    spaced = text.str.replace("T", " ", literal=True).str.strip_suffix("Z")
    parsed = spaced.str.to_datetime(_DATE_FORMATS[0], time_unit="us", strict=False)
    for form in _DATE_FORMATS[1:-1]:
        parsed = parsed.zip_with(parsed.is_not_null(), spaced.str.to_datetime(form, time_unit="us", strict=False))
    dates = spaced.str.to_date(_DATE_FORMATS[-1], strict=False).cast(pl.Datetime("us"))
    return _days(parsed.zip_with(parsed.is_not_null(), dates))


def _days(column: pl.Series) -> pl.Series:
    """Return days since 1970-01-01."""
    if column.dtype == pl.Date:
        return column.to_physical().cast(pl.Float64)
    return column.dt.cast_time_unit("us").to_physical().cast(pl.Float64) / _DAY_US


def _to_array(numbers: pl.Series) -> FloatArray:
    return numbers.fill_null(float("nan")).to_numpy()


def _is_infinite(numbers: pl.Series) -> npt.NDArray[np.bool_]:
    return np.isinf(_to_array(numbers))
