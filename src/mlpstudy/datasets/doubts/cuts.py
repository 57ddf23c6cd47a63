r"""Numbers that tell the class by themselves: with one cut less than there are classes, nearly every example is right.

For a column of numbers and k classes, cuts are placed one after another, each where it leaves the fewest examples that
are not of the most frequent class of their interval, until there are k intervals. Of N training examples, M of the most
frequent class and e exceptions that remain, ``1 - e / (N - M)`` is the share of the errors of always answering the
commonest class that the cuts take away; a column with 0.99 or more is named. That may be honest (a clear measurement)
or a leak (a score, a date after the event): only who knows the data can say.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.arrays import FloatArray

LEAST_SHARE = 0.99
LEAST_OTHERS = 20
"""Examples that must not be of the commonest class."""
MOST_CLASSES = 10
_FIRST_LOOK = 1000
"""Examples that show of most columns that no cuts will do."""


def find_cut(what: str, numbers: FloatArray, labels: npt.NDArray[np.int32], column: str | None = None) -> str | None:
    """Return a warning where numbers tell the class by themselves, None elsewhere.

    Args:
        what: the numbers, for the line.
        numbers: of training examples, all or some, shape ``(n,)``; NaN where one is missing.
        labels: their class indices, shape ``(n,)``.
        column: its name in a table, by which a study can leave it out.

    >>> find_cut("the score", np.arange(100.0), (np.arange(100) > 60).astype(np.int32))
    'the score tells the class of 100 of 100 training examples by itself, by how large it is; ...
    """
    counts = np.bincount(labels)
    n_classes, n_others = int((counts > 0).sum()), labels.size - int(counts.max())
    if not 2 <= n_classes <= MOST_CLASSES or n_others < LEAST_OTHERS:  # noqa: PLR2004  # two to tell apart
        return None
    if not _may_be_cut(numbers, labels, n_classes, n_others):
        return None
    order = np.argsort(numbers, kind="stable")  # NaN last: a missing value is an interval of its own, too
    one_hot = np.zeros((labels.size + 1, counts.size), dtype=np.int64)
    one_hot[np.arange(1, labels.size + 1), labels[order]] = 1
    cumulative = one_hot.cumsum(axis=0)
    ordered = numbers[order]
    is_edge = np.flatnonzero(~((ordered[1:] == ordered[:-1]) | (np.isnan(ordered[1:]) & np.isnan(ordered[:-1])))) + 1
    if is_edge.size < n_classes - 1:
        return None
    n_right = _n_right(cumulative, is_edge, n_classes)
    if 1 - (labels.size - n_right) / n_others < LEAST_SHARE:
        return None
    share = f"{n_right:,} of {labels.size:,} training examples"
    drop = "it should not be there" if column is None else f"drop = [{json.dumps(column, ensure_ascii=False)}]"
    fix = f"where it is known only with the class, {drop}"
    return f"{what} tells the class of {share} by itself, by how large it is; {fix}"


def _may_be_cut(numbers: FloatArray, labels: npt.NDArray[np.int32], n_classes: int, n_others: int) -> bool:
    """Say whether the classes of some examples, in the order of their numbers, change as seldom as a cut allows.

    Of k intervals with e exceptions the class changes ``k - 1 + 2 e`` times at most, whichever examples are looked at.
    """
    step = max(1, labels.size // _FIRST_LOOK)
    classes = labels[::step][np.argsort(numbers[::step], kind="stable")]
    n_changes = int((classes[1:] != classes[:-1]).sum())
    return n_changes <= n_classes - 1 + 2 * ((1 - LEAST_SHARE) * n_others + 1)


def _n_right(cumulative: npt.NDArray[np.int64], edges: npt.NDArray[np.int64], n_intervals: int) -> int:
    """Return how many examples are of the most frequent class of their interval, cuts placed greedily."""
    ends = [0, cumulative.shape[0] - 1]
    for _ in range(n_intervals - 1):
        gains = [_best(cumulative, edges, low, high) for low, high in pairwise(ends)]
        gain, edge = max(gains)
        if gain <= 0:
            break
        ends = sorted([*ends, edge])
    return sum(int((cumulative[high] - cumulative[low]).max()) for low, high in pairwise(ends))


def _best(cumulative: npt.NDArray[np.int64], edges: npt.NDArray[np.int64], low: int, high: int) -> tuple[int, int]:
    """Return how many examples more are right with the best cut within an interval, and the cut."""
    within = edges[(edges > low) & (edges < high)]
    if not within.size:
        return 0, low
    left = (cumulative[within] - cumulative[low]).max(axis=1)
    right = (cumulative[high] - cumulative[within]).max(axis=1)
    best = int((left + right).argmax())
    return int((left + right)[best] - (cumulative[high] - cumulative[low]).max()), int(within[best])
