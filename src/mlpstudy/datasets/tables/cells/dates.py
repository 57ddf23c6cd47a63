"""Cells that are dates: days since 1970-01-01 (UTC)."""

from __future__ import annotations

import polars as pl

_DAY_US = 86_400_000_000
_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def parse(text: pl.Series) -> pl.Series:
    """Return trimmed text as days, null where a cell is no date."""
    spaced = text.str.replace("T", " ", literal=True).str.strip_suffix("Z")
    parsed = spaced.str.to_datetime(_FORMATS[0], time_unit="us", strict=False)
    for form in _FORMATS[1:-1]:
        parsed = parsed.zip_with(parsed.is_not_null(), spaced.str.to_datetime(form, time_unit="us", strict=False))
    dates = spaced.str.to_date(_FORMATS[-1], strict=False).cast(pl.Datetime("us"))
    return days(parsed.zip_with(parsed.is_not_null(), dates))


def days(column: pl.Series) -> pl.Series:
    """Return days since 1970-01-01."""
    if column.dtype == pl.Date:
        return column.to_physical().cast(pl.Float64)
    return column.dt.cast_time_unit("us").to_physical().cast(pl.Float64) / _DAY_US
