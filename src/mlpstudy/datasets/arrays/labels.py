"""From an array of labels to one label an example: a vector, a column, or one-hot rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.opening.limits import MAX_CLASSES
from mlpstudy.datasets.targets.naming import check_characters
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import either

_ROWS_AND_COLUMNS = 2
_BLOCK = 2**16
_CLOSE = 1e-3
_NO_NAMES = ("nan", "NaN", "NaT", "<NA>")
"""What missing values are called once they are text."""
_DOUBTFUL = ("None", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "?")
"""What is a missing value in a table; an array of text had other means to say so."""
_ARGMAX = "y.argmax(axis=1)"


class LabelArray(NamedTuple):
    """One label an example.

    Attributes:
        labels: shape ``(n,)``.
        done: how they were read, phrases for warnings; none where they were labels already.
    """

    labels: npt.NDArray[Any]
    done: tuple[str, ...] = ()


def to_labels(labels: npt.NDArray[Any], what: str, names: tuple[str, ...] = ()) -> LabelArray:
    """Return labels of shape ``(n, 1)`` as ``(n,)``, and one-hot rows as the position of their 1.

    Args:
        labels: shape ``(n,)`` or ``(n, 1)``; or numbers of shape ``(n, k)``, exactly one 1 in a row and 0 elsewhere.
        what: the file, for errors.
        names: what the columns are called, where they have names: those of the classes; else these are numbered.

    Raises:
        DataError: they have another shape, or rows of several ones, of none, or of probabilities.

    >>> to_labels(np.eye(3)[[2, 0, 2]], "y.npy").labels.tolist()
    [2, 0, 2]
    """
    check_characters(labels, what)
    if not labels.ndim:
        raise DataError(must(what, "hold one label an example", type(labels.item()).__name__, "a list of labels"))
    if labels.ndim == 1 or (labels.ndim == _ROWS_AND_COLUMNS and labels.shape[1] == 1):
        vector = labels.reshape(-1)
        return LabelArray(vector, _missing(vector, what) if labels.dtype.kind in "US" else ())
    if labels.ndim > _ROWS_AND_COLUMNS or labels.dtype.kind not in "biuf" or labels.shape[1] > MAX_CLASSES:
        raise _no_labels(labels, what)
    positions = _positions(labels, what)
    n_columns = labels.shape[1]
    done = f"one-hot labels in {n_columns} columns are read as classes, {{}}"
    if names and names != tuple(str(k) for k in range(n_columns)):
        return LabelArray(np.array(names, dtype=np.str_)[positions], (done.format("named as the columns are"),))
    n_absent = n_columns - np.unique(positions).size
    absent = f" ({n_absent} of them without an example)" if n_absent else ""
    return LabelArray(positions, (done.format(f"0 to {n_columns - 1}{absent}"),))


def _missing(labels: npt.NDArray[Any], what: str) -> tuple[str, ...]:
    """Refuse what stands for a missing value when it has become text; name what may stand for one."""
    written = {label: _word(label) for label in np.unique(labels)}
    certain, doubtful = (
        [label for label, word in written.items() if word in words] for words in (_NO_NAMES, _DOUBTFUL)
    )
    if certain:
        rows = np.flatnonzero(np.isin(labels, certain))
        found = f"{written[labels[rows[0]]]}, as {rows.size} of {len(labels)} are"
        fix = "remove those examples, or call the class by another name"
        raise DataError(must(f"{what}: label {rows[0]}", "name a class", found, fix))
    if not doubtful:
        return ()
    n, words = int(np.isin(labels, doubtful).sum()), either(dict.fromkeys(written[label] for label in doubtful))
    return (f"{n} of {len(labels)} are {words}, which is taken for a class, not for a missing value",)


def _word(label: str | bytes) -> str:
    text = label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)
    return text.strip()


def _positions(labels: npt.NDArray[Any], what: str) -> npt.NDArray[np.intp]:
    """Return where the one 1 of every row is."""
    n = len(labels)
    counts = np.zeros(n, dtype=np.int64)
    for start in range(0, n, _BLOCK):
        block = labels[start : start + _BLOCK]
        is_one = block == 1
        if not (is_one | (block == 0)).all():
            raise _numbers(labels, what)
        counts[start : start + _BLOCK] = is_one.sum(axis=1)
    wrong = np.flatnonzero(counts != 1)
    if wrong.size and n == 1:
        raise _no_labels(labels, what)
    if wrong.size:
        row = int(wrong[0])
        found = f"{counts[row] or 'none'} in row {row}; {wrong.size} of {n} rows have none or several"
        fix = "remove the rows without a 1" if not counts[row] else f"one class an example, such as {_ARGMAX}"
        raise DataError(must(what, "have one 1 in every row, as one-hot labels have", found, fix))
    positions: npt.NDArray[np.intp] = labels.argmax(axis=1)
    return positions


def _numbers(labels: npt.NDArray[Any], what: str) -> DataError:
    """Return the error of rows of other numbers than 0 and 1: probabilities, most often."""
    if len(labels) == 1:
        return _no_labels(labels, what)
    is_share = ((labels >= 0) & (labels <= 1)).all() and (abs(labels.sum(axis=1, dtype=float) - 1) < _CLOSE).all()
    found = f"{'probabilities' if is_share else 'numbers'} of shape {labels.shape}"
    fix = f"{_ARGMAX}, the likeliest class" if is_share else f"one column of them; of a score a class, {_ARGMAX}"
    return DataError(must(what, "hold one label an example", found, fix))


def _no_labels(labels: npt.NDArray[Any], what: str) -> DataError:
    """Return the error of an array whose shape or type is not that of labels."""
    kind = {"U": "text", "S": "text", "O": "objects"}.get(labels.dtype.kind, "numbers")
    found = f"{kind} of shape {labels.shape}"
    if labels.shape[0] == 1:
        return DataError(must(what, "hold one label an example", found, "y.ravel(), a vector of them"))
    is_swapped = labels.ndim > _ROWS_AND_COLUMNS or labels.shape[1] > MAX_CLASSES
    fix = "features first, then labels" if is_swapped else "one column of them, such as y[:, 0]"
    return DataError(must(what, "hold one label an example", found, fix))
