"""How a table of one's own is written, where a study says so; what it does not say is found out from the file."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

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


_NOT_FOR_FILES = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
Encoding = Annotated[str, AfterValidator(_checked_encoding)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_checked_words)]


class Reading(Frozen):
    """How a table is written: what settles it where a file would be read otherwise, or not at all.

    Attributes:
        decimal: what stands before the decimals of numbers: ``"."`` or ``","``; where missing, it is found out for
            each column.
        encoding: of its text, such as ``"cp1250"``; where missing, it is found out.
        missing: cells that hold no value, beside those that never do.
    """

    encoding: Encoding | None = None
    missing: Words = ()
    decimal: Literal[".", ","] | None = None

    @property
    def reading(self) -> Reading:
        """Return these keys alone."""
        return Reading(**{key: getattr(self, key) for key in Reading.model_fields})


UNSAID = Reading()
"""Where a study says nothing of it."""
