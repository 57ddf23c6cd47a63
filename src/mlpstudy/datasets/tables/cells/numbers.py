"""Cells that are numbers."""

from __future__ import annotations

import polars as pl

from mlpstudy.datasets.tables.cells.form import PLAIN, Form
from mlpstudy.study.reading import Reading

_DECIMAL_COMMA = r"^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$"
_THOUSANDS = r"^[+-]?\d{1,3}(?:,\d{3})+$"


def find_form(values: pl.Series, reading: Reading) -> tuple[Form, str | None]:
    """Return how the distinct trimmed cells of a column of numbers are written, and a note where that is not plain.

    Decimal commas are read where every cell that is no whole number has one, and not all of them could be groups of
    three digits: whether 1,234 is a thousand or one and a bit is never guessed.
    """
    if reading.decimal == ",":
        return Form(decimal=","), None
    if reading.decimal == ".":
        return PLAIN, None
    commas = values.filter(values.str.contains(",", literal=True))
    others = values.filter(~values.str.contains(",", literal=True))
    if not len(commas) or not commas.str.contains(_DECIMAL_COMMA).all() or commas.str.contains(_THOUSANDS).all():
        return PLAIN, None
    if not others.str.contains(r"^[+-]?\d+$").all():
        return PLAIN, None
    return Form(decimal=","), f"its numbers have decimal commas: {commas[0]} is read as {commas[0].replace(',', '.')}"


def parse(text: pl.Series, form: Form) -> pl.Series:
    """Return trimmed text as numbers, null where a cell is none."""
    if form.decimal == ",":
        is_plain = text.str.contains(".", literal=True)
        text = text.str.replace(",", ".", literal=True).set(is_plain.fill_null(value=False), None)
    return text.cast(pl.Float64, strict=False)
