"""What fuzzing found, each as the smallest file that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlpstudy.datasets.table_reading import read_table
from mlpstudy.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_column_name_is_no_pattern(tmp_path: Path) -> None:
    """Polars would take ``*`` for all columns, and ``^b.*$`` for those that start with b."""
    path = tmp_path / "table.csv"
    path.write_text("*,^b.*$,b1\n1,2,x\n3,4,y\n")
    frame = read_table(path).frame
    assert frame.columns == ["*", "^b.*$", "b1"]
    assert frame.rows() == [(1.0, 2.0, "x"), (3.0, 4.0, "y")]


def test_a_name_cannot_send_escape_sequences(tmp_path: Path) -> None:
    """What a file puts into a message is shown escaped."""
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,\x1b[2Jb\n1,2\n")
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value).isprintable()
    assert "\\x1b[2Jb" in str(caught.value)
