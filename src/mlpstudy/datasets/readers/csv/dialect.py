"""How a table of text is written: its delimiter and columns, found out from the first lines."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass

from mlpstudy.datasets.readers.csv.source import UTF8_FIX, Source
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import UNSAID, Reading

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
LONGEST_FIELD = 2**24

_LINES = 50


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written.

    Attributes:
        delimiter: what stands between cells.
        columns: their names, from the first line.
        missing: words for a missing value, beside those that always are.
    """

    delimiter: str
    columns: tuple[str, ...]
    missing: tuple[str, ...] = ()


def find_dialect(source: Source, reading: Reading = UNSAID, alone: frozenset[str] | None = frozenset()) -> Dialect:
    r"""Return delimiter and columns of a table of text.

    The delimiter is the one of comma, semicolon, tab and vertical bar that cuts the first lines into the most cells,
    the same number in each; or else the one that cuts the first line into the most.

    Args:
        source: the text.
        reading: how it is written, where a study says so.
        alone: names of columns that may be the only one, None for any: the delimiter is then one that no line has.

    Raises:
        DataError: it is empty, no text in UTF-8, or has no line of column names with at least two of them.

    >>> find_dialect(Source(b"a;b\n1,5;2\n", "x.csv", 10, ""))
    Dialect(delimiter=';', columns=('a', 'b'), missing=())
    """
    head, name = source.head(), source.name
    is_whole = source.n_bytes <= len(head)
    lines = _decode(head, name, is_whole=is_whole).splitlines(keepends=True)
    if not is_whole and len(lines) > 1:
        lines.pop()  # it may have been cut
    if not any(line.strip() for line in lines):
        raise DataError(must(name, "have a line of column names and rows below it", "an empty file"))
    delimiter = max(DELIMITERS, key=lambda mark: _evidence(lines[:_LINES], mark))
    columns = tuple(cell.strip() for cell in _cells(lines, delimiter, 1)[0])
    if len(columns) == 1 and (alone is None or columns[0] in alone):
        delimiter = next((mark for mark in DELIMITERS if not any(mark in line for line in lines)), delimiter)
    else:
        _check_header(columns, name)
    if len(lines) == 1 and is_whole:
        raise DataError(must(name, "have rows below its line of column names", "none of them"))
    return Dialect(delimiter, columns, reading.missing)


def _check_header(columns: tuple[str, ...], name: str) -> None:
    if len(columns) == 1:
        known = ", ".join(DELIMITERS.values())
        fix = f"put a {known.replace(', vertical', ' or vertical')} between the cells"
        raise DataError(must(name, "have at least two columns", f'the one column "{columns[0][:60]}"', fix))
    if all(_is_number(cell) for cell in columns):
        shown = ", ".join(columns[:3])
        fix = 'a first line such as "height,width,class"'
        raise DataError(must(name, "start with a line of column names", f"the numbers {shown}", fix))


def _cells(lines: list[str], delimiter: str, n_records: int) -> list[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
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
    text, _ = decode_block(head.removeprefix(codecs.BOM_UTF8), 1, name, final=is_whole)
    if "\r" in text and "\n" not in text:
        raise DataError(must(name, "end its lines with LF or CR LF", "lines that end with CR alone", "save it anew"))
    return text


def decode_block(block: bytes, first_line: int, name: str, *, final: bool) -> tuple[str, int]:
    """Return the text of a block and the number of bytes that it took."""
    try:
        return codecs.utf_8_decode(block, "strict", final)
    except UnicodeDecodeError as error:
        line = first_line + block.count(b"\n", 0, error.start)
        start = block.rfind(b"\n", 0, error.start) + 1
        shown = block[max(start, error.start - 20) : error.start + 10].split(b"\n")[0].decode("latin-1").strip()
        found = f"the byte {block[error.start]:#04x} (as Latin-1: {shown!r})"
        raise DataError(must(f"{name}, line {line}", "be text in UTF-8", found, UTF8_FIX)) from None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
