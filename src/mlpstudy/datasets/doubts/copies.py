"""Examples that are held out and learned from at once: rows of the test that are rows of the training too.

A row is a copy where all of its features are the same, and its class. Columns that number the rows are not compared:
they would hide every copy. Nothing is said of tables whose columns have so few values that rows must repeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import polars as pl
    from scipy.sparse import csr_array

LEAST_SHARE = 0.01
"""Share of the test examples that must be copies."""
LEAST_COPIES = 2
"""A single one is a coincidence more often than not."""

_SAMPLE = 10_000
_LAST_BITS = 22


def copies_warning(train: npt.NDArray[np.int64], test: npt.NDArray[np.int64], origin: str) -> str | None:
    """Return a warning where test examples are training examples too, None where there are none or hardly any.

    Args:
        train: a hash of every training example, shape ``(n,)``.
        test: a hash of every test example.
        origin: the data, for the line.

    >>> copies_warning(np.array([1, 2, 3]), np.array([3, 2, 7]), "x.csv")
    'x.csv: 2 of 3 test examples are also training examples, the same in every value: ...
    """
    n_copies = int(np.isin(test, _near(train, test)).sum())
    if n_copies < max(LEAST_COPIES, LEAST_SHARE * test.size):
        return None
    are = f"{n_copies:,} of {counted(test.size, 'test example')} are also training examples, the same in every value"
    return f"{origin}: {are}: where they are copies, remove them from the data, since nothing is tested on them"


def _near(train: npt.NDArray[np.int64], test: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the few hashes that may be among others, by their last bits: sorting all of them takes far longer."""
    last = np.int64(2**_LAST_BITS - 1)
    is_there = np.zeros(2**_LAST_BITS, dtype=np.bool_)
    is_there[test & last] = True
    near: npt.NDArray[np.int64] = train[is_there[train & last]]
    return near


def compared_columns(frame: pl.DataFrame, names: Iterable[str]) -> list[str]:
    """Return those of some columns that do not just number the rows."""
    return [name for name in names if not _numbers_the_rows(frame[name].alias(""))]


def keys_of_table(frame: pl.DataFrame, names: Iterable[str], labels: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return a hash of every row of some columns, with its class."""
    import polars as pl  # noqa: PLC0415  # heavy

    names = list(names)
    rows = frame[names].hash_rows() if names else pl.zeros(frame.height, pl.UInt64, eager=True)
    keys: npt.NDArray[np.int64] = pl.DataFrame({"row": rows, "label": labels}).hash_rows().to_numpy().view(np.int64)
    return keys


def may_repeat(frame: pl.DataFrame, names: Iterable[str]) -> bool:
    """Say whether rows must repeat, since their columns have fewer combinations of values than there are rows."""
    n_combinations = 1
    for name in names:
        n_combinations *= frame[name].head(_SAMPLE).n_unique()
        if n_combinations >= frame.height:
            return False
    return True


def keys_of_array(
    values: npt.NDArray[np.generic] | csr_array, labels: npt.NDArray[np.int32], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return a hash of some examples of an array, dense or sparse, with their classes."""
    of_rows = zip(rows.tolist(), labels[rows].tolist(), strict=True)
    if isinstance(values, np.ndarray):
        return np.fromiter((hash((values[row].tobytes(), label)) for row, label in of_rows), np.int64, rows.size)
    ends, indices, numbers = values.indptr, values.indices, values.data
    spans = ((slice(ends[row], ends[row + 1]), label) for row, label in of_rows)
    hashes = (hash((indices[span].tobytes(), numbers[span].tobytes(), label)) for span, label in spans)
    return np.fromiter(hashes, np.int64, rows.size)


def _numbers_the_rows(column: pl.Series) -> bool:
    """Say whether every value is another whole number, or another text: it says which row it is, and no more."""
    sample = column.head(_SAMPLE)
    if sample.dtype.is_float() and not (sample == sample.round()).all():
        return False
    return sample.n_unique() == len(sample) and column.n_unique() == len(column)
