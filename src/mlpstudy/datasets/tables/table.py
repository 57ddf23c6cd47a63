"""A table, whoever read or gave it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from mlpstudy.datasets.opening.limits import MAX_COLUMNS, MAX_LABEL_CHARACTERS
from mlpstudy.errors import DataError, must

WRITE_NAMES = "write a line of names above the rows"
POLARS_FAULTS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What Polars raises where it reads; a panic, for pages that lie about themselves, is none of its other errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as it is in its file: numbers are float64 with NaN where one is missing, other cells have null there.

    Attributes:
        frame: its columns; text is trimmed.
        origin: the file, for messages.
        sha256: hash of the file's bytes.
        words: what it was read from, where data are described.
        warnings: what a user should know of it, a line each.
    """

    frame: pl.DataFrame
    origin: str
    sha256: str
    words: str = "a data frame"
    warnings: tuple[str, ...] = ()


def check_names(names: list[str], origin: str) -> None:
    """Refuse names of columns that nobody can write, and two of one name."""
    if len(names) > MAX_COLUMNS:
        raise DataError(must(origin, f"have at most {MAX_COLUMNS} columns", len(names)))
    seen: set[str] = set()
    for position, name in enumerate(names, start=1):
        what = f"{origin}, column {position}"
        if not name.strip() or len(name) > MAX_LABEL_CHARACTERS or not name.isprintable():
            be = f"have a name of 1 to {MAX_LABEL_CHARACTERS} printable characters"
            raise DataError(must(what, be, name[:40], "write one into the first line"))
        if name in seen:
            fix = f"{WRITE_NAMES}, or rename one of them" if is_number(name) else "rename one of them"
            raise DataError(must(what, "have a name of its own", f'"{name}" twice', fix))
        seen.add(name)


def is_number(name: str) -> bool:
    """Say whether a name is a finite number, as the first line of a file without names has it."""
    try:
        return math.isfinite(float(name))
    except ValueError:
        return False
