"""The cells of one sheet, collected as text and written as CSV."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

from mlpstudy.datasets.opening.limits import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, PLAUSIBLE_BYTES, PLAUSIBLE_RATIO
from mlpstudy.datasets.readers.excel.book import Book, unescaped
from mlpstudy.datasets.readers.excel.values import number_text
from mlpstudy.errors import DataError, must

MAX_ROWS = 2**20
"""Rows that a sheet of Excel has."""
DENSE_CELLS = 2**22
"""Cells between the first and the last from which on a hundredth of them must hold something."""

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_VALUES = {"v", "t"}


@dataclass(slots=True)
class SheetCells:
    """The cells of a sheet that hold something.

    Attributes:
        book: the workbook.
        name: what it is called in messages.
        most_bytes: text that so large a file may hold.
        rows: the texts of each row by column, both from 0.
        n_without_value: formulas of which the file holds no value.
        n_merged: areas of merged cells of several rows.
    """

    book: Book
    name: str
    most_bytes: int
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    n_without_value: int = 0
    n_merged: int = 0
    _row: int = -1
    _column: int = -1
    _type: str = "n"
    _style: int = 0
    _is_value: bool = False
    _is_formula: bool = False
    _is_reading: bool = False
    _parts: list[str] = field(default_factory=list)
    _n_bytes: int = 0
    _n_cells: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if tag == "c":
            self._start_cell(attributes)
        elif tag in _VALUES:
            self._is_value = not self._is_reading
        elif tag == "row":
            self._row = self._number(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif tag == "f":
            self._is_formula = True
        elif tag == "rPh":
            self._is_reading = True
        elif tag == "mergeCell":
            places = [int(place[1]) for place in _PLACE.findall(attributes.get("ref", ""))]
            self.n_merged += len(set(places)) > 1

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "c":
            self._end_cell()
        elif tag in _VALUES:
            self._is_value = False
        elif tag == "rPh":
            self._is_reading = False

    def text(self, part: str) -> None:
        """Take text of a cell's value."""
        if self._is_value:
            self._parts.append(part)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
        else:
            found = _PLACE.fullmatch(place)
            if found is None:
                raise DataError(must(self.name, "name its cells as A1", place[:20]))
            self._row, self._column = int(found[2]) - 1, _column(found[1])
        if self._row >= MAX_ROWS or self._column >= MAX_COLUMNS or self._row < 0:
            raise DataError(must(self.name, f"have at most {MAX_ROWS} rows and {MAX_COLUMNS} columns", "a cell beyond"))
        self._type, self._is_formula, self._parts = attributes.get("t", "n"), False, []
        self._style = self._number(attributes["s"]) if "s" in attributes else 0

    def _end_cell(self) -> None:
        written = "".join(self._parts)
        if not written and self._is_formula and self._type != "str":
            self.n_without_value += 1
        value = self._value(written)
        if not value.strip():
            return
        self._n_bytes += len(value) + 1
        self._n_cells += 1
        if self._n_bytes > self.most_bytes:
            be = f"hold at most {self.most_bytes} characters in so small a file"
            raise DataError(must(self.name, be, "more", "save it as CSV UTF-8 where you trust it"))
        self.rows.setdefault(self._row, {})[self._column] = value

    def _value(self, written: str) -> str:
        """Return a cell's value as text."""
        match self._type:
            case "s":
                i = self._number(written)
                if i >= len(self.book.texts):
                    raise DataError(must(self.name, "be an intact workbook", f"a cell with text {i} of fewer"))
                return self.book.texts[i]
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(written, written)
            case "n" if written:
                kind = self.book.kinds[self._style] if self._style < len(self.book.kinds) else "number"
                return number_text(written, kind, from_1904=self.book.from_1904)
            case "d":
                return written.replace("T", " ").removesuffix(" 00:00:00")
            case _:
                return unescaped(written)

    def _number(self, text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004  # digits of 2**31
            raise DataError(must(self.name, "have whole numbers where they must be", text[:20]))
        return int(text)

    def to_csv(self) -> bytes:
        """Return what lies between the first and the last cell that hold something, as CSV.

        Raises:
            DataError: these are so far apart that it would be mostly nothing.
        """
        if not self.rows:
            return b""
        top, bottom = min(self.rows), max(self.rows)
        left = min(column for row in self.rows.values() for column in row)
        right = max(column for row in self.rows.values() for column in row)
        n_cells = (bottom - top + 1) * (right - left + 1)
        if n_cells > min(MAX_CELLS, max(DENSE_CELLS, PLAUSIBLE_RATIO * self._n_cells)):
            found = f"{self._n_cells} among {n_cells}"
            raise DataError(must(self.name, "have cells that are near to each other", found, "delete those far off"))
        made = io.StringIO(newline="")
        write = csv.writer(made, lineterminator="\n")
        nothing: dict[int, str] = {}
        for i in range(top, bottom + 1):
            row = self.rows.get(i, nothing)
            write.writerow([row.get(column, "") for column in range(left, right + 1)])
        return made.getvalue().encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()


def most_bytes(n_file: int) -> int:
    """Return how much text a workbook of so many bytes may hold."""
    return min(MAX_BYTES, max(PLAUSIBLE_BYTES, PLAUSIBLE_RATIO * n_file))


def _column(letters: str) -> int:
    """Return the position of a column from 0.

    >>> _column("A"), _column("AB")
    (0, 27)
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
