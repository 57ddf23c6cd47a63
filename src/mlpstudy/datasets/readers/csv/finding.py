"""Finding out how a table of text is written, from its first lines, or from all of them."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlpstudy.datasets.opening.limits import MAX_COLUMNS
from mlpstudy.datasets.readers.csv.cutting import DELIMITERS, Record, cut, find_delimiter, is_runs
from mlpstudy.datasets.readers.csv.dialect import Dialect, decode_block, no_rows
from mlpstudy.datasets.readers.csv.first_line import find_first
from mlpstudy.datasets.readers.csv.headers import Heads, read_heads
from mlpstudy.datasets.readers.csv.kinds import kind_of
from mlpstudy.datasets.readers.csv.margins import Margins, marks_for, said_delimiter, without_margins
from mlpstudy.datasets.readers.csv.naming import column_names
from mlpstudy.datasets.readers.csv.sheet import Sheet, make_sheet
from mlpstudy.datasets.readers.csv.source import Source
from mlpstudy.datasets.tables.table import Expected
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import UNSAID, Reading
from mlpstudy.text.words import listed, shortened

_MOST_RECORDS = 1000
_MOST_CELLS = 100_000
_MOST_TITLES = 3
_LAST_LINES = 30
_NO_BREAK = "\xa0"


def find_dialect(
    source: Source, reading: Reading = UNSAID, expected: Expected | None = None, *, whole: bool = False
) -> Dialect:
    r"""Return delimiter, columns and rows of a table of text.

    Args:
        source: its text.
        reading: how it is written, where a study says so.
        expected: the columns of the study, where further rows are read.
        whole: look at all of it, not at its first lines alone.

    Raises:
        DataError: it is empty, no text in UTF-8, has a single column or no rows; or its first line could be names as
            well as a row, or a study says of it what does not hold.

    >>> find_dialect(Source(b"a;b\n1,5;2\n", "x.csv", 10, "")).columns
    ('a', 'b')
    """
    text = _first_lines(source, whole=whole)
    if not any(line.strip() for line in text.lines):
        raise DataError(must(source.name, "have a line of column names and rows below it", "an empty file"))
    said = None if source.delimiter else said_delimiter(text.lines[0])
    top = int(said is not None)
    known = source.delimiter or said
    delimiter = known if known in DELIMITERS else find_delimiter(text.lines[top:], marks_for(None, reading.comment))
    if source.delimiter is None and expected is not None and _is_alone(text.lines[top:], delimiter, expected, reading):
        delimiter = next((mark for mark in DELIMITERS if not any(mark in line for line in text.lines)), delimiter)
    margins = _without_margins(text, top, delimiter, reading, source.name, every=whole)
    if not margins.sheet.records and not margins.comments:
        raise DataError(
            must(source.name, "end its lines with LF or CR LF", "a CR within its first line", "save it anew")
        )
    if not margins.sheet.records:
        raise DataError(must(source.name, "have a line of column names and rows below it", "nothing but comments"))
    notes = (f'the first line, "sep={said}", names the delimiter and is left out',) if top else ()
    layout = _layout(margins, reading, expected, source.name, has_end=text.is_whole)
    columns, told = column_names(margins.sheet, layout.heads, reading, expected, source.name)
    found = _dialect(text, margins, layout, source.name)
    own = layout.heads.names
    first = int(bool(own) and columns[0] == "" != own[0])
    called = dict(zip(own, columns[first:], strict=False))
    return replace(
        found,
        dropped=tuple(called[name] for name in found.dropped),
        target=called.get(found.target or ""),
        delimiter=delimiter,
        columns=columns,
        n_named=len(layout.heads.names) + (columns[0] == "") if layout.heads.names else sum(map(bool, columns)),
        missing=reading.missing,
        notes=(*notes, *_about_margins(margins, layout), *layout.notes, *told, *found.notes),
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """The first lines of a text, with their ends; ``is_whole`` where these are all."""

    lines: list[str]
    is_whole: bool


def _is_alone(lines: list[str], delimiter: str, expected: Expected, reading: Reading) -> bool:
    """Say whether the first line has the only column of rows for a study: what is no delimiter may be in its cells."""
    marks = marks_for(delimiter, reading.comment)
    first = next((line for line in lines if line.strip() and not (marks and line.startswith(marks))), "")
    try:
        record = next(cut([first], delimiter), None)
    except csv.Error:
        return False
    return record is not None and len(record.cells) == 1 and expected.may_be_alone(record.cells[0])


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where names and rows are: positions among the records, and what is said of it."""

    names_at: int | None
    heads: Heads
    notes: tuple[str, ...]


def _first_lines(source: Source, *, whole: bool) -> _Text:
    head = source.whole() if whole else source.head()
    is_whole = whole or source.n_bytes <= len(head)
    text, _ = decode_block(head.removeprefix(codecs.BOM_UTF8), 1, source.name, final=is_whole)
    *full, last = text.split("\n")
    lines = [f"{line}\n" for line in full]
    # The last of the first lines may have been cut.
    return _Text([*lines, last] if last and (is_whole or not lines) else lines, is_whole)


def _without_margins(text: _Text, top: int, delimiter: str, reading: Reading, name: str, *, every: bool) -> Margins:
    """Return the first records without comments and footers; all records where comments may stand between them."""
    marks, lines = marks_for(delimiter, reading.comment), text.lines
    is_marked = bool(marks) and any(line.startswith(marks) for line in lines[top:])
    most = None if is_marked or every or is_runs(delimiter) else _MOST_RECORDS
    records, is_cut_short = _records(lines, top, delimiter, marks, most, name)
    sample = [record for record in records if not (marks and record.text.startswith(marks))][:_MOST_RECORDS]
    sheet = make_sheet(sample or records, reading.missing)
    if is_cut_short and text.is_whole:
        records += _last_records(lines, delimiter, records[-1].line)
    return without_margins(records, marks, is_said=reading.comment is not None, has_end=text.is_whole, sheet=sheet)


def _records(
    lines: list[str], top: int, delimiter: str, marks: tuple[str, ...], most: int | None, name: str
) -> tuple[list[Record], bool]:
    """Return records up to a number of them and of cells, and whether there are more."""
    records: list[Record] = []
    n_cells = 0
    try:
        for record in cut(lines[top:] if top else lines, delimiter, marks):
            if most is not None and (len(records) >= most or n_cells > _MOST_CELLS):
                return records, True
            records.append(_on_one_line(replace(record, line=record.line + top) if top else record))
            n_cells += len(record.cells)
            if len(record.cells) > MAX_COLUMNS:
                raise DataError(must(name, f"have at most {MAX_COLUMNS} columns", len(record.cells)))
    except csv.Error:
        pass  # whoever reads the rows says where
    return records, False


def _on_one_line(record: Record) -> Record:
    """Return a record with blanks for the line ends and the no-break spaces in its cells, which names may not have."""
    if record.n_lines == 1 and _NO_BREAK not in record.text:
        return record
    return replace(record, cells=tuple(re.sub(rf"[ \r\n{_NO_BREAK}]+", " ", cell) for cell in record.cells))


def _last_records(lines: list[str], delimiter: str, after: int) -> list[Record]:
    """Return the records of the last lines, where no quoted cell reaches over several of them."""
    start = max(after, len(lines) - _LAST_LINES)
    last = lines[start:]
    if any(line.count('"') % 2 for line in last):
        return []
    try:
        return [replace(record, line=record.line + start) for record in cut(last, delimiter)]
    except csv.Error:
        return []


def _layout(margins: Margins, reading: Reading, expected: Expected | None, name: str, *, has_end: bool) -> _Layout:
    """Return which record holds the names, and which is the first row."""
    sheet = margins.sheet
    if counts := _counts(sheet, reading, has_end=has_end):
        return _Layout(None, Heads((), 1), (counts,))
    found = find_first(sheet, reading, expected, name)
    if found.names is not None:
        heads = read_heads(sheet, found.names, found.start)
        titles = _titles(sheet.records[: found.names - heads.has_groups], "the column names")
        return _Layout(found.names, heads, (*titles, *_broken(sheet.records[found.names]), *heads.notes))
    titles = _titles(sheet.records[: found.start], "the rows")
    if commented := _commented_names(margins, found.start):
        shown = listed([f'"{shortened(cell)}"' for cell in commented], 3)
        told = f"the comment right above the rows holds the column names: {shown}"
        return _Layout(None, Heads(commented, found.start), (*titles, told))
    return _Layout(None, Heads((), found.start), titles)


def _about_margins(margins: Margins, layout: _Layout) -> tuple[str, ...]:
    """Return the notes of what is left out, but not of a comment that is the line of names."""
    are_names = layout.names_at is None and layout.heads.names and len(margins.comments) == 1
    return margins.notes[1:] if are_names else margins.notes


def _dialect(text: _Text, margins: Margins, layout: _Layout, name: str) -> Dialect:
    """Return which lines are rows."""
    sheet, heads, lines = margins.sheet, layout.heads, text.lines
    rows = sheet.records[heads.start :]
    if text.is_whole and not rows:
        raise no_rows(name)
    first_row = rows[0].line if rows else len(lines) + 1
    above = sheet.records[heads.start - 1] if layout.names_at is not None else None
    between = range(above.line + above.n_lines, first_row) if above is not None else range(0)
    repeated, note = _repeated(sheet, lines, layout.names_at, first_row)
    return Dialect(
        delimiter="",
        columns=(),
        n_above=first_row - 1,
        n_blank=sum(not lines[i - 1].strip() for i in between),
        left_out=frozenset(line for line in (*margins.left_out, *repeated) if line >= first_row),
        dropped=heads.left_out,
        target=heads.target,
        names_line=None if layout.names_at is None else sheet.records[layout.names_at].line,
        notes=(note,) if note else (),
        words=heads.words,
    )


def _counts(sheet: Sheet, reading: Reading, *, has_end: bool) -> str | None:
    """Return the note of a first line with the numbers of rows and features, as scikit-learn has."""
    first = sheet.records[0]
    if reading.header is not None or len(first.cells) < 2 or not all(_is_count(cell) for cell in first.cells[:2]):  # noqa: PLR2004  # two counts
        return None
    n_rows, n_features, *classes = first.cells
    classes = [cell for cell in classes if cell]
    is_exact = has_end and len(sheet.records) <= _MOST_RECORDS
    is_number = int(n_rows) == len(sheet.records) - 1 or (not is_exact and int(n_rows) >= len(sheet.records) - 1)
    are_words = all(kind_of(cell) == "text" for cell in classes) and (classes or len(first.cells) < sheet.width)
    if not (is_number and are_words and int(n_features) in (sheet.width - 1, sheet.width)):
        return None
    named = f" and names the classes {listed([shortened(cell) for cell in classes])}" if classes else ""
    where = "the first line" if first.line == 1 else f"line {first.line}"
    return f"{where} counts {n_rows} rows and {n_features} features{named}: it is no row, and left out"


def _is_count(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal() and len(cell) < 12  # noqa: PLR2004  # more rows than fit


def _commented_names(margins: Margins, start: int) -> tuple[str, ...]:
    """Return the names in the comment right above the first row; none where it has none."""
    rows = margins.sheet.records[start:]
    above = [record for record in margins.comments if rows and record.line < rows[0].line]
    if not above or above[-1].line != rows[0].line - 1:
        return ()
    first, *others = above[-1].cells
    bare = first.lstrip("#%/;-| ")
    cells = [bare or first, *others] if bare or len(others) == margins.sheet.width - 1 else others
    is_fit = len(cells) == margins.sheet.width and all(kind_of(cell) == "text" for cell in cells)
    return tuple(cells) if is_fit and len(set(cells)) == len(cells) else ()


def _broken(names: Record) -> tuple[str, ...]:
    """Return the note of names that reach over several lines."""
    if names.n_lines == 1:
        return ()
    shown = listed([f'"{shortened(cell)}"' for cell in names.cells if " " in cell], 3)
    return (f"line ends in the column names are read as blanks: {shown}",)


def _titles(titles: Sequence[Record], below: str) -> tuple[str, ...]:
    """Return the note of lines above the names, or the rows, that are neither."""
    filled = [record for record in titles if record.n_filled]
    if not filled:
        return ()
    shown = [f'line {record.line}, "{shortened(record.text)}"' for record in filled]
    verb = "stands" if len(filled) == 1 else "stand"
    return (f"{listed(shown, _MOST_TITLES)}, {verb} above {below}: left out",)


def _repeated(sheet: Sheet, lines: list[str], names_at: int | None, first_row: int) -> tuple[list[int], str | None]:
    """Return the lines that repeat the line of names, as files that were put together have them."""
    if names_at is None or not sheet.has_types or sheet.records[names_at].n_lines > 1:
        return [], None
    names = sheet.records[names_at].text
    found = [i for i, line in enumerate(lines[first_row - 1 :], start=first_row) if line.strip() == names]
    if not found:
        return [], None
    verb = "repeats" if len(found) == 1 else "repeat"
    return found, f"line{'s' * (len(found) > 1)} {listed([str(i) for i in found])} {verb} the column names: left out"
