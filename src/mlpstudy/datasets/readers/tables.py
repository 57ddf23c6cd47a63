"""CSV, TSV and Parquet files to tables: the first bytes tell which."""

from __future__ import annotations

from pathlib import Path

from mlpstudy.datasets.opening.files import path_text, reading
from mlpstudy.datasets.readers.csv_text import read_csv
from mlpstudy.datasets.readers.parquet import read_parquet
from mlpstudy.datasets.readers.parquet_claims import MAGIC
from mlpstudy.datasets.tables.table import Table

_HEAD_BYTES = 2**22


def read_table(path: str | Path, *, text: frozenset[str] = frozenset()) -> Table:
    """Read a CSV, TSV or Parquet file.

    Args:
        path: the file; its first bytes tell Parquet from text.
        text: columns of a CSV file that stay text, whatever they look like: ``01`` is not ``1``.

    Raises:
        DataError: one line with file, row, column and value where there are some, and the fix.
    """
    name = path_text(path)
    with reading(path) as file:
        head = file.read(_HEAD_BYTES)
        file.seek(0)
        if head.startswith(MAGIC):
            return read_parquet(Path(path), name, file)
        return read_csv(Path(path), name, file, head, text)
