"""Whether a column holds dates, and how they are written; what a user is told of it, or asked.

Day or month first is decided by the whole column: a number over 12 says it. Where there is none it is asked. Which
shapes can be read in one way only: ``date_shapes``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mlpstudy.datasets.tables.cells import dates
from mlpstudy.datasets.tables.cells.date_shapes import (
    CLOCK,
    COMPACT,
    DAY_FIRST,
    DAY_US,
    ENGLISH,
    MONTH_FIRST,
    Moments,
    moments,
)
from mlpstudy.datasets.tables.cells.date_shapes import PLAIN as PLAIN_SHAPES
from mlpstudy.datasets.tables.cells.form import MOSTLY, PLAIN, Form, Question
from mlpstudy.datasets.tables.cells.text import counts_of, nameless
from mlpstudy.study.reading import Reading
from mlpstudy.text.words import counted

_SAMPLE = 1000
_LEAST_DISTINCT = 3
"""Different numbers such as 20240131 from which on they are no coincidence."""
_LIKELY_DAYS = (-25_567, 47_846)
"""1900 to 2100."""
_COMPACT = (19_000_101, 21_001_231_235_959)
"""The same as numbers, from a day alone to one with a time."""
_MONTHS_A_YEAR = 12
_NAMES = tuple(name.capitalize() for name in ENGLISH)
_OF_DATES = {"date", "dates", "datum", "datetime", "time", "timestamp", "day", "when", "dob", "birthday", "born"}
_NOT_OF_DATES = {"candidate", "mandate", "update", "validate", "consolidate", "liquidate"}

_MEND = "write them all alike"

Counts = npt.NDArray[np.int64]


class FoundDates(NamedTuple):
    """How the dates of a column are written.

    Attributes:
        form: of its text.
        note: what a user should know; None where nothing is to be said.
        question: what only a user can say; None where nothing is open.
    """

    form: Form
    note: str | None = None
    question: Question | None = None


def find_dates(values: pl.Series, n: Counts, reading: Reading, whole: pl.Series | None = None) -> FoundDates | None:
    """Return how the dates of a column of text are written, None where it holds none.

    Args:
        values: its distinct trimmed cells, none missing.
        n: how often each is there.
        reading: what the study says.
        whole: all its trimmed cells, where ``values`` are those of the training examples alone: what decides between
            day first and month first may stand in any row.

    >>> find_dates(pl.Series(["13/01/2022", "02/01/2022"]), np.array([1, 1]), Reading()).note
    'its dates are day first: 13/01/2022 is read as 13 January 2022'
    """
    said = reading.date_format
    is_zero = dates.is_zero(values).to_numpy()
    n_zero, values, n = int(n[is_zero].sum()), values.filter(pl.Series(~is_zero)), n[~is_zero]
    if said == "none" or not n.size:
        return None
    if said is not None and "%" in said:
        form = Form(date=said)
        found = moments(values, dates.pattern(form))
        if n[found.is_right].sum() >= MOSTLY * n.sum():
            return FoundDates(form, _told(f'its dates are read by "{said}"', values, found, n_zero))
    return _find(values, n, reading, whole, n_zero) if _is_likely(values) else None


def _find(values: pl.Series, n: Counts, reading: Reading, whole: pl.Series | None, n_zero: int) -> FoundDates | None:
    """Return how dates are written that half of a sample of the cells look like."""
    families = {"": dates.plain_moments(values), "order": moments(values, DAY_FIRST), "clock": moments(values, CLOCK)}
    n_shaped = {name: int(n[found.has_shape].sum()) for name, found in families.items()}
    best = max(n_shaped, key=lambda name: n_shaped[name])
    if n_shaped[best] < MOSTLY * n.sum():
        return _mixed(values, families) if sum(n_shaped.values()) >= MOSTLY * n.sum() else None
    if best == "order":
        return _ordered(values, n, reading, whole, n_zero)
    found = families[best]
    if 2 * n[found.is_right].sum() < n.sum():
        return None
    return FoundDates(Form(date=best), _plain_note(best, values, found, n_zero))


def _is_likely(values: pl.Series) -> bool:
    """Say whether half of a sample of the cells have the shape of a date: other text is not looked at in full."""
    sample = values.gather_every(max(1, len(values) // _SAMPLE))
    at_first_sight = np.zeros(len(sample), dtype=np.bool_)
    for one in (*PLAIN_SHAPES, DAY_FIRST, CLOCK):
        at_first_sight |= sample.str.contains(one).to_numpy()
    if 2 * int(at_first_sight.sum()) < len(sample):
        return False
    shaped = dates.plain_moments(sample).has_shape
    for one in (DAY_FIRST, CLOCK):
        shaped |= moments(sample, one).has_shape
    return 2 * int(shaped.sum()) >= len(sample)


def _ordered(values: pl.Series, n: Counts, reading: Reading, whole: pl.Series | None, n_zero: int) -> FoundDates | None:
    """Decide between day first and month first."""
    if reading.date_format in {"day first", "month first"}:
        return _read_as(reading.date_format, values, n_zero)
    if years := _years_first(values, n):
        return years
    first, second = _over_twelve(values, n)
    if not (first or second) and whole is not None:
        counts = counts_of(whole)
        first, second = _over_twelve(counts["value"], counts["n"].to_numpy().astype(np.int64))
    if not (first or second):
        if 2 * n[moments(values, DAY_FIRST).is_right].sum() < n.sum():
            return None  # days or months of zero: 18.00.00 is a time, 0.1.0 a version
        be = "say which comes first, the day or the month"
        got = f"{values.sort()[0]} and no number over {_MONTHS_A_YEAR}"
        return _asked(Question(be, got, 'date_format = "day first", or "month first"'))
    if min(first, second) > (1 - MOSTLY) * max(first, second):
        return _asked(Question("have its dates in one order", _both(values), _MEND))
    order = "month first" if second > first else "day first"
    is_right = moments(values, dates.pattern(Form(date=order))).is_right
    return _read_as(order, values, n_zero) if 2 * n[is_right].sum() >= n.sum() else None


def _read_as(order: str, values: pl.Series, n_zero: int) -> FoundDates:
    form = Form(date=order)
    return FoundDates(form, _told(f"its dates are {order}", values, moments(values, dates.pattern(form)), n_zero))


def _asked(question: Question) -> FoundDates:
    return FoundDates(Form(date="day first"), None, question)


def _over_twelve(values: pl.Series, n: Counts) -> tuple[int, int]:
    """Return how many cells have 13 to 31 as their first number, and as their second."""
    of_days, of_months = moments(values, DAY_FIRST), moments(values, MONTH_FIRST)
    return int(n[of_days.is_right & ~of_months.is_right].sum()), int(n[of_months.is_right & ~of_days.is_right].sum())


def _years_first(values: pl.Series, n: Counts) -> FoundDates | None:
    """Take 22-01-13 for a year first where it can be nothing else, and ask where it can."""
    form = Form(date="%y-%m-%d")
    found = moments(values, dates.pattern(form))
    if n[found.is_right].sum() < MOSTLY * n.sum():
        return None
    others = [moments(values, one).is_right for one in (DAY_FIRST, MONTH_FIRST)]
    possible = [
        order
        for order, right in zip(("day first", "month first"), others, strict=True)
        if n[right].sum() >= MOSTLY * n.sum()
    ]
    if not possible:
        return FoundDates(form, _told("its dates have the year first", values, found, 0))
    ways = " or ".join(f'"{way}"' for way in (form.date, *possible))
    return FoundDates(
        form, None, Question("say which number is the day", str(values.sort()[0]), f"date_format = {ways}")
    )


def _both(values: pl.Series) -> str:
    """Return a date that is day first and one that is month first."""
    right = [moments(values, one).is_right for one in (DAY_FIRST, MONTH_FIRST)]
    return f"{values[_first(values, right[0] & ~right[1])]} and {values[_first(values, right[1] & ~right[0])]}"


def _mixed(values: pl.Series, families: dict[str, Moments]) -> FoundDates:
    """Ask for one form: what wrote several may have taken days for months in one of them."""
    shown = [str(values[_first(values, found.is_right)]) for found in families.values() if found.is_right.any()]
    return FoundDates(PLAIN, None, Question("have its dates in one form", " and ".join(shown), _MEND))


def _plain_note(kind: str, values: pl.Series, found: Moments, n_zero: int) -> str | None:
    if kind == "clock":
        i = _first(values, found.is_right)
        day = found.microseconds[i] / DAY_US
        return f"its times are read as fractions of a day: {values[i]} is read as {day:.4g}"
    if dates.quick_is_enough(values):
        return _zeros(n_zero) if n_zero else None
    how = "its cells are dates"
    if found.has_offset.any():
        mixed = "" if found.has_offset.all() else ", those without one as they stand"
        how = f"its times have offsets and are read in UTC{mixed}"
        only = Moments(found.microseconds, found.has_shape, found.is_right & found.has_offset, found.has_offset)
        return _told(how, values, only if only.is_right.any() else found, n_zero)
    return _told(how, values, found, n_zero)


def _told(how: str, values: pl.Series, found: Moments, n_zero: int) -> str:
    """Return the line of how dates are read, with one that shows it best: its day is over 12."""
    day = found.microseconds.astype("datetime64[us]").astype("datetime64[D]")
    of_month = (day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    is_clear = found.is_right & (of_month > _MONTHS_A_YEAR)
    i = _first(values, is_clear if is_clear.any() else found.is_right)
    told = f"{how}: {values[i]} is read as {spelt(int(found.microseconds[i]))}"
    return f"{told}; {_zeros(n_zero)}" if n_zero else told


def _first(values: pl.Series, which: npt.NDArray[np.bool_]) -> int:
    """Return the position of the first of some cells by their characters: their own order is that of no file."""
    positions = np.flatnonzero(which)
    return int(positions[values.gather(positions).arg_min() or 0])


def _zeros(n: int) -> str:
    return f"{counted(n, 'cell')} with a date of zeros {'is' if n == 1 else 'are'} missing"


def spelt(microseconds: int) -> str:
    """Return a moment in words.

    >>> spelt(19005 * DAY_US), spelt(19005 * DAY_US + 45_000_000)
    ('13 January 2022', '13 January 2022 00:00:45')
    """
    date, time = str(np.datetime64(microseconds, "us")).split("T")
    year, month, day = date.split("-")
    hour, _, rest = time.partition(":")
    minute, _, second = rest.partition(":")
    clock = f" {hour}:{minute}" + (f":{second.rstrip('0').rstrip('.')}" if float(second) else "")
    return f"{int(day)} {_NAMES[int(month) - 1]} {int(year)}" + (clock if microseconds % DAY_US else "")


def find_in_numbers(column: pl.Series, reading: Reading) -> FoundDates | str | None:
    """Return how numbers are dates (20240131), or what to say of numbers that look like moments and stay numbers.

    >>> find_in_numbers(pl.Series("Date", [20220113, 20220116]), Reading()).note
    'its cells are dates: 20220113 is read as 13 January 2022; date_format = "none" says that they are none'
    """
    said, is_named, column = reading.date_format, says_date(column.name), nameless(column)
    # A year alone is no more than a number, unless the column is said to hold dates.
    of_format = said if said is not None and re.search("%[mdj]" if not is_named else "%", said) else None
    if said == "none" or not (of_format or _may_be_compact(column)):
        return _moments_in_numbers(column) if is_named and said != "none" else None
    values = column.drop_nulls()
    values = (values.drop_nans() if values.dtype.is_float() else values).unique(maintain_order=True)
    form = Form(date=of_format or "")
    n_zero = int(dates.is_zero_number(column, form).sum()) if is_named else 0
    values = values.filter(~dates.is_zero_number(values, form)) if n_zero else values
    days = dates.parse_numbers(values, form)
    if not of_format:
        days = days.set(~days.is_between(*_LIKELY_DAYS).fill_null(value=False), None)
    n_right, n = len(days) - days.null_count(), len(days)
    if not n or n_right < MOSTLY * n or (n_right < n and not is_named):
        return _moments_in_numbers(column) if is_named and n_right < MOSTLY * n else _nearly(days, values, n_right)
    if n < _LEAST_DISTINCT and not is_named and not of_format:
        return None
    i = int(days.is_not_null().arg_max() or 0)
    shown = f"{dates.digits(values)[i]} is read as {spelt(round(days[i] * DAY_US))}"
    kept = "" if said else '; date_format = "none" says that they are none'
    zeros = f"; {_zeros(n_zero)}" if n_zero else ""
    return FoundDates(form, f"its cells are dates: {shown}{zeros}{kept}")


def _nearly(days: pl.Series, values: pl.Series, n_right: int) -> str | None:
    """Return what to say of numbers most of which could be dates, but not all."""
    if n_right < MOSTLY * len(days) or not n_right:
        return None
    i = int(days.is_null().arg_max() or 0)
    could = dates.digits(values)[int(days.is_not_null().arg_max() or 0)]
    return f"most of its numbers could be dates ({could}), {values[i]:.17g} is none: they are read as numbers"


def _may_be_compact(column: pl.Series) -> bool:
    """Say whether the first numbers could be 20240131, 202401311345 or 20240131134500: most are none at first sight."""
    first = column.alias("").drop_nulls().head(_SAMPLE)
    if not first.cast(pl.Float64).is_between(*_COMPACT).any():
        return False
    head = dates.digits(first.unique(maintain_order=True)).drop_nulls()
    head = head.filter(head != "0")
    head = head.gather_every(max(1, len(head) // 50))
    years = head.str.slice(0, 4).cast(pl.Int64, strict=False)
    is_right = pl.Series(moments(head, COMPACT).is_right) & years.is_between(1900, 2100)
    return bool(len(head)) and int(is_right.sum()) >= MOSTLY * len(head)


def _moments_in_numbers(column: pl.Series) -> str | None:
    """Return what to say of numbers that look like seconds since 1970 or like days of a spreadsheet."""
    values = column.drop_nulls()
    values = values.drop_nans() if values.dtype.is_float() else values
    if values.dtype.is_decimal() or not len(values):
        return None
    low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]  # numbers
    for scale, unit in ((1, "seconds"), (1e3, "milliseconds")):
        if 5e8 * scale <= low and high < 4.2e9 * scale:
            return f"its numbers look like {unit} since 1970 ({low:.0f}): they are read as numbers"
    if forms := _short_forms(dates.digits(values.unique(maintain_order=True))):
        return f"its numbers look like dates ({low:.0f}): they are read as numbers; {forms} reads them"
    if low >= 18_000 and high <= 73_050:  # noqa: PLR2004  # 1949 to 2099
        return f"its numbers look like days of a spreadsheet ({low:g}): they are read as numbers"
    return None


def _short_forms(values: pl.Series) -> str | None:
    """Return the key under which all digits are days, with the year last or in two digits; None where there is none."""
    fits = [f'"{form}"' for form in ("%d%m%Y", "%m%d%Y", "%y%m%d", "%d%m%y", "%m%d%y") if _are_days(values, form)]
    return f"date_format = {' or '.join(fits)}" if fits else None


def _are_days(values: pl.Series, form: str) -> bool:
    days = dates.parse_numbers(values.cast(pl.Int64, strict=False), Form(date=form))
    return len(values) >= _LEAST_DISTINCT and bool(days.is_between(*_LIKELY_DAYS).fill_null(value=False).all())


def of_padded_digits(name: str, values: pl.Series) -> str | None:
    """Return what to say of digits such as 31012024 in a column whose name says that it holds dates."""
    forms = _short_forms(values) if says_date(name) else None
    return None if forms is None else f"where they are dates, {forms} reads them"


def says_date(name: str) -> bool:
    """Say whether a column's name says that it holds dates.

    >>> says_date("Order date"), says_date("birthDate"), says_date("created_at"), says_date("candidate")
    (True, True, True, False)
    """
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    words = {part.lower() for part in parts}
    if words & _OF_DATES or ({"at"} & words and len(words) > 1):
        return True
    return any(word.endswith(("date", "datum")) and word not in _NOT_OF_DATES for word in words)
