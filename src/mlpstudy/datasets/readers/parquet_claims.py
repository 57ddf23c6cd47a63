"""What a Parquet file claims to hold, checked against its bytes before a reader takes memory for it.

    "PAR1" | pages of the columns | FileMetaData (Thrift) | its length, 4 bytes, little-endian | "PAR1"

A kilobyte of Parquet can claim billions of rows (run-length encoding), a page may claim gigabytes before it is
decompressed, and a footer may differ from the pages. So the footer's and every page's claims are added up first: rows
against values, compressed sizes against the file, decompressed sizes and cells against what so many bytes may become.

Source: https://github.com/apache/parquet-format (parquet.thrift).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from mlpstudy.datasets.opening.files import path_text, reading, size_of
from mlpstudy.datasets.opening.limits import MAX_CELLS, MAX_COLUMNS, PLAUSIBLE_BYTES, PLAUSIBLE_RATIO
from mlpstudy.datasets.readers.thrift import Decoder, MalformedError, Struct
from mlpstudy.errors import DataError, must

MAGIC = b"PAR1"
MAX_FOOTER_BYTES = 2**24
MAX_PAGES = 200_000
CELL_BYTES = 8

_TAIL_BYTES = 8
_MIN_FILE_BYTES = 12
_PAGE_HEADER_BYTES = 2**16  # statistics of a page may hold long strings
_DICTIONARY_PAGE = 2
_DATA_PAGE_FIELDS = {0: 5, 3: 8}


@dataclass(frozen=True, slots=True)
class ParquetClaims:
    """The size of the table in a Parquet file.

    Attributes:
        n_rows: number of rows.
        n_columns: number of columns.
        n_bytes: of all pages once decompressed.
    """

    n_rows: int
    n_columns: int
    n_bytes: int


def check_parquet(path: str | Path) -> ParquetClaims:
    """Return what a Parquet file claims, after checking that its bytes can bear it out.

    Raises:
        DataError: it is no Parquet file of a flat table, is truncated, refers to other files, contradicts itself, or
            claims more columns, cells or bytes than so many bytes may hold.
    """
    name = path_text(path)
    with reading(path) as file:
        try:
            return _check(file, name)
        except (MalformedError, KeyError, TypeError, AttributeError) as error:
            found = str(error) if isinstance(error, MalformedError) else "a header without what it must have"
            raise _damaged(name, found) from error


def _damaged(name: str, found: str) -> DataError:
    return DataError(must(name, "be an intact Parquet file", found))


def _check(file: FileIO, name: str) -> ParquetClaims:
    n_file = size_of(file)
    footer = _footer(file, name, n_file)
    columns = _columns(footer, name)
    n_rows = _int(footer, 3)
    groups = _structs(footer, 4)
    if n_rows < 0 or sum(_int(group, 3) for group in groups) != n_rows:
        raise _damaged(name, f"{n_rows} rows in all, and other numbers in its parts")
    if not all(_int(group, 3) for group in groups) or not n_rows:
        raise DataError(must(name, "hold rows in each of its parts", "a part without one"))
    _check_cells(n_rows * len(columns), n_file, name)
    n_bytes = n_pages = 0
    for group in groups:
        chunks = _structs(group, 1)
        if len(chunks) != len(columns):
            raise _damaged(name, f"a part with {len(chunks)} columns of {len(columns)}")
        for chunk in chunks:
            size, n_more = _check_chunk(file, name, chunk, _int(group, 3), MAX_PAGES - n_pages)
            n_bytes, n_pages = n_bytes + size, n_pages + n_more
    _check_bytes(n_bytes, n_file, name)
    return ParquetClaims(n_rows, len(columns), n_bytes)


def _footer(file: FileIO, name: str, n_file: int) -> Struct:
    head, tail = os.pread(file.fileno(), len(MAGIC), 0), os.pread(file.fileno(), _TAIL_BYTES, max(n_file - 8, 0))
    if head != MAGIC:
        raise DataError(must(name, "be a Parquet file, which starts with PAR1", head.hex(" ") or "an empty file"))
    n_footer = int.from_bytes(tail[:4], "little")
    if n_file < _MIN_FILE_BYTES or tail[4:] != MAGIC or n_footer > n_file - _MIN_FILE_BYTES:
        raise _damaged(name, "a file that was cut off")
    if n_footer > MAX_FOOTER_BYTES:
        raise DataError(must(name, f"have a footer of at most {MAX_FOOTER_BYTES} bytes", n_footer))
    return Decoder(os.pread(file.fileno(), n_footer, n_file - _TAIL_BYTES - n_footer)).struct()


def _columns(footer: Struct, name: str) -> list[Struct]:
    """Return the columns of a flat table."""
    root, *columns = _structs(footer, 2) or [{}]
    if _int(root, 5, 0) != len(columns) or any(_int(column, 5, 0) for column in columns):
        nested = next((column for column in columns if _int(column, 5, 0)), {})
        called = nested.get(4)
        shown = called.decode("utf-8", "replace")[:40] if isinstance(called, bytes) else "?"
        fix = "write the file without it, or one column a value"
        raise DataError(must(f'{name}, column "{shown}"', "hold one value a row", "lists or columns within it", fix))
    if not 1 <= len(columns) <= MAX_COLUMNS:
        raise DataError(must(name, f"have 1 to {MAX_COLUMNS} columns", len(columns)))
    return columns


def _check_cells(n_cells: int, n_file: int, name: str) -> None:
    """Refuse more cells than are allowed at all, or than so many bytes plausibly hold."""
    is_dense = CELL_BYTES * n_cells > max(2 * PLAUSIBLE_BYTES, PLAUSIBLE_RATIO * n_file)
    if n_cells > MAX_CELLS or is_dense:
        be = f"claim at most {MAX_CELLS} cells, and {PLAUSIBLE_RATIO} bytes in memory a byte"
        raise DataError(must(name, be, f"{n_cells} cells in {n_file} bytes", "write it as CSV where you trust it"))


def _check_bytes(n_bytes: int, n_file: int, name: str) -> None:
    if n_bytes > max(2 * PLAUSIBLE_BYTES, PLAUSIBLE_RATIO * n_file):
        be = f"decompress to at most {PLAUSIBLE_RATIO} bytes a byte"
        raise DataError(must(name, be, f"{n_bytes} bytes in {n_file}", "write it as CSV where you trust it"))


def _check_chunk(file: FileIO, name: str, chunk: Struct, n_rows: int, max_pages: int) -> tuple[int, int]:
    """Walk the pages of one column of one part; return its decompressed bytes and its number of pages."""
    if 1 in chunk:
        raise DataError(must(name, "hold its columns itself", "a column in another file"))
    meta = chunk[3]
    if not isinstance(meta, dict):
        raise _damaged(name, "a column without its description")
    n_values, n_bytes, n_compressed = _int(meta, 5), _int(meta, 6), _int(meta, 7)
    start = _int(meta, 9)
    if 0 < (dictionary := _int(meta, 11, 0)) < start:
        start = dictionary
    if n_values != n_rows or start < len(MAGIC) or n_compressed < 0 or start + n_compressed > size_of(file):
        raise _damaged(name, "a column that is not as long as the table, or not within the file")
    position, n_found, n_inflated, n_pages = start, 0, 0, 0
    while position < start + n_compressed:
        page = Decoder(os.pread(file.fileno(), _PAGE_HEADER_BYTES, position))
        header = page.struct()
        size, stored = _int(header, 2), _int(header, 3)
        position += page.position + stored
        n_found += _n_values(header)
        n_inflated += size + page.position
        n_pages += 1
        if size < 0 or stored < 0 or n_pages > max_pages:
            raise _damaged(name, f"a page of {size} bytes" if n_pages <= max_pages else f"over {MAX_PAGES} pages")
    if position != start + n_compressed or n_found != n_values:
        raise _damaged(name, "pages that do not add up to their column")
    return max(n_bytes, n_inflated), n_pages


def _n_values(header: Struct) -> int:
    """Return how many of the column's values a page holds: none where it is a dictionary."""
    kind = _int(header, 1)
    if kind == _DICTIONARY_PAGE:
        return 0
    values = header[_DATA_PAGE_FIELDS[kind]]
    n_values = _int(values, 1) if isinstance(values, dict) else -1
    if n_values < 0:
        message = f"a page of {n_values} values"
        raise MalformedError(message)
    return n_values


def _int(fields: Struct, number: int, default: int | None = None) -> int:
    value = fields.get(number, default)
    if not isinstance(value, int):
        message = "a header without what it must have"
        raise MalformedError(message)
    return value


def _structs(fields: Struct, number: int) -> list[Struct]:
    values = fields.get(number, [])
    if not isinstance(values, list):
        message = "a header without what it must have"
        raise MalformedError(message)
    return [value for value in values if isinstance(value, dict)]
