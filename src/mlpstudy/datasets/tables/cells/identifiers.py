"""Digits that are names: whole numbers longer than a float64 can hold, and such as begin with zeros.

As numbers, 12345678901234567890 and 12345678901234567897 would be one and the same, and the zip code 01234 another.
Both kinds are kept apart as text.
"""

from __future__ import annotations

import polars as pl

from mlpstudy.datasets.tables.cells.text import counts_of
from mlpstudy.text.words import shortened

EXACT = 2**53
"""Whole numbers below it are exact in float64."""

_WHOLE = r"^[+-]?\d+(?:\.0+)?$"
DIGITS = r"^\d+$"
PADDED = r"^0\d{2,}$"
"""Digits that begin with a zero; 01 to 12 are numbers that are written in two places."""
_LEAST_SHARE = 0.1
"""Share of the cells from which on zeros before digits of several lengths are no slip."""


def find(values: pl.Series, n: pl.Series) -> str | None:
    """Return what a user should know of a column whose cells are names made of digits; None where they are not.

    Args:
        values: its distinct trimmed cells.
        n: how many rows have each.

    >>> find(pl.Series(["01234", "94110"]), pl.Series([1, 1]))
    'its digits begin with zeros, as in 01234: they are text, not numbers'
    >>> find(pl.Series(["12345678901234567890", "7"]), pl.Series([1, 1]))
    'its whole numbers are beyond 2^53, as 12345678901234567890 is: they are text, such as of an identifier'
    """
    total = int(n.sum())
    is_padded = values.str.contains(PADDED) & values.str.contains("[1-9]")
    if is_padded.any() and values.str.contains(DIGITS).all():
        n_padded = int(n.filter(is_padded).sum())
        if values.str.len_bytes().n_unique() == 1 or n_padded >= _LEAST_SHARE * total:
            return f"its digits begin with zeros, as in {_first(values.filter(is_padded))}: they are text, not numbers"
    is_whole = values.str.contains(_WHOLE)
    if not is_whole.any():
        return None
    numbers = values.set(~is_whole, None).cast(pl.Float64, strict=False)
    is_long = (numbers.abs() >= EXACT).fill_null(value=False)
    if 2 * int(n.filter(is_long).sum()) < total or not _is_inexact(values.filter(is_long)).any():
        return None
    first = _first(values.filter(is_long))
    return f"its whole numbers are beyond 2^53, as {first} is: they are text, such as of an identifier"


def find_in_numbers(column: pl.Series) -> str | None:
    """Return the same of a column of whole numbers, as Parquet and data frames have them."""
    if not column.dtype.is_integer() or not len(column):
        return None
    low, high = column.min(), column.max()
    if not isinstance(low, int) or not isinstance(high, int) or max(-low, high) <= EXACT:
        return None
    counts = counts_of(column.cast(pl.String))
    return find(counts["value"], counts["n"])


def _is_inexact(values: pl.Series) -> pl.Series:
    """Say which long whole numbers are others as float64."""
    whole = values.str.replace(r"\.0+$", "").str.strip_prefix("+").cast(pl.Int128, strict=False)
    as_float = whole.cast(pl.Float64).cast(pl.Int128, strict=False)
    return whole.is_null() | (whole != as_float).fill_null(value=True)


def _first(values: pl.Series) -> str:
    """Return an example, cut where it is long."""
    return shortened(str(values.sort()[0]))
