"""Learning a table's preprocessing from its training rows, and from nothing else.

What a column is follows from its training cells alone:

    numbers in all of them                                  a number
    true or false in all of them                            a number, 1 or 0
    dates in all of them                                    a number, days since 1970-01-01
    text                                                    a category

A column of which nearly all cells are numbers (or dates) is refused with the first cell that is not: it is a slip more
often than a category. One of many numbers with other words between, or whose numbers may be read in two ways, is asked
about. ``data.categorical``, ``missing``, ``decimal`` and ``thousands`` decide otherwise.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlpstudy.arrays import FloatArray
from mlpstudy.datasets.tables import constants
from mlpstudy.datasets.tables.alike import together
from mlpstudy.datasets.tables.cells.date_finding import says_date
from mlpstudy.datasets.tables.cells.form import Form, Meaning, Question, words
from mlpstudy.datasets.tables.cells.meanings import Found, as_numbers, find, slips
from mlpstudy.datasets.tables.cells.numbers import hold_several
from mlpstudy.datasets.tables.cells.text import as_text, chosen, counts_of, is_supported, is_text, kind_of
from mlpstudy.datasets.tables.columns import CategoryColumn, Column, NumberColumn, Rows, TablePreprocessing, wrong_cell
from mlpstudy.datasets.tables.marks import Settling, settled
from mlpstudy.datasets.tables.spikes import Spike, find_spikes, lines
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import commas

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.study import Data
    from mlpstudy.study.data import Scaling

LEAST_COUNT = 5
"""A level has a feature of its own from so many training examples on; rarer ones share one."""

MOST_LEVELS = 1000
"""More levels than that are no categories that a network of dense layers could learn from."""

_DISTINCT_AT_LEAST = 20
_DAY_S = 86_400
_SPACES = 3
"""Spaces a cell, on average, from which on text is taken for sentences."""


def fit_table(frame: pl.DataFrame, rows: Rows, data: Data, origin: str) -> tuple[TablePreprocessing, tuple[str, ...]]:
    """Learn how rows become features.

    Args:
        frame: the table.
        rows: the training examples.
        data: the study's data: which column is what.
        origin: what the table is called in messages.

    Returns:
        the preprocessing, and warnings: constant columns and those that look like identifiers.

    Raises:
        DataError: a column is of no use; the line names it and says what to do.
    """
    assert data.target is not None  # noqa: S101  # the classes are known
    roles = {name for name in (data.target, data.group, data.time) if name is not None}
    ignored = [name for name in frame.columns if name != data.target and (name in roles or name in data.drop)]
    columns: list[Column] = []
    told: list[tuple[str, str]] = []
    spikes: list[Spike] = []
    same: dict[str, str] = {}
    settling = settled(frame, data.reading)
    for name in frame.columns:
        if name in roles or name in data.drop:
            continue
        fitted = _fit_column(frame[name], rows, data, settling, origin)
        told += ((name, line) for line in fitted.warnings)
        spikes += fitted.spikes
        if fitted.constant is not None:
            same[name] = fitted.constant
        if fitted.column is None:
            ignored.append(name)
        else:
            columns.append(fitted.column)
    warnings = [*constants.lines(same, origin), *together(told)]
    if not columns:
        found = f"none: {warnings[0]}" if warnings else "no other column"
        raise DataError(must(origin, "have a column to learn from beside the target", found))
    scaling = data.numeric or "standardise"
    return TablePreprocessing(
        target=data.target, scaling=scaling, columns=tuple(columns), ignored=tuple(ignored), reading=data.reading
    ), (*warnings, *lines(spikes, origin), *_unused_format(columns, data, origin))


def _unused_format(columns: list[Column], data: Data, origin: str) -> tuple[str, ...]:
    """Return a warning where no column has the form of dates that the study says."""
    said = data.date_format
    if said is None or "%" not in said or data.time is not None:
        return ()
    if any(column.kind == "number" and column.form.date == said for column in columns):
        return ()
    return (f'{origin}: date_format = "{said}" fits no column',)


class _Fitted(NamedTuple):
    """A column, None where there is nothing to learn; with what a user should know of it, a line each.

    ``constant`` is what it is in every training example, as it is shown; None where it varies.
    """

    column: Column | None
    warnings: tuple[str, ...]
    spikes: tuple[Spike, ...] = ()
    constant: str | None = None


def _fit_column(column: pl.Series, rows: Rows, data: Data, settling: Settling, origin: str) -> _Fitted:
    """Learn one column."""
    what = f'{origin}, column "{column.name}"'
    if not is_supported(column):
        raise DataError(must(what, "hold numbers, text, truth values or dates", kind_of(column), _drop(column.name)))
    of_training = column if column.dtype.is_numeric() else chosen(column, rows)
    found = find(of_training, settling.reading, is_category=column.name in data.categorical, whole=column)
    question, note = _told(found, column, data, settling)
    if question is not None:
        fix = f"{question.fix}, or {_categorical(column.name)}"
        raise DataError(must(what, question.be, question.got, fix))
    notes = () if note is None else (f"{what}: {note}",)
    if found.meaning is None:
        text = as_text(chosen(column, rows))
        if text.null_count() == len(text):
            return _Fitted(None, (*notes, _all_missing(what, len(text))))
        if text.n_unique() == 1:
            return _Fitted(None, notes, constant=f'"{text[0]}"')
        category, warning = _fit_category(text, column.name, what)
        return _Fitted(category, (*notes, *((warning,) if warning else ())))
    numbers, wrong = as_numbers(column, found.meaning, form=found.form)
    if wrong.any():
        raise DataError(_slip(column, wrong, found, origin))
    of_rows = numbers[rows]
    if np.isnan(of_rows).all():
        return _Fitted(None, (*notes, _all_missing(what, of_rows.size)))
    if (of_rows == of_rows[0]).all():
        return _Fitted(None, notes, constant=_shown(float(of_rows[0]), found.meaning))
    number, warning = _fit_number(of_rows, column.name, found.meaning, found.form, data.numeric or "standardise", what)
    spikes = find_spikes(column.name, of_rows, numbers) if found.meaning == "number" else ()
    return _Fitted(number, (*notes, *((warning,) if warning else ())), tuple(spikes))


def _told(found: Found, column: pl.Series, data: Data, settling: Settling) -> tuple[Question | None, str | None]:
    """Return what is asked and said of a column, with the counts of all its rows, as where the file is looked at."""
    is_plain = found.question is None and found.note is None
    if is_plain and (found.meaning is None or not is_text(column)):
        return None, None
    of_all = find(column, settling.reading, whole=column)
    if found.question is not None:
        return of_all.question or found.question, None
    note = of_all.note if (of_all.meaning, of_all.form) == (found.meaning, found.form) else found.note
    if note is not None and settling.column is not None and find(column, data.reading, whole=column).form != found.form:
        note = f'{note}, by what the column "{settling.column}" shows'
    return None, note


def _slip(column: pl.Series, wrong: npt.NDArray[np.bool_], found: Found, origin: str) -> str:
    """Return the line for a cell that is not what the column's other cells are; for all such cells, if several."""
    meaning, otherwise = found.meaning or "number", _categorical(column.name)
    if meaning == "date" and column.dtype.is_numeric():
        column, otherwise = as_text(column).alias(column.name), 'date_format = "none"'
    index, n_wrong = int(wrong.argmax()), int(wrong.sum())
    value, missing = column[index], slips(column, wrong).missing
    if isinstance(value, float) and math.isinf(value):
        return wrong_cell(column, index, "a finite number", origin, f"mend the cell, leave it empty, or {missing}")
    be = words(meaning, found.form)
    mend = "mend the cell" if n_wrong == 1 else "mend the cells"
    if isinstance(value, str) and meaning == "number" and value.count(",") == 1:
        mend = f"write {value.replace(',', '.')} for {value}"
    elif found.form.units:
        mend = "write the unit in every cell"
    if n_wrong == 1:
        fix = f"{mend}, leave it empty, or {otherwise}"
        return wrong_cell(column, index, be, origin, fix)
    rows = commas(str(row + 1) for row in np.flatnonzero(wrong).tolist())
    what, cells = f'{origin}, column "{column.name}"', slips(column, wrong).listed
    fix = ", ".join(dict.fromkeys((mend, missing))) + f", or {otherwise}"
    return must(what, f"be {be} in all rows", f"{cells} in rows {rows}", fix)


def _fit_number(
    numbers: FloatArray, name: str, meaning: Meaning, form: Form, scaling: Scaling, what: str
) -> tuple[Column, str | None]:
    """Learn shift, scale and median of the training cells."""
    missing = np.isnan(numbers)
    present = numbers[~missing]
    low, high = float(present.min()), float(present.max())
    shift, scale = _scaling(present, low, high, scaling) if meaning != "boolean" else (0.0, 1.0)
    fitted = NumberColumn(
        name=name,
        meaning=meaning,
        form=form,
        shift=shift,
        scale=scale,
        fill=float(np.median(present)),
        indicator=bool(missing.any()),
    )
    return fitted, _identifier(present, low, high, name, what) if meaning == "number" else None


def _scaling(present: FloatArray, low: float, high: float, scaling: Scaling) -> tuple[float, float]:
    """Return what is subtracted and what is divided by; missing values count for neither."""
    if scaling == "none" or low == high:
        return (0.0 if scaling == "none" else low), 1.0
    if scaling == "0-1":
        return low, _positive(high - low)
    return float(present.mean()), _positive(float(present.std()))


def _positive(spread: float) -> float:
    """Return 1 where a spread is too small or too large for a float64."""
    return spread if math.isfinite(spread) and spread > np.finfo(np.float64).tiny else 1.0


def _identifier(present: FloatArray, low: float, high: float, name: str, what: str) -> str | None:
    """Return a warning where whole numbers only number the rows."""
    n = present.size
    if n < _DISTINCT_AT_LEAST or high - low > 2 * n or (present != np.round(present)).any():
        return None
    if np.unique(present).size < n:
        return None
    return f"{what} looks like an identifier, it numbers the rows: {_drop(name)} leaves it out"


def _fit_category(text: pl.Series, name: str, what: str) -> tuple[Column | None, str | None]:
    """Learn the levels of the training cells."""
    n_missing = text.null_count()
    counts = counts_of(text)
    levels = counts.filter(pl.col("n") >= LEAST_COUNT)["value"].sort().to_list()
    n_levels = counts.height
    if not levels and n_levels >= _DISTINCT_AT_LEAST:
        reason = f"no value is in more than {LEAST_COUNT - 1} of {len(text)} training examples"
        if counts["value"].str.count_matches(r"\s+").sum() >= _SPACES * n_levels:
            instead = "counts of words can be given as sparse rows (libsvm text, or a sparse matrix)"
            return None, f"{what} holds free text, {reason}: it is left out; {instead}"
        if 2 * int(hold_several(counts["value"]).sum()) > n_levels:
            example = counts["value"].filter(hold_several(counts["value"])).sort()[0]
            instead = "a column of each number keeps them"
            return (
                None,
                f"{what} holds several numbers in a cell, or bounds, such as {example}: it is left out; {instead}",
            )
        dated = '; where its cells are dates, date_format = "%d.%m.%Y", or as they are written, reads them'
        return None, f"{what} looks like an identifier, {reason}: it is left out{dated if says_date(name) else ''}"
    if not levels:
        # So few rows that every level is rare: each keeps its feature.
        levels = counts["value"].sort().to_list()
    if len(levels) > MOST_LEVELS:
        be = f"have at most {MOST_LEVELS} levels that are not rare"
        raise DataError(must(what, be, f"{len(levels)} of them", _drop(name)))
    other = len(levels) < n_levels
    return CategoryColumn(name=name, levels=tuple(levels), missing=n_missing > 0, other=other), None


def _all_missing(what: str, n: int) -> str:
    return f"{what} has no value in any of {n:,} training examples: it is left out"


def _categorical(name: str) -> str:
    return f'categorical = ["{name}"]'


def _drop(name: str) -> str:
    return f'drop = ["{name}"]'


def _shown(value: float, meaning: Meaning) -> str:
    match meaning:
        case "boolean":
            return "true" if value else "false"
        case "date":
            return str(np.datetime64(round(value * _DAY_S), "s"))
        case _:
            return f"{value:g}"
