"""CSV and TSV text to tables: through Polars, with delimiter and types found out."""

from __future__ import annotations

import polars as pl
from polars import selectors

from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.readers.csv.dialect import DELIMITERS, Dialect, find_dialect
from mlpstudy.datasets.readers.csv.faults import explain, short_row
from mlpstudy.datasets.readers.csv.source import Source
from mlpstudy.datasets.tables.cells.text import MISSING, clean_text
from mlpstudy.datasets.tables.table import POLARS_FAULTS, WRITE_NAMES, Table, check_names, is_number
from mlpstudy.datasets.tables.unnamed import called, inner_names, without_unnamed
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import Reading

_SAMPLE_ROWS = 1000


def read_csv(
    source: Source, reading: Reading, text: frozenset[str], alone: frozenset[str] | None = frozenset()
) -> Table:
    """Read a CSV or TSV file.

    Args:
        source: its text.
        reading: how it is written, where a study says so.
        text: columns that stay text, whatever they look like.
        alone: names of columns that may be the only one, None for any.

    Raises:
        DataError: one line with row, column and value where there are some, and the fix.
    """
    dialect, name = find_dialect(source, reading, alone), source.name
    check_names([called(column) for column in inner_names(dialect.columns)], name)
    # float64 of each cell beside the text of a block: measured 1.4 times the file where cells have 9 characters.
    check_memory(2 * source.n_bytes, name)
    frame = _scan(source, dialect, _find_numbers(source, dialect, text))
    last = frame.columns[-1]
    frame, blank = _without_blank_lines(frame)
    if not frame.height:
        raise DataError(must(name, "have rows below its line of column names", "none of them"))
    if _is_missing(frame[last]).any() and (fault := short_row(source, dialect)):
        raise DataError(fault)
    frame, told = without_unnamed(frame, name)
    doubts = (_doubt_of_names(dialect.columns, name), f"{name}: {blank} blank lines are left out" if blank else None)
    notes = (*(f"{name}: {note}" for note in source.notes), *told, *(doubt for doubt in doubts if doubt))
    return Table(frame, name, source.sha256, f"CSV, a {DELIMITERS[dialect.delimiter]} between cells", notes)


def _scan(source: Source, dialect: Dialect, numbers: frozenset[str]) -> pl.DataFrame:
    """Read the file in one pass, numbers as float64; once more for columns in which some cell is no number."""
    frame = _collect(source, dialect, inner_names(dialect.columns), numbers)
    wrong = [column for column in numbers if frame[column].null_count()]
    if wrong:
        again = _collect(source, dialect, tuple(wrong), frozenset())
        frame = frame.with_columns(again)
    return frame.with_columns(
        clean_text(frame[column], dialect.missing) for column in frame.columns if frame[column].dtype == pl.String
    )


def _collect(source: Source, dialect: Dialect, wanted: tuple[str, ...], numbers: frozenset[str]) -> pl.DataFrame:
    """Read columns: numbers with NaN where a cell is missing and null where it is no number; text as it is."""
    columns = [_number(column) if column in numbers else _cell(column) for column in wanted]
    try:
        return _lazy(source, dialect).select(columns).collect(engine="streaming")
    except POLARS_FAULTS as error:
        raise DataError(explain(source, dialect, str(error))) from error


def _lazy(source: Source, dialect: Dialect, n_rows: int | None = None) -> pl.LazyFrame:
    # Polars leaves spaces and doubled quotes around and in a column's name as they stand in the file.
    head = pl.scan_csv(source.scanned(), separator=dialect.delimiter, infer_schema=False, n_rows=0, glob=False)
    names = head.collect_schema().names()
    if len(names) != len(dialect.columns):  # a line break of another kind, or a quote, within the line of names
        be, found = f"have {len(dialect.columns)} column names in its first line", f"{len(names)} of them"
        raise DataError(must(source.name, be, found, "end lines with a line feed; quotes only around whole names"))
    written = dict(zip(names, inner_names(dialect.columns), strict=True))
    schema = dict.fromkeys(written, pl.String)
    missing = [space + word for word in (*MISSING, *dialect.missing) for space in ("", " ")]
    frame = pl.scan_csv(
        source.scanned(), separator=dialect.delimiter, schema=schema, null_values=missing, n_rows=n_rows, glob=False
    )
    return frame.rename({raw: name for raw, name in written.items() if raw != name})


def _cell(column: str) -> pl.Expr:
    """Return a column by its very name: ``pl.col`` takes ``*`` and ``^a.*$`` for patterns."""
    return selectors.by_name(column).as_expr()


def _number(column: str) -> pl.Expr:
    cell = _cell(column)
    number = cell.str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(cell.is_null()).then(float("nan")).otherwise(number).alias(column)


def _find_numbers(source: Source, dialect: Dialect, text: frozenset[str]) -> frozenset[str]:
    """Return the columns whose first cells are all numbers."""
    try:
        sample = _lazy(source, dialect, _SAMPLE_ROWS).collect()
    except POLARS_FAULTS as error:
        raise DataError(explain(source, dialect, str(error))) from error
    parsed = sample.select(_number(column) for column in sample.columns if column not in text)
    return frozenset(column for column in parsed.columns if not parsed[column].null_count())


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


def _doubt_of_names(names: tuple[str, ...], origin: str) -> str | None:
    """Return the warning of a first line that looks like a row; whole numbers are names often enough, such as years."""
    value = next((name for name in names if is_number(name) and not name.isdecimal()), None)
    if value is None:
        return None
    return f'{origin}: the first line is read as column names, one of them "{value}"; where it is a row, {WRITE_NAMES}'
