"""Columns that number the rows, or have no name: left out or named by their position, and said, in every format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlpstudy.datasets import Given, load
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.preprocessing.stored import preprocessing_from_json
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.datasets.tables.frames import as_table
from mlpstudy.datasets.tables.table import Table
from mlpstudy.study import Data

N = 60
SHUFFLED = [i * 377 % 1000 for i in range(N)]
KIND = ["x", "y"] * (N // 2)
A = [i * i % 17 / 7 for i in range(N)]

LEFT_OUT: dict[str, tuple[str, list[Any], str]] = {
    "from 0": ("", list(range(N)), "the first column has no name and numbers the rows: it is left out"),
    "from 1": ("", list(range(1, N + 1)), "the first column has no name and numbers the rows"),
    "with gaps": ("", [3 * i + i % 2 for i in range(N)], "the first column has no name and numbers the rows"),
    "shuffled": ("", SHUFFLED, "the first column has no name and numbers the rows"),
    "read again": ("Unnamed: 0", list(range(N)), 'the column "Unnamed: 0" numbers the rows: it is left out'),
    "of several indices": ("Unnamed: 0.1", list(range(N)), 'the column "Unnamed: 0.1" numbers the rows'),
    "names": ("", [f"row {i}" for i in range(N)], "the first column has no name and names the rows"),
    "in Parquet": ("__index_level_0__", SHUFFLED, 'the column "__index_level_0__" is pandas\' index: it is left out'),
    "names in Parquet": ("__index_level_0__", ["a", "b"] * (N // 2), "is pandas' index: it is left out"),
}
KEPT: dict[str, tuple[str, list[Any]]] = {
    "that repeat": ("", [i % 24 for i in range(N)]),
    "that are no whole numbers": ("", [i / 7 for i in range(N)]),
    "below 0": ("", [i - 5 for i in range(N)]),
    "of which one is missing": ("", [None, *range(1, N)]),
    "words that repeat": ("", ["red", "green", "blue"] * (N // 3)),
}


def table(format_: str, columns: dict[str, list[Any]], folder: Path) -> Table:
    """Return a table as it is read of a file, or given."""
    frame = pl.DataFrame(columns)
    if format_ == "frame":
        return as_table(frame, "data", "a frame")
    path = folder / f"t.{format_}"
    _ = frame.write_csv(path) if format_ == "csv" else frame.write_parquet(path)
    return read_table(path)


@pytest.mark.parametrize("format_", ["csv", "parquet", "frame"])
@pytest.mark.parametrize(("name", "cells", "line"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_column_that_numbers_or_names_the_rows_is_left_out(
    name: str, cells: list[Any], line: str, format_: str, tmp_path: Path
) -> None:
    """Whoever read the table, with one line."""
    read = table(format_, {name: cells, "a": A, "kind": KIND}, tmp_path)
    assert read.frame.columns == ["a", "kind"]
    (warning,) = read.warnings
    assert warning.startswith(f"{read.origin}: ")
    assert line in warning


@pytest.mark.parametrize("format_", ["csv", "parquet", "frame"])
@pytest.mark.parametrize(("name", "cells"), KEPT.values(), ids=KEPT)
def test_a_column_without_a_name_that_has_values_is_called_by_its_position(
    name: str, cells: list[Any], format_: str, tmp_path: Path
) -> None:
    """It may be a feature; a line says its name."""
    for position in (1, 3):
        columns: dict[str, list[Any]] = {"a": A, "kind": KIND}
        columns = {name: cells, **columns} if position == 1 else {**columns, name: cells}
        read = table(format_, columns, tmp_path)
        assert read.frame.columns[position - 1] == f"column {position}"
        (warning,) = read.warnings
        assert f'the column at position {position} has no name: it is called "column {position}"' in warning


def test_names_that_say_what_they_are_stay(tmp_path: Path) -> None:
    """A column called index or id, or one of pandas' names with values in it, is a column."""
    columns: dict[str, list[Any]] = {"index": list(range(N)), "Unnamed: 3": A, "kind": KIND}
    read = table("csv", columns, tmp_path)
    assert read.frame.columns == ["index", "Unnamed: 3", "kind"]
    assert read.warnings == ()


def test_a_column_elsewhere_is_left_out_only_where_it_counts_from_the_start(tmp_path: Path) -> None:
    """The last column without a name, 0 to n - 1 in any order, numbers the rows; other whole numbers may be values."""
    order = [i * 7 % N for i in range(N)]
    assert table("csv", {"a": A, "kind": KIND, "": order}, tmp_path).frame.columns == ["a", "kind"]
    assert table("csv", {"a": A, "kind": KIND, "": SHUFFLED}, tmp_path).frame.columns == ["a", "kind", "column 3"]


def test_two_indices_are_both_left_out(tmp_path: Path) -> None:
    """As a table has them that was written with its index twice."""
    columns: dict[str, list[Any]] = {"": list(range(N)), "Unnamed: 0": SHUFFLED, "a": A, "kind": KIND}
    read = table("csv", columns, tmp_path)
    assert read.frame.columns == ["a", "kind"]
    assert len(read.warnings) == 2


def test_empty_columns_without_a_name_are_left_out_with_one_line(tmp_path: Path) -> None:
    """At the end, as a delimiter too many makes them, or between the others."""
    path = tmp_path / "t.csv"
    for header, row, line in (
        ("a,kind,", "{},{},", "the last column has no name and is empty: it is left out"),
        ("a,kind,,,", "{},{},,,", "the last 3 columns have no name and are empty: they are left out"),
        ("a,,kind", "{},,{}", "1 column without a name (at position 2) is empty: it is left out"),
        (",a,,kind,", ",{},,{},", "3 columns without a name (at position 1, 3 and 5) are empty: they are left out"),
    ):
        rows = [row.format(a, kind) for a, kind in zip(A, KIND, strict=True)]
        path.write_text("\n".join([header, *rows]))
        read = read_table(path)
        assert read.frame.columns == ["a", "kind"]
        assert read.frame.height == N
        assert read.warnings == (f"{path}: {line}",)


@pytest.mark.parametrize("trained_with", [True, False])
@pytest.mark.parametrize("name", ["", "Unnamed: 0", "__index_level_0__"])
def test_test_files_and_new_rows_may_have_the_index_or_not(name: str, *, trained_with: bool, tmp_path: Path) -> None:
    """Whether or not the training examples had it, and even in a single row."""

    def written(file: str, rows: slice, *, with_index: bool) -> Path:
        index = {name: SHUFFLED[rows]} if with_index else {}
        pl.DataFrame({**index, "a": A[rows], "kind": KIND[rows]}).write_csv(tmp_path / file)
        return tmp_path / file

    train = written("train.csv", slice(0, 40), with_index=trained_with)
    for other in (True, False):
        test = written("test.csv", slice(40, N), with_index=other)
        dataset = load(Data(path=str(train), target="kind", test=str(test)), 0)
        assert dataset.train.features.shape[1] == 1
        assert len(dataset.test) == N - 40
        reader = Reader(preprocessing_from_json(dataset.preprocessing or {}), dataset.class_names)
        for rows in (slice(0, 1), slice(0, 10)):
            new = reader.read([written("new.csv", rows, with_index=other)])
            assert (new.features == dataset.train.features[: len(new.labels)]).all() or len(new.labels) == 10
            assert new.features.shape == (len(new.labels), 1)


def test_frames_of_pandas_kind_keep_their_hash() -> None:
    """What is left out of a frame is hashed all the same: it is another frame."""
    with_index = {"": list(range(N)), "a": A, "kind": KIND}
    hashes = {
        load(Data(name="mine", target="kind"), 0, Given.of(pl.DataFrame(columns))).sha256
        for columns in (with_index, {"a": A, "kind": KIND})
    }
    assert len(hashes) == 2
