"""What cells look like, judged by their form alone: numbers, dates, text, or no value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from mlpstudy.datasets.tables.cells.text import EXCEL_ERRORS, MISSING

Kind = Literal["number", "date", "text", "missing"]

_NUMBER = re.compile(
    r"[-+(]?\s?[$€£¥]?\s?[-+]?(?:\d[\d.,'_ \u00a0\u202f]*|[.,]\d+)(?:[eE][-+]?\d+)?\s?[%$€£¥]?\)?|[-+]?inf(?:inity)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\d+")
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
"""A number at first sight, as most cells of large tables are."""
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?"  # 2024-01-31, 31.1.24
    r"|\d{1,2}[- .]+[^\W\d]{3,9}[- .,]+\d{2,4}(?: .*)?"  # 31 Jan 2024
    r"|[^\W\d]{3,9} \d{1,2},? \d{4}(?: .*)?"  # January 31, 2024
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[apAP][mM])?"  # 12:30
)
_NO_VALUE = frozenset((*MISSING, "-", "--", ".", "..", "NV"))
EXCEL_ERROR = re.compile(EXCEL_ERRORS, re.IGNORECASE)
_MOSTLY = 0.9
_NEW_AT_MOST = 0.35


def kind_of(cell: str, missing: tuple[str, ...] = ()) -> Kind:
    """Return what a trimmed cell looks like.

    >>> [kind_of(cell) for cell in ("-1,5 %", "31.01.2024", "n/a", "setosa")]
    ['number', 'date', 'missing', 'text']
    """
    if cell in _NO_VALUE or cell in missing:
        return "missing"
    if _PLAIN.fullmatch(cell):
        return "number"
    if EXCEL_ERROR.fullmatch(cell):
        return "missing"
    if _DATE.fullmatch(cell):
        return "date"
    return "number" if _NUMBER.fullmatch(cell) else "text"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What the rows of a table hold in one column.

    Attributes:
        kind: of nearly all of its cells; text where they are of several, missing where there are none.
        values: the distinct cells of text.
        new: about how probable it is that one more row has a value that no row here has (Good 1953).
    """

    kind: Kind
    values: frozenset[str]
    new: float

    def is_known(self, cell: str) -> bool:
        """Say whether rows have this very text."""
        return self.kind == "text" and cell in self.values

    def is_news(self, cell: str) -> bool:
        """Say whether no row has this text, in a column where rows repeat each other's."""
        return self.kind == "text" and cell not in self.values and self.new < _NEW_AT_MOST


def profile(cells: Sequence[str], missing: tuple[str, ...] = ()) -> ColumnProfile:
    """Return what cells of one column hold.

    >>> profile(["1", "2.5", "?"]).kind
    'number'
    """
    if cells and all(map(_PLAIN.fullmatch, cells)) and not any(map(cells.__contains__, missing)):
        return ColumnProfile("number", frozenset(), 1 / (len(cells) + 1))
    counts = Counter(cells)
    kind_by_cell = {cell: kind_of(cell, missing) for cell in counts}
    kinds: Counter[Kind] = Counter()
    for cell, found in kind_by_cell.items():
        kinds[found] += counts[cell]
    n = len(cells) - kinds["missing"]
    kind: Kind = "missing" if not n else "text"
    for typed in ("number", "date"):
        if n and kinds[typed] >= _MOSTLY * n:
            kind = typed
    wanted = ("number", "date", "text") if kind == "text" else ("text",)
    values = frozenset(cell for cell, found in kind_by_cell.items() if found in wanted)
    n_once = sum(counts[cell] == 1 for cell in values)
    return ColumnProfile(kind, values, (n_once + 1) / (n + 1))


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a record compares with the rows of a table, column by column.

    Attributes:
        n_alike: numbers above numbers, dates above dates.
        n_unlike: text, or another kind, above numbers or dates.
        n_known: text that rows have too.
        n_news: text that no row has, though rows repeat each other's.
    """

    n_alike: int
    n_unlike: int
    n_known: int
    n_news: int

    @property
    def is_row(self) -> bool:
        """More speaks for a row than against it."""
        return self.n_alike + self.n_known > self.n_unlike and self.n_alike >= self.n_unlike


def compare(cells: Sequence[str], columns: Sequence[ColumnProfile], missing: tuple[str, ...] = ()) -> Comparison:
    """Return how the cells of a record compare with the columns below."""
    alike = unlike = known = news = 0
    for cell, column in zip(cells, columns, strict=False):
        kind = kind_of(cell, missing)
        if kind == "missing" or column.kind == "missing":
            continue
        if column.kind == "text":
            known += column.is_known(cell)
            news += column.is_news(cell)
        elif cell not in column.values:  # else rows have this text too, for a value that is missing
            alike += kind == column.kind
            unlike += kind != column.kind
    return Comparison(alike, unlike, known, news)


def are_years(cells: Sequence[str]) -> bool:
    """Say whether the numbers among cells are different years: these name columns more often than they are a row."""
    numbers = [cell for cell in cells if kind_of(cell) == "number"]
    is_year = all(_WHOLE.fullmatch(cell) and _EARLIEST_YEAR <= int(cell) <= _LATEST_YEAR for cell in numbers)
    return is_year and len(set(numbers)) == len(numbers) > 1


def are_rising(cells: Sequence[str]) -> bool:
    """Say whether the numbers among cells rise, as those of an axis that names columns do; four at least."""
    try:
        values = [float(cell) for cell in cells if kind_of(cell) == "number"]
    except ValueError:
        return False
    return len(values) >= _LEAST_OF_AXIS and all(before < after for before, after in pairwise(values))


def are_steps(cells: Sequence[str]) -> bool:
    """Say whether the numbers among cells rise in even steps, such as positions or wavelengths that name columns.

    >>> are_steps(["350.5", "351", "351.5", "352"]), are_steps(["5.1", "3.5", "1.4", "0.2"])
    (True, False)
    """
    try:
        values = [float(cell) for cell in cells if kind_of(cell) == "number"]
    except ValueError:
        return False
    steps = {round(after - before, 6) for before, after in pairwise(values)}
    return len(steps) == 1 and min(steps) > 0


_EARLIEST_YEAR, _LATEST_YEAR = 1800, 2100
_LEAST_OF_AXIS = 4


def is_whole(cell: str) -> bool:
    """Say whether a cell is a whole number without a sign."""
    return _WHOLE.fullmatch(cell) is not None
