"""Lines that are no part of a table: comments above, between and below its rows, totals, a line with the delimiter.

Which lines are comments is judged by what they begin with and by their number of cells: a line that begins with a mark
and has as many cells as the rows is a row, unless rows begin with numbers and other lines show that the mark is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlpstudy.datasets.readers.csv.cutting import Record
from mlpstudy.datasets.readers.csv.kinds import EXCEL_ERROR, kind_of
from mlpstudy.datasets.readers.csv.sheet import Sheet, make_sheet
from mlpstudy.text.words import listed, shortened

MARKS = ("#", "%", "//", "--", ";", "|")
"""What comments begin with in files of one sort or another."""

_SEPARATOR = re.compile(r'\s*"?sep=(.|\\t)"?\s*', re.IGNORECASE)
_TOTAL = re.compile(r"(?:grand )?totals?|sums?|mean|average|median|count|summe|gesamt|mittelwert|anzahl", re.IGNORECASE)
_SIGN = re.compile(r"[-=*_#%(\[~/]")
_MOST_FOOTERS = 20


@dataclass(frozen=True, slots=True)
class Margins:
    """Records that are rows or names, and the lines that are left out.

    Attributes:
        sheet: the records that are kept.
        left_out: numbers of the lines that are no part of the table, from 1.
        notes: what they are, a line each.
        comments: the records that are comments.
    """

    sheet: Sheet
    left_out: frozenset[int]
    notes: tuple[str, ...]
    comments: tuple[Record, ...] = ()


def said_delimiter(line: str) -> str | None:
    r"""Return the delimiter that a first line names, as Excel reads it; None where it names none.

    >>> said_delimiter("sep=;\n"), said_delimiter("a;b\n")
    (';', None)
    """
    found = _SEPARATOR.fullmatch(line.lstrip("\ufeff"))
    return found[1].replace("\\t", "\t") if found else None


def marks_for(delimiter: str | None, comment: str | None) -> tuple[str, ...]:
    """Return what comments may begin with: what the study says, or any mark that is no delimiter."""
    if comment is not None:
        return (comment,) if comment else ()
    return tuple(mark for mark in MARKS if mark != delimiter)


def without_margins(
    records: Sequence[Record], marks: tuple[str, ...], *, is_said: bool, has_end: bool, sheet: Sheet
) -> Margins:
    """Return the records without comments and without what stands below the rows.

    Args:
        records: all of them.
        marks: what comments may begin with.
        is_said: whether a study says so: then every line that begins so is one.
        has_end: whether the last of the records are the last of the table.
        sheet: the records as they would be without comments.
    """
    marked = [record for record in records if record.text.startswith(marks)] if marks else []
    comments = marked if is_said else _comments(marked, sheet)
    lines = {record.line for record in comments}
    kept = [record for record in records if record.line not in lines]
    notes = []
    if comments:
        notes.append(f"{_lines(comments)} {_are(comments, 'a comment', 'comments')}, {_shown(comments[0])}: left out")
    footers = _footers(kept, sheet) if has_end else []
    if footers:
        kept = kept[: -len(footers)]
        what = "no row" if len(footers) == 1 else "no rows"
        verb = "is" if len(footers) == 1 else "are"
        notes.append(f"{_lines(footers)} below the rows {verb} {what}, {_shown(footers[0])}: left out")
    out = frozenset(record.line + i for record in (*comments, *footers) for i in range(record.n_lines))
    of_kept = sheet if tuple(kept) == sheet.records else make_sheet(kept, sheet.missing)
    return Margins(of_kept, out, tuple(notes), tuple(comments))


def _comments(marked: Sequence[Record], sheet: Sheet) -> list[Record]:
    """Return the records that are comments, of those that begin with a mark."""
    marked = [record for record in marked if not EXCEL_ERROR.fullmatch(record.cells[0])]
    sure = [record for record in marked if len(record.cells) != sheet.width]
    marks = {mark for record in sure for mark in MARKS if record.text.startswith(mark)}
    begins = (*marks, *(f"{mark} " for mark in MARKS))
    full = [record for record in marked if len(record.cells) == sheet.width and record.text.startswith(begins)]
    if not sheet.columns or sheet.columns[0].kind not in ("number", "date"):
        full = []
    # The first line with a cell for each column may be the column names, whatever it begins with.
    first = next((record.line for record in sheet.records if len(record.cells) == sheet.width), 0)
    more = [record for record in full if kind_of(record.cells[0]) == "text" and record.line != first]
    return sorted((*sure, *more), key=lambda record: record.line)


def _footers(records: Sequence[Record], sheet: Sheet) -> list[Record]:
    """Return the last records that are no rows: a total, a remark, the number of rows."""
    n = 0
    while n < min(_MOST_FOOTERS, len(records) - 2) and _is_footer(records[-n - 1], records[-n - 2], sheet):
        n += 1
    return list(records[len(records) - n :])


def _is_footer(record: Record, before: Record, sheet: Sheet) -> bool:
    if sheet.width < 2 or not record.cells or record.n_lines > 1:  # noqa: PLR2004  # one column has no short rows
        return False
    first = record.cells[0]
    is_typed = sheet.columns[0].kind in ("number", "date")
    is_short = len(record.cells) < sheet.width
    if not is_short or (record.n_filled > 1 and not is_typed):
        is_total = _TOTAL.fullmatch(first.rstrip(":")) is not None
        return is_total and (is_typed or is_short or record.n_filled < len(record.cells))
    if kind_of(first) != "text":
        return False
    is_apart = record.line > before.line + before.n_lines
    return is_typed or is_apart or _SIGN.match(first) is not None


def _lines(records: Sequence[Record]) -> str:
    numbers = [str(record.line) for record in records]
    return f"line {numbers[0]}" if len(numbers) == 1 else f"lines {listed(numbers)}"


def _are(records: Sequence[Record], one: str, many: str) -> str:
    return f"is {one}" if len(records) == 1 else f"are {many}"


def _shown(record: Record) -> str:
    return f'"{shortened(record.text)}"'
