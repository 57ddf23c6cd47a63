"""The values of a workbook's cells as text: numbers as short as they are exact, dates in ISO form."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["number", "date", "time"]
"""What a number is by its format."""

_EXACT_BELOW = 2.0**53
_BUILTIN_DATES = {*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
_BUILTIN_TIMES = {18, 19, 20, 21, 32, 33, 45, 46, 47}
_NO_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DAYS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001  # Excel knows no zones
_FALSE_LEAP_DAY = 60  # Excel counts 1900-02-29, which there was not: days before it are one later
_LAST_DAY = 2_958_466


def builtin_kind(number: str) -> Kind:
    """Return what the numbers of a format without a code are.

    >>> builtin_kind("14"), builtin_kind("21"), builtin_kind("9")
    ('date', 'time', 'number')
    """
    value = int(number) if number.isdecimal() and number.isascii() else 0
    return "date" if value in _BUILTIN_DATES else "time" if value in _BUILTIN_TIMES else "number"


def kind_of_format(code: str) -> Kind:
    """Return what the numbers of a format are, by its code.

    >>> kind_of_format("dd/mm/yyyy"), kind_of_format("h:mm AM/PM"), kind_of_format('0.0 "days"')
    ('date', 'time', 'number')
    >>> kind_of_format("[h]:mm:ss"), kind_of_format("[Red]General")  # hours that have passed are a number of days
    ('number', 'number')
    """
    if _ELAPSED.search(code):
        return "number"
    letters = set(_NO_LETTERS.sub("", code.split(";", maxsplit=1)[0]).lower())
    if letters & {"0", "#", "?"} and not letters & {"y", "d"}:
        letters -= {"m"}
    if letters & {"y", "d"} or ("m" in letters and not letters & {"h", "s"}):
        return "date"
    return "time" if letters & {"h", "s"} else "number"


def number_text(written: str, kind: Kind, *, from_1904: bool) -> str:
    """Return a number as text: the shortest that is the same float64, or a date or time in ISO form.

    >>> number_text("4.3499999999999996", "number", from_1904=False), number_text("1E3", "number", from_1904=False)
    ('4.35', '1000')
    >>> number_text("45322", "date", from_1904=False), number_text("45322.5", "date", from_1904=False)
    ('2024-01-31', '2024-01-31 12:00:00')
    >>> number_text("0.25", "time", from_1904=False)
    '06:00:00'
    """
    try:
        value = float(written)
    except ValueError:
        return written
    if not math.isfinite(value):
        return written
    if kind != "number" and (moment := _moment(value, kind, from_1904=from_1904)):
        return moment
    if not value.is_integer():
        return repr(value)
    # Beyond 2**53 the digits that were written say more than the float64.
    return str(int(value)) if abs(value) < _EXACT_BELOW or not written.isdecimal() else written


def _moment(value: float, kind: Kind, *, from_1904: bool) -> str | None:
    """Return a number of days as a date, or as a time of day below one; None where Excel shows neither."""
    if not 0 <= value < _LAST_DAY or (not from_1904 and math.floor(value) == _FALSE_LEAP_DAY):
        return None
    days = value if from_1904 or value > _FALSE_LEAP_DAY else value + 1
    moment = _DAYS[from_1904] + timedelta(milliseconds=round(days * 86_400_000))
    seconds = f"{moment:%H:%M:%S}" + (f".{moment.microsecond // 1000:03}" if moment.microsecond else "")
    if value < 1 and not from_1904:
        return seconds if kind == "time" or value else None
    if kind == "time" and value < 1:
        return seconds
    return f"{moment:%Y-%m-%d}" if seconds == "00:00:00" else f"{moment:%Y-%m-%d} {seconds}"
