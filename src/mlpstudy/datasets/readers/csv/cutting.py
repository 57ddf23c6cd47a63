"""Text cut into records of cells, with the lines that they stand on."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mlpstudy.datasets.readers.csv.kinds import kind_of

BLANKS = " "
"""Stands for runs of blanks and tabs between cells."""
TABS = "\t\t"
"""Stands for runs of tabs."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
LONGEST_FIELD = 2**24

_RUNS = {BLANKS: re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)'), TABS: re.compile(r'"((?:[^"]|"")*)"(?=\t|$)|([^\t]+)')}
_TRIED_RECORDS = 50
_TRIED_LINES = 2000
_MOSTLY = 0.8
_CLEAN = 0.9


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a row, a line of names or a comment.

    Attributes:
        line: the first line that it stands on, from 1.
        n_lines: how many lines it stands on: more than one where a quoted cell has a line break in it.
        cells: trimmed.
        text: its first line, where it stands on one.
    """

    line: int
    n_lines: int
    cells: tuple[str, ...]
    text: str

    @property
    def n_filled(self) -> int:
        """How many cells are not empty."""
        return sum(cell != "" for cell in self.cells)


def is_runs(delimiter: str) -> bool:
    """Say whether runs of blanks or tabs stand between cells, which the fast reader cannot take."""
    return delimiter.startswith((BLANKS, TABS))


def split_runs(line: str, delimiter: str) -> list[str]:
    """Return the cells between runs of blanks or of tabs; quotes around a cell hold it together.

    >>> split_runs('  1.5   "a b"  x', BLANKS)
    ['1.5', 'a b', 'x']
    """
    found = _RUNS[delimiter].finditer(line.strip("\r\n"))
    cells = (match[1].replace('""', '"') if match[1] is not None else match[2] for match in found)
    return [cell for cell in cells if delimiter == BLANKS or cell.strip()]


class _Lines:
    """Lines that a reader of CSV takes one by one, so that where it stands is known."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self.position = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position >= len(self._lines):
            raise StopIteration
        self.position += 1
        return self._lines[self.position - 1]


def cut(lines: Sequence[str], delimiter: str, apart: tuple[str, ...] = ()) -> Iterator[Record]:
    """Yield the records of lines; blank lines are none.

    Args:
        lines: with their ends.
        delimiter: what stands between cells.
        apart: what a line begins with that is cut for itself, since it may be a comment with a quote in it.

    Raises:
        csv.Error: quotes or line breaks stand where they must not.
    """
    csv.field_size_limit(LONGEST_FIELD)
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter) if len(delimiter) == 1 and delimiter != BLANKS else None
    while source.position < len(lines):
        start = source.position
        line = lines[start]
        if reader is None or (apart and line.lstrip(" ").startswith(apart)):
            source.position += 1
            cells = line.strip().split(delimiter) if reader is not None else split_runs(line, delimiter)
        else:
            cells = next(reader, [])
        if not (any(cells) or len(cells) > 1):
            continue
        stripped = tuple(cell.strip() for cell in cells)
        yield Record(start + 1, source.position - start, stripped, line.rstrip().lstrip(" "))


def find_delimiter(lines: Sequence[str], apart: tuple[str, ...] = ()) -> str:
    """Return what stands between the cells of the first lines.

    It is what cuts all of them into the same number of cells, or else most of them; of several, one that leaves no
    other delimiter within a cell, then the one that makes the most cells. Runs of blanks or tabs are taken where
    nothing else fits.
    """
    lines = lines[:_TRIED_LINES]
    best = max(DELIMITERS, key=lambda mark: _evidence(_tried(lines, mark, apart), mark))
    rank, _, width = _evidence(_tried(lines, best, apart), best)
    plain = [line for line in lines if line.strip()]
    rows = [line for line in plain if not (apart and line.lstrip(" ").startswith(apart))] or plain
    for runs in (TABS, BLANKS):
        if _are_runs(rows[:_TRIED_RECORDS], runs, rank, width, best):
            return runs
    return best


def _tried(lines: Sequence[str], delimiter: str, apart: tuple[str, ...]) -> list[Record]:
    """Return the first records that are no comments; all of the first where they all may be."""
    marks = tuple(mark for mark in apart if mark != delimiter)
    found: list[Record] = []
    try:
        for record in cut(lines, delimiter, marks):
            if not (marks and record.text.startswith(marks)):
                found.append(record)
            if len(found) == _TRIED_RECORDS:
                break
        return found or list(islice(cut(lines, delimiter, marks), _TRIED_RECORDS))
    except csv.Error:
        return []


def _evidence(records: Sequence[Record], delimiter: str) -> tuple[int, bool, int]:
    """Return how well a delimiter explains records: 2 for all, 1 for most; whether cells are whole; their number."""
    widths = [len(record.cells) for record in records]
    if not widths:
        return 0, False, 0
    if len(set(widths)) == 1:
        return (2 if widths[0] > 1 else 0), _are_whole(records, delimiter), widths[0]
    width, n = Counter(widths).most_common(1)[0]
    if width > 1 and n >= _MOSTLY * len(widths):
        return 1, _are_whole(records, delimiter), width
    return 0, False, widths[0]


def _are_whole(records: Sequence[Record], delimiter: str) -> bool:
    """Say whether hardly a cell has another delimiter in it, but for decimal commas."""
    others = [mark for mark in DELIMITERS if mark != delimiter]
    cells = [cell for record in records for cell in record.cells]
    broken = sum(any(mark in cell for mark in others) and kind_of(cell) != "number" for cell in cells)
    return broken <= (1 - _CLEAN) * len(cells)


def _are_runs(lines: Sequence[str], runs: str, rank: int, width: int, other: str) -> bool:
    """Say whether runs of blanks or tabs stand between cells, rather than another delimiter of that evidence."""
    rows = [split_runs(line, runs) for line in lines]
    found, n = Counter(len(row) for row in rows).most_common(1)[0]
    explains_more = found > width or (rank == 1 and other == "\t" and n == len(rows))
    if found < 2 or (rank > 0 and not explains_more):  # noqa: PLR2004  # one cell is no table
        return False
    n_ends = sum(cell.endswith(other) for row in rows for cell in row) if other != "\t" else 0
    if rank == 1 and n_ends > len(rows) // 2:
        return False
    if rank == 2:  # noqa: PLR2004  # every line is explained by the other delimiter
        gained = [cell for row in rows for cell in row]
        has_runs = sum("  " in line for line in lines) > len(lines) // 2
        n_numbers = sum(kind_of(cell) == "number" for cell in gained)
        return other == "\t" and has_runs and n == len(rows) and 2 * n_numbers > len(gained)
    others = [len(row) for row in rows if len(row) != found]
    return n >= _MOSTLY * len(rows) or (n > 1 and len(others) <= 1) or (n == 1 and len(rows) == 1)
