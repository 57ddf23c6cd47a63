"""Rows of a table that do not name their columns: taken by position only where that leaves no choice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl
import scipy.sparse

from mlpstudy.datasets.arrays.features import as_array
from mlpstudy.datasets.arrays.sparse import check_indices
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.tables.cells.text import as_text
from mlpstudy.datasets.tables.columns import CategoryColumn, TablePreprocessing
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import some

_SHOWN = 10


def rows_by_position(values: Any, preprocessing: TablePreprocessing, forms: str) -> pl.DataFrame:  # noqa: ANN401  # any array
    """Return rows as a table: one value for each column that the study uses, in the order of its table.

    Args:
        values: a list of rows, an array of any package or a sparse matrix, shape ``(n, number of columns)``.
        preprocessing: which columns the study uses.
        forms: what may be given, for messages.

    Raises:
        DataError: a row has another number of values, or there are numbers where the study knows words.
    """
    names = [column.name for column in preprocessing.columns]
    rows = values
    if scipy.sparse.issparse(values):
        check_indices(values, "the rows")
        check_memory(8 * math.prod(values.shape), "the rows, as a dense array,")
        rows = values.toarray()
    rows = rows if isinstance(rows, list | tuple) else as_array(rows, "the rows").tolist()
    if not isinstance(rows, list | tuple):
        fix = "[row]" if isinstance(values, Mapping) else ""
        raise DataError(must("the rows", f"be {forms}", type(values).__name__, fix))
    for i, row in enumerate(rows):
        n = len(row) if isinstance(row, list | tuple) else 1
        if n != len(names):
            be = f"name its columns, or have these {len(names)} values in this order: {some(names, _SHOWN)}"
            raise DataError(must(f"row {i + 1} of the rows", be, f"{n} values without names", "a data frame"))
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    made = pl.DataFrame([pl.Series(name, own, strict=False) for name, own in zip(names, cells, strict=True)])
    for position, column in enumerate(preprocessing.columns):
        if column.kind == "category" and _are_numbers(made[column.name]) and not _has_numbers(column):
            what = f'value {position + 1} of each row, column "{column.name}",'
            be = f"be a text such as {some(column.levels, _SHOWN)}"
            fix = f"a data frame, or the values in this order: {some(names, _SHOWN)}"
            raise DataError(must(what, be, "numbers without names ", fix))
    return made


def _are_numbers(cells: pl.Series) -> bool:
    """Say whether cells hold a number: NaN alone is how NumPy and pandas write that a text is missing."""
    return cells.dtype.is_numeric() and bool(as_text(cells).is_not_null().any())


def _has_numbers(column: CategoryColumn) -> bool:
    """Say whether a level is a number, as those of a column of numbers in ``data.categorical`` are."""
    return bool(pl.Series(column.levels, dtype=pl.String).cast(pl.Float64, strict=False).is_not_null().any())
