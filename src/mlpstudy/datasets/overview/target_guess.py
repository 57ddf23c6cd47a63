"""Guessing which column of a table holds the class: by its name, or else by its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mlpstudy.datasets.opening.limits import MAX_CLASSES
from mlpstudy.datasets.readers.choosing import find_format, read_files
from mlpstudy.datasets.readers.menu import Asked
from mlpstudy.datasets.tables.cells.text import as_text, is_supported
from mlpstudy.datasets.tables.table import Table
from mlpstudy.study.reading import UNSAID, Reading

NAMES = (
    *("target", "label", "labels", "y", "survived", "species", "diagnosis", "outcome", "churn", "churned", "exited"),
    *("attrition", "default", "defaulted", "fraud", "is_fraud", "spam", "is_spam", "income", "sentiment", "disease"),
    *("stroke", "approved", "cancelled", "converted", "clicked", "subscribed", "response", "result", "class"),
)
"""Names of columns that are taken for the target, in this order; capital letters make no difference."""

_LEAST = 2
"""Classes that there must be, and examples of each on average."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Which column probably holds the class.

    Attributes:
        target: the column.
        candidates: all columns whose names say so, the target first; none where it is the last column for want of one.
        is_said: the file itself says so.
    """

    target: str
    candidates: tuple[str, ...] = ()
    is_said: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """Several columns have such a name."""
        return len(self.candidates) > 1

    def __str__(self) -> str:
        if self.is_said:
            return "as the file says"
        if not self.candidates:
            return "a guess, since it is the last"
        return f"a guess among {', '.join(self.candidates)}" if self.is_ambiguous else "a guess by its name"


def guess_target(frame: pl.DataFrame, said: str | None = None) -> Guess:
    """Return the column that probably holds the class: one of such a name with several rows a value, else the last.

    Args:
        frame: the table.
        said: the column that its file says holds the class.

    >>> guess_target(pl.DataFrame({"Class": ["a", "b"] * 4, "height": range(8)})).target
    'Class'
    >>> print(guess_target(pl.DataFrame({"class": ["First", "Third"] * 4, "Survived": [0, 1, 1, 1] * 2})))
    a guess among Survived, class
    """
    if said in frame.columns:
        return Guess(said, is_said=True)
    by_name = {name.strip().lower(): name for name in reversed(frame.columns)}
    found = tuple(by_name[name] for name in NAMES if name in by_name and _names_classes(frame[by_name[name]]))
    return Guess(found[0], found) if found else Guess(frame.columns[-1])


def guess_target_of(path: Path, without: Collection[str | None] = (), reading: Reading = UNSAID) -> Guess | None:
    """Return the column of a file that probably holds the class, None where the file is no table.

    Args:
        path: the file.
        without: columns that are something else.
        reading: how it is written, where a study says so.

    Raises:
        DataError: it cannot be read.
    """
    found = find_format([path])
    read = read_files([path], found, Asked(reading=reading)) if found.holds == "table" else None
    if not isinstance(read, Table):
        return None
    frame = read.frame
    others = [name for name in frame.columns if name not in without] or frame.columns
    return guess_target(pl.DataFrame([frame[name] for name in others]), read.target)


def _names_classes(column: pl.Series) -> bool:
    """Say whether the values of a column could be classes: two or more, each with several rows on average."""
    if not is_supported(column):
        return False
    n_distinct = as_text(column).drop_nulls().n_unique()
    return _LEAST <= n_distinct <= min(MAX_CLASSES, max(_LEAST, len(column) // _LEAST))
