"""Which record holds the column names, if any: decided by the kinds of its cells against those of the rows below.

A number above numbers speaks for a row, text above numbers for names; so does text that rows have too for a row, and
text that no row has, where rows repeat each other's, for names. Years and even steps may be names. What speaks for both
is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlpstudy.datasets.readers.csv.cutting import Record
from mlpstudy.datasets.readers.csv.kinds import Comparison, are_rising, are_steps, are_years, is_whole, kind_of
from mlpstudy.datasets.readers.csv.margins import MARKS
from mlpstudy.datasets.readers.csv.sheet import Sheet
from mlpstudy.datasets.tables.table import Expected
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import Reading
from mlpstudy.text.words import some

HEADER_FIX = "header = true where they are names, header = false where they are a row"
_FIRST = 50
_STEPS_AT_LEAST = 4
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Found:
    """Where a table's own lines are.

    Attributes:
        names: position of the record with the column names; None where there is none.
        start: position of the first record behind it and what stands above the rows.
    """

    names: int | None
    start: int


def find_first(sheet: Sheet, reading: Reading, expected: Expected | None, name: str) -> Found:
    """Return where the column names are.

    Raises:
        DataError: the first line could be either, or the line that a study names is none.
    """
    at = _holding(sheet, expected) if expected is not None else None
    if at is None and type(reading.header) is int:
        at = _at_line(sheet, reading.header, name)
    if at is not None:
        return Found(at, at + 1)
    if reading.header is False or (expected is not None and expected.are_positions):
        return Found(None, _titles(sheet))
    if above := sheet.first_row():
        found = _best_names(sheet, above)
        if found is None and reading.header is None:
            return Found(None, above)
        at = above - 1 if found is None else found
        is_row = reading.header is None and _is_gap_row(sheet, sheet.records[at])
    else:
        at = _titles(sheet)
        is_row = reading.header is None and not _are_names(sheet, sheet.records[at], name, expected)
    return Found(None, at) if is_row else Found(at, at + 1)


def _holding(sheet: Sheet, expected: Expected) -> int | None:
    """Return the record that holds the study's own names, most of its cells."""
    for i, record in enumerate(sheet.records[:_FIRST]):
        cells = {bare(cell) for cell in record.cells if cell} | {cell for cell in record.cells if cell}
        held = len(cells & set(expected.columns))
        if held and 2 * held >= min(len(expected.columns) - 1, record.n_filled):
            return i
    return None


def _at_line(sheet: Sheet, line: int, name: str) -> int:
    for i, record in enumerate(sheet.records):
        if record.line <= line < record.line + record.n_lines:
            return i
    raise DataError(must("data.header", f"be a line of {name} that has column names", line, "count lines from 1"))


def _titles(sheet: Sheet) -> int:
    """Return how many records from the first on are titles: fewer cells than the rows have, or a single one filled."""
    n = 0
    for record in sheet.records[:_FIRST]:
        is_short = len(record.cells) < sheet.width - 1 or (len(record.cells) < sheet.width and len(record.cells) == 1)
        is_alone = record.n_filled == 1 and sheet.width > 2 and record.cells[0] != ""  # noqa: PLR2004  # one of two is half
        if not (is_short or is_alone):
            break
        n += 1
    return n if n < len(sheet.records) else 0


def _best_names(sheet: Sheet, above: int) -> int | None:
    """Return the record above the rows that fits best for names: of full width, all of its cells filled, or nearly.

    A line that is one cell short of the rows will do where none is full, and a comment only where nothing else will.
    """
    width, region = sheet.width, sheet.records[:above]
    exact = [i for i in range(above) if len(region[i].cells) == width == region[i].n_filled]
    if exact:
        return next((i for i in exact if not region[i].text.startswith(MARKS[:3])), exact[0])
    for least_width, least_filled in ((width, width), (width, width - 1), (width, max(2, width // 2)), (width, 2)):
        fit = [i for i in range(above) if len(region[i].cells) >= least_width and region[i].n_filled >= least_filled]
        if fit and least_filled:
            return next((i for i in fit if not region[i].text.startswith(MARKS[:3])), fit[0])
    fit = [i for i in range(above) if len(region[i].cells) >= max(2, width - 1)]
    return fit[-1] if fit else None


def _is_gap_row(sheet: Sheet, record: Record) -> bool:
    """Say whether a record is a row whose numbers are all missing: its text is what rows have."""
    found = sheet.compared(record)
    return not found.n_alike and not found.n_unlike and found.n_known > found.n_news


def _are_names(sheet: Sheet, record: Record, name: str, expected: Expected | None) -> bool:
    """Say whether a record is a line of names, though no number or date of the rows rules it out.

    Raises:
        DataError: it could be either.
    """
    found = sheet.compared(record)
    filled = [cell for cell in record.cells if cell]
    n_numbers = sum(kind_of(cell) in ("number", "date") for cell in filled)
    certain = (
        _by_numbers(found, record, len(filled)) if found.n_alike else _by_text(found, has_text=n_numbers < len(filled))
    )
    if certain is None:
        raise _doubt(record, name, expected)
    return certain


def _by_text(found: Comparison, *, has_text: bool) -> bool | None:
    """Say whether a record without numbers above numbers is one of names; None where it could be either."""
    if not found.n_known:
        return has_text
    return None if found.n_known < 2 * found.n_news + (found.n_news > 0) else False


def _by_numbers(found: Comparison, record: Record, n_filled: int) -> bool | None:
    """Say whether a record that has numbers above numbers is one of names; None where it could be either."""
    numbers = [cell for cell in record.cells if kind_of(cell) in ("number", "date")]
    n_fractions = sum(not is_whole(cell) for cell in numbers)
    if found.n_known > found.n_news:
        return None if found.n_unlike >= found.n_alike + found.n_known else False
    if _are_axis(record.cells):
        return True
    if n_fractions > found.n_unlike:
        return None if found.n_unlike or are_rising(record.cells) else False
    if found.n_unlike >= found.n_alike or (found.n_unlike and are_rising(record.cells)):
        return True
    if found.n_unlike or found.n_news or found.n_known:
        return None
    return None if are_steps(record.cells) or len(numbers) < n_filled else False


def _are_axis(cells: Sequence[str]) -> bool:
    """Say whether the numbers among cells are years, count columns from 0 or 1, or rise in even steps."""
    numbers = [cell for cell in cells if kind_of(cell) == "number"]
    counts = len(numbers) < len(cells) and any(numbers == [str(i) for i in range(n, n + len(numbers))] for n in (0, 1))
    return counts or are_years(cells) or (are_steps(cells) and len(numbers) >= _STEPS_AT_LEAST)


def _doubt(record: Record, name: str, expected: Expected | None) -> DataError:
    shown = some([cell[:20] for cell in record.cells], _SHOWN)
    if expected is not None and expected.columns:
        columns = some([column for column in expected.columns if column != expected.target], _SHOWN)
        fix = f"write them above the rows: {columns}"
        return DataError(must(name, "have a line of the study's column names", shown, fix))
    where = "first line" if record.line == 1 else f"line {record.line}"
    return DataError(must(f"{name}, {where}", "be column names or a row, for certain", shown, HEADER_FIX))


def bare(name: str) -> str:
    """Return a name without the prefix that Orange writes before it.

    >>> bare("mD#job"), bare("C#"), bare("job")
    ('job', 'C#', 'job')
    """
    head, mark, rest = name.partition("#")
    is_prefix = mark and rest and head and len(head) <= 2 and head.lstrip("cimw")[:1] in ("", *"CDSTN")  # noqa: PLR2004  # a flag, a type
    return rest if is_prefix else name
