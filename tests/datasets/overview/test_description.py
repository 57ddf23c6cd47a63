"""Descriptions: what is in any data set, without refusing what a study would refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datasets.writing import csv, people, write
from mlpstudy.datasets.named.mnist import FOLDER
from mlpstudy.datasets.overview.description import Description, describe_data
from mlpstudy.datasets.overview.target_guess import guess_target
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
    """A name that says so, of a column that could hold classes, else the last column; that it was guessed is said."""
    two, many = ["a", "b"] * 8, [str(i) for i in range(16)]
    assert guess_target(pl.DataFrame({"a": two, "Label": two, "b": two})).target == "Label"
    assert guess_target(pl.DataFrame({"class": two, "y": many, "b": two})).target == "class"
    assert guess_target(pl.DataFrame({"a": two, "b": two})).target == "b"
    found = described(tmp_path, csv(people()))
    assert (found.target, found.target_is_guess, found.candidates) == ("rich", True, ())


def test_several_names_that_say_so_are_all_named(tmp_path: Path) -> None:
    """A table like that of the Titanic has two columns that could be the target by their names."""
    found = described(tmp_path, passengers())
    assert (found.target, found.candidates) == ("survived", ("survived", "class"))


def passengers() -> str:
    """A table in which "class" is a copy of pclass, and "alive" one of survived."""
    rows = ["survived,pclass,fare,class,alive"]
    for i in range(120):
        saved, rank = int(i % 7 in {0, 3, 4}), i % 5 % 3 + 1
        name, word = ["First", "Second", "Third"][rank - 1], ["no", "yes"][saved]
        rows.append(f"{saved},{rank},{7 + i * 1.5},{name},{word}")
    return "\n".join(rows) + "\n"


def test_a_copy_of_the_target_is_a_warning_with_the_fix(tmp_path: Path) -> None:
    """The column "alive" is the target in other words; "class" is another column's copy, which is no fault."""
    (warning,) = described(tmp_path, passengers(), "survived").warnings
    assert 'column "alive" gives the class away: each of its 2 values comes with one class; ' in warning
    assert warning.endswith('drop = ["alive"] leaves it out')


def test_numbers_that_are_a_quantity_are_not_listed_as_classes(tmp_path: Path) -> None:
    """A price is refused, with the reason that there is no regression; marks and counts without gaps are classes."""
    prices = "x,price\n" + "".join(f"{i % 13},{100 + i * i % 371}.5\n" for i in range(200))
    found = described(tmp_path, prices)
    assert (found.classes, found.is_refused) == ((), True)
    assert "mlpstudy learns classes only, no regression" in found.warnings[-1]
    twice = "x,price\n" + "".join(f"{i % 13},{1000 + i % 100 * 7}\n" for i in range(200))
    found = described(tmp_path, twice)
    assert not found.is_refused
    assert any("100 different numbers, each taken for a class" in line for line in found.warnings)
    marks = "x,mark\n" + "".join(f"{i % 13},{i % 30}\n" for i in range(200))
    assert described(tmp_path, marks).warnings == ()


def test_labels_in_an_array_that_are_a_quantity_are_refused_in_one_line(tmp_path: Path) -> None:
    """As a table's: no hundreds of classes, one line with the reason."""
    np.save(tmp_path / "x.npy", np.eye(60))
    np.save(tmp_path / "y.npy", np.arange(60) / 7)
    found = describe_data([tmp_path / "x.npy", tmp_path / "y.npy"])
    assert (found.classes, found.is_refused, len(found.warnings)) == ((), True, 1)
    assert "mlpstudy learns classes only, no regression" in found.warnings[0]


def test_sentences_are_no_identifier_and_a_text_target_is_no_regression(tmp_path: Path) -> None:
    """Free text is called that, with what can be done; names as a target are no quantity."""
    words = ["the", "cat", "sat", "on", "a", "mat", "with", "other", "animals"]
    rows = [f"{' '.join(np.roll(words, i))} {i},person {i},{'ab'[i % 2]},{i % 7}" for i in range(60)]
    found = described(tmp_path, "text,name,y,x\n" + "\n".join(rows) + "\n", "y")
    assert "holds free text, no value is in more than 4 of 43" in found.warnings[0]
    assert "sparse rows" in found.warnings[0]
    assert "looks like an identifier" in found.warnings[1]
    alone = described(
        tmp_path, "text,y\n" + "\n".join(f"{row.split(',')[0]},{row.split(',')[2]}" for row in rows) + "\n", "y"
    )
    assert "must have a column to learn from beside the target, got none: " in alone.warnings[-1]
    assert "holds free text" in alone.warnings[-1]
    named = described(tmp_path, "text,name,y,x\n" + "\n".join(rows) + "\n", "name")
    assert named.is_refused
    assert "regression" not in named.warnings[-1]


def test_classes_out_of_balance_are_a_warning(tmp_path: Path) -> None:
    """What always answering the commonest class reaches is said, and what sees more than accuracy."""
    found = described(tmp_path, "x,y\n" + "".join(f"{i % 13},{'yes' if i % 25 == 0 else 'no'}\n" for i in range(100)))
    (warning,) = found.warnings
    assert warning.startswith('96.0 % of the examples are of class "no" (the other class has 4)')
    assert 'metric = "log loss"' in warning


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("x,y\n" + "".join(f"{i},{i / 7}\n" for i in range(50)), 'column "y" must name classes, each with several'),
        ("x,y\n" + "1,no\n2,yes\n" * 20 + "red,no\n", """row 41, column "x" must be a number, got 'red'"""),
        ("x,y\n" + "1,no\n2,yes\n" * 20 + "1,\n", 'column "y" must name a class in every row, got none in 1 row of 41'),
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
    frame = pl.DataFrame({"x": [b"a", b"\xff"] * 10, "z": range(20), "y": ["a", "a", "b", "b"] * 5})
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
    assert 'class "5" has one example' in arrays.warnings[0]
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


def test_numbers_of_a_guessed_target_are_said_to_be_one_class_as_a_study_says_it(tmp_path: Path) -> None:
    """1.0 and 1 are told whether the target is named or guessed."""
    rows = "".join(f"{i % 7},{('1.0', '1', '2')[i % 3]}\n" for i in range(60))
    path = write(tmp_path, f"x,kind\n{rows}")
    guessed, named = (describe_data(path, target).warnings for target in (None, "kind"))
    assert guessed == named
    assert any("written in several ways" in line for line in guessed)
