"""The shapes that dates and times have in text, as patterns, and the moments that they name.

All is computed with whole numbers of microseconds since 1970-01-01, in the calendar of ISO 8601. Years of two digits
are 1969 to 2068, as POSIX has them. A time without an offset is taken as it stands, one with an offset to UTC.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

Whole = npt.NDArray[np.int64]

DAY_US = 86_400_000_000
_SECOND_US = 1_000_000
_FIRST_US, _LAST_US = -62_135_596_800 * _SECOND_US, 253_402_300_800 * _SECOND_US - 1
"""The years 1 to 9999."""
_PIVOT = 69
"""The first year of two digits that is of the last century."""
_ENGLISH = "january february march april may june july august september october november december"
ENGLISH = tuple(_ENGLISH.split(" "))
_LANGUAGES = (
    _ENGLISH,
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jän febr mär april mai juni juli aug sept okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil aout sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago sept oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
)
MONTHS = {name: i for names in _LANGUAGES for i, name in enumerate(names.split(), start=1)}
"""Names of months in English, German, French, Spanish, Italian, Portuguese and Dutch, and their numbers."""

_YEAR, _ANY_YEAR = r"(?P<year>\d{4})", r"'?(?P<year>\d{4}|\d{2})"
_MONTH, _DAY, _NAME = r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})", r"(?P<name>\p{L}{3,10})\.?"
_NTH, _WEEKDAY = r"(?:st|nd|rd|th|er|\.)?", r"(?:\p{L}{2,10}\.?,? +)?"
_OF_WEEK = (
    r"(?:(?i:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    r"|mo(?:ntag)?|di(?:enstag)?|mi(?:ttwoch)?|do(?:nnerstag)?|fr(?:eitag)?|sa(?:mstag)?|so(?:nntag)?"
    r"|lun(?:di)?|mar(?:di)?|mer(?:credi)?|jeu(?:di)?|ven(?:dredi)?|sam(?:edi)?|dim(?:anche)?)\.?,? *)?"
)
"""Names of days alone: before numbers, any word could be that of a code."""
_HALF = r"(?P<half>[AaPp]\.?[Mm]\.?)"
_ZONE = r"(?P<zone>[Zz]|UTC|GMT|(?P<sign>[+-])(?P<zone_hour>\d{2}):?(?P<zone_minute>\d{2})?)"
_MINUTES = r"[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
_TIME = rf"(?:(?:[Tt]|,? +|, ?| at |:)(?P<hour>\d{{1,2}})(?:{_MINUTES})?\s*{_HALF}?\s*{_ZONE}?(?:\[[\w/+-]+\])?)?"
_COMPACT_TIME = (
    r"(?:[Tt ]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?" + _ZONE + "?)?"
)


def shape(pattern: str) -> str:
    """Return the pattern of a whole cell; digits are ASCII's."""
    return f"^(?P<whole>{pattern})$".replace(r"\d", "[0-9]")


COMPACT = shape(rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}}){_COMPACT_TIME}")
PLAIN = (
    shape(rf"{_OF_WEEK}{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}{_TIME}"),
    COMPACT,
    shape(rf"{_WEEKDAY}{_DAY}{_NTH}(?: de | |-|/)?{_NAME},?(?: del? | |-|/)?{_ANY_YEAR}{_TIME}"),
    shape(rf"{_WEEKDAY}{_NAME}[ -]{_DAY}{_NTH}(?:,? |-){_ANY_YEAR}{_TIME}"),
    shape(rf"{_YEAR}[-/]{_MONTH}"),
    shape(rf"{_MONTH}[-/]{_YEAR}"),
    shape(rf"{_YEAR}-?W(?P<week>\d{{2}})(?:-?(?P<weekday>[1-7]){_TIME})?"),
    shape(rf"{_YEAR}-(?P<yearday>\d{{3}}){_TIME}"),
    shape(rf"{_YEAR}[- ]?[Qq](?P<quarter>[1-4])"),
    shape(rf"[Qq](?P<quarter>[1-4])[-/ ]?{_YEAR}"),
    shape(rf"{_NAME},?(?: de |[ -]){_YEAR}"),
    shape(rf"{_NAME}(?:-| ?')(?P<year>\d{{2}})"),
    shape(rf"{_YEAR}[- ]{_NAME}(?:[- ]{_DAY}{_TIME})?"),
    shape(rf"{_YEAR}年{_MONTH}月(?:{_DAY}日{_TIME})?"),
    shape(rf"\p{{L}}{{3}} {_NAME} +{_DAY} (?P<hour>\d{{1,2}}){_MINUTES} {_YEAR}"),
)
"""What can be read in one way only."""
DAY_FIRST = shape(rf"{_OF_WEEK}{_DAY}[-/.]{_MONTH}[-/.]{_ANY_YEAR}{_TIME}")
MONTH_FIRST = shape(rf"{_OF_WEEK}{_MONTH}[-/.]{_DAY}[-/.]{_ANY_YEAR}{_TIME}")
CLOCK = shape(rf"(?P<hour>\d{{1,2}}){_MINUTES}\s*{_HALF}?")

_LETTERS = {
    "Y": _YEAR,
    "y": r"(?P<year>\d{2})",
    "m": _MONTH,
    "b": _NAME,
    "B": _NAME,
    "d": _DAY,
    "e": _DAY,
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})",
    "f": r"(?P<fraction>\d{1,9})",
    "p": _HALF,
    "z": _ZONE,
    "a": r"\p{L}+\.?",
    "A": r"\p{L}+\.?",
    "j": r"(?P<yearday>\d{1,3})",
    "%": "%",
}


def of_strptime(text: str) -> str:
    """Return the pattern of what ``strptime`` takes for a text; digits side by side have their full widths.

    >>> pl.Series(["13.01.2022", "2022"]).str.contains(of_strptime("%d.%m.%Y")).to_list()
    [True, False]
    """
    parts = re.split(r"(%.)", text)
    pattern = "".join(_LETTERS[part[1]] if part.startswith("%") else _literal(part) for part in parts)
    if not any(part and not part.startswith("%") for part in parts):
        pattern = pattern.replace("{1,2}", "{2}").replace("{1,3}", "{3}")
    return shape(pattern)


def _literal(text: str) -> str:
    return "".join(character if character.isalnum() else rf"\x{{{ord(character):x}}}" for character in text)


class Moments(NamedTuple):
    """What a shape finds in cells.

    Attributes:
        microseconds: since 1970-01-01, shape ``(n,)``; 0 where a cell names none.
        has_shape: which cells have the shape.
        is_right: which of them name a day and a time that there are.
        has_offset: which of them have an offset from UTC.
    """

    microseconds: Whole
    has_shape: npt.NDArray[np.bool_]
    is_right: npt.NDArray[np.bool_]
    has_offset: npt.NDArray[np.bool_]


def moments(text: pl.Series, pattern: str) -> Moments:
    """Return the moments that cells of a shape name.

    >>> found = moments(pl.Series(["13/01/2022", "31/02/2022", "x"]), DAY_FIRST)
    >>> int(found.microseconds[0] // DAY_US), found.has_shape.tolist(), found.is_right.tolist()
    (19005, [True, True, False], [True, False, False])
    """
    groups = _Groups(text.str.extract_groups(pattern))
    has_shape = groups.there("whole")
    if groups.has("name"):
        has_shape &= _month(groups) > 0
    days, is_day = _days(groups)
    time, is_time = _time(groups)
    found = days * DAY_US + time
    is_right = has_shape & is_day & is_time & (found >= _FIRST_US) & (found <= _LAST_US)
    return Moments(np.where(is_right, found, 0), has_shape, is_right, groups.there("zone"))


class _Groups:
    """The groups of a pattern, as whole numbers."""

    def __init__(self, found: pl.Series) -> None:
        self._found = found
        self._names = set(found.struct.fields)

    def has(self, name: str) -> bool:
        return name in self._names

    def text(self, name: str) -> pl.Series:
        return self._found.struct.field(name)

    def there(self, name: str) -> npt.NDArray[np.bool_]:
        if not self.has(name):
            return np.zeros(len(self._found), dtype=np.bool_)
        return self.text(name).is_not_null().to_numpy()

    def number(self, name: str, absent: int = 0) -> Whole:
        if not self.has(name):
            return np.full(len(self._found), absent, dtype=np.int64)
        return self.text(name).cast(pl.Int64, strict=False).fill_null(absent).to_numpy()


def _days(groups: _Groups) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """Return days since 1970-01-01, and which there are."""
    if not groups.has("year"):
        n = groups.number("hour").size
        return np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.bool_)
    year = groups.number("year", 1970)
    is_short = (groups.text("year").str.len_bytes() == 2).fill_null(value=False).to_numpy()  # noqa: PLR2004  # digits
    year = year + np.where(is_short, np.where(year >= _PIVOT, 1900, 2000), 0)
    first = _first_of(year, np.ones_like(year))
    if groups.has("week"):
        return _of_week(first, groups.number("week", 1), groups.number("weekday", 1))
    if groups.has("yearday"):
        days = first + groups.number("yearday", 1) - 1
        return days, (days >= first) & (days < _first_of(year + 1, np.ones_like(year))) & (year > 0)
    month = _month(groups)
    is_month = (month >= 1) & (month <= 12)  # noqa: PLR2004  # months of a year
    month = np.where(is_month, month, 1)
    start, day = _first_of(year, month), groups.number("day", 1)
    days = start + day - 1
    return days, is_month & (day >= 1) & (days < _first_of(year, month + 1)) & (year > 0)


def _month(groups: _Groups) -> Whole:
    if groups.has("quarter"):
        return 3 * groups.number("quarter", 1) - 2
    if groups.has("name"):
        names = groups.text("name").str.to_lowercase()
        return names.replace_strict(MONTHS, default=0, return_dtype=pl.Int64).fill_null(0).to_numpy()
    return groups.number("month", 1)


def _first_of(year: Whole, month: Whole) -> Whole:
    """Return the first day of months, the 13th of which is the first of the next year."""
    months = (12 * (year - 1970) + month - 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def _of_week(first: Whole, week: Whole, weekday: Whole) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """Return days of ISO weeks: the first has 4 January in it; a week is of the year that has its Thursday."""
    fourth = first + 3
    monday = fourth - (fourth + 3) % 7 + 7 * (week - 1)
    year = first.astype("datetime64[D]").astype("datetime64[Y]")
    is_right = (week >= 1) & ((monday + 3).astype("datetime64[D]").astype("datetime64[Y]") == year)
    return monday + weekday - 1, is_right


def _time(groups: _Groups) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """Return microseconds of the day, in UTC where there is an offset, and which there are."""
    hour, minute, second = (groups.number(name) for name in ("hour", "minute", "second"))
    is_right = (hour < 24) & (minute < 60) & (second < 60)  # noqa: PLR2004  # of a day, an hour, a minute
    has_half = groups.there("half")
    if has_half.any():
        is_right &= ~has_half | ((hour >= 1) & (hour <= 12))  # noqa: PLR2004  # hours of half a day
        is_late = groups.text("half").str.to_lowercase().str.starts_with("p").fill_null(value=False).to_numpy()
        hour = np.where(has_half, hour % 12 + 12 * is_late, hour)
    microseconds = _SECOND_US * (3600 * hour + 60 * minute + second)
    if groups.there("fraction").any():
        digits = groups.text("fraction").str.pad_end(6, "0").str.slice(0, 6)
        microseconds += digits.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    if groups.there("sign").any():
        minutes = 60 * groups.number("zone_hour") + groups.number("zone_minute")
        is_right &= minutes < 24 * 60
        is_behind = (groups.text("sign") == "-").fill_null(value=False).to_numpy()
        microseconds -= 60 * _SECOND_US * np.where(is_behind, -minutes, minutes)
    return microseconds, is_right
