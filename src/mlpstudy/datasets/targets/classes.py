"""From the labels of a file to class indices and class names.

One rule for every format: the classes are the distinct labels of the training examples, in numeric order where all
are numbers, else in the order of their characters. A whole number is named without a decimal point (``1``, ``1.0`` and
``+1`` are one class), any other label by itself.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.opening.limits import MAX_CLASSES, MAX_LABEL_CHARACTERS
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from collections.abc import Sequence

Labels: TypeAlias = npt.NDArray[Any]
"""Labels as they are in a file, shape ``(n,)``: booleans, numbers, text or bytes of UTF-8."""

LEAST_EXAMPLES = 2
"""Examples a class needs: one to learn from, one to be tested on."""

_EXACT = 2**53  # whole numbers below it are exact in float64


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Labels as indices of named classes.

    Attributes:
        labels: class indices, shape ``(n,)``, int32.
        names: one name a class, distinct, in the order of the indices.
    """

    labels: npt.NDArray[np.int32]
    names: tuple[str, ...]


ONLY_CLASSES = "mlpstudy learns classes only, no regression"
_FEW_NUMBERS = 20
"""So many different numbers may be marks or grades; of more it is asked whether they are a quantity."""


def is_quantity(names: Sequence[str]) -> bool:
    """Say whether distinct labels look like values of a quantity: many numbers, and no count without gaps.

    >>> is_quantity([str(k) for k in range(47)]), is_quantity([f"{k}.5" for k in range(47)])
    (False, True)
    """
    numbers = [_number(name) for name in names]
    if len(names) <= _FEW_NUMBERS or None in numbers:
        return False
    known = [number for number in numbers if number is not None]
    return max(known) - min(known) != len(known) - 1 or any(number != int(number) for number in known)


def quantity_warning(names: Sequence[str], what: str) -> str | None:
    """Return a warning where the classes look like values of a quantity, None elsewhere."""
    if not is_quantity(names):
        return None
    return (
        f"{what} holds {len(names)} different numbers, each taken for a class, none nearer to one than to another"
        f" ({ONLY_CLASSES}): put them in bins"
    )


def no_classes(what: str, names: Sequence[str], n_single: int, fix: str = "other labels") -> DataError:
    """Return the error of labels that are no classes, since too many of them have a single example.

    Args:
        what: where they are, for the message.
        names: the distinct ones.
        n_single: how many of them have a single example.
        fix: what else could be the target.
    """
    be = "name classes, each with several examples"
    found = f"{len(names)} different values, {n_single} of them once"
    if None in (_number(name) for name in names):
        return DataError(must(what, be, found, fix))
    return DataError(must(what, f"{be} ({ONLY_CLASSES})", found, f"{fix}, or their values in bins"))


def find_classes(labels: Labels, what: str, least: int = 2) -> Classes:
    """Return the classes of the training labels.

    Args:
        labels: shape ``(n,)``.
        what: the file, for errors.
        least: how many classes there must be: 1 where other examples have the classes.

    Raises:
        DataError: a label is missing, no name or not finite; there are too few classes, or over 1,000.

    >>> classes = find_classes(np.array([2.0, -1.0, 2.0]), "labels.npy")
    >>> classes.labels.tolist(), classes.names
    ([1, 0, 1], ('-1', '2'))
    """
    distinct, indices = _distinct(labels, what, 0)
    if len(distinct) > MAX_CLASSES:
        found = f"{len(distinct)} distinct labels"
        fix = f"a label that names a class, not a quantity ({ONLY_CLASSES})"
        raise DataError(must(what, f"have at most {MAX_CLASSES} classes", found, fix))
    names = _names(distinct, what)
    ordered = sorted(set(names), key=_key(names))
    if len(ordered) < least:
        raise DataError(must(what, "have at least two classes", f"the label {ordered[0]} alone"))
    position = {name: i for i, name in enumerate(ordered)}
    of_distinct = np.array([position[name] for name in names], dtype=np.int32)
    return Classes(of_distinct[indices], tuple(ordered))


def index_classes(labels: Labels, names: tuple[str, ...], what: str, *, first_row: int = 0) -> npt.NDArray[np.int32]:
    """Return the indices of labels whose classes are known from the training examples.

    Args:
        labels: shape ``(n,)``.
        names: of the classes, in the order of their indices.
        what: the file, for errors.
        first_row: the number of the first label, for errors.

    Raises:
        DataError: a label is none of them; the line says where it is first.

    >>> index_classes(np.array([7, 3]), ("3", "7"), "test-labels.npy").tolist()
    [1, 0]
    """
    distinct, indices = _distinct(labels, what, first_row)
    position = {name: i for i, name in enumerate(names)}
    of_distinct = np.array([position.get(name, -1) for name in _names(distinct, what)], dtype=np.int32)
    found = of_distinct[indices]
    unknown = np.flatnonzero(found < 0)
    if unknown.size:
        row = int(unknown[0])
        be, fix = "be a class of the training examples", f"one of {_shown(names)}"
        raise DataError(must(f"{what}: label {row + first_row}", be, _names(labels[row : row + 1], what)[0], fix))
    return found


def _distinct(labels: Labels, what: str, first_row: int) -> tuple[Labels, npt.NDArray[np.intp]]:
    if labels.ndim != 1 or labels.dtype.kind not in "biufUS":
        found = f"{labels.dtype} of shape {labels.shape}"
        raise DataError(must(what, "hold one label an example: whole numbers or names", found))
    if not labels.size:
        raise DataError(must(what, "hold at least one label", "none of them"))
    if labels.dtype.kind == "f":
        wrong = np.flatnonzero(~np.isfinite(labels))
        if wrong.size:
            row = int(wrong[0])
            raise DataError(must(f"{what}: label {row + first_row}", "be finite", str(labels[row]), "remove the row"))
    if labels.dtype.kind == "U" and np.ascontiguousarray(labels).view(np.uint32).max(initial=0) > sys.maxunicode:
        raise DataError(must(what, "hold labels of characters", "numbers that are none"))
    distinct, indices = np.unique(labels, return_inverse=True)
    return distinct, indices.reshape(labels.shape)


def _names(distinct: Labels, what: str) -> list[str]:
    """Return the name of every distinct label; several may have the same."""
    if distinct.dtype.kind == "S":
        try:
            return [_checked(label.decode(), what) for label in distinct]
        except UnicodeDecodeError as error:
            raise DataError(must(what, "hold labels in UTF-8", "other bytes")) from error
    if distinct.dtype.kind == "U":
        return [_checked(str(label), what) for label in distinct]
    return [str(int(label)) if _is_whole(label) else str(label) for label in distinct]


def _is_whole(label: Any) -> bool:  # noqa: ANN401  # one of NumPy's numbers
    return bool(label.dtype.kind != "f" or (abs(label) < _EXACT and label == int(label)))


def _checked(label: str, what: str) -> str:
    if not label or len(label) > MAX_LABEL_CHARACTERS or not label.isprintable():
        be = f"hold labels of 1 to {MAX_LABEL_CHARACTERS} printable characters"
        raise DataError(must(what, be, label[:40]))
    number = _number(label)
    if number is None or abs(number) >= _EXACT:
        return label
    return str(int(number)) if number == int(number) else str(number)


def _number(label: str) -> float | None:
    try:
        number = float(label)
    except ValueError:
        return None
    return number if np.isfinite(number) and label.isascii() and "_" not in label else None


def _key(names: list[str]) -> Any:  # noqa: ANN401  # a function to sort by: to a number or to text
    numbers = {name: _number(name) for name in names}
    return str if None in numbers.values() else numbers.__getitem__


def _shown(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:10])
    return shown if len(names) <= 10 else f"{shown}, ..."  # noqa: PLR2004  # as many as fit a line
