"""Cells that are dates: days since 1970-01-01 (UTC)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from mlpstudy.datasets.tables.cells.date_shapes import (
    CLOCK,
    COMPACT,
    DAY_FIRST,
    DAY_US,
    MONTH_FIRST,
    PLAIN,
    Moments,
    moments,
    of_strptime,
)
from mlpstudy.datasets.tables.cells.form import Form

_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_ZERO = r"^0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[ T]00:00(?::00)?(?:\.0+)?)?$"


def parse(text: pl.Series, form: Form) -> pl.Series:
    """Return trimmed text as days, null where a cell is no date of the form."""
    if form.date:
        return _of_distinct(text, lambda cells: moments(cells, pattern(form)))
    quick = _quick(text)
    rest = np.flatnonzero((quick.is_null() & text.is_not_null()).to_numpy())
    if not rest.size:
        return quick
    numbers = quick.fill_null(float("nan")).to_numpy().copy()
    numbers[rest] = _of_distinct(text.gather(rest), plain_moments).fill_null(float("nan")).to_numpy()
    return pl.Series(numbers, nan_to_null=True)


def _of_distinct(text: pl.Series, read: Callable[[pl.Series], Moments]) -> pl.Series:
    """Return the days of cells; each distinct one is read once, where most are there several times."""
    distinct = text.drop_nulls().unique()
    if 2 * len(distinct) > len(text):
        return _as_days(read(text))
    return text.replace_strict(distinct, _as_days(read(distinct)), default=None, return_dtype=pl.Float64)


def parse_numbers(column: pl.Series, form: Form) -> pl.Series:
    """Return numbers whose digits are dates, such as 20240131, as days, null where they are none."""
    text = digits(column)
    if "%" not in form.date:
        return _as_days(moments(text, COMPACT))
    found = moments(text, pattern(form))
    if not found.is_right.all():  # a number has lost the zero at its start
        padded = moments("0" + text, pattern(form))
        found = Moments(*(np.where(found.is_right, own, other) for own, other in zip(found, padded, strict=True)))
    return _as_days(found)


def digits(column: pl.Series) -> pl.Series:
    """Return whole numbers as text, null where a number is missing or not whole."""
    if column.dtype.is_float() or column.dtype.is_decimal():
        numbers = column.cast(pl.Float64)
        column = numbers.set(((numbers != numbers.round()) | numbers.is_nan()).fill_null(value=False), None)
    return column.cast(pl.Int64, strict=False).cast(pl.String)


def pattern(form: Form) -> str:
    """Return the pattern of a form that is not plain."""
    known = {"day first": DAY_FIRST, "month first": MONTH_FIRST, "clock": CLOCK}
    return known.get(form.date) or of_strptime(form.date)


def plain_moments(text: pl.Series) -> Moments:
    """Return the moments of cells that can be read in one way only."""
    n = len(text)
    made = Moments(np.zeros(n, np.int64), *(np.zeros(n, np.bool_) for _ in range(3)))
    left = np.flatnonzero(text.is_not_null().to_numpy())
    for one in PLAIN:
        found = moments(text.gather(left), one)
        for whole, part in zip(made, found, strict=True):
            whole[left] = part
        left = left[~found.has_shape]
        if not left.size:
            break
    return made


def without_zeros(text: pl.Series) -> pl.Series:
    """Return text with null for dates of zeros, such as 0000-00-00, which databases write for a missing one."""
    return text.set(is_zero(text), None)


def is_zero(text: pl.Series) -> pl.Series:
    """Say which cells are dates of zeros."""
    return text.str.contains(_ZERO).fill_null(value=False)


def is_zero_number(column: pl.Series, form: Form) -> pl.Series:
    """Say which numbers are dates of zeros: 0 is midnight where a study says how its digits are written."""
    is_plain = "%" not in form.date
    return (column == 0).fill_null(value=False) & is_plain


def quick_is_enough(values: pl.Series) -> bool:
    """Say whether all cells are in the forms that need no word: 2024-01-31, 2024-01-31 12:00, with T, with Z."""
    return not _quick(values).null_count()


def _quick(text: pl.Series) -> pl.Series:
    of_days = text.str.to_date(_FORMATS[-1], strict=False)
    if of_days.null_count() == text.null_count():  # no cell has a time of day
        return days(of_days.cast(pl.Datetime("us")))
    spaced = text.str.replace("T", " ", literal=True).str.strip_suffix("Z")
    parsed = spaced.str.to_datetime(_FORMATS[0], time_unit="us", strict=False)
    for form in _FORMATS[1:-1]:
        parsed = parsed.zip_with(parsed.is_not_null(), spaced.str.to_datetime(form, time_unit="us", strict=False))
    dates = spaced.str.to_date(_FORMATS[-1], strict=False).cast(pl.Datetime("us"))
    return days(parsed.zip_with(parsed.is_not_null(), dates))


def _as_days(found: Moments) -> pl.Series:
    # Polars divides as it does for its own dates: the last bit is that of the same moment in another form.
    made = pl.Series(found.microseconds).cast(pl.Float64) / DAY_US
    return made.set(pl.Series(~found.is_right), None)


def days(column: pl.Series) -> pl.Series:
    """Return days since 1970-01-01."""
    if column.dtype == pl.Date:
        return column.to_physical().cast(pl.Float64)
    if column.dtype == pl.Time:
        return column.to_physical().cast(pl.Float64) / (1000 * DAY_US)
    return column.dt.cast_time_unit("us").to_physical().cast(pl.Float64) / DAY_US
