"""What the columns of a table that are clear about their commas say of those that are not.

Whoever writes 36,5 in one column writes no 1,234 for a thousand in another.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from mlpstudy.datasets.tables.cells.numbers import shown_decimal
from mlpstudy.datasets.tables.cells.text import clean_text, is_text
from mlpstudy.study.reading import Decimal, Reading

_SAMPLE_ROWS = 1000


class Settling(NamedTuple):
    """How the numbers of a table are written, and the column that shows it; None where nothing is settled by one."""

    reading: Reading
    column: str | None = None


def settled(frame: pl.DataFrame, reading: Reading) -> Settling:
    """Return how the numbers of a table are written, with the mark before decimals that its columns agree on.

    Args:
        frame: the table.
        reading: what the study says; that stands.

    >>> table = pl.DataFrame({"a": ["36,5", "7"], "b": ["1,234", "5"], "c": [1, 2]})
    >>> settled(table, Reading()).reading.decimal, settled(table, Reading()).column
    (',', 'a')
    """
    if reading.decimal is not None or reading.thousands is not None:
        return Settling(reading)
    shown: dict[Decimal, str] = {}
    for column in frame:
        if is_text(column):
            mark = shown_decimal(clean_text(column.head(_SAMPLE_ROWS)))
            if mark is not None:
                shown.setdefault(mark, column.name)
    if len(shown) != 1:
        return Settling(reading)
    decimal, name = next(iter(shown.items()))
    return Settling(reading.model_copy(update={"decimal": decimal}), name)
