"""What is wrong with a CSV file, found by reading it again slowly: encoding, delimiter, quotes, rows of another length.

The fast reader says that something is wrong, this module says where.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

import polars as pl

from mlpstudy.datasets.readers.csv.cutting import DELIMITERS, LONGEST_FIELD
from mlpstudy.datasets.readers.csv.dialect import Dialect, decode_block
from mlpstudy.datasets.readers.csv.source import Source
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import counted

_BLOCK = 2**24


def explain(source: Source, dialect: Dialect, reason: str) -> str:
    """Return the line for what the fast reader stumbled over: bytes, quotes, or a row with too many cells."""
    if fault := _wrong_bytes(source):
        return fault
    width = len(dialect.columns)
    try:
        for row, cells in enumerate(_records(source, dialect), start=1):
            if len(cells) > width:
                return ragged(source.name, row, len(cells), dialect)
    except csv.Error as error:
        return must(source.name, "have quotes that end", str(error), 'close every "')
    if _has_open_quote(source, dialect):
        return must(source.name, "have quotes that end", "one that is open at the end of the file", 'close every "')
    return must(
        source.name, "be a CSV file", reason.splitlines()[0], "quotes only around whole cells, doubled within them"
    )


def short_row(source: Source, dialect: Dialect) -> str | None:
    """Return the line for the first row with too few cells, None where there is none."""
    n_delimiters = dialect.n_least - 1
    line = pl.col("line").str.replace_all(r'"[^"]*"', "")
    n_found = line.str.count_matches(dialect.delimiter, literal=True)
    # Lines first, in parallel; only where one is short (or a quoted cell holds a line break) record by record.
    lines = pl.scan_csv(
        source.scanned(),
        separator="\x00",
        quote_char=None,
        schema={"line": pl.String},
        has_header=False,
        skip_lines=dialect.n_above,
        glob=False,
    )
    suspicious = lines.filter((n_found < n_delimiters) & (line.str.strip_chars() != ""))
    if not suspicious.head(1).collect(engine="streaming").height:
        return None
    for row, cells in enumerate(_records(source, dialect), start=1):
        if 0 < len(cells) <= n_delimiters and any(cell.strip() for cell in cells):
            return ragged(source.name, row, len(cells), dialect)
    return None


def ragged(name: str, row: int, n_cells: int, dialect: Dialect) -> str:
    """Return the line for a row with another number of cells than there are names."""
    n = dialect.n_least
    mark = DELIMITERS[dialect.delimiter]
    how = f"{counted(n_cells - n, 'cell')} too many" if n_cells > n else "cells are missing"
    fix = f"quote a cell that has a {mark} in it" if n_cells > n else f"write a {mark} for each that is missing"
    line = dialect.names_line
    like = "as most rows have" if line is None else f"as {'the first line' if line == 1 else f'line {line}'} has"
    return must(
        f"{name}, row {row}",
        f"have {counted(n, 'cell')}, {like}",
        f"{counted(n_cells, 'cell')} ({how})",
        f"{fix}, or mend the row",
    )


def _records(source: Source, dialect: Dialect) -> Iterator[list[str]]:
    """Yield the cells of every row that is not blank."""
    csv.field_size_limit(LONGEST_FIELD)
    with source.lines() as file:
        for _ in range(dialect.n_above):
            file.readline()
        yield from (cells for cells in csv.reader(file, delimiter=dialect.delimiter) if cells)


def _has_open_quote(source: Source, dialect: Dialect) -> bool:
    last = deque(_records(source, dialect), maxlen=1)
    return any("\n" in cell for cells in last for cell in cells)


def _wrong_bytes(source: Source) -> str | None:
    """Return the line for the first byte that is no UTF-8, None where there is none."""
    line, rest = 1, b""
    with source.blocks() as file:
        while block := file.read(_BLOCK):
            try:
                text, n_decoded = decode_block(rest + block, line, source.name, final=False)
            except DataError as error:
                return str(error)
            line += text.count("\n")
            rest = (rest + block)[n_decoded:]
    return None
