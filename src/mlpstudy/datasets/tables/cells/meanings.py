"""What the cells of a column mean, and the numbers that they become."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlpstudy.arrays import FloatArray
from mlpstudy.datasets.tables.cells import dates, numbers, truth
from mlpstudy.datasets.tables.cells.date_finding import FoundDates, find_dates, find_in_numbers
from mlpstudy.datasets.tables.cells.form import PLAIN, Form, Meaning, Question
from mlpstudy.datasets.tables.cells.text import as_text, chosen, clean_text, is_moment, is_text
from mlpstudy.study.reading import UNSAID, Reading

MOSTLY = 0.9
"""Share of cells from which on a column is taken for one of numbers with a slip in it."""


class Found(NamedTuple):
    """What a column was found to be.

    Attributes:
        meaning: of its cells; None for a category.
        form: how they are written.
        note: what a user should know of how they are read, without the column's name; None where they are plain.
        question: what only a user can say of it; None where nothing is open.
    """

    meaning: Meaning | None
    form: Form = PLAIN
    note: str | None = None
    question: Question | None = None


def find(
    training: pl.Series, reading: Reading = UNSAID, *, is_category: bool = False, whole: pl.Series | None = None
) -> Found:
    """Return what the training cells of a column are, and how they are written.

    Args:
        training: the training cells.
        reading: what the study says.
        is_category: whether it says that they are categories.
        whole: all cells of the column, where what decides how they are written may stand in any row.

    >>> find(pl.Series(["1", "2.5", "?"])).meaning, find(pl.Series(["red", "blue"])).meaning
    ('number', None)
    >>> find(pl.Series([None, None])).meaning  # as in a file whose cells are all empty
    'number'
    >>> find(pl.Series(["1,5", "2,25"])).note
    'its numbers have decimal commas: 1,5 is read as 1.5'
    """
    if is_category:
        return Found(None)
    if not is_text(training):
        return _of_values(training, reading)
    counts = as_text(training).drop_nulls().value_counts(name="n", sort=True)
    values, n = counts[training.name], int(counts["n"].sum())
    held = counts["n"].to_numpy().astype(np.int64)
    if reading.date_format is not None and (dated := find_dates(values, held, reading, whole)):
        return Found("date", *dated)
    form, note = numbers.find_form(values, reading)
    meanings: tuple[Meaning, ...] = ("number", "boolean")
    for meaning in meanings:
        n_right = n - _n_wrong(counts, training.name, meaning, form)
        if n_right == n or (n_right >= MOSTLY * n and meaning != "boolean"):
            return Found(meaning, form, note)
    if dated := find_dates(values, held, reading, None if whole is None else clean_text(whole)):
        return Found("date", *dated)
    commas = counts.with_columns(values.str.replace(",", ".", literal=True))
    return Found("number" if n - _n_wrong(commas, training.name, "number", PLAIN) >= MOSTLY * n else None)


def _of_values(column: pl.Series, reading: Reading) -> Found:
    """Return what cells are that are no text; numbers may be dates such as 20240131."""
    if column.dtype == pl.Boolean or is_moment(column):
        return Found("boolean" if column.dtype == pl.Boolean else "date")
    dated = find_in_numbers(column, reading) if column.dtype.is_numeric() else None
    return Found("date", *dated) if isinstance(dated, FoundDates) else Found("number", PLAIN, dated)


def _n_wrong(counts: pl.DataFrame, name: str, meaning: Meaning, form: Form) -> int:
    """Return the number of cells, by distinct values and their counts, that are not what a meaning asks."""
    _, wrong = as_numbers(counts[name], meaning, form=form)
    return int(counts["n"].filter(pl.Series(wrong)).sum())


def as_numbers(
    column: pl.Series, meaning: Meaning, rows: npt.NDArray[np.int64] | None = None, form: Form = PLAIN
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the cells of some rows, or all, as numbers, NaN where one is missing or wrong; and which are wrong.

    true is 1 and false 0; a date is the number of days since 1970-01-01 (UTC).

    >>> as_numbers(pl.Series(["1.5", "x", ""]), "number")
    (array([1.5, nan, nan]), array([False,  True, False]))
    """
    if meaning == "number" and column.dtype == pl.Float64 and not column.null_count():
        # NumPy sees the column's own memory, where Polars would copy it.
        numbers = column.to_numpy() if rows is None else column.to_numpy()[rows]
        return numbers, np.isinf(numbers)
    column = chosen(column, rows)
    if is_text(column):
        text = dates.without_zeros(clean_text(column)) if meaning == "date" else clean_text(column)
        parsed = _parse(text, meaning, form)
        wrong = (parsed.is_null() & text.is_not_null()).to_numpy()
        return _to_array(parsed), wrong | _is_infinite(parsed)
    if meaning == "date" and is_moment(column):
        parsed = dates.days(column)
    elif meaning == "date" and column.dtype.is_numeric():
        parsed = dates.parse_numbers(column, form)
        there = column.is_not_null() if not column.dtype.is_float() else column.is_not_nan().fill_null(value=False)
        return _to_array(parsed), (there & parsed.is_null()).to_numpy()
    elif meaning != "date" and (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        parsed = column.cast(pl.Float64)
        if meaning == "boolean":
            wrong = (parsed.is_not_null() & ~parsed.is_in([0.0, 1.0]) & parsed.is_not_nan()).to_numpy()
            return _to_array(parsed), wrong
    else:
        return np.full(len(column), np.nan), column.is_not_null().to_numpy()
    return _to_array(parsed), _is_infinite(parsed)


def _parse(text: pl.Series, meaning: Meaning, form: Form) -> pl.Series:
    """Parse trimmed text; null where it is not what it is to be."""
    match meaning:
        case "number":
            return numbers.parse(text, form)
        case "boolean":
            return truth.parse(text)
        case "date":
            return dates.parse(text, form)


def _to_array(numbers: pl.Series) -> FloatArray:
    return numbers.fill_null(float("nan")).to_numpy()


def _is_infinite(numbers: pl.Series) -> npt.NDArray[np.bool_]:
    return np.isinf(_to_array(numbers))
