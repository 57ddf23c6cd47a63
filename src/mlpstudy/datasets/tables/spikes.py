"""Numbers that may stand for a missing value: repeated, and far from all other numbers of their column.

A number at an end of a column is one where it is

    a code that people use (-999, 9999) and further away than the others are apart, or negative where none other is;
    or repeated, four standard deviations of the others from their mean, and two from the next of them;
    or repeated five times as often as the others on average, and a third of their range away from them,

and most rows hold another, unless it is such a code.

They are told and never changed: -999 may be a measurement.
"""

from __future__ import annotations

import itertools
import json
from typing import NamedTuple

import numpy as np

from mlpstudy.arrays import FloatArray
from mlpstudy.text.words import listed

CODES = frozenset(sign * float(digit * length) for sign in (1, -1) for digit in "9876" for length in range(1, 8)) | {
    -1.0,
    -200.0,
}
_SAMPLE = 10_000
_LEAST_ROWS = 10
_LEAST_DISTINCT = 10
_MOST_AT_AN_END = 3
_LEAST_COUNT = 5


class Spike(NamedTuple):
    """A number that may stand for a missing value in a column, and how many of all its rows hold it."""

    column: str
    value: float
    n: int
    n_rows: int

    @property
    def word(self) -> str:
        """The number as it is written in ``missing``."""
        return f"{self.value:.15g}"


def find_spikes(column: str, training: FloatArray, whole: FloatArray) -> list[Spike]:
    """Return the spikes of a column.

    Args:
        column: its name.
        training: the training examples' numbers, NaN where they are missing.
        whole: those of all rows, which are counted.

    >>> find_spikes("x", *[np.array([-999.0] * 3 + list(range(60)))] * 2)
    [Spike(column='x', value=-999.0, n=3, n_rows=63)]
    """
    step = max(1, training.size // _SAMPLE)
    present = training[::step]
    present = np.sort(present[~np.isnan(present)])
    with np.errstate(over="ignore", invalid="ignore"):  # differences of the largest floats
        found = [*_at_low_end(present), *(-value for value in _at_low_end(-present[::-1]))]
    return [Spike(column, value, int((whole == value).sum()), whole.size) for value in sorted(set(found))]


def _at_low_end(ordered: FloatArray) -> list[float]:
    """Return the spikes among the smallest numbers; their negatives where the numbers come with their signs turned."""
    ends = [0]
    while len(ends) <= _MOST_AT_AN_END and ends[-1] < ordered.size:
        ends.append(int(np.searchsorted(ordered, ordered[ends[-1]], side="right")))
    counts = [(float(ordered[start]), end - start) for start, end in itertools.pairwise(ends)]
    for k in range(len(counts), 0, -1):
        others = ordered[ends[k] :]
        if ordered.size >= _LEAST_ROWS and all(_is_spike(value, n, others) for value, n in counts[:k]):
            return [value for value, _ in counts[:k]]
    return []


def _is_spike(value: float, n: int, others: FloatArray) -> bool:
    n_rows = n + others.size
    is_most = n > others.size and value not in CODES  # a gain or a loss that most do not have is 0
    if is_most or n < max(2, n_rows / 1000) or others.size < 2 or others[0] == others[-1]:  # noqa: PLR2004  # repeated
        return False
    gap, spread = float(others[0]) - value, float(others[-1] - others[0])
    n_distinct = 1 + int((np.diff(others) > 0).sum())
    if value in CODES and (gap > spread or value < 0 <= others[0]) and n_distinct >= _least_distinct(value):
        return True
    if n < max(_LEAST_COUNT, n_rows / 200) or n_distinct < _LEAST_DISTINCT:
        return False
    deviation = float(others.std())
    is_far = float(others.mean()) - value >= 4 * deviation and gap >= 2 * deviation
    return is_far or (3 * gap >= spread and n >= _LEAST_COUNT * others.size / n_distinct)


def _least_distinct(code: float) -> int:
    """Return how many other numbers there must be: -1, 0 and 1 are three answers, and 9 may be a mark."""
    return _LEAST_DISTINCT if abs(code) < _LEAST_DISTINCT else 2


def lines(spikes: list[Spike], origin: str) -> list[str]:
    """Return a line for each number, with the columns that hold it."""
    told = []
    for word in dict.fromkeys(spike.word for spike in spikes):
        same = [spike for spike in spikes if spike.word == word]
        names = listed([f'"{spike.column}"' for spike in same])
        rows = f"{same[0].n} of {same[0].n_rows} rows" if len(same) == 1 else f"{max(s.n for s in same)} rows at most"
        what = f"column {names} holds" if len(same) == 1 else f"columns {names} hold"
        told.append(
            f"{origin}, {what} {word} in {rows}, apart from all other numbers:"
            f" where it stands for a missing value, missing = [{json.dumps(word)}]"
        )
    return told
