"""Cells that are numbers, in the ways that people and spreadsheets write them.

A column has one form. It is the one by which every cell is a number; where two of them would give other values, nothing
is chosen and the user is asked. 1,234 alone is either 1234 or 1.234: what settles it is a cell with a comma that does
not part groups of three digits (36,5), or one with two (1,234,567), or with a point behind (1,234.5).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from mlpstudy.datasets.tables.cells.form import PLAIN, Form, Question
from mlpstudy.datasets.tables.cells.text import counts_of, holds_no_number, nameless
from mlpstudy.datasets.tables.cells.units import CURRENCY, MAGNITUDES, WITH_POINTS, Units, canonical, find_units
from mlpstudy.study.reading import Decimal, Reading, Thousands
from mlpstudy.text.words import listed

_BLANKS = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
_SIGNS = {
    **dict.fromkeys(_BLANKS, " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2018\u2019\u02bc", "'"),
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **{chr(ord(sign) + 0xFEE0): sign for sign in "+,.%()$"},
}
"""Digits and signs of Unicode that stand for those of ASCII."""

_UNIT = r"[\p{L}\p{Sc}%‰°º\"\u{2033}\u{2032}][^()<>=~±]{0,19}"
_CELL = (
    rf"^(?P<open>\()?[+-]? ?(?P<before>{CURRENCY})? ?[+-]?(?P<core>[.,]?\d(?:[\d.,' ]*[\d.,])?)"
    rf"(?P<power>[eE][+-]?\d+)? ?(?P<after>{_UNIT})?(?P<close>\))?$"
)
_TO_ANOTHER = r"^(?:to|through|thru|until|and|or|bis|und|à|et) ?\p{Sc}? ?\d"
"""What follows the number in a range ($10,000 to $24,999): no unit."""

_READINGS: tuple[tuple[Decimal, Thousands | None], ...] = (
    (".", None),
    (",", None),
    (".", ","),
    (",", "."),
    (".", "'"),
    (",", "'"),
    (".", " "),
    (",", " "),
)
_MARKS: dict[str, str] = {",": "commas", ".": "points", "'": "apostrophes", " ": "blanks"}
_LEAST_DISTINCT = 10
"""So many different numbers with several units are no names of sizes."""


_LEAST_LIKELY = 0.3
"""Share of a sample of cells that must look like numbers; half of all cells must be some."""


class Written(NamedTuple):
    """How a column of numbers is written.

    Attributes:
        form: as found; that of most cells where it is none of all.
        note: what a user should know of it; None where it is plain.
        question: where it would be a guess.
    """

    form: Form = PLAIN
    note: str | None = None
    question: Question | None = None


class _Unsure(NamedTuple):
    """A mark that may part thousands or decimals, an example, and what is before the decimals of other cells."""

    mark: Thousands
    example: str
    decimal: Decimal | None


def find_form(values: pl.Series, n: pl.Series, reading: Reading, mostly: float) -> Written:
    """Return how the distinct trimmed cells of a column are written where they are numbers.

    Args:
        values: the cells.
        n: how many rows have each.
        reading: how the table is written, where a study says so.
        mostly: share of the cells from which on the others are slips.
    """
    has_other_decimal = reading.comma_is_decimal and values.str.contains(".", literal=True).any()
    if not has_other_decimal and not values.cast(pl.Float64, strict=False).null_count():
        return Written()
    text = plain_signs(values)
    cells = text.str.extract_groups(_CELL).struct.unnest().with_columns(value=values, n=n)
    cells = cells.filter(pl.col("core").is_not_null() & (pl.col("open").is_null() == pl.col("close").is_null()))
    cells = cells.with_columns(pl.col("before", "after").fill_null("").str.strip_chars())
    cells = cells.filter(~pl.col("after").str.contains(_TO_ANOTHER))
    cells = cells.with_columns(is_zero=~pl.col("core").str.contains("[1-9]"))
    if 2 * int(cells["n"].sum()) < int(n.sum()) or not cells.height:
        return Written()
    units = find_units(cells, mostly)
    if units.several and cells.height >= _LEAST_DISTINCT:
        return Written(question=_question_of_units(units))
    if {canonical(unit) for unit in units.spellings} & WITH_POINTS and reading.decimal is reading.thousands is None:
        reading = Reading(decimal=".")
    marks = _find_marks(cells["core"], cells["n"], reading)
    if isinstance(marks, _Unsure):
        return Written(question=_question_of_marks(marks))
    opened = cells["open"].is_not_null()
    form = PLAIN.model_copy(
        update={
            "decimal": marks[0],
            "thousands": marks[1],
            "units": units.spellings,
            "magnitudes": units.magnitudes,
            "parentheses": bool(opened.any() and not opened.all()),
        }
    )
    return Written(form, _note(form, cells["value"]))


def shown_decimal(sample: pl.Series) -> Decimal | None:
    """Return what stands before decimals in some cells of a column, where it has a comma and cannot be read otherwise.

    >>> [shown_decimal(pl.Series(cells)) for cells in (["36,5", "7"], ["1,234.5"], ["1,234"])]
    [',', '.', None]
    """
    cells = nameless(sample).drop_nulls()
    cells = cells.filter(~holds_no_number(cells))
    if not cells.str.contains(r"\d,\d").any():
        return None
    counts = counts_of(cells)
    written = find_form(counts["value"], counts["n"], Reading(), 1.0)
    numbers = parse(cells, written.form)
    is_shown = written.question is None and not numbers.null_count() and len(cells)
    return written.form.decimal if is_shown else None


def are_likely(sample: pl.Series) -> bool:
    """Say whether so many of some cells look like numbers that all of them are worth looking at."""
    cells = nameless(sample).drop_nulls()
    cells = cells.filter(~holds_no_number(cells))
    return not len(cells) or int(plain_signs(cells).str.contains(_CELL).sum()) >= _LEAST_LIKELY * len(cells)


def _find_marks(cores: pl.Series, n: pl.Series, reading: Reading) -> tuple[Decimal, Thousands | None] | _Unsure:
    """Return the marks before decimals and between thousands; what is unsure where two readings fit."""
    there = {mark for mark in _MARKS if cores.str.contains(mark, literal=True).any()}
    readings = [
        (decimal, thousands)
        for decimal, thousands in _READINGS
        if (thousands is None or thousands in there) and (decimal == "." or decimal in there or thousands == ".")
    ]
    n_fit = {marks: int(n.filter(cores.str.contains(f"^{_number(*marks)}$")).sum()) for marks in readings}
    total = int(n.sum())
    said = [marks for marks in readings if _is_said(marks, reading) and n_fit[marks] == total]
    if said and (reading.decimal or reading.thousands):
        return said[0]
    fitting = [marks for marks in readings if n_fit[marks] == total]
    if not fitting:
        return max(readings, key=n_fit.__getitem__)
    unsure = None if fitting[0] == (".", None) else _unsure_mark(fitting, cores, there)
    if unsure is None:
        return fitting[0]
    parted = cores.filter(cores.str.contains(unsure, literal=True))
    return _Unsure(unsure, str(parted.min()), None if (",", None) in fitting else fitting[0][0])


def _is_said(marks: tuple[Decimal, Thousands | None], reading: Reading) -> bool:
    decimal, thousands = marks
    if reading.decimal is not None and decimal != reading.decimal:
        return False
    if reading.thousands is None:
        return True
    return decimal != reading.thousands and thousands in (None, reading.thousands)


def _unsure_mark(
    fitting: list[tuple[Decimal, Thousands | None]], cores: pl.Series, there: set[str]
) -> Thousands | None:
    """Return a comma or point that may part thousands or decimals, where no cell shows which it does."""
    decimal, thousands = fitting[0]
    if {(",", None), (".", ",")} <= set(fitting):
        return ","
    if thousands not in (",", "."):
        return None
    mark, point = re.escape(thousands), re.escape(decimal)
    is_shown = cores.str.contains(rf"{mark}\d+(?:{mark}|{point})").any()
    return thousands if decimal in there and not is_shown else None


def _number(decimal: Decimal, thousands: Thousands | None) -> str:
    """Return the pattern of a number without sign and exponent."""
    digits, point = r"\d+", re.escape(decimal)
    if thousands is not None:
        mark = re.escape(thousands)
        digits = rf"(?:\d+|[1-9]\d{{0,2}}(?:{mark}\d{{3}})+)"
        if thousands == ",":  # a lakh is 1,00,000
            digits = r"(?:\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3})"
    return rf"(?:{digits}(?:{point}\d*)?|{point}\d+)"


def parse(text: pl.Series, form: Form) -> pl.Series:
    """Return trimmed text as numbers, null where a cell is none.

    >>> parse(pl.Series(["1.234,5 kg", "7 kg", "7"]), Form(decimal=",", thousands=".", units=("kg",))).to_list()
    [1234.5, 7.0, None]
    """
    if form.has_plain_numbers:
        numbers = text.cast(pl.Float64, strict=False)
        if numbers.null_count() == text.null_count():
            return numbers
        return numbers.zip_with(numbers.is_not_null(), plain_signs(text).cast(pl.Float64, strict=False))
    written = plain_signs(text)
    fits = written.str.contains(_pattern(form))
    lacks_unit: pl.Series | None = None
    if form.units:
        unit = "|".join(_escaped(word) for word in sorted(form.units, key=len, reverse=True))
        lacks_unit = ~written.str.contains(unit) & written.str.contains("[1-9]")
        written = written.str.replace_all(unit, "")
        fits = fits & ~lacks_unit
    written = written.set((~fits).fill_null(value=True), None)
    for sign in (" ", *([form.thousands] if form.thousands else [])):
        written = written.str.replace_all(sign, "", literal=True)
    if form.magnitudes:
        for letter, power in MAGNITUDES.items():
            written = written.str.replace(f"{letter}$", power)
    if form.parentheses:
        written = written.str.replace("(", "-", literal=True).str.strip_chars_end(")")
    return written.str.replace(form.decimal, ".", literal=True).cast(pl.Float64, strict=False)


def _pattern(form: Form) -> str:
    """Return the pattern of a cell that is a number of a form."""
    unit = f"(?:{'|'.join(_escaped(word) for word in form.units)})" if form.units else None
    before, after = (f"(?:{unit} ?)?", f"(?: ?{unit})?") if unit else ("", "")
    power = r"(?:[eE][+-]?\d+| ?[kKMB])?" if form.magnitudes else r"(?:[eE][+-]?\d+)?"
    number = f"{_number(form.decimal, form.thousands)}{power}"
    signed = f"{before}[+-]? ?{before}{number}{after}"
    return rf"^(?:{signed}|\({before}{number}{after}\))$" if form.parentheses else f"^{signed}$"


def _escaped(word: str) -> str:
    """Return a word as a pattern that is that word, whatever a stored form holds."""
    return "".join(sign if sign.isalnum() else f"\\x{{{ord(sign):x}}}" for sign in word)


def hold_several(values: pl.Series) -> pl.Series:
    """Say which cells hold more than one number, or bounds of one.

    >>> hold_several(pl.Series(["120/80", "4.0 ± 0.7", "<0.01", "1920 x 1080", "3/4/22", "2023-17"])).to_list()
    [True, True, True, True, False, False]
    """
    number = r"[+-]?(?:0|[1-9]\d*)(?:[.,]\d+)?"
    return values.str.contains(rf"^(?:[<>≤≥~] ?{number}|{number} ?(?:/|±|\+/-|x|\u00d7) ?{number})$")


def have_marks(values: pl.Series) -> pl.Series:
    """Say which cells are a number with a mark at it: a bound, an estimate, a sign behind it, a star.

    >>> have_marks(pl.Series(["<0.01", "90+", "0.5-", "3.4*", "~7", "PC 17599"])).to_list()
    [True, True, True, True, True, False]
    """
    return values.str.contains(r"^(?:[<>≤≥~=≈]{1,2} ?)?[+-]?\d+(?:[.,]\d+)*(?: ?[+*†-]{1,3})?$")


def plain_signs(text: pl.Series) -> pl.Series:
    """Return text with blanks, signs and digits of Unicode as those of ASCII."""
    is_ascii = (text.str.len_bytes() == text.str.len_chars()).fill_null(value=True)
    if is_ascii.all():
        return text
    return text.str.replace_many(list(_SIGNS), list(_SIGNS.values()))


def _note(form: Form, values: pl.Series) -> str | None:
    """Return what a user should know of the form, with an example; None where all is plain."""
    numbers = parse(values, form)
    odd = values.filter(values.cast(pl.Float64, strict=False).is_null() & numbers.is_not_null())
    if form.has_plain_numbers and not len(odd):
        return None
    unusual = [
        *([f"{_MARKS[form.thousands]} between thousands"] if form.thousands else []),
        *(["decimal commas"] if form.decimal == "," and values.str.contains(",", literal=True).any() else []),
        *([f"the unit {' or '.join(form.units)}"] if form.units else []),
        *(["k, M or B for powers of ten"] if form.magnitudes else []),
        *(["parentheses where they are negative"] if form.parentheses else []),
    ]
    odd = odd if len(odd) else values
    example = str(odd.filter(odd.str.len_chars() == odd.str.len_chars().max()).min())
    value = repr(parse(pl.Series([example]), form)[0]).removesuffix(".0")
    return f"its numbers have {listed(unusual or ['signs of Unicode'])}: {example} is read as {value}"


def _question_of_marks(unsure: _Unsure) -> Question:
    """Return what is asked where a comma or point may be before decimals or between thousands."""
    mark, core = unsure.mark, unsure.example
    as_thousands, as_decimal = core.replace(mark, ""), core.replace(mark, ".")
    found = f"{core}, which may be {as_thousands} or {as_decimal}"
    other = f'decimal = "{mark}" for {as_decimal}'
    if unsure.decimal is not None:
        other = f"write {core.replace(mark, unsure.decimal)} for {core}"
    return Question(
        "hold numbers that can be read in one way", found, f'thousands = "{mark}" for {as_thousands}, {other}'
    )


def _question_of_units(units: Units) -> Question:
    found = listed([f"{unit or 'no unit'} ({n})" for unit, n in units.several[:6]])
    return Question("have one unit", found, "write all of it in one unit")
