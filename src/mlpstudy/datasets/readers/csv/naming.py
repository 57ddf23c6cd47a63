"""What the columns of a table of text are called: by its line of names, by the study, or by their positions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from mlpstudy.datasets.readers.csv.cutting import DELIMITERS, Record
from mlpstudy.datasets.readers.csv.headers import Heads
from mlpstudy.datasets.readers.csv.kinds import is_whole, kind_of
from mlpstudy.datasets.readers.csv.sheet import Sheet
from mlpstudy.datasets.tables.table import Expected
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import Reading
from mlpstudy.text.words import counted

Columns: TypeAlias = tuple[str, ...]
"""Names of all columns, ``""`` for one without."""


def column_names(
    sheet: Sheet, heads: Heads, reading: Reading, expected: Expected | None, name: str
) -> tuple[Columns, tuple[str, ...]]:
    """Return the columns, and what is said of their names.

    Raises:
        DataError: there is a single column, or a study names another number of them.
    """
    told: tuple[str, ...] = ()
    if heads.names:
        columns = _of_line(sheet, heads)
    else:
        columns, told = _of_positions(sheet, heads.start, expected, reading, name)
    if reading.names:
        columns = _said(columns, reading.names, expected, name)
    shown = sheet.records[heads.start].cells if not heads.names and heads.start < len(sheet.records) else columns
    check_number(columns, expected, name, shown[0])
    return columns, told


def check_number(names: Sequence[str], expected: Expected | None, name: str, shown: str | None = None) -> None:
    """Refuse a single column, which holds nothing to learn from; or of which the delimiter is not known."""
    if len(names) == 1 and not (expected is not None and expected.may_be_alone(names[0])):
        known = ", ".join(DELIMITERS.values())
        fix = f"put a {known.replace(', vertical', ' or vertical')} between the cells"
        told = shown or names[0]
        if re.fullmatch(r"[\w .\"'()-]*", told):
            fix = "beside it the columns to learn from, and the one of the class"
        raise DataError(must(name, "have at least two columns", f'the one column "{told[:60]}"', fix))


def _of_line(sheet: Sheet, heads: Heads) -> Columns:
    """Compare the names with the rows: one more cell in each is the name of the row, or an end without any."""
    n, rows = len(heads.names), sheet.records[heads.start :]
    beyond = [len(row.cells) for row in rows if len(row.cells) > n and not any(row.cells[n:])]
    if n > 1 and rows and not beyond and all(len(row.cells) == n + 1 for row in rows) and _are_row_names(rows):
        return ("", *heads.names)
    return (*heads.names, *[""] * (max([n, *beyond]) - n))


def _are_row_names(rows: Sequence[Record]) -> bool:
    """Say whether the first cells tell the rows apart as names, as R writes them: text, in quotes, or 1, 2, 3, ..."""
    first = [row.cells[0] for row in rows]
    if len(set(first)) < len(first):
        return False
    if all(row.text.startswith('"') or kind_of(cell) == "text" for row, cell in zip(rows, first, strict=True)):
        return True
    return all(map(is_whole, first)) and {int(b) - int(a) for a, b in pairwise(first)} <= {1}


def _of_positions(
    sheet: Sheet, start: int, expected: Expected | None, reading: Reading, name: str
) -> tuple[Columns, tuple[str, ...]]:
    rows = sheet.records[start:]
    n = max([1, *(i + 1 for row in rows for i, cell in enumerate(row.cells[: sheet.width]) if cell)])
    ends = [""] * (sheet.width - n)
    if expected is not None and expected.columns:
        if not expected.are_positions:
            be, fix = "have a line of the study's column names", "write them above the rows"
            raise DataError(must(name, be, "a first line that is a row", fix))
        return (*expected.of_width(n, name), *ends), ()
    names = tuple(f"column {i}" for i in range(1, n + 1))
    if reading.names or reading.header is False or expected is not None:
        return (*names, *ends), ()
    line = rows[0].line if rows else 1
    where = "the first line" if line == 1 else f"line {line}, the first below,"
    told = f"{where} is a row, there is no header: the columns are called {names[0]} to {names[-1]}"
    return (*names, *ends), (f"{told}; names = [...] under [data] calls them otherwise",)


def _said(columns: Columns, names: tuple[str, ...], expected: Expected | None, name: str) -> Columns:
    """Return the columns by the names that a study gives; those without a name at the ends need none."""
    before = int(columns[0] == "" and len(columns) == len(names) + 1)
    n = len(columns)
    while n - before > len(names) and not columns[n - 1]:
        n -= 1
    if n - before == len(names):
        return (*columns[:before], *names, *columns[n:])
    if expected is not None:
        return columns
    be = f"be {counted(n, 'name')}, one for each column of {name}"
    raise DataError(must("data.names", be, counted(len(names), "name")))
