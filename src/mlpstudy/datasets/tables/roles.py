"""From tables to a study's examples: the target's classes, the groups, the times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from mlpstudy.arrays import FloatArray
from mlpstudy.datasets.raw import Part, Parts
from mlpstudy.datasets.tables.cells.form import Meaning, words
from mlpstudy.datasets.tables.cells.meanings import Found, as_numbers, find
from mlpstudy.datasets.tables.cells.text import as_text, counts_of, is_supported, kind_of
from mlpstudy.datasets.tables.columns import further_line, lacking, wrong_cell
from mlpstudy.datasets.tables.table import without
from mlpstudy.datasets.targets.classes import (
    LEAST_EXAMPLES,
    Classes,
    find_classes,
    index_classes,
    is_quantity,
    no_classes,
    quantity_warning,
    single_warning,
)
from mlpstudy.datasets.targets.truth import other_words
from mlpstudy.errors import DataError, must, nearest
from mlpstudy.study.base import content_hash
from mlpstudy.text.words import counted, some

if TYPE_CHECKING:
    from collections.abc import Container

    from mlpstudy.datasets.tables.table import Table
    from mlpstudy.datasets.targets.naming import Place
    from mlpstudy.study import Data

_SHOWN = 12
_FIRST = 5


def collect_tables(data: Data, main: Table, test: Table | None = None, validation: Table | None = None) -> Parts:
    """Return the examples in tables.

    Args:
        data: the study's data: which column is what.
        main: the table that training examples are taken from.
        test: the test examples, where they are a table of their own.
        validation: the validation examples, where they are a table of their own.

    Raises:
        DataError: a column is missing, the target is, or the classes are of no use; the line names table, row, column.
    """
    target = _find_target(data, main)
    names = [name for name in (target, data.group, data.time, *data.categorical, *data.drop) if name is not None]
    for name in names:
        find_column(main, name)
    for each in (main, test, validation):
        for role in (target, data.group):
            _check_cells(each, role)
    told = [_missing_targets(table, target, data) for table in (main, test, validation) if table is not None]
    classes = _classes(main, target)
    labels, class_names = classes.labels, classes.names
    single = None if test is not None else _single_classes(labels, class_names, main, target)
    aside = {data.group, data.time, *data.drop}
    test, validation = (None if table is None else _like(main, table, aside) for table in (test, validation))
    others = [None if table is None else _other(table, target, class_names) for table in (test, validation)]
    tables = [table for table in (main, test, validation) if table is not None]
    doubt = quantity_warning(class_names, f'{main.origin}, column "{target}"')
    read = (warning for table in tables for warning in table.warnings)
    told += [line for table in (test, validation) if table is not None for line in _other_words(table, target, classes)]
    times, of_time = (None, None) if data.time is None else _times(main, data, data.time)
    warnings = (*read, *classes.warnings, *(line for line in (*told, doubt, single, of_time) if line))
    return Parts(
        main=Part(main.frame, labels, main.origin),
        test=others[0],
        validation=others[1],
        class_names=class_names,
        image_shape=None,
        sha256=content_hash({"target": target, "tables": [table.sha256 for table in tables]}),
        groups=None if data.group is None else _groups(main, data.group),
        times=times,
        warnings=warnings,
    )


def find_column(table: Table, name: str) -> pl.Series:
    """Return a column by name.

    Raises:
        DataError: there is none of that name; the line says which one is near.
    """
    if name in table.frame.columns:
        return table.frame[name]
    near = nearest(name, table.frame.columns)
    fix = f'write "{near}"' if near else f"one of {some(table.frame.columns, _SHOWN)}"
    raise DataError(must(table.origin, f'have the column "{name}"', "no such column", fix))


def _check_cells(table: Table | None, name: str | None) -> None:
    """Refuse a column of classes or groups whose cells are no single values."""
    if table is None or name not in table.frame.columns:
        return
    column = table.frame[name]
    if not is_supported(column):
        be = "hold numbers, text, truth values or dates"
        raise DataError(must(f'{table.origin}, column "{name}"', be, kind_of(column), "convert it"))


def _find_target(data: Data, main: Table) -> str:
    if data.target is not None:
        return data.target
    fix = f'target = "{main.frame.columns[-1]}", or another of {some(main.frame.columns, _SHOWN)}'
    raise DataError(must("data.target", f"name the column of {main.origin} that holds the class", "nothing", fix))


def _classes(table: Table, target: str) -> Classes:
    """Return the class of every row, -1 where it names none, and the names of the classes."""
    text = as_text(find_column(table, target))
    distinct = text.drop_nulls().unique(maintain_order=True)
    what = f'{table.origin}, column "{target}"'
    if len(distinct) == 1:
        raise DataError(must(what, "have at least two classes", f'"{distinct[0]}" in every row', "another target"))
    if len(distinct) > max(LEAST_EXAMPLES, table.frame.height // LEAST_EXAMPLES):
        n_single = int((counts_of(text)["n"] == 1).sum())
        raise no_classes(what, distinct.to_list(), n_single, "another target")
    classes = find_classes(
        np.array(distinct.to_list(), dtype=np.str_), what, place=_place(table, target, text, distinct)
    )
    return Classes(_by_row(text, distinct, classes.labels), classes.names, classes.warnings)


def _by_row(text: pl.Series, distinct: pl.Series, labels: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the label of every row by those of the distinct names, -1 where a row has none."""
    codes = text.cast(pl.Enum(distinct)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    by_row: npt.NDArray[np.int32] = np.append(labels, np.int32(-1))[codes]
    return by_row


def _place(table: Table, target: str, text: pl.Series, distinct: pl.Series) -> Place:
    """Return what names the first row of a label, by its position among the distinct ones."""
    return lambda k: f'{table.origin}, row {int((text == distinct[k]).arg_max() or 0) + 1}, column "{target}"'


def _missing_targets(table: Table, target: str, data: Data) -> str | None:
    """Return a warning of rows that name no class, where the study says that they are left out; None without any.

    Raises:
        DataError: there are such rows, and the study does not say so.
    """
    if target not in table.frame.columns:
        return None
    is_missing = as_text(table.frame[target]).is_null()
    n = int(is_missing.sum())
    if not n:
        return None
    where = _places(is_missing)
    what = f'{table.origin}, column "{target}"'
    if data.on_missing_target != "drop" or n == table.frame.height:
        settled = "another target" if n == table.frame.height else 'on_missing_target = "drop"'
        fix = f"write them, or {settled}"
        found = f"none in {counted(n, 'row')} of {table.frame.height:,} ({where})"
        raise DataError(must(what, "name a class in every row", found, fix))
    return f"{what} names no class in {counted(n, 'row')} of {table.frame.height:,} ({where}): left out"


def _places(is_so: pl.Series) -> str:
    """Name the first rows, from 1, of which something is so."""
    rows = [str(row + 1) for row in is_so.arg_true().head(_FIRST + 1).to_list()]
    more = ", ..." if len(rows) > _FIRST else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {', '.join(rows[:_FIRST])}{more}"


def _single_classes(labels: npt.NDArray[np.int32], names: tuple[str, ...], table: Table, target: str) -> str | None:
    """Return a warning that names the classes of a single example, which stays to be learned from; None without any.

    Raises:
        DataError: they are values of a quantity.
    """
    single = np.flatnonzero(np.bincount(labels[labels >= 0], minlength=len(names)) < LEAST_EXAMPLES)
    what = f'{table.origin}, column "{target}"'
    if single.size and is_quantity(names):
        raise no_classes(what, names, single.size, "another target")
    return single_warning(what, [names[k] for k in single.tolist()])


def _other(table: Table, target: str, class_names: tuple[str, ...]) -> Part:
    """Return the examples of a test or validation table, which has classes of the main one."""
    text = as_text(find_column(table, target))
    distinct = text.drop_nulls().unique(maintain_order=True)
    found = np.array([_class_of(label, class_names) for label in distinct], dtype=np.int32)
    for position in np.flatnonzero(found < 0)[:1].tolist():
        row = int((text == distinct[position]).arg_max() or 0) + 1
        what = f'{table.origin}, row {row}, column "{target}"'
        be = "be a class of the training examples"
        raise DataError(must(what, be, distinct[position], f"one of {some(class_names, _SHOWN)}"))
    return Part(table.frame, _by_row(text, distinct, found), table.origin)


def _other_words(table: Table, target: str, classes: Classes) -> tuple[str, ...]:
    """Return a warning where a test or validation table has other words for truth values."""
    distinct = as_text(find_column(table, target)).drop_nulls().unique(maintain_order=True)
    return other_words(distinct.to_list(), classes.names, f'{table.origin}, column "{target}"')


def _like(main: Table, table: Table, aside: Container[str | None]) -> Table:
    """Return a test or validation table with the columns of the main one, and a word on further ones.

    Args:
        main: the main table.
        table: the other one.
        aside: columns that it need not have.

    Raises:
        DataError: it lacks a column; the line says which one is near.
    """
    further = [name for name in table.frame.columns if name not in main.frame.columns]
    for name in main.frame.columns:
        if name not in table.frame.columns and name not in aside:
            raise lacking(table.origin, name, further)
    if not further:
        return table
    said = further_line(table.origin, further, main.origin)
    return replace(table, frame=without(table.frame, further), warnings=(*table.warnings, said))


def _class_of(label: str, class_names: tuple[str, ...]) -> int:
    """Return the index of the class that a label names, -1 for none; as everywhere, 1.0 and 01 name the class 1."""
    try:
        return int(index_classes(np.array([label]), class_names, "a label")[0])
    except DataError:
        return -1


def _groups(table: Table, name: str) -> npt.NDArray[np.int32]:
    """Return the group of every row; groups are numbered in the order of their names."""
    text = as_text(find_column(table, name))
    if text.null_count():
        row = int(text.is_null().arg_max() or 0) + 1
        what = f'{table.origin}, row {row}, column "{name}"'
        raise DataError(must(what, "name a group", "a missing value", "remove the row, or write its group"))
    ranks = text.rank("dense").to_numpy()
    return ranks.astype(np.int32) - 1


def _times(table: Table, data: Data, name: str) -> tuple[FloatArray, str | None]:
    """Return the time of every row, days of a date or a number; and what a user should know of how it is read."""
    column = find_column(table, name)
    what = f'{table.origin}, column "{name}"'
    found = find(column, data.reading) if is_supported(column) else Found(None)
    if found.question is not None:
        raise DataError(must(what, *found.question))
    is_number = found.meaning == "number" or not as_numbers(column, "number")[1].any()
    meaning: Meaning = "number" if is_number and found.meaning != "date" else "date"
    times, wrong = as_numbers(column, meaning, form=found.form)
    wrong = wrong | np.isnan(times)
    if wrong.any():
        be = words(meaning, found.form) + (", or a number" if found.meaning is None else "")
        fix = "mend or remove the row" if 2 * wrong.sum() <= wrong.size else "another column of the time"
        raise DataError(wrong_cell(column, int(wrong.argmax()), be, table.origin, fix))
    return times, None if found.note is None else f"{what}: {found.note}"
