"""What fuzzing found, each as the smallest file that shows it."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from mlpstudy.datasets.loading import load
from mlpstudy.datasets.pictures.files import read_grey
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.errors import DataError, StudyError
from mlpstudy.study import Data, load_study

if TYPE_CHECKING:
    from pathlib import Path


def test_a_column_name_is_no_pattern(tmp_path: Path) -> None:
    """Polars would take ``*`` for all columns, and ``^b.*$`` for those that start with b."""
    path = tmp_path / "table.csv"
    path.write_text("*,^b.*$,b1\n1,2,x\n3,4,y\n")
    frame = read_table(path).frame
    assert frame.columns == ["*", "^b.*$", "b1"]
    assert frame.rows() == [(1.0, 2.0, "x"), (3.0, 4.0, "y")]
    path.write_text("*,b1,c\n1,2,x\n3,4,y\n,007,x\n")
    assert read_table(path).frame.columns == ["*", "b1", "c"]


def test_a_column_that_is_left_out_takes_no_other_with_it(tmp_path: Path) -> None:
    """Copies are looked for, a test file has a column more, and rows of digits are names: the others stay."""
    names = ["*", "^k.*$", "kind"]
    lines = [f"{i % 7},0{i % 10}{i % 9},{'xy'[i % 2]}" for i in range(60)]
    (tmp_path / "a.csv").write_text("\n".join([",".join(names), *lines, ""]))
    (tmp_path / "b.csv").write_text("\n".join(["^.*$," + ",".join(names), *(f"1,{line}" for line in lines[:20]), ""]))
    data = load(Data(path=str(tmp_path / "a.csv"), test=str(tmp_path / "b.csv"), target="kind"), 0)
    assert read_table(tmp_path / "a.csv").frame.columns == names
    assert len(data.test) == 20
    assert any('the column "^.*$" is ignored' in warning for warning in data.warnings)


def test_a_name_cannot_send_escape_sequences(tmp_path: Path) -> None:
    """What a file puts into a message is shown escaped."""
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,\x1b[2Jb\n1,2\n")
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value).isprintable()
    assert "\\x1b[2Jb" in str(caught.value)


def test_a_picture_of_a_few_bytes_is_not_a_large_one(tmp_path: Path) -> None:
    """Pillow would fill up what is missing of a PNG file of 66 bytes to 39 million pixels."""
    path = tmp_path / "blank.png"
    Image.new("L", (2100, 2000)).save(path)
    assert read_grey(path).shape == (2000, 2100), "a blank picture is read"
    content = path.read_bytes()
    head = struct.pack(">II", 8, 4_857_862) + content[24:29]
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    path.write_bytes(content[:16] + head + crc + content[33:200])
    with pytest.raises(DataError, match="must have at most 1032 pixels a byte, got 8 x 4857862 in so small a file"):
        read_grey(path)


def test_a_study_file_cannot_take_the_memory_with_one_key(tmp_path: Path) -> None:
    """A key of 200,000 parts takes tomllib 40 GB; nested brackets and endless devices are one line too."""
    path = tmp_path / "study.toml"
    for text in ("a" + ".a" * 60 + " = 1", "a = " + "[" * 10_000, "a = " + "1" * 5000):
        path.write_text(text)
        with pytest.raises(StudyError, match=r"study\.toml.* must "):
            load_study(path)
    with pytest.raises(StudyError, match="must be a TOML file of at most 1000000 bytes"):
        load_study("/dev/zero")
