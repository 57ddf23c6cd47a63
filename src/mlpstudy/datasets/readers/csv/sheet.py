"""The first records of a table, with what most of them have in common: their number of cells, and the kind of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, repeat

from mlpstudy.datasets.readers.csv.cutting import Record
from mlpstudy.datasets.readers.csv.kinds import ColumnProfile, Comparison, compare, kind_of, profile

_FIRST = 30
"""Lines of names and what stands above them are sought in so many records."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first records, without comments.

    Attributes:
        records: those, the line of column names among them.
        width: the number of cells that most of them have.
        columns: what the records behind the first have in each column.
        missing: words for a missing value, beside those that always are.
    """

    records: tuple[Record, ...]
    width: int
    columns: tuple[ColumnProfile, ...]
    missing: tuple[str, ...]

    @property
    def has_types(self) -> bool:
        """Some column holds numbers or dates."""
        return any(column.kind in ("number", "date") for column in self.columns)

    def compared(self, record: Record) -> Comparison:
        """Return how a record compares with the rows."""
        return compare(record.cells, self.columns, self.missing)

    def first_row(self) -> int:
        """Return the position of the first record that is a row by the kinds of its cells; 0 where no column has one.

        What stands above it is a line of names, a title or the like, or a row with no number in it.
        """
        if not self.has_types:
            return 0
        for i, record in enumerate(self.records[:_FIRST]):
            found = self.compared(record)
            if len(record.cells) >= self.width - 1 and found.n_alike and found.is_row:
                return i
        return min(len(self.records), _FIRST)


def make_sheet(records: Sequence[Record], missing: tuple[str, ...] = ()) -> Sheet:
    """Return records with what they have in common; a line of names is not counted among what columns hold."""
    half = min(_FIRST, len(records) // 2) if len(records) > 1 else 1
    behind = records[half:]
    width = Counter(len(record.cells) for record in behind or records).most_common(1)[0][0] if records else 0
    rows = [record.cells for record in behind if len(record.cells) >= width]
    if rows and not any(kind_of(cell) == "number" for cell in records[0].cells):
        # Names that come again below, where files were put together, are none of the rows' text.
        others = [cells for cells in rows if cells != records[0].cells]
        is_shared = any(
            cell and cell in column for cell, column in zip(records[0].cells, zip(*others, strict=False), strict=False)
        )
        rows = rows if is_shared or not others else others
    by_column = islice(zip(*rows, strict=False), width) if rows else repeat((), width)
    return Sheet(tuple(records), width, tuple(profile(cells, missing) for cells in by_column), missing)


def is_empty(record: Record) -> bool:
    """Say whether a record has no cell with text."""
    return record.n_filled == 0
