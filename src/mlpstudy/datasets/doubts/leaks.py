"""Columns that give the class away: copies of the target in other words, or what is known only with the class.

For a column with values v, n_v training examples of each, of which m_v are of the most frequent class of v, and N
training examples of which M are of the most frequent class of all:

    lambda = 1 - sum_v (n_v - m_v) / (N - M)            (Goodman & Kruskal 1954)

is the share of the errors of always answering the commonest class that knowing the column takes away. A column with
lambda >= 0.95 is named, where nine tenths of the examples have a value that at least five have: an identifier, or a
number that never repeats, gives every class away and says nothing. So is one of which it is enough to know where a
value is missing.

Each column is first looked at on at most 10,000 examples, evenly spaced; only what could be one is counted in full.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mlpstudy.datasets.tables.cells.text import as_text, is_supported, is_text, nameless

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

LEAST_LAMBDA = 0.95
SURE_LAMBDA = 0.99
"""From there on a proposed study file leaves the column out."""
LEAST_REPEATED = 0.9
"""Share of the examples whose value must be that of several."""
LEAST_COUNT = 5
"""Examples that a value, and the classes that are not the commonest, must have."""
SAMPLE = 10_000
SAMPLE_LAMBDA = 0.9
SAMPLE_REPEATS = 1.5
"""Examples a value, on average, without which a column of the sample is taken for one that does not repeat."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that gives the class away.

    Attributes:
        column: its name.
        n_values: number of its values, a missing one among them.
        n_exceptions: training examples whose class is not the commonest one of their value.
        n_examples: number of training examples.
        is_by_missing: where a value is missing is enough to know.
        share: lambda.
    """

    column: str
    n_values: int
    n_exceptions: int
    n_examples: int
    is_by_missing: bool
    share: float

    @property
    def is_sure(self) -> bool:
        """Whether hardly an exception remains."""
        return self.share >= SURE_LAMBDA

    def warning(self, origin: str) -> str:
        """Return the line for a user, with the fix."""
        if self.is_by_missing:
            how = "where its value is missing tells it"
        else:
            how = f"each of its {self.n_values} values comes with one class"
        but = f", but for {self.n_exceptions} of {self.n_examples} training examples" if self.n_exceptions else ""
        drop = f"drop = [{json.dumps(self.column, ensure_ascii=False)}]"
        gives = f'{origin}, column "{self.column}" gives the class away'
        return f"{gives}: {how}{but}; where it is known only with the class, {drop} leaves it out"


def find_leaks(
    frame: pl.DataFrame, rows: npt.NDArray[np.int64], labels: npt.NDArray[np.int32], names: Iterable[str]
) -> tuple[Leak, ...]:
    """Return the columns that give the class away.

    Args:
        frame: the table.
        rows: the training examples, shape ``(n,)``.
        labels: their class indices, shape ``(n,)``.
        names: the columns that are learned from.

    >>> frame = pl.DataFrame({"alive": ["no", "yes"] * 50, "age": [20 + i % 9 for i in range(100)]})
    >>> labels = (np.arange(100) % 2).astype(np.int32)
    >>> [leak.column for leak in find_leaks(frame, np.arange(100), labels, frame.columns)]
    ['alive']
    """
    places = np.linspace(0, rows.size - 1, min(rows.size, SAMPLE)).astype(np.int64)
    found = (_find(frame[name], rows, labels, places) for name in names if is_supported(frame[name]))
    return tuple(leak for leak in found if leak is not None)


def _find(
    column: pl.Series, rows: npt.NDArray[np.int64], labels: npt.NDArray[np.int32], places: npt.NDArray[np.int64]
) -> Leak | None:
    """Return whether one column is one."""
    name, column = column.name, nameless(column)
    sample = _values(column.gather(rows[places]))
    for is_by_missing in (False, True):
        if is_by_missing and not sample.null_count():
            continue
        if not _may_be(sample.is_null() if is_by_missing else sample, labels[places]):
            continue
        values = _values(column.gather(rows))
        counts = _count(values.is_null() if is_by_missing else values, labels)
        n_exceptions = int((counts["n"] - counts["most"]).sum())
        n_repeated = int(counts["n"].filter(counts["n"] >= LEAST_COUNT).sum())
        share = _lambda(counts, labels)
        if n_repeated >= LEAST_REPEATED * labels.size and share >= LEAST_LAMBDA:
            return Leak(name, counts.height, n_exceptions, labels.size, is_by_missing, share)
    return None


def _may_be(sample: pl.Series, labels: npt.NDArray[np.int32]) -> bool:
    if sample.n_unique() * SAMPLE_REPEATS > labels.size:
        return False
    return _lambda(_count(sample, labels), labels) >= SAMPLE_LAMBDA


def _values(column: pl.Series) -> pl.Series:
    """Return what is compared: null where a value is missing."""
    if is_text(column):
        return as_text(column)
    return column.fill_nan(None) if column.dtype.is_float() else column


def _count(values: pl.Series, labels: npt.NDArray[np.int32]) -> pl.DataFrame:
    """Return for every value how many examples have it, and how many of them are of its most frequent class."""
    pairs = pl.DataFrame({"value": values, "class": labels}).group_by("value", "class").len("n")
    return pairs.group_by("value").agg(pl.col("n").sum(), pl.col("n").max().alias("most"))


def _lambda(counts: pl.DataFrame, labels: npt.NDArray[np.int32]) -> float:
    """Return Goodman and Kruskal's lambda; 0 where too few examples are of another class than the commonest."""
    n_other = labels.size - int(np.bincount(labels).max())
    return 1 - int((counts["n"] - counts["most"]).sum()) / n_other if n_other >= LEAST_COUNT else 0.0
