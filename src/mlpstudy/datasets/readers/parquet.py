"""Parquet files to tables: through Polars, once what they claim is checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from mlpstudy.datasets.opening.files import sha256_of
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.readers.parquet_claims import check_parquet
from mlpstudy.datasets.tables.table import POLARS_FAULTS, Table, check_names
from mlpstudy.datasets.tables.unnamed import called, inner_names, named
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from io import FileIO


def read_parquet(path: Path, name: str, file: FileIO) -> Table:
    """Read a Parquet file.

    Args:
        path: the file.
        name: what it is called in messages.
        file: the same, open.

    Raises:
        DataError: it is not intact, claims more than its bytes can hold, or has no rows.
    """
    claims = check_parquet(path)
    check_memory(claims.n_bytes + claims.n_rows * claims.n_columns * 8, name)
    try:
        frame = pl.read_parquet(path)
    except POLARS_FAULTS as error:
        is_panic = isinstance(error, pl.exceptions.PanicException)
        found = "pages that contradict their headers" if is_panic else (str(error).splitlines() or ["another file"])[0]
        raise DataError(must(name, "be an intact Parquet file", found)) from error
    if not frame.height:
        raise DataError(must(name, "have rows", "none of them"))
    check_names([called(column) for column in inner_names(frame.columns)], name)
    frame, told = named(frame, name)
    return Table(frame, name, sha256_of(file), "Parquet", told)
