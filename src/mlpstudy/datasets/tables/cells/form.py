"""How the cells of a column are written that become numbers."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from mlpstudy.study.base import Frozen
from mlpstudy.study.reading import Decimal, Thousands, checked_date_format

Meaning = Literal["number", "boolean", "date"]
"""What the cells of a column are that becomes one number a row."""

MOSTLY = 0.9
"""Share of cells from which on a column is taken for one of numbers, or of dates, with a slip in it."""

WORDS: dict[Meaning, str] = {
    "number": "a number",
    "boolean": "true or false",
    "date": "a date such as 2024-01-31 or 2024-01-31 12:00",
}


def _checked_date(value: Any) -> Any:  # noqa: ANN401  # of a store: anything may come
    return value if value in ("", "clock") else checked_date_format(value)


class Form(Frozen):
    """How a column's text is written, found out once for the column and kept with it, so that new rows are read alike.

    Attributes:
        decimal: what stands before the decimals of a number.
        thousands: what stands between its groups of three digits; None where they are not parted.
        units: the spellings of the one unit, before or behind each number, that is left out; none where there is none.
        magnitudes: k, M and B behind a number stand for thousands, millions and thousand millions.
        parentheses: a number in parentheses is negative.
        date: ``"day first"``, ``"month first"``, ``"clock"`` for times without a day, or a text as ``strptime`` has
            it; empty where a date has its year first, or the name of its month, and can be read in one way only.
    """

    decimal: Decimal = "."
    thousands: Thousands | None = None
    units: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=40)], ...], Field(max_length=20)] = ()
    magnitudes: bool = False
    parentheses: bool = False
    date: Annotated[str, BeforeValidator(_checked_date)] = ""

    @property
    def has_plain_numbers(self) -> bool:
        """Whether numbers are written as any program writes them."""
        return self.model_copy(update={"date": ""}) == PLAIN

    def content(self) -> dict[str, object]:
        """Return what differs from plain numbers, truth values and ISO dates, as plain JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)


PLAIN = Form()
"""Numbers with a decimal point, true and false, ISO dates."""


class Question(NamedTuple):
    """What only a user can say of a column: the parts of the line that refuses it.

    Attributes:
        be: what it must be or say.
        got: what was found.
        fix: the key that settles it.
    """

    be: str
    got: str
    fix: str


def words(meaning: Meaning, form: Form = PLAIN) -> str:
    """Return what a cell must be.

    >>> words("date", Form(date="day first")), words("number", Form(units=("kg",)))
    ('a date, day first, such as 31/01/2024', 'a number with the unit kg')
    """
    if meaning == "number" and form.units:
        return f"a number with the unit {' or '.join(form.units)}"
    if meaning != "date" or not form.date:
        return WORDS[meaning]
    known = {
        "day first": "a date, day first, such as 31/01/2024",
        "month first": "a date, month first, such as 01/31/2024",
        "clock": "a time such as 13:45",
    }
    return known.get(form.date) or f'a date as "{form.date}" has it'
