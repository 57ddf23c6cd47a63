"""CSV and TSV text to tables: through Polars, with dialect and types found out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import polars as pl
from polars import selectors

from mlpstudy.datasets.opening.limits import MAX_COLUMNS
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.readers.csv.dialect import Dialect, no_rows
from mlpstudy.datasets.readers.csv.faults import explain, ragged, short_row
from mlpstudy.datasets.readers.csv.finding import find_dialect
from mlpstudy.datasets.readers.csv.naming import check_number
from mlpstudy.datasets.readers.csv.rewriting import requoted, rewritten, with_line_feeds
from mlpstudy.datasets.readers.csv.source import HEAD_BYTES, Source
from mlpstudy.datasets.tables.cells import identifiers
from mlpstudy.datasets.tables.cells.text import MISSING, clean_text, counts_of, nameless
from mlpstudy.datasets.tables.marks import settled
from mlpstudy.datasets.tables.table import (
    GENERATED,
    POLARS_FAULTS,
    WRITE_NAMES,
    Expected,
    Table,
    check_names,
    is_number,
    without,
)
from mlpstudy.datasets.tables.unnamed import called, inner_names, without_unnamed
from mlpstudy.errors import DataError
from mlpstudy.study.reading import Reading
from mlpstudy.text.words import counted

_SAMPLE_ROWS = 1000
_NEARLY = 1e-6
"""What three decimals, times 1000, may be off a whole number."""
_SLOWLY_AT_MOST = 2**26
"""Bytes of a file of which every line is looked at in Python, where the fast reader fails."""
_LEAST_ROWS_OF_NAMES = 3


def read_csv(source: Source, reading: Reading, text: frozenset[str], expected: Expected | None = None) -> Table:
    """Read a CSV or TSV file.

    Args:
        source: its text.
        reading: how it is written, where a study says so.
        text: columns that stay text, whatever they look like.
        expected: the columns of the study, where further rows are read.

    Raises:
        DataError: one line with row, column and value where there are some, and the fix.
    """
    source = with_line_feeds(source)
    dialect = find_dialect(source, reading, expected)
    is_small = source.n_bytes <= _SLOWLY_AT_MOST
    if not dialect.is_plain and is_small and source.n_bytes > HEAD_BYTES:
        dialect = find_dialect(source, reading, expected, whole=True)
    try:
        return _read(source, dialect, reading, text, expected)
    except DataError:
        if not is_small:
            raise
        again = find_dialect(source, reading, expected, whole=True)
        if again.is_plain and not reading.comment and (made := requoted(source, again)):
            return _read(*made, reading, text, expected)
        if again == dialect:
            raise
        return _read(source, again, reading, text, expected)


def _read(source: Source, found: Dialect, reading: Reading, text: frozenset[str], expected: Expected | None) -> Table:
    name = source.name
    source, dialect = rewritten(source, found, reading.comment)
    _check_names(dialect, source)
    # float64 of each cell beside the text of a block: measured 1.4 times the file where cells have 9 characters.
    check_memory(2 * source.n_bytes, name)
    frame = _scan(source, dialect, _sample(source, dialect, reading, text))
    last = frame.columns[dialect.n_least - 1]
    frame, n_blank = _without_blank_lines(frame)
    if not frame.height:
        raise no_rows(name)
    if _is_missing(frame[last]).any() and (fault := short_row(source, dialect)):
        raise DataError(fault)
    if fault := _beyond_names(frame, dialect, name):
        raise DataError(fault)
    if dialect.dropped:
        frame = without(frame, dialect.dropped)
    frame, told = without_unnamed(frame, name, () if expected is None else expected.columns)
    check_number(frame.columns, expected, name)
    n_blank += dialect.n_blank
    doubt = _doubt_of_names(dialect)
    notes = (*([doubt] if doubt else []), *source.notes, *dialect.notes, *_blank(n_blank))
    return Table(
        frame,
        name,
        source.sha256,
        found.described,
        (*(f"{name}: {note}" for note in notes), *told),
        target=dialect.target,
    )


def _beyond_names(frame: pl.DataFrame, dialect: Dialect, name: str) -> str | None:
    """Return the line for a row that has a value where there is no column, None where there is none."""
    for i in range(dialect.n_named or len(dialect.columns), len(dialect.columns)):
        there = ~_is_missing(frame[frame.columns[i]])
        if there.any():
            return ragged(name, int(there.arg_max() or 0) + 1, i + 1, dialect)
    return None


def _check_names(dialect: Dialect, source: Source) -> None:
    """Refuse names before a row is read; what a file has no name for is seen to once it is known what it holds."""
    is_wide = len(dialect.columns) > MAX_COLUMNS  # a bomb is not copied before it is refused
    names = list(dialect.columns if is_wide else map(called, inner_names(dialect.columns)))
    twice = len(set(dialect.columns)) < len(set(names))
    is_turned = twice or len(dialect.columns) > _LEAST_ROWS_OF_NAMES
    hint = ", or transpose a table that has its examples in columns (genes in rows)" if is_turned else ""
    check_names(names, source.name, hint)


@dataclass(frozen=True, slots=True)
class _Sample:
    """What the first rows say of the columns.

    Attributes:
        numbers: those whose first cells are all numbers.
        least_unpadded: of those of digits, the smallest number that has no zeros before it.
    """

    numbers: frozenset[str]
    least_unpadded: dict[str, float]


def _scan(source: Source, dialect: Dialect, sample: _Sample) -> pl.DataFrame:
    """Read the file in one pass, numbers as float64; once more for columns in which some cell is no number."""
    frame = _collect(source, dialect, inner_names(dialect.columns), sample.numbers)
    wrong = [column for column in sample.numbers if frame[column].null_count()]
    if again := (*wrong, *_maybe_names(without(frame, wrong), sample)):
        text = _collect(source, dialect, again, frozenset())
        frame = frame.with_columns(text[column] for column in again if column in wrong or _are_names(text[column]))
    if pointed := _maybe_thousands(frame):
        text = _collect(source, dialect, pointed, frozenset())
        frame = frame.with_columns(text[column] for column in pointed if _are_thousands(text[column]))
    return frame.with_columns(
        clean_text(frame[column], dialect.missing) for column in frame.columns if frame[column].dtype == pl.String
    )


def _maybe_names(frame: pl.DataFrame, sample: _Sample) -> list[str]:
    """Return the columns whose digits may be names: too many for a float64, or with zeros before them."""
    numbers = pl.DataFrame([column for column in frame if column.name in sample.numbers])  # names may be patterns
    if not numbers.width:
        return []
    lows, highs = ([cast("float | None", get(column)) for column in numbers] for get in (pl.Series.min, pl.Series.max))
    return [
        column
        for column, low, high in zip(numbers.columns, lows, highs, strict=True)
        if low is not None
        and high is not None
        and (max(-low, high) >= identifiers.EXACT or low < sample.least_unpadded.get(column, low))
    ]


def _maybe_thousands(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return columns of numbers with up to three decimals, where others have decimal commas: 1.234 may be 1234."""
    if (
        all(frame[column].dtype != pl.String for column in frame.columns)
        or settled(frame, Reading()).reading.decimal != ","
    ):
        return ()
    numbers = pl.DataFrame([column for column in frame if column.dtype == pl.Float64])
    scaled = (numbers.head(_SAMPLE_ROWS) * 1000).fill_nan(0)
    return tuple(column.name for column in scaled if ((column - column.round()).abs() < _NEARLY).all())


def _are_thousands(column: pl.Series) -> bool:
    """Say whether every cell may be a whole number with points between its thousands, and some have such points."""
    cells = clean_text(column).drop_nulls()
    is_whole = cells.str.contains(r"^[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})*|0)$")
    return bool(is_whole.all() and cells.str.contains(".", literal=True).any())


def _are_names(column: pl.Series) -> bool:
    counts = counts_of(clean_text(column))
    return identifiers.find(counts["value"], counts["n"]) is not None


def _collect(source: Source, dialect: Dialect, wanted: tuple[str, ...], numbers: frozenset[str]) -> pl.DataFrame:
    """Read columns: numbers with NaN where a cell is missing and null where it is no number; text as it is."""
    columns = [_number(column) if column in numbers else _cell(column) for column in wanted]
    try:
        return _lazy(source, dialect).select(columns).collect(engine="streaming")
    except POLARS_FAULTS as error:
        raise DataError(explain(source, dialect, str(error))) from error


def _lazy(source: Source, dialect: Dialect, n_rows: int | None = None) -> pl.LazyFrame:
    missing = [space + word for word in (*MISSING, *dialect.missing) for space in ("", " ")]
    return pl.scan_csv(
        source.scanned(),
        separator=dialect.delimiter,
        has_header=False,
        skip_lines=dialect.n_above,
        schema=dict.fromkeys(inner_names(dialect.columns), pl.String),
        missing_columns="insert",
        null_values=missing,
        n_rows=n_rows,
        glob=False,
    )


def _cell(column: str) -> pl.Expr:
    """Return a column by its very name: ``pl.col`` takes ``*`` and ``^a.*$`` for patterns."""
    return selectors.by_name(column).as_expr()


def _number(column: str) -> pl.Expr:
    cell = _cell(column)
    number = cell.str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(cell.is_null()).then(float("nan")).otherwise(number).alias(column)


def _sample(source: Source, dialect: Dialect, reading: Reading, text: frozenset[str]) -> _Sample:
    """Look at the first cells of every column; where a point may part thousands, every cell stays text."""
    if reading.comma_is_decimal:
        return _Sample(frozenset(), {})
    try:
        sample = _lazy(source, dialect, _SAMPLE_ROWS).collect()
    except POLARS_FAULTS as error:
        raise DataError(explain(source, dialect, str(error))) from error
    parsed = sample.select(_number(column) for column in sample.columns if column not in text)
    numbers = [column for column in parsed.columns if not parsed[column].null_count()]
    return _Sample(frozenset(numbers), _least_unpadded(sample.select(map(_cell, numbers))))


def _least_unpadded(sample: pl.DataFrame) -> dict[str, float]:
    """Return for columns of digits, all of one length or some with zeros before, what number needs none; cheaply."""
    found = {}
    for column in sample:
        cells = nameless(column).str.strip_chars()
        if cells.str.contains(identifiers.PADDED).any():
            found[column.name] = math.inf
        elif cells.str.contains(r"^[1-9]\d{2,}$").all():
            lengths = cells.str.len_bytes()
            shortest = cast("int | None", lengths.min())
            if shortest is not None and shortest == lengths.max():
                found[column.name] = 10.0 ** (shortest - 1)
    return found


def _is_missing(column: pl.Series) -> pl.Series:
    return column.is_nan() if column.dtype == pl.Float64 else column.is_null()


def _without_blank_lines(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the table without the rows that have no value at all, and their number."""
    blank: pl.Series | None = None
    for column in reversed(frame.columns):
        missing = _is_missing(frame[column])
        blank = missing if blank is None else blank & missing
        if not blank.any():
            return frame, 0
    assert blank is not None  # noqa: S101  # there are columns
    return frame.filter(~blank), int(blank.sum())


def _blank(n: int) -> list[str]:
    return [f"{counted(n, 'blank line')} {'is' if n == 1 else 'are'} left out"] if n else []


def _doubt_of_names(dialect: Dialect) -> str | None:
    """Return the warning of a first line that looks like a row; whole numbers are names often enough, such as years."""
    if dialect.names_line is None or any(GENERATED.fullmatch(name) for name in dialect.columns):
        return None
    value = next((name for name in dialect.columns if is_number(name) and not name.isdecimal()), None)
    if value is None:
        return None
    return f'the first line is read as column names, one of them "{value}"; where it is a row, {WRITE_NAMES}'
