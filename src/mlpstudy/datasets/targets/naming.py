"""What the class of a label is called: one name, however the label is written.

A whole number is named without a decimal point (``1``, ``1.0`` and ``+1`` are one class). Any other label is named by
itself, without spaces around it and in Unicode's composed form (NFC): an accented letter that is one character in one
row and two in another is the same.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.opening.limits import MAX_LABEL_CHARACTERS
from mlpstudy.errors import DataError, must

Labels: TypeAlias = npt.NDArray[Any]
"""Labels as they are in a file, shape ``(n,)``: booleans, numbers, text or bytes of UTF-8."""

Place: TypeAlias = "Callable[[int], str]"
"""Says where the label of an index is: file and line, or row and column."""

_EXACT = 2**53  # whole numbers below it are exact in float64
_SHOWN = 3
_MARK = re.compile(r"[-\u2010-\u2015.*_/]+|#\S*[!?]")


def place_in(what: str, first_row: int = 0) -> Place:
    """Return what names a label by its position in a file."""
    return lambda row: f"{what}: label {row + first_row}"


def normal(name: str) -> str:
    """Return a name in the form in which names are compared.

    >>> normal(" cafe\u0301") == "caf\u00e9"
    True
    """
    return unicodedata.normalize("NFC", name.strip())


def distinct_labels(labels: Labels, what: str, place: Place) -> tuple[Labels, npt.NDArray[np.intp]]:
    """Return the distinct labels as they are written, and which of them each example has.

    Raises:
        DataError: there are none, or they are no labels, or one is not finite.
    """
    if labels.ndim != 1 or labels.dtype.kind not in "biufUS":
        found = f"{labels.dtype} of shape {labels.shape}"
        raise DataError(must(what, "hold one label an example: whole numbers or names", found))
    if not labels.size:
        raise DataError(must(what, "hold at least one label", "none of them"))
    if labels.dtype.kind == "f":
        wrong = np.flatnonzero(~np.isfinite(labels))
        if wrong.size:
            raise DataError(must(place(int(wrong[0])), "be finite", _counted(labels, wrong), "remove such examples"))
    check_characters(labels, what)
    distinct, indices = np.unique(labels, return_inverse=True)
    return distinct, indices.reshape(labels.shape)


def check_characters(labels: Labels, what: str) -> None:
    """Refuse text whose numbers are no characters, which Python cannot even look at.

    Raises:
        DataError: it is such.
    """
    if labels.dtype.kind == "U" and np.ascontiguousarray(labels).view(np.uint32).max(initial=0) > sys.maxunicode:
        raise DataError(must(what, "hold labels of characters", "numbers that are none"))


def names_of(distinct: Labels, indices: npt.NDArray[np.intp], place: Place) -> list[str]:
    """Return the name of the class of every distinct label; several may have the same.

    Raises:
        DataError: a label is empty, too long, not printable or not in UTF-8; the line says where it is first.
    """
    found = [_name(label) for label in distinct]
    names = [name for name in found if name is not None]
    if len(names) < len(found):
        row = int(np.flatnonzero(np.array([name is None for name in found])[indices])[0])
        raise _unnamed(distinct[indices[row]], place(row))
    return names


def merged(distinct: Labels, names: Sequence[str], what: str) -> tuple[str, ...]:
    """Return a warning for each way in which labels that are written differently have become one class.

    >>> merged(np.array([" yes", "yes"]), ["yes", "yes"], "y.npy")
    ('y.npy: spaces around labels are left out: "yes"',)
    """
    if distinct.dtype.kind not in "SU":
        return ()
    spaced: list[str] = []
    ways: dict[str, set[str]] = {}
    for name, label in zip(names, distinct, strict=True):
        text = _text(label)
        if text != text.strip():
            spaced.append(name)
        ways.setdefault(name, set()).add(text.strip())
    several = [name for name, found in ways.items() if len(found) > 1]
    lines = (
        ("spaces around labels are left out", spaced),
        (
            "labels that differ only in their Unicode form are one class",
            [name for name in several if number_of(name) is None and not _differ_in_letters(ways[name])],
        ),
        (
            "true and false in small and capital letters are one class",
            [n for n in several if _differ_in_letters(ways[n])],
        ),
        (
            "numbers that are written in several ways are one class",
            [name for name in several if number_of(name) is not None],
        ),
    )
    return tuple(f"{what}: {line}: {_quoted(found)}" for line, found in lines if found)


def doubted(names: Sequence[str], what: str) -> tuple[str, ...]:
    """Return a warning of classes that are marks alone, where two others are words: they may stand for no class.

    >>> doubted(["-", "no", "yes"], 't.csv, column "y"')
    ('t.csv, column "y": where the class "-" stands for a missing one, missing = ["-"]',)
    """
    is_column = ', column "' in what  # the key is none of arrays
    marks = [name for name in names if is_column and _MARK.fullmatch(name)]
    if not marks or len(names) - len(marks) < 2:  # noqa: PLR2004  # else nothing would be left to tell apart
        return ()
    classes = "classes" if len(marks) > 1 else "class"
    stands = "stand for missing ones" if len(marks) > 1 else "stands for a missing one"
    words = json.dumps(marks, ensure_ascii=False)
    return (f"{what}: where the {classes} {_quoted(marks)} {stands}, missing = {words}",)


def _differ_in_letters(ways: set[str]) -> bool:
    return len({way.lower() for way in ways}) == 1


def number_of(label: str) -> float | None:
    """Return the finite number that a label is, None where it is none."""
    try:
        number = float(label)
    except ValueError:
        return None
    return number if np.isfinite(number) and label.isascii() and "_" not in label else None


def _name(label: Any) -> str | None:  # noqa: ANN401  # one of NumPy's numbers, text or bytes
    """Return the name of a label's class, None where it can be none."""
    if label.dtype.kind == "b":
        return str(label).lower()
    if label.dtype.kind not in "SU":
        is_whole = label.dtype.kind != "f" or (abs(label) < _EXACT and label == int(label))
        return str(int(label)) if is_whole else str(label)
    try:
        text = normal(_text(label))
    except UnicodeDecodeError:
        return None
    if not text or len(text) > MAX_LABEL_CHARACTERS or not text.isprintable():
        return None
    number = number_of(text)
    if number is None or abs(number) >= _EXACT:
        return text
    return str(int(number)) if number == int(number) else str(number)


def _text(label: str | bytes) -> str:
    return label.decode() if isinstance(label, bytes) else str(label)


def _unnamed(label: str | bytes, where: str) -> DataError:
    """Return the error of a label that names no class."""
    try:
        text = _text(label)
    except UnicodeDecodeError:
        shown = str(label)[2:-1]
        return DataError(must(where, "be text in UTF-8", shown, "save it as UTF-8"))
    if not text.strip():
        return DataError(must(where, "name a class", "an empty label", "remove the example, or write its class"))
    return DataError(must(where, f"be of 1 to {MAX_LABEL_CHARACTERS} printable characters", text[:40], "another name"))


def _counted(labels: Labels, wrong: npt.NDArray[np.intp]) -> str:
    """Return the first of some wrong labels, and how many there are where there are several."""
    first = str(labels[wrong[0]])
    return first if wrong.size == 1 else f"{first}, as {wrong.size} of {labels.size} are"


def _quoted(names: Sequence[str]) -> str:
    shown = [f'"{name}"' for name in dict.fromkeys(names)]
    return ", ".join((*shown[:_SHOWN], *(("...",) if len(shown) > _SHOWN else ())))
