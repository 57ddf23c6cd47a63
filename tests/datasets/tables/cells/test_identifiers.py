"""Digits that are names stay apart as text, whoever reads or gives them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datasets.writing import dense, write
from mlpstudy.datasets import Given, load, preprocessing_from_json
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.datasets.tables.cells.meanings import find
from mlpstudy.datasets.tables.columns import TablePreprocessing
from mlpstudy.study import Data


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["12345678901234567890", "12345678901234567891"], "beyond 2^53, as 12345678901234567890"),
        (["9007199254740993", "9007199254740995"], "beyond 2^53"),
        (["12345678901234567.0", "12345678901234569.0"], "beyond 2^53"),
        (["01234", "94110"], "begin with zeros, as in 01234"),
        (["007", "12", "8"], "begin with zeros, as in 007"),
        (["0301234567", "089123"], "begin with zeros"),
    ],
)
def test_digits_that_are_names_are_text(cells: list[str], note: str) -> None:
    """Beyond 2^53, or with zeros before: a category, with one line that says so."""
    found = find(pl.Series("x", cells * 9))
    assert found.meaning is None
    assert note in (found.note or "")


@pytest.mark.parametrize(
    "cells",
    [
        ["01", "12", "09"],
        ["00.5", "001.5"],
        ["0", "0.5", "000"],
        ["1000000000000000000", "3000000000000000000"],
        ["1e20", "2.5e17"],
        [*(str(i) for i in range(50, 200)), "007"],
        ["9007199254740993", *(str(i) for i in range(9))],
    ],
)
def test_numbers_with_a_zero_before_or_many_digits_stay_numbers(cells: list[str]) -> None:
    """Two places, decimals, round amounts, and single cells among plain numbers are read as ever."""
    assert find(pl.Series("x", cells)).meaning == "number"


@pytest.mark.parametrize("first", ["01234", "94110"])
def test_zip_codes_of_a_file_keep_their_zeros(first: str, tmp_path: Path) -> None:
    """Where the first zero stands makes no difference: also below the rows by which types are found."""
    cells = [first, *["94110", "60601"] * 700, "01234"]
    path = write(tmp_path, "zip,y\n" + "".join(f"{cell},{'no' if i % 2 else 'yes'}\n" for i, cell in enumerate(cells)))
    assert read_table(path).frame["zip"].to_list() == cells


def test_long_identifiers_of_a_file_keep_their_digits(tmp_path: Path) -> None:
    """They were two numbers; a column with one of them among plain numbers is one of numbers still."""
    rows = [f"{12345678901234567890 + i},{2**53 + 1 if i == 7 else i}" for i in range(60)]
    frame = read_table(write(tmp_path, "id,n\n" + "\n".join(rows) + "\n")).frame
    assert frame["id"].n_unique() == 60
    assert frame["n"].dtype == pl.Float64


def test_whole_numbers_of_frames_and_parquet_are_text_beyond_2_53(tmp_path: Path) -> None:
    """Each identifier is a level of its own, and new rows find it by its digits."""
    ids = [2**60 + i % 3 for i in range(60)]
    frame = pl.DataFrame({"id": ids, "n": [i % 7 for i in range(60)], "y": ["no", "yes"] * 30})
    frame.write_parquet(tmp_path / "t.parquet")
    given = load(Data(name="mine", target="y"), 0, Given.of(frame))
    of_file = load(Data(path=str(tmp_path / "t.parquet"), target="y"), 0)
    np.testing.assert_array_equal(dense(given.train), dense(of_file.train))
    assert given.preprocessing is not None
    made = preprocessing_from_json(given.preprocessing)
    assert isinstance(made, TablePreprocessing)
    assert made.feature_names[:3] == tuple(f"id = {2**60 + i}" for i in range(3))
    new = pl.DataFrame({"id": [str(2**60 + 1)], "n": [3]})
    assert made.transform(new)[0, :3].tolist() == [0, 1, 0]
