"""How a table of one's own is written, where a study says so; what it does not say is found out from the file."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mlpstudy.study.base import Frozen


def _checked_words(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    if not isinstance(value, list | tuple):
        message = 'an array of texts such as ["-999", "unknown"]'
        raise ValueError(message)  # noqa: TRY004  # pydantic turns it into a line with the key
    return tuple(value)


def _checked_encoding(value: str) -> str:
    """Refuse what is no encoding of texts, or one that is not for files."""
    try:
        "".encode(value)
        name = codecs.lookup(value).name
    except (LookupError, UnicodeError, ValueError):
        name = ""
    if not name or name in _NOT_FOR_FILES:
        message = 'an encoding such as "utf-16" or "cp1252"'
        raise ValueError(message)
    return name


def _checked_sheet(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    if value is None or (isinstance(value, str) and value) or (type(value) is int and value >= 1):
        return value
    message = "the name of a sheet, or its number from 1"
    raise ValueError(message)


_NOT_FOR_FILES = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
Encoding = Annotated[str, AfterValidator(_checked_encoding)]
Decimal = Literal[".", ","]
Thousands = Literal[",", ".", "'", " "]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_checked_words)]


def _checked_header(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    if value is not None and not (isinstance(value, bool) or (isinstance(value, int) and value >= 1)):
        message = "true, false, or the number of the line with the column names, from 1"
        raise ValueError(message)
    return value


def _checked_names(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    names = _checked_words(value)
    if len({str(name) for name in names}) < len(names):
        message = "a name of its own for each column"
        raise ValueError(message)
    return names


DATE_PARTS: dict[str, str] = {
    "Y": "year",
    "y": "year",
    "m": "month",
    "b": "month",
    "B": "month",
    "d": "day",
    "e": "day",
    "j": "day of year",
    "H": "hour",
    "I": "hour",
    "M": "minute",
    "S": "second",
    "f": "fraction",
    "p": "half of the day",
    "z": "offset",
    "a": "day of the week",
    "A": "day of the week",
}
"""What the letters after a ``%`` stand for in ``date_format``, as ``strptime`` has them."""


def checked_date_format(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    """Refuse what is no way to write a date."""
    if value is None or value in ("day first", "month first", "none"):
        return value
    letters = re.findall(r"%(.)", value.replace("%%", "")) if isinstance(value, str) else []
    parts = [DATE_PARTS.get(letter, "") for letter in letters]
    is_known = all(parts) and len(parts) == len(set(parts)) and ("year" in parts or "hour" in parts)
    if not is_known or not value.isprintable() or len(value) > _LONGEST:
        message = '"day first", "month first", "none", or what they look like, such as "%d.%m.%Y" or "%d/%m/%y %H:%M"'
        raise ValueError(message)
    return value


_LONGEST = 100


class Reading(Frozen):
    """How a table is written: what settles it where a file would be read otherwise, or not at all.

    Attributes:
        header: whether the first line holds the column names, or the number of the line that does, from 1; where
            missing, it is found out.
        names: the column names, in place of those of the file, or of a file that has none.
        comment: what a line begins with that is no row; ``""`` where no line is a comment; where missing, it is found
            out.
        decimal: what stands before the decimals of numbers: ``"."`` or ``","``; where missing, it is found out for
            each column.
        encoding: of its text, such as ``"cp1250"``; where missing, it is found out.
        sheet: of a workbook, by its name or its number from 1; where missing, the first that holds something.
        missing: cells that hold no value, beside those that never do.
        date_format: how dates are written: ``"day first"`` or ``"month first"`` where numbers leave it open, a text
            as ``strptime`` has it (``"%d.%m.%Y"``), or ``"none"``: text and numbers are no dates. Where missing, it is
            found out for each column.
        thousands: what stands between groups of three digits: ``","``, ``"."``, ``"'"`` or ``" "``; where missing, it
            is found out for each column.
    """

    encoding: Encoding | None = None
    header: Annotated[bool | int | None, BeforeValidator(_checked_header)] = None
    names: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_checked_names)] = ()
    comment: str | None = None
    sheet: Annotated[str | int | None, BeforeValidator(_checked_sheet)] = None
    missing: Words = ()
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    date_format: Annotated[str | None, BeforeValidator(checked_date_format)] = None

    @model_validator(mode="after")
    def _check_marks(self) -> Self:
        if self.decimal is not None and self.decimal == self.thousands:
            message = f"given two marks: decimal and thousands are both {self.decimal}"
            raise ValueError(message)
        return self

    @property
    def comma_is_decimal(self) -> bool:
        """Say whether a point in a number cannot be what stands before its decimals."""
        return self.decimal == "," or self.thousands == "."

    @property
    def reading(self) -> Reading:
        """Return these keys alone."""
        return Reading(**{key: getattr(self, key) for key in Reading.model_fields})


UNSAID = Reading()
"""Where a study says nothing of it."""
