"""What the cells of a column mean, and the numbers that they become."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlpstudy.arrays import FloatArray
from mlpstudy.datasets.tables.cells import dates, identifiers, numbers, truth
from mlpstudy.datasets.tables.cells.date_finding import FoundDates, find_dates, find_in_numbers, of_padded_digits
from mlpstudy.datasets.tables.cells.form import MOSTLY, PLAIN, Form, Meaning, Question
from mlpstudy.datasets.tables.cells.text import (
    as_text,
    chosen,
    clean_text,
    counts_of,
    holds_no_number,
    in_days,
    is_moment,
    is_text,
    may_hold_no_number,
    nameless,
)
from mlpstudy.study.reading import UNSAID, Reading
from mlpstudy.text.words import counted, listed, shortened

_LEAST_DISTINCT = 10
"""So many different numbers beside other words are hardly the levels of a category..."""
_LEAST_REPEATED = 5
"""...unless each is in so many cells on average..."""
_MANY_DISTINCT = 50
"""...and they are not that many."""
_SAMPLE = 4000
"""Cells by which a column of more different ones is seen to be no column of numbers."""
_SHOWN = 4
_MOST_WORDS = 6


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
    >>> find(pl.Series(["1,5", "2", "#REF!"])).note
    'its numbers have decimal commas: 1,5 is read as 1.5; #REF! (1) is read as missing'
    """
    if is_category:
        return Found(None)
    if not is_text(training):
        return _of_values(training, reading)
    name, training, whole = training.name, nameless(training), None if whole is None else nameless(whole)
    counts = counts_of(as_text(training))
    if not counts.height:
        return Found("number")
    cells = _Cells(counts["value"], counts["n"])
    if len(cells.values) > _SAMPLE and not numbers.are_likely(as_text(training.sample(_SAMPLE, seed=0))):
        found = _of_dates(cells, reading, whole) or Found(None)
    else:
        dated = None if reading.date_format is None else _of_dates(cells, reading, whole)
        found = dated or _of_text(cells, reading, whole)
        if found.meaning is None and found.note and (dates_too := of_padded_digits(name, cells.values)):
            found = found._replace(note=f"{found.note}; {dates_too}")
    is_declared = training.dtype in (pl.Categorical, pl.Enum)
    return Found(None) if is_declared and found.meaning in {"number", None} else found


def _of_text(cells: _Cells, reading: Reading, whole: pl.Series | None) -> Found:
    """Return what text is: numbers or truth values, else dates, else a category."""
    values = cells.without_words()
    if note := values.names(whole):
        return Found(None, note=note)
    written = numbers.find_form(*values, reading, MOSTLY)
    if written.question is not None:
        return Found(None, question=written.question)
    if cells.are_truth_values():
        return cells.with_words(Found("boolean"))
    if cells.are("number", written.form, MOSTLY):
        return cells.with_words(Found("number", written.form, written.note))
    return _of_dates(cells, reading, whole) or Found(None, question=cells.doubt(written.form))


def _of_dates(cells: _Cells, reading: Reading, whole: pl.Series | None) -> Found | None:
    """Return how the dates are written that text holds, None where they are none."""
    dated = cells.without_words().dates(reading, whole)
    return None if dated is None else cells.with_words(Found("date", *dated))


def _of_values(column: pl.Series, reading: Reading) -> Found:
    """Return what cells are that are no text; numbers may be dates such as 20240131."""
    if column.dtype == pl.Boolean:
        return Found("boolean")
    if is_moment(column):
        zone = column.dtype.time_zone if isinstance(column.dtype, pl.Datetime) else None
        note = f"its times are those of {zone} and are read in UTC" if zone not in {None, "UTC"} else None
        return Found("date", note=note)
    if column.dtype == pl.Duration:
        return Found("number", PLAIN, "its durations are read as days")
    dated = find_in_numbers(column, reading) if column.dtype.is_numeric() else None
    if isinstance(dated, FoundDates):
        return Found("date", *dated)
    note = identifiers.find_in_numbers(nameless(column))
    return Found("number", PLAIN, dated) if note is None else Found(None, note=note)


class _Cells(NamedTuple):
    """The distinct cells of a column, and how many rows have each."""

    values: pl.Series
    n: pl.Series

    def without_words(self) -> _Cells:
        """Return those that are no word for a missing value."""
        is_value = ~(holds_no_number(self.values) | may_hold_no_number(self.values))
        return self._chosen(is_value)

    def _chosen(self, which: pl.Series) -> _Cells:
        return _Cells(self.values.filter(which), self.n.filter(which))

    def names(self, whole: pl.Series | None) -> str | None:
        """Return what is said of digits that are names, of which any row may be the one that shows it."""
        if whole is not None and self.values.str.contains(identifiers.DIGITS).all():
            counts = counts_of(as_text(whole))
            return identifiers.find(*_Cells(counts["value"], counts["n"]).without_words())
        return identifiers.find(self.values, self.n)

    def dates(self, reading: Reading, whole: pl.Series | None) -> FoundDates | None:
        """Return how the dates are written, None where they are none."""
        text = None if whole is None else clean_text(whole)
        return find_dates(self.values, self.n.to_numpy().astype(np.int64), reading, text)

    def are(self, meaning: Meaning, form: Form, least: float) -> bool:
        """Say whether a share of the cells that hold something are what a meaning asks."""
        parsed, wrong = as_numbers(self.values, meaning, form=form)
        is_right = pl.Series(~wrong & ~np.isnan(parsed))
        n_right, n_wrong = int(self.n.filter(is_right).sum()), int(self.n.filter(pl.Series(wrong)).sum())
        if not n_right or n_right < least * (n_right + n_wrong):
            return False
        n_unsure = int(self.n.filter(may_hold_no_number(self.values)).sum())
        return n_unsure <= (1 - MOSTLY) * (n_right + n_unsure) or int(is_right.sum()) >= _LEAST_DISTINCT

    def are_truth_values(self) -> bool:
        """Say whether all cells that hold something are true or false: yes and no are a category of two levels."""
        held = self._chosen(~holds_no_number(self.values)).values
        return bool(len(held)) and truth.are_plain(held)

    def with_words(self, found: Found) -> Found:
        """Return what was found, with the words that are read as missing, and their counts, in its note."""
        is_word = holds_no_number(self.values) | may_hold_no_number(self.values)
        if not is_word.any():
            return found
        words = f"{self._chosen(is_word).listed()} {'is' if is_word.sum() == 1 else 'are'} read as missing"
        return found._replace(note=f"{found.note}; {words}" if found.note else words)

    def doubt(self, form: Form) -> Question | None:
        """Return what is asked of a column of many numbers that a few other words stand between."""
        parsed, wrong = as_numbers(self.values, "number", form=form)
        is_right = pl.Series(~wrong & ~np.isnan(parsed))
        n_distinct, n_right = int(is_right.sum()), int(self.n.filter(is_right).sum())
        others = self._chosen(pl.Series(wrong))
        is_most = n_distinct > len(others.values) and n_right >= int(others.n.sum())
        is_repeated = n_right >= _LEAST_REPEATED * n_distinct and n_distinct < _MANY_DISTINCT
        if n_distinct < _LEAST_DISTINCT or not is_most or is_repeated:
            return None
        n_others = int(others.n.sum())
        is_comma = numbers.parse(others.values, Form(decimal=",")).is_not_null().all()
        if len(others.values) > _MOST_WORDS and not is_comma and not numbers.have_marks(others.values).all():
            return None  # names, of which some are digits alone, as those of tickets are
        mend = "write 1.5 for 1,5 in all rows" if is_comma else others.as_missing()
        found = f"{n_right} numbers and {counted(n_others, 'other cell')}, {others.listed()}"
        return Question("hold numbers, or be named a category", found, mend)

    def listed(self) -> str:
        """Return the commonest cells with their counts."""
        ordered = pl.DataFrame({"value": self.values, "n": self.n}).sort("n", "value", descending=[True, False])
        shown = [f"{shortened(value)} ({n})" for value, n in ordered.head(_SHOWN).iter_rows()]
        return listed(shown) if ordered.height <= _SHOWN else f"{', '.join(shown)} and {ordered.height - _SHOWN} more"

    def as_missing(self) -> str:
        """Return the key that takes these cells for missing values; what else to do where they are many."""
        if len(self.values) > _MOST_WORDS:
            return "mend the cells"
        return f"missing = {json.dumps(self.values.sort().to_list(), ensure_ascii=False)}"


class Slips(NamedTuple):
    """Cells that are not what the others of their column are.

    Attributes:
        listed: the commonest with their counts.
        missing: the key that takes them for missing values.
    """

    listed: str
    missing: str


def slips(column: pl.Series, wrong: npt.NDArray[np.bool_]) -> Slips:
    """Return what is said of the wrong cells of a column."""
    counts = counts_of(as_text(column.filter(pl.Series(wrong))))
    cells = _Cells(counts["value"], counts["n"])
    return Slips(cells.listed(), cells.as_missing())


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
    column = chosen(nameless(column), rows)
    if column.dtype == pl.Duration:
        column = in_days(column)
    if is_text(column):
        text = dates.without_zeros(clean_text(column)) if meaning == "date" else clean_text(column)
        parsed = _parse(text, meaning, form)
        wrong = (parsed.is_null() & text.is_not_null()).to_numpy()
        if wrong.any():
            wrong[wrong] = ~_is_word(text.filter(pl.Series(wrong)), meaning)
        return _to_array(parsed), wrong | _is_infinite(parsed)
    if meaning == "date" and is_moment(column):
        parsed = dates.days(column)
    elif meaning == "date" and column.dtype.is_numeric():
        parsed = dates.parse_numbers(column, form)
        there = column.is_not_null() if not column.dtype.is_float() else column.is_not_nan().fill_null(value=False)
        return _to_array(parsed), (there & parsed.is_null() & ~dates.is_zero_number(column, form)).to_numpy()
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


def _is_word(text: pl.Series, meaning: Meaning) -> npt.NDArray[np.bool_]:
    """Say which cells stand for a missing value in a column of some meaning; unknown may be neither true nor false."""
    is_word = holds_no_number(text)
    return (is_word if meaning == "boolean" else is_word | may_hold_no_number(text)).to_numpy()


def _to_array(numbers: pl.Series) -> FloatArray:
    return numbers.fill_null(float("nan")).to_numpy()


def _is_infinite(numbers: pl.Series) -> npt.NDArray[np.bool_]:
    return np.isinf(_to_array(numbers))
