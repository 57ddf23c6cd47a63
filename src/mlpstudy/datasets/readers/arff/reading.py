"""The rows of an ARFF file, to a table: nominal attributes are categories, whatever they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import polars as pl

from mlpstudy.datasets.opening.limits import MAX_CELLS, PLAUSIBLE_BYTES, PLAUSIBLE_RATIO
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.readers.arff.attributes import VALUE, Attribute, read_attributes, unquoted
from mlpstudy.datasets.readers.csv.dialect import decode_block
from mlpstudy.datasets.readers.csv.source import Source
from mlpstudy.datasets.tables.cells.text import MISSING, clean_text
from mlpstudy.datasets.tables.table import Table, check_names
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import Reading
from mlpstudy.text.words import counted, listed

_COPIES = 20
"""Bytes in memory for each of the file: every cell is a text of its own for a while."""
_CELL_BYTES = 8
_PLAIN = re.compile(r"[^'\"\\{%]*")
_CELL = re.compile(rf"\s*+({VALUE}\s*+|[^,'\"]*+)(,|$)")
_BLANKS = re.compile(rf"({VALUE}|[^\s'\"]++)(\s++|$)")
_SPARSE = re.compile(rf"\s*+(\d{{1,7}})\s++({VALUE}\s*+|[^,'\"]++)(,|$)")
_WEIGHT = re.compile(r",\s*\{[^{}]*\}\s*$")

Row = list[str | None]


def read_arff(source: Source, reading: Reading) -> Table:
    """Read an ARFF file.

    Args:
        source: its text.
        reading: words for a missing value, where a study says some.

    Raises:
        DataError: one line with row, attribute and value where there are some, and the fix.
    """
    name = source.name
    check_memory(_COPIES * source.n_bytes, name)
    text, _ = decode_block(source.whole(), 1, name, final=True)
    lines = iter(text.removeprefix("\ufeff").splitlines())
    attributes = read_attributes(lines, name)
    check_names([attribute.name for attribute in attributes], name)
    rows = _Rows(attributes, name, source.n_bytes)
    cells = list(rows.read(lines))
    if not cells:
        raise DataError(must(name, "have rows below its line @data", "none of them"))
    by_column = zip(attributes, zip(*cells, strict=True), strict=True)
    columns = [_column(attribute, own, name, reading) for attribute, own in by_column]
    notes = tuple(f"{name}: {note}" for note in (*source.notes, *rows.notes(), *_swallowed(attributes, reading)))
    return Table(pl.DataFrame(columns), name, source.sha256, "ARFF", notes)


class _Rows:
    """The rows of a file, each with as many cells as there are attributes."""

    def __init__(self, attributes: tuple[Attribute, ...], name: str, n_bytes: int) -> None:
        self._attributes, self._name, self._n_bytes = attributes, name, n_bytes
        self._n_weights = 0
        # In a sparse row what is not written is 0, which is the first level of a nominal attribute.
        self._nothing: Row = [_zero(attribute) for attribute in attributes]

    def read(self, lines: Iterator[str]) -> Iterator[Row]:
        n_rows = 0
        for line in lines:
            text = line.strip()
            if not text or text.startswith("%"):
                continue
            n_rows += 1
            self._check_size(n_rows)
            if text.endswith("}") and (weight := _WEIGHT.search(text)):
                self._n_weights += 1
                text = text[: weight.start()].rstrip()
            cells = self._sparse(text, n_rows) if text.startswith("{") else self._dense(text, n_rows)
            if len(cells) != len(self._attributes):
                be, fix = f"have {counted(len(self._attributes), 'value')}", "quote a value that has a comma in it"
                raise DataError(must(f"{self._name}, row {n_rows}", be, len(cells), fix))
            yield cells

    def notes(self) -> list[str]:
        """Return what is said of the rows."""
        n = self._n_weights
        return [f"the weights of {counted(n, 'row')} are left out"] if n else []

    def _check_size(self, n_rows: int) -> None:
        n_cells = n_rows * len(self._attributes)
        is_dense = _CELL_BYTES * n_cells > max(2 * PLAUSIBLE_BYTES, PLAUSIBLE_RATIO * self._n_bytes)
        if n_cells > MAX_CELLS or is_dense:
            be = f"have at most {MAX_CELLS} cells, and {PLAUSIBLE_RATIO} bytes in memory a byte"
            raise DataError(must(self._name, be, f"{n_cells} cells and more in {self._n_bytes} bytes", "libsvm text"))

    def _dense(self, text: str, row: int) -> Row:
        if _PLAIN.fullmatch(text):
            written = text.split(",") if "," in text or len(self._attributes) == 1 else text.split()
            return [_value(cell.strip()) for cell in written]
        pattern = _CELL if "," in text or len(self._attributes) == 1 else _BLANKS
        cells: Row = []
        position = 0
        while len(cells) <= len(self._attributes):
            match = pattern.match(text, position)
            if match is None:
                raise self._torn(text[position:], row)
            cells.append(_value(match[1].strip()))
            position = match.end()
            if not match[2]:
                break
        return cells

    def _sparse(self, text: str, row: int) -> Row:
        """Return a row that names the attributes whose values are not 0, by their positions from 0."""
        if not text.endswith("}"):
            raise self._torn(text, row)
        body = text[1:-1].strip()
        cells = list(self._nothing)
        position = 0
        while position < len(body):
            match = _SPARSE.match(body, position)
            if match is None:
                raise self._torn(body[position:], row)
            i = int(match[1])
            if i >= len(cells):
                raise DataError(must(f"{self._name}, row {row}", f"have attributes 0 to {len(cells) - 1}", i))
            cells[i] = _value(match[2].strip())
            position = match.end()
        return cells

    def _torn(self, rest: str, row: int) -> DataError:
        fix = "quotes around whole values, and a backslash before a quote within"
        return DataError(must(f"{self._name}, row {row}", "be values with commas between", f"{rest[:30]!r}", fix))


def _zero(attribute: Attribute) -> str | None:
    if attribute.kind == "nominal":
        return attribute.levels[0] if attribute.levels else None
    return "0" if attribute.kind == "number" else None


def _value(cell: str) -> str | None:
    return None if cell == "?" else unquoted(cell)


def _column(attribute: Attribute, cells: tuple[str | None, ...], name: str, reading: Reading) -> pl.Series:
    """Return a column: float64, text, or the categories that are declared."""
    text = clean_text(pl.Series(attribute.name, cells, dtype=pl.String), reading.missing)
    if attribute.kind == "number":
        numbers = text.cast(pl.Float64, strict=False)
        _check(numbers.is_null() & text.is_not_null(), text, attribute, "be a number", name)
        return numbers.fill_null(float("nan"))
    if attribute.kind == "nominal":
        levels = [level.strip() for level in attribute.levels]
        _check(~text.is_in(levels).fill_null(value=True), text, attribute, "be one of its declared values", name)
        return text.cast(pl.Categorical)
    return text


def _check(wrong: pl.Series, text: pl.Series, attribute: Attribute, be: str, name: str) -> None:
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        what = f'{name}, row {row + 1}, attribute "{attribute.name}"'
        fix = "declare it too" if attribute.kind == "nominal" else "mend the value, or write ? for a missing one"
        raise DataError(must(what, be, text[row][:60], fix))


def _swallowed(attributes: tuple[Attribute, ...], reading: Reading) -> list[str]:
    """Return the lines on declared values that are words for a missing one."""
    words = {*MISSING, *reading.missing}
    found = ((known.name, [level for level in known.levels if level.strip() in words]) for known in attributes)
    some = islice(((name, levels) for name, levels in found if levels), 4)
    return [f'the value {listed(levels)} of attribute "{name}" is read as missing' for name, levels in some]
