"""What is wrong with a CSV file, found by reading it again slowly: encoding, delimiter, quotes, rows of another length.

The fast reader says that something is wrong, this module says where.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mlpstudy.errors import DataError, must

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

_BOM = codecs.BOM_UTF8
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_LINES = 50
_LONGEST_FIELD = 2**24
_BLOCK = 2**24
_UTF8 = "save it as UTF-8 (iconv -f {} -t utf-8)"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written.

    Attributes:
        delimiter: what stands between cells.
        columns: their names, from the first line.
    """

    delimiter: str
    columns: tuple[str, ...]


def find_dialect(head: bytes, name: str, *, is_whole: bool) -> Dialect:
    r"""Return delimiter and columns of a CSV file.

    The delimiter is the one of comma, semicolon, tab and vertical bar that cuts the first lines into the most cells,
    the same number in each; or else the one that cuts the first line into the most.

    Args:
        head: the first bytes of the file.
        name: the file, for messages.
        is_whole: whether that is all of it.

    Raises:
        DataError: it is empty, no text in UTF-8, or has no line of column names with at least two of them.

    >>> find_dialect(b"a;b\n1,5;2\n", "x.csv", is_whole=True)
    Dialect(delimiter=';', columns=('a', 'b'))
    """
    lines = _decode(head, name, is_whole=is_whole).splitlines(keepends=True)
    if not is_whole and len(lines) > 1:
        lines.pop()  # it may have been cut
    if not any(line.strip() for line in lines):
        raise DataError(must(name, "have a line of column names and rows below it", "an empty file"))
    delimiter = max(DELIMITERS, key=lambda mark: _evidence(lines[:_LINES], mark))
    columns = tuple(cell.strip() for cell in _cells(lines, delimiter, 1)[0])
    _check_header(columns, name)
    if len(lines) == 1 and is_whole:
        raise DataError(must(name, "have rows below its line of column names", "none of them"))
    return Dialect(delimiter, columns)


def _check_header(columns: tuple[str, ...], name: str) -> None:
    if len(columns) == 1:
        known = ", ".join(DELIMITERS.values())
        fix = f"put a {known.replace(', vertical', ' or vertical')} between the cells"
        raise DataError(must(name, "have at least two columns", f'the one column "{columns[0][:60]}"', fix))
    if all(_is_number(cell) for cell in columns):
        shown = ", ".join(columns[:3])
        fix = 'a first line such as "height,width,class"'
        raise DataError(must(name, "start with a line of column names", f"the numbers {shown}", fix))


def explain(path: Path, name: str, dialect: Dialect, reason: str) -> str:
    """Return the line for what the fast reader stumbled over: bytes, quotes, or a row with too many cells."""
    if fault := _wrong_bytes(path, name):
        return fault
    width = len(dialect.columns)
    try:
        for row, cells in enumerate(_records(path, dialect.delimiter)):
            if len(cells) > width:
                return _ragged(name, row, len(cells), dialect)
    except csv.Error as error:
        return must(name, "have quotes that end", str(error), 'close every "')
    if _has_open_quote(path, dialect.delimiter):
        return must(name, "have quotes that end", "one that is open at the end of the file", 'close every "')
    return must(name, "be a CSV file", reason.splitlines()[0], "quotes only around whole cells, doubled within them")


def short_row(path: Path, name: str, dialect: Dialect) -> str | None:
    """Return the line for the first row with too few cells, None where there is none."""
    n_delimiters = len(dialect.columns) - 1
    line = pl.col("line").str.replace_all(r'"[^"]*"', "")
    n_found = line.str.count_matches(dialect.delimiter, literal=True)
    # Lines first, in parallel; only where one is short (or a quoted cell holds a line break) record by record.
    lines = pl.scan_csv(
        path, separator="\x00", quote_char=None, schema={"line": pl.String}, has_header=False, glob=False
    )
    suspicious = lines.filter((n_found < n_delimiters) & (line.str.strip_chars() != ""))
    if not suspicious.head(1).collect(engine="streaming").height:
        return None
    for row, cells in enumerate(_records(path, dialect.delimiter)):
        if 0 < len(cells) <= n_delimiters and any(cell.strip() for cell in cells):
            return _ragged(name, row, len(cells), dialect)
    return None


def _ragged(name: str, row: int, n_cells: int, dialect: Dialect) -> str:
    fix = f"{n_cells - len(dialect.columns)} cells too many" if n_cells > len(dialect.columns) else "cells are missing"
    found = f"{n_cells} cells ({fix})"
    mark = DELIMITERS[dialect.delimiter]
    return must(
        f"{name}, row {row}",
        f"have {len(dialect.columns)} cells, as the first line has",
        found,
        f"quote a cell that has a {mark} in it, or mend the row",
    )


def _records(path: Path, delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of every row that is not blank; the first is the line of column names."""
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from (cells for cells in csv.reader(file, delimiter=delimiter) if cells)


def _has_open_quote(path: Path, delimiter: str) -> bool:
    (last,) = deque(_records(path, delimiter), maxlen=1)
    return any("\n" in cell for cell in last)


def _cells(lines: list[str], delimiter: str, n_records: int) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    records = (cells for cells in csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter) if cells)
    try:
        return [cells for cells, _ in zip(records, range(n_records), strict=False)]
    except csv.Error:
        return [[]]


def _evidence(lines: list[str], delimiter: str) -> tuple[bool, int]:
    """Return how well a delimiter explains the first lines: the same number of cells in each, then how many."""
    records = _cells(lines, delimiter, _LINES)
    widths = [len(cells) for cells in records]
    return len(set(widths)) == 1 and widths[0] > 1, widths[0] if widths else 0


def _decode(head: bytes, name: str, *, is_whole: bool) -> str:
    """Return the text of the first bytes."""
    if head.startswith(_WIDE_BOMS) or b"\0" in head[:1000]:
        raise DataError(must(name, "be text in UTF-8", "UTF-16 or other bytes with zeros", _UTF8.format("utf-16")))
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise DataError(must(name, "be plain text", "a compressed file", "unpack it first"))
    text, _ = _try_decode(head.removeprefix(_BOM), 1, name, final=is_whole)
    if "\r" in text and "\n" not in text:
        raise DataError(must(name, "end its lines with LF or CR LF", "lines that end with CR alone", "save it anew"))
    return text


def _wrong_bytes(path: Path, name: str) -> str | None:
    """Return the line for the first byte that is no UTF-8, None where there is none."""
    line, rest = 1, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            try:
                text, n_decoded = _try_decode(rest + block, line, name, final=False)
            except DataError as error:
                return str(error)
            line += text.count("\n")
            rest = (rest + block)[n_decoded:]
    return None


def _try_decode(block: bytes, first_line: int, name: str, *, final: bool) -> tuple[str, int]:
    """Return the text of a block and the number of bytes that it took."""
    try:
        return codecs.utf_8_decode(block, "strict", final)
    except UnicodeDecodeError as error:
        line = first_line + block.count(b"\n", 0, error.start)
        start = block.rfind(b"\n", 0, error.start) + 1
        shown = block[max(start, error.start - 20) : error.start + 10].split(b"\n")[0].decode("latin-1").strip()
        found = f"the byte {block[error.start]:#04x} (as Latin-1: {shown!r})"
        raise DataError(must(f"{name}, line {line}", "be text in UTF-8", found, _UTF8.format("latin1"))) from None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
