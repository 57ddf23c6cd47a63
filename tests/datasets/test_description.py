"""Descriptions: what is in any data set, without refusing what a study would refuse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datasets.tables import csv, people, write
from mlpstudy.datasets.description import Description, describe_data, guess_target
from mlpstudy.datasets.mnist import FOLDER
from mlpstudy.errors import DataError


def described(folder: Path, content: str | bytes, target: str | None = None) -> Description:
    """Describe a CSV file."""
    return describe_data(write(folder, content), target)


def test_columns_of_a_table(tmp_path: Path) -> None:
    """Types, missing values, ranges and levels of every column, in the order of the file."""
    frame = people()
    found = described(tmp_path, csv(frame, separator=";"), "rich")
    assert found.format == "CSV, a semicolon between cells"
    assert (found.n_examples, found.n_features, found.target, found.target_is_guess) == (120, 6, "rich", False)
    columns = {column.name: column for column in found.columns}
    assert {name: column.type for name, column in columns.items()} == {
        "age": "number",
        "weight": "number",
        "job": "category",
        "hired": "date",
        "member": "boolean",
        "family": "category",
        "rich": "category",
    }
    assert columns["age"].n_missing == frame["age"].null_count()
    assert (columns["weight"].low, columns["weight"].high) == (frame["weight"].min(), frame["weight"].max())
    assert columns["weight"].mean == pytest.approx(frame["weight"].mean())
    assert sum(n for _, n in columns["job"].levels) + columns["job"].n_missing == 120
    assert columns["family"].n_distinct == 20
    assert found.classes == (("no", 80), ("yes", 40))
    assert found.first_rows[3][:2] == ("", str(frame["weight"][3]))
    assert len(found.first_rows) == 8


def test_the_target_is_guessed_by_name_then_by_place(tmp_path: Path) -> None:
    """Named target, label, class or y, else the last column; that it was guessed is said."""
    assert guess_target(["a", "Label", "y"]) == "Label"
    assert guess_target(["target", "class"]) == "target"
    assert guess_target(["a", "b"]) == "b"
    found = described(tmp_path, csv(people()))
    assert (found.target, found.target_is_guess) == ("rich", True)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("x,y\n" + "".join(f"{i},{i / 7}\n" for i in range(50)), 'column "y" must name classes, each with several'),
        ("x,y\n" + "1,no\n2,yes\n" * 20 + "red,no\n", """row 41, column "x" must be a number, got 'red'"""),
        ("x,y\n" + "1,no\n2,yes\n" * 20 + "1,\n", 'row 41, column "y" must name a class, got a missing value'),
        ("x,y\n" + "1,no\n2,yes\n" * 20 + "1,odd\n", 'class "odd" must have at least two examples, got one, in row 41'),
    ],
)
def test_what_a_study_would_refuse_is_a_warning(content: str, line: str, tmp_path: Path) -> None:
    """The description comes all the same, so that the fault can be looked at."""
    found = described(tmp_path, content)
    assert line in found.warnings[-1]
    assert len(found.columns) == 2


def test_classes_are_in_the_order_of_a_study(tmp_path: Path) -> None:
    """Numbers in numeric order."""
    found = described(tmp_path, "x,y\n" + "".join(f"{i},{i % 12}\n" for i in range(60)))
    assert found.classes == tuple((str(k), 5) for k in range(12))


def test_a_target_that_is_no_column_is_refused(tmp_path: Path) -> None:
    """The line names the nearest."""
    with pytest.raises(DataError, match=r'must have the column "rihc", got no such column, fix: write "rich"'):
        described(tmp_path, csv(people()), "rihc")


def test_columns_of_other_types_are_unusable(tmp_path: Path) -> None:
    """They are shown as such, and the warning says how to leave them out."""
    frame = pl.DataFrame({"x": [timedelta(1), timedelta(2)] * 10, "z": range(20), "y": ["a", "a", "b", "b"] * 5})
    frame.write_parquet(tmp_path / "t.pq")
    found = describe_data(tmp_path / "t.pq")
    assert found.format == "Parquet"
    assert [column.type for column in found.columns] == ["unusable", "number", "category"]
    assert 'drop = ["x"]' in found.warnings[-1]


def test_arrays_sparse_text_and_images(tmp_path: Path) -> None:
    """Numbers of examples and features, range, share of filled values, first images."""
    np.save(tmp_path / "x.npy", np.arange(12.0).reshape(6, 2))
    np.save(tmp_path / "y.npy", np.array([0, 1, 0, 1, 0, 5]))
    arrays = describe_data([tmp_path / "x.npy", tmp_path / "y.npy"])
    assert (arrays.n_examples, arrays.n_features, arrays.low, arrays.high) == (6, 2, 0, 11)
    assert arrays.classes == (("0", 3), ("1", 2), ("5", 1))
    assert 'class "5" has a single example' in arrays.warnings[0]
    write(tmp_path, "0 1:2\n1 4:1\n" * 5, "t.libsvm")
    text = describe_data(tmp_path / "t.libsvm")
    assert (text.n_features, text.filled) == (4, 0.25)
    digits = describe_data(FOLDER)
    assert (digits.n_examples, digits.n_test, digits.image_shape) == (60_000, 10_000, (28, 28))
    assert digits.first_images is not None
    assert digits.first_images.shape == (8, 28, 28)
    assert digits.first_labels[:3] == ("0", "1", "2")


def test_nothing_there_is_one_line(tmp_path: Path) -> None:
    """A path to nothing, and a name that is none."""
    with pytest.raises(DataError, match=r"none\.csv must exist"):
        describe_data(tmp_path / "none.csv")
    with pytest.raises(DataError, match=r"the data must be the name of a data set, got 'mnits', fix: write \"mnist\""):
        describe_data("mnits")
