"""A table, whoever read or gave it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as it is in its file: numbers are float64 with NaN where one is missing, other cells have null there.

    Attributes:
        frame: its columns; text is trimmed.
        origin: the file, for messages.
        sha256: hash of the file's bytes.
        delimiter: of a CSV file, else None.
        warnings: what a user should know of it, a line each.
    """

    frame: pl.DataFrame
    origin: str
    sha256: str
    delimiter: str | None = None
    warnings: tuple[str, ...] = ()
