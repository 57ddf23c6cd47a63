"""Columns that hold no values of the examples: those that number or name the rows, and empty ones without a name.

pandas writes its index as a first column without a name, and calls it ``Unnamed: 0`` once it has read it again; in
Parquet it is ``__index_level_0__``. R writes the names of rows so. A delimiter at the end of each line makes a last
column of nothing. All of them are left out, with a line; any other column without a name is called by its position.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import polars as pl

from mlpstudy.datasets.tables.cells.text import as_text, is_supported
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import counted, listed

NO_NAME = "\0"
"""What the inner name of a column begins with that has none in its file; no name in a file may hold it."""

_INNER = re.compile(rf"{NO_NAME}\d+")
_INDEX = re.compile(r"__index_level_\d+__")
_PANDAS = re.compile(r"Unnamed: \d+(?:_level_\d+)?(?:\.\d+)*")
_EMPTY = "is empty"
_WHOLE_BELOW = 2.0**53


def inner_names(names: Sequence[str]) -> tuple[str, ...]:
    r"""Return a name for every column, also for those without one.

    >>> inner_names(("", "a"))
    ('\x000', 'a')
    """
    return tuple(name if name.strip() else f"{NO_NAME}{i}" for i, name in enumerate(names))


def called(name: str) -> str:
    r"""Return what a column is called in messages and in the table: its name, or its position where it has none.

    >>> called("\x004"), called("a")
    ('column 5', 'a')
    """
    return f"column {int(name.removeprefix(NO_NAME)) + 1}" if _INNER.fullmatch(name) else name


def without_unnamed(
    frame: pl.DataFrame, origin: str, known: Collection[str] = ()
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return a table without what holds no values of the examples, and what is said of that.

    Args:
        frame: a table, whose columns without a name have one of ``inner_names``.
        origin: what the table is called in messages.
        known: columns of the study, where further rows are read: these stay.

    Returns:
        the table, its columns all named; and a line for everything that was done.

    Raises:
        DataError: nothing is left of it.

    >>> frame, lines = without_unnamed(pl.DataFrame({"Unnamed: 0": [0, 1, 2], "a": [5.0, 5.0, 7.0]}), "t.csv")
    >>> frame.columns, lines
    (['a'], ('t.csv: the column "Unnamed: 0" numbers the rows: it is left out',))
    """
    notes: list[str] = []
    out: list[str] = []
    empty: list[int] = []
    for i, name in enumerate(frame.columns):
        if called(name) in known or not _is_suspect(name):
            continue
        reason = _reason(frame[name], is_first=i == len(out))
        if reason is not None:
            out.append(name)
        if reason == _EMPTY:
            empty.append(i)
        elif reason is not None:
            notes.append(f"{_what(name, i)} {reason}: it is left out")
        elif _INNER.fullmatch(name):
            notes.append(f'the column at position {i + 1} has no name: it is called "{called(name)}"')
    kept = [name for name in frame.columns if name not in out]
    if not kept:
        raise DataError(must(origin, "have columns beside one that numbers the rows", "none with a name or values"))
    if not out and not any(_INNER.fullmatch(name) for name in kept):
        return frame, ()
    renamed = pl.DataFrame([frame[name].alias(called(name)) for name in kept])
    return renamed, tuple(f"{origin}: {note}" for note in (*notes, *_of_empty(empty, frame.width)))


def named(frame: pl.DataFrame, origin: str, known: Collection[str] = ()) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Do as ``without_unnamed`` for a table whose names may be empty."""
    inner = inner_names(frame.columns)
    if any(_INNER.fullmatch(name) for name in inner):
        frame = pl.DataFrame([column.alias(name) for column, name in zip(frame, inner, strict=True)])
    return without_unnamed(frame, origin, known)


def _is_suspect(name: str) -> bool:
    return any(form.fullmatch(name) for form in (_INNER, _PANDAS, _INDEX))


def _what(name: str, position: int) -> str:
    if not _INNER.fullmatch(name):
        return f'the column "{name}"'
    return f"the {'first column' if position == 0 else f'column at position {position + 1}'} has no name and"


def _reason(column: pl.Series, *, is_first: bool) -> str | None:
    """Return why a column holds no values of the examples; None where it may hold some."""
    if _INDEX.fullmatch(column.name):
        return "is pandas' index"
    if not is_supported(column):
        return None
    text = as_text(column)
    n_missing = text.null_count()
    if n_missing == len(text):
        return _EMPTY
    if n_missing:
        return None
    numbers = text.cast(pl.Float64, strict=False)
    if not numbers.null_count():
        return "numbers the rows" if _numbers_rows(numbers, is_first=is_first) else None
    return "names the rows" if is_first and text.n_unique() == len(text) else None


def _numbers_rows(numbers: pl.Series, *, is_first: bool) -> bool:
    """Say whether whole numbers count the rows, or (in a first column) tell them apart as those of a larger table.

    Rows that were filtered or shuffled keep their numbers.
    """
    is_whole = (numbers == numbers.round()) & (numbers >= 0) & (numbers < _WHOLE_BELOW)
    if not is_whole.all() or numbers.n_unique() < len(numbers):
        return False
    ordered = numbers.sort()
    return is_first or (ordered[0] in {0, 1} and ordered[-1] == ordered[0] + len(ordered) - 1)


def _of_empty(positions: list[int], width: int) -> list[str]:
    """Return the line on empty columns without a name."""
    if not positions:
        return []
    if positions == [width - 1]:
        return ["the last column has no name and is empty: it is left out"]
    if positions == list(range(width - len(positions), width)):
        return [f"the last {len(positions)} columns have no name and are empty: they are left out"]
    where = listed([str(i + 1) for i in positions])
    are = "is empty: it is" if len(positions) == 1 else "are empty: they are"
    return [f"{counted(len(positions), 'column')} without a name (at position {where}) {are} left out"]
