"""Cells as text: which are missing, and how a cell of any column is written.

A column of numbers is float64 with NaN where a value is missing; a column of text has its spaces trimmed and null where
a value is missing. Missing are empty cells and those in ``MISSING``, in any file; where the other cells are numbers, so
are words such as Excel's errors, which might be a category elsewhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A", "?")
"""Cells of any column that hold no value."""

EXCEL_ERRORS = r"#[^\d\s]*(?:/0)?[!?]|#n/?[adbv]|#n/a n/a|#[\u043d]/[\u0434]|err:5\d\d|#getting_data"
"""What spreadsheets show in any language for a value that cannot be computed, in small letters."""

_NO_NUMBER = (
    rf"^(?:[-\u2010-\u2015\u2212]+|\.+|\u2026|\*+|\?+|_+|#+|{EXCEL_ERRORS}"
    r"|-?nan|-?1\.#(?:ind|qnan|snan)|nat|n\.? ?a\.?|n/[ad]|n\.? ?[vd]\.?|k\. ?a\.?|nil|null|none"
    r"|[(<\[](?:na|n/a|nan|null|none|missing|blank|empty|unknown)[)>\]]|\\n)$"
)
"""Errors, words and marks that stand for no number, in small letters."""

_UNSURE = (
    *("missing", "unknown", "unk", "unspecified", "not specified", "undetermined", "unavailable", "not available"),
    *("undefined", "undef", "invalid", "error", "empty", "blank", "no data", "nodata", "no value", "tbd", "tba"),
    *("not applicable", "not known", "not reported", "not recorded", "not measured", "not done"),
    *("fehlt", "fehlend", "unbekannt", "keine angabe", "inconnu", "manquant", "desconocido"),
)

_DAY_US = 86_400_000_000


def is_text(column: pl.Series) -> bool:
    """Say whether the cells are text."""
    return column.dtype in (pl.String, pl.Categorical, pl.Enum)


def is_supported(column: pl.Series) -> bool:
    """Say whether the cells are something that a network can be given: no lists, structures or raw bytes.

    A column without any value, such as one row whose value is missing, has Polars' type Null.
    """
    return (
        is_text(column)
        or column.dtype.is_numeric()
        or is_moment(column)
        or column.dtype in (pl.Boolean, pl.Duration, pl.Null)
    )


def in_days(durations: pl.Series) -> pl.Series:
    """Return durations as days."""
    return durations.dt.total_microseconds().cast(pl.Float64) / _DAY_US


def kind_of(column: pl.Series) -> str:
    """Return what cells are, for messages."""
    if column.dtype != pl.Object:
        return str(column.dtype)
    return f"values of type {next((type(value).__name__ for value in column if value is not None), 'object')}"


def is_moment(column: pl.Series) -> bool:
    """Say whether the cells are days, times, or both."""
    return column.dtype in (pl.Date, pl.Datetime, pl.Time)


def nameless(column: pl.Series) -> pl.Series:
    """Return the cells without their name, of which Polars' own methods take ``^a.*$`` for a pattern."""
    return column.alias("")


def clean_text(column: pl.Series, more: tuple[str, ...] = ()) -> pl.Series:
    """Return text with its spaces trimmed, null where it is missing or one of ``more``.

    >>> clean_text(pl.Series([" a", "?", None, "b"])).to_list()
    ['a', None, None, 'b']
    """
    trimmed = nameless(column).cast(pl.String).str.strip_chars()
    return trimmed.set(trimmed.is_in((*MISSING, *more)), None).alias(column.name)


def blanked(frame: pl.DataFrame, words: tuple[str, ...]) -> pl.DataFrame:
    """Return a table without the cells that are some words, or the numbers that these write.

    >>> blanked(pl.DataFrame({"a": [1, -999], "b": ["x", " -999"]}), ("-999",)).rows()
    [(1, 'x'), (None, None)]
    """
    numbers = pl.Series(words, dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls()
    changed = []
    for column in frame if words else ():
        if is_text(column):
            changed.append(clean_text(column, words))
        elif column.dtype.is_numeric():
            is_word = column.cast(pl.Float64).is_in(numbers.implode()).fill_null(value=False)
            if is_word.any():
                changed.append(column.set(is_word, float("nan") if column.dtype.is_float() else None))
    return frame.with_columns(changed) if changed else frame


def holds_no_number(text: pl.Series) -> pl.Series:
    """Say which cells stand for a missing value where the others are numbers, dates or truth values.

    >>> holds_no_number(pl.Series(["#DIV/0!", "-", "n.a.", "(null)", "x"])).to_list()
    [True, True, True, True, False]
    """
    return text.str.to_lowercase().str.contains(_NO_NUMBER)


def may_hold_no_number(text: pl.Series) -> pl.Series:
    """Say which cells are words for a missing value that could be a category as well, such as unknown."""
    return text.str.to_lowercase().is_in(_UNSURE)


def as_text(column: pl.Series) -> pl.Series:
    """Return the cells of any column as text, for categories: whole numbers without a decimal point; without its name.

    >>> as_text(pl.Series([1.0, 2.5, float("nan")])).to_list()
    ['1', '2.5', None]
    """
    column = nameless(column)
    if is_text(column):
        return clean_text(column)
    if column.dtype == pl.Duration:
        column = in_days(column)
    if column.dtype == pl.Boolean:
        return column.cast(pl.String)
    if column.dtype.is_float() or column.dtype.is_decimal():
        numbers = column.cast(pl.Float64).fill_nan(None)
        is_whole = ((numbers == numbers.round()) & (numbers.abs() < 2.0**53)).fill_null(value=False)
        whole = numbers.set(~is_whole, None).cast(pl.Int64).cast(pl.String)
        return whole.zip_with(is_whole, numbers.cast(pl.String))
    return column.cast(pl.String)


def counts_of(text: pl.Series) -> pl.DataFrame:
    """Return the distinct cells of a column of text, whatever its name, as ``value``, and how many have each as ``n``.

    >>> counts_of(pl.Series("n", ["a", None, "a"])).rows()
    [('a', 2)]
    """
    return text.rename("value").drop_nulls().value_counts(name="n")


def chosen(column: pl.Series, rows: npt.NDArray[np.int64] | None) -> pl.Series:
    """Return some rows of a column, all where None."""
    if rows is None or rows.size == len(column):
        return column
    return nameless(column).gather(rows).alias(column.name)
