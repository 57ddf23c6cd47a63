"""How a table of one's own is written, where a study says so; what it does not say is found out from the file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from mlpstudy.study.base import Frozen


def _checked_words(value: Any) -> Any:  # noqa: ANN401  # raw TOML: anything may come
    if not isinstance(value, list | tuple):
        message = 'an array of texts such as ["-999", "unknown"]'
        raise ValueError(message)  # noqa: TRY004  # pydantic turns it into a line with the key
    return tuple(value)


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_checked_words)]


class Reading(Frozen):
    """How a table is written: what settles it where a file would be read otherwise, or not at all.

    Attributes:
        decimal: what stands before the decimals of numbers: ``"."`` or ``","``; where missing, it is found out for
            each column.
        missing: cells that hold no value, beside those that never do.
    """

    missing: Words = ()
    decimal: Literal[".", ","] | None = None

    @property
    def reading(self) -> Reading:
        """Return these keys alone."""
        return Reading(**{key: getattr(self, key) for key in Reading.model_fields})


UNSAID = Reading()
"""Where a study says nothing of it."""
