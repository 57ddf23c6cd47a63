"""Files of tables: the first bytes tell which format it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.opening.files import reading as opened
from mlpstudy.datasets.readers.arff.attributes import is_arff
from mlpstudy.datasets.readers.arff.reading import read_arff
from mlpstudy.datasets.readers.csv.reading import read_csv
from mlpstudy.datasets.readers.csv.source import HEAD_BYTES, open_source
from mlpstudy.datasets.readers.excel.package import is_workbook
from mlpstudy.datasets.readers.excel.reading import sheet_source
from mlpstudy.datasets.readers.foreign import foreign
from mlpstudy.datasets.readers.parquet import read_parquet
from mlpstudy.datasets.readers.parquet_claims import MAGIC
from mlpstudy.datasets.tables.table import Expected, Table
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import UNSAID, Reading


def read_table(
    path: str | Path,
    reading: Reading = UNSAID,
    *,
    text: frozenset[str] = frozenset(),
    expected: Expected | None = None,
) -> Table:
    """Read a file of a table: text, ARFF, a workbook or Parquet.

    Args:
        path: the file; its first bytes tell which it is.
        reading: how it is written, where a study says so.
        text: columns of text that stay text, whatever they look like: ``01`` is not ``1``.
        expected: the columns of the study, where further rows are read.

    Raises:
        DataError: one line with file, row, column and value where there are some, and the fix.
    """
    name = path_text(path)
    with opened(path) as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if head.startswith(MAGIC):
            return read_parquet(Path(path), name, file)
        if is_workbook(file, head):
            source, words = sheet_source(file, name, reading)
            return replace(read_csv(source, reading, text, expected), words=words)
        other = foreign(head)
        if other is not None:
            raise DataError(must(name, "be a table", other.title, other.instead))
        source = open_source(Path(path), name, file, head, reading)
        if is_arff(source.head()):
            return read_arff(source, reading)
        return read_csv(source, reading, text, expected)
