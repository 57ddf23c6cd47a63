"""How the cells of a column are written that become numbers."""

from __future__ import annotations

from typing import Literal

from mlpstudy.study.base import Frozen

Meaning = Literal["number", "boolean", "date"]
"""What the cells of a column are that becomes one number a row."""

WORDS: dict[Meaning, str] = {
    "number": "a number",
    "boolean": "true or false",
    "date": "a date such as 2024-01-31 or 2024-01-31 12:00",
}


class Form(Frozen):
    """How a column's text is written, found out once for the column and kept with it, so that new rows are read alike.

    Attributes:
        decimal: what stands before the decimals of a number.
    """

    decimal: Literal[".", ","] = "."

    def content(self) -> dict[str, object]:
        """Return what differs from plain numbers, truth values and ISO dates, as plain JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)


PLAIN = Form()
"""Numbers with a decimal point, true and false, ISO dates."""
