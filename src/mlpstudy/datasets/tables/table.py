"""A table, whoever read or gave it."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from mlpstudy.datasets.opening.limits import MAX_COLUMNS, MAX_LABEL_CHARACTERS
from mlpstudy.datasets.tables.cells.text import blanked, is_text
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import Reading
from mlpstudy.text.words import listed

WRITE_NAMES = "write a line of names above the rows"
POLARS_FAULTS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What Polars raises where it reads; a panic, for pages that lie about themselves, is none of its other errors."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The columns that rows must have, where a study has them already: those of its own file.

    Attributes:
        columns: their names, in the order of the file where they have no names there; none where any will do.
        target: the one that holds the class, which new rows need not have.
        are_positions: the study's file has no line of names: a column is known by its position.
    """

    columns: tuple[str, ...]
    target: str | None = None
    are_positions: bool = False

    def may_be_alone(self, name: str) -> bool:
        """Say whether a table may have the column of that name and no other."""
        is_one = self.are_positions and len(self.columns) <= 2  # noqa: PLR2004  # it and the target
        return is_one or not self.columns or name in self.columns

    def of_width(self, n: int, origin: str) -> tuple[str, ...]:
        """Return the names of so many columns: all of them, or all but the target.

        Raises:
            DataError: it is neither number.
        """
        if n == len(self.columns):
            return self.columns
        others = tuple(name for name in self.columns if name != self.target)
        if n == len(others):
            return others
        be = f"have {len(self.columns)} columns, as the study's file has, or {len(others)} without the target"
        raise DataError(must(origin, be, n))


GENERATED = re.compile(r"column ([1-9]\d*)")
"""What columns of a file without a line of names are called."""


def expected_of(columns: Iterable[str], target: str | None, reading: Reading) -> Expected:
    """Return what is expected of further files, by the names of a study's columns and how its file was read."""
    names = tuple(columns)
    if reading.names and set(names) <= set(reading.names):
        return Expected(reading.names, target, are_positions=True)
    found = [GENERATED.fullmatch(name) for name in names]
    if names and all(found):
        return Expected(tuple(sorted(names, key=lambda name: int(name.split(" ")[1]))), target, are_positions=True)
    return Expected(names, target)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table as it is in its file: numbers are float64 with NaN where one is missing, other cells have null there.

    Attributes:
        frame: its columns; text is trimmed.
        origin: the file, for messages.
        sha256: hash of the file's bytes.
        words: what it was read from, where data are described.
        warnings: what a user should know of it, a line each.
        target: the column that the file itself says holds the class, or that was given apart; None elsewhere.
    """

    frame: pl.DataFrame
    origin: str
    sha256: str
    words: str = "a data frame"
    warnings: tuple[str, ...] = ()
    target: str | None = None

    def expected(self, target: str | None, reading: Reading) -> Expected:
        """Return what further files of a study of this table are read by."""
        return expected_of(self.frame.columns, target, reading)

    @property
    def text_columns(self) -> frozenset[str]:
        """Columns whose cells are text: another file of the same table is read alike."""
        return frozenset(name for name in self.frame.columns if is_text(self.frame[name]))

    def without(self, words: tuple[str, ...]) -> Table:
        """Return it without the cells that are some words for a missing value."""
        return dataclasses.replace(self, frame=blanked(self.frame, words)) if words else self


def without(frame: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Return a table without some columns, by their very names: ``drop`` takes ``*`` for all of them."""
    return pl.DataFrame([column for column in frame if column.name not in names])


def check_names(names: Sequence[str], origin: str, hint: str = "") -> None:
    """Refuse names of columns that nobody can write, and two of one name.

    Args:
        names: all of them; positions in messages are those here.
        origin: what the table is called in messages.
        hint: what else may be wrong where two are the same.
    """
    if len(names) > MAX_COLUMNS:
        raise DataError(must(origin, f"have at most {MAX_COLUMNS} columns", len(names)))
    for position, name in enumerate(names, start=1):
        if not name.strip() or len(name) > MAX_LABEL_CHARACTERS or not name.isprintable():
            be = f"have a name of 1 to {MAX_LABEL_CHARACTERS} printable characters"
            is_long = len(name) > MAX_LABEL_CHARACTERS
            found = f'one of {len(name)}, "{name[:30]}..."' if is_long else name[:40]
            fix = "shorten it" if is_long else "write one into the first line"
            raise DataError(must(f"{origin}, column {position}", be, found, fix))
    check_distinct(names, origin, hint)


def check_distinct(names: Sequence[str], origin: str, hint: str = "") -> None:
    """Refuse two columns of one name; the line names all of them."""
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(names, start=1):
        positions.setdefault(name, []).append(position)
    twice = {name: found for name, found in positions.items() if len(found) > 1}
    if twice:
        raise DataError(
            must(origin, "have columns with a name of their own each", _repeated(twice), _renamed(twice, hint))
        )


def _repeated(twice: dict[str, list[int]]) -> str:
    """Return the names that several columns have, with their positions."""
    times = {2: "twice", 3: "three times"}
    shown = [
        f'"{name}" {times.get(len(found), f"{len(found)} times")} (columns {listed([str(i) for i in found])})'
        for name, found in twice.items()
    ]
    return listed(shown)


def _renamed(twice: dict[str, list[int]], hint: str) -> str:
    fix = "rename all but one of each" if len(twice) > 1 else "rename all but one"
    rows = f"{WRITE_NAMES}, or " if any(is_number(name) for name in twice) else ""
    return f"{rows}{fix}{hint}"


def is_number(name: str) -> bool:
    """Say whether a name is a finite number, as the first line of a file without names has it."""
    try:
        return math.isfinite(float(name))
    except ValueError:
        return False
