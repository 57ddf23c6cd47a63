"""From the labels of a file to class indices and class names.

One rule for every format: the classes are the distinct labels of the training examples, in numeric order where all
are numbers, else in the order of their characters. What each is called: ``naming``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.opening.limits import MAX_CLASSES
from mlpstudy.datasets.targets.naming import (
    Labels,
    Place,
    distinct_labels,
    doubted,
    merged,
    names_of,
    normal,
    number_of,
    place_in,
)
from mlpstudy.datasets.targets.truth import in_one_spelling, same_truth
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import some

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_EXAMPLES = 2
"""Examples a class needs: one to learn from, one to be tested on."""

_SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Labels as indices of named classes.

    Attributes:
        labels: class indices, shape ``(n,)``, int32.
        names: one name a class, distinct, in the order of the indices.
        warnings: that labels which are written differently have become one class, a line each way.
    """

    labels: npt.NDArray[np.int32]
    names: tuple[str, ...]
    warnings: tuple[str, ...] = ()


ONLY_CLASSES = "mlpstudy learns classes only, no regression"
_FEW_NUMBERS = 20
"""So many different numbers may be marks or grades; of more it is asked whether they are a quantity."""


def is_quantity(names: Sequence[str]) -> bool:
    """Say whether distinct labels look like values of a quantity: many numbers, and no count without gaps.

    >>> is_quantity([str(k) for k in range(47)]), is_quantity([f"{k}.5" for k in range(47)])
    (False, True)
    """
    numbers = [number_of(name) for name in names]
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


def single_warning(what: str, names: Sequence[str]) -> str | None:
    """Return a warning that names classes of a single example, None without any.

    >>> single_warning("x.csv", ["rare"])
    'x.csv: class "rare" has one example, which stays in training and is never tested'
    """
    if not names:
        return None
    if len(names) == 1:
        return f'{what}: class "{names[0]}" has one example, which stays in training and is never tested'
    shown = some([f'"{name}"' for name in names], _SHOWN)
    return f"{what}: {len(names)} classes have one example each, which stays in training and is never tested: {shown}"


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
    if None in (number_of(name) for name in names):
        return DataError(must(what, be, found, fix))
    return DataError(must(what, f"{be} ({ONLY_CLASSES})", found, f"{fix}, or their values in bins"))


def find_classes(labels: Labels, what: str, least: int = 2, *, place: Place | None = None) -> Classes:
    """Return the classes of the training labels.

    Args:
        labels: shape ``(n,)``.
        what: the file, for errors.
        least: how many classes there must be: 1 where other examples have the classes.
        place: where a label is, for errors; None for its position in ``what``.

    Raises:
        DataError: a label is missing, no name or not finite; there are too few classes, or over 1,000.

    >>> classes = find_classes(np.array([2.0, -1.0, 2.0]), "labels.npy")
    >>> classes.labels.tolist(), classes.names
    ([1, 0, 1], ('-1', '2'))
    """
    place = place or place_in(what)
    distinct, indices = distinct_labels(labels, what, place)
    if len(distinct) > MAX_CLASSES:
        found = f"{len(distinct)} distinct labels"
        fix = f"a label that names a class, not a quantity ({ONLY_CLASSES})"
        raise DataError(must(what, f"have at most {MAX_CLASSES} classes", found, fix))
    names = in_one_spelling(names_of(distinct, indices, place))
    ordered = sorted(set(names), key=_key(names))
    if len(ordered) < least:
        raise DataError(must(what, "have at least two classes", f"the label {ordered[0]} alone"))
    position = {name: i for i, name in enumerate(ordered)}
    of_distinct = np.array([position[name] for name in names], dtype=np.int32)
    return Classes(of_distinct[indices], tuple(ordered), (*merged(distinct, names, what), *doubted(ordered, what)))


def index_classes(
    labels: Labels, names: tuple[str, ...], what: str, *, first_row: int = 0, place: Place | None = None
) -> npt.NDArray[np.int32]:
    """Return the indices of labels whose classes are known from the training examples.

    Args:
        labels: shape ``(n,)``.
        names: of the classes, in the order of their indices.
        what: the file, for errors.
        first_row: the number of the first label, for errors.
        place: where a label is, for errors; None for its position in ``what``.

    Raises:
        DataError: a label is none of them; the line says where it is first.

    >>> index_classes(np.array([7, 3]), ("3", "7"), "test-labels.npy").tolist()
    [1, 0]
    """
    place = place or place_in(what, first_row)
    distinct, indices = distinct_labels(labels, what, place)
    found_names = names_of(distinct, indices, place)
    position = {normal(name): i for i, name in enumerate(names)}
    known = [position.get(name, same_truth(name, names)) for name in found_names]
    of_distinct = np.array([-1 if k is None else k for k in known], dtype=np.int32)
    found = of_distinct[indices]
    unknown = np.flatnonzero(found < 0)
    if unknown.size:
        row = int(unknown[0])
        be, fix = "be a class of the training examples", f"one of {_shown(names)}"
        raise DataError(must(place(row), be, found_names[indices[row]], fix))
    return found


def _key(names: list[str]) -> Any:  # noqa: ANN401  # a function to sort by: to a number or to text
    numbers = {name: number_of(name) for name in names}
    return str if None in numbers.values() else numbers.__getitem__


def _shown(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:10])
    return shown if len(names) <= 10 else f"{shown}, ..."  # noqa: PLR2004  # as many as fit a line
