"""What should be looked at before training is paid for: copies, groups, cuts, splits and scales."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlpstudy.datasets import Given, load
from mlpstudy.datasets.doubts.copies import copies_warning, keys_of_array, keys_of_table
from mlpstudy.datasets.doubts.cuts import find_cut
from mlpstudy.datasets.doubts.families import families_warning
from mlpstudy.datasets.overview.description import describe_data
from mlpstudy.study import Data

RNG = np.random.default_rng(5)
X = RNG.normal(size=(200, 3))
Y = (RNG.random(200) > 0.5).astype(int)


def lines_of(frame: pl.DataFrame | dict[str, pl.DataFrame], **fields: Any) -> list[str]:
    """Return what loading a table warns of."""
    return list(load(Data(name="t", target="y", **fields), 0, Given.of(frame)).warnings)


def numbers(n: int = 200) -> pl.DataFrame:
    """Return rows of which nothing is to be said."""
    return pl.DataFrame({"a": X[:n, 0], "b": X[:n, 1], "y": Y[:n]})


def test_of_honest_data_nothing_is_said() -> None:
    """No doubt is raised where there is no reason for one."""
    assert lines_of(numbers()) == []
    assert load(Data(name="t"), 0, Given.of((X, Y))).warnings == ()


def test_rows_of_the_test_that_are_training_rows_are_counted() -> None:
    """Also beside a column that numbers the rows, and in a test table of its own."""
    twice = pl.concat([numbers(), numbers()])
    (line,) = lines_of(twice)
    assert "of 80 test examples are also training examples" in line
    numbered = twice.with_row_index("id")
    assert any("also training examples" in line for line in lines_of(numbered))
    (line,) = lines_of({"train": numbers(), "test": numbers(40)})
    assert re.search(r"(3\d|40) of 40 test examples are also training examples", line)  # some are held out


def test_rows_that_must_repeat_are_no_copies() -> None:
    """A table of three yes-or-no columns has eight different rows, however honest it is."""
    frame = pl.DataFrame({name: RNG.integers(0, 2, 200) for name in "abc"}).with_columns(y=pl.Series(Y))
    assert not any("also training" in line for line in lines_of(frame))


@pytest.mark.parametrize("kind", ["numbers", "images", "sparse"])
def test_copies_among_arrays_are_counted(kind: str) -> None:
    """The same for numbers, images and sparse rows."""
    x: Any = (X * 20 + 100).astype(np.uint8).reshape(200, 1, 3) if kind == "images" else X.astype(np.float32)
    if kind == "sparse":
        from scipy.sparse import csr_array  # noqa: PLC0415  # for this case alone

        x = csr_array(x)
    data = {"train": (x, Y), "test": (x[:50], Y[:50])}
    (line,) = load(Data(name="t"), 0, Given.of(data)).warnings
    assert re.search(r"(4\d|50) of 50 test examples are also training examples", line)  # some are held out


def test_a_copy_with_another_class_is_none() -> None:
    """Such rows show that the columns do not decide the class: knowing them helps nobody."""
    frame, rows = numbers(), np.arange(200)
    labels = Y.astype(np.int32)
    assert not np.isin(keys_of_table(frame, "ab", labels), keys_of_table(frame, "ab", 1 - labels)).any()
    assert not np.isin(keys_of_array(X, labels, rows), keys_of_array(X, 1 - labels, rows)).any()


@pytest.mark.parametrize(
    "name", ["patient", "PatientID", "subject_id", "User Id", "family", "subj", "speakerNo", "machine-nr", "group"]
)
def test_a_column_called_as_what_is_measured_often_is_named(name: str) -> None:
    """Whether its values are numbers or text."""
    for values in ([i // 5 for i in range(200)], [f"x{i // 5}y" for i in range(200)]):
        line = families_warning(numbers().with_columns(pl.Series(name, values)), ["a", name], "t")
        assert line is not None
        assert f'column "{name}" has 40 values, each in about 5 rows' in line
        assert f'group = "{name}"' in line


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("patient_age", [i // 5 for i in range(200)]),
        ("patients", [i // 5 for i in range(200)]),
        ("patient", [i % 3 for i in range(200)]),
        ("patient", list(range(200))),
        ("city", [f"city {chr(65 + i // 8)}" for i in range(200)]),
        ("grade", [f"A{i % 7}" for i in range(200)]),
    ],
)
def test_other_columns_are_not(name: str, values: list[object]) -> None:
    """Ages, counts, a few levels, one row each, words and grades group nothing."""
    assert families_warning(numbers().with_columns(pl.Series(name, values)), [name], "t") is None


def test_codes_of_a_few_rows_each_are_named_whatever_the_column_is_called() -> None:
    """Their form and number say it; with group or time nothing is said."""
    frame = numbers().with_columns(x=pl.Series([f"P{i // 5:03d}" for i in range(200)]), t=pl.Series(range(200)))
    assert any('group = "x" holds them out together' in line for line in lines_of(frame))
    assert not any("belong together" in line for line in lines_of(frame, group="x"))
    assert not any("belong together" in line for line in lines_of(frame, time="t"))


def test_where_rows_are_alike_for_another_reason_a_column_of_many_values_is_no_leak() -> None:
    """What a patient's rows share knows the patient again; a copy of the target in two words stays one."""
    patient = np.arange(200) // 5
    label = (patient % 2).astype(int)
    frame = pl.DataFrame(
        {
            "patient": [f"P{p:02d}" for p in patient],
            "height": 150.0 + patient * 7 % 40,
            "alive": np.array(["no", "yes"])[label],
            "y": label,
        }
    )
    loaded = load(Data(name="t", target="y"), 0, Given.of(frame))
    assert loaded.leaking == ("alive",)


def test_a_number_that_tells_the_class_by_its_size_is_named() -> None:
    """As a score does; with a few exceptions too, for three classes, in arrays, and not where it is honest."""
    score = np.linspace(0, 1, 200)
    cut = (score > 0.6).astype(int)
    frame = numbers().with_columns(score=pl.Series(score), y=pl.Series(cut))
    (line,) = lines_of(frame)
    assert 'column "score" tells the class of 144 of 144 training examples by itself' in line
    assert 'drop = ["score"]' in line
    three = pl.Series(np.digitize(score, [0.3, 0.7]))
    assert any("tells the class" in line for line in lines_of(frame.with_columns(y=three)))
    noisy = pl.Series(np.where(np.arange(200) % 10 == 0, 1 - cut, cut))
    assert lines_of(frame.with_columns(y=noisy)) == []
    (line,) = load(Data(name="t"), 0, Given.of((np.column_stack([X, score]), cut))).warnings
    assert "t, feature 3 (from 0) tells the class" in line


def test_classes_that_the_test_lacks_are_said() -> None:
    """Of a test table of its own, and of what is held out by time."""
    only = numbers().filter(pl.col("y") == 1).with_columns(a=pl.col("a") + 1)
    (line,) = lines_of({"train": numbers(), "test": only})
    assert line.endswith('class "0" has no test example, so nothing is measured of it')
    labels = pl.Series(["c" if i < 60 else "ab"[i % 2] for i in range(200)])
    late = lines_of(numbers().with_columns(y=labels, t=pl.Series(range(200))), time="t")
    assert any('class "c" has no test example, so nothing is measured of it' in line for line in late)


def test_numbers_that_stay_large_are_warned_of() -> None:
    """Only where the study says that they are not scaled."""
    frame = numbers().with_columns(a=pl.col("a") * 1e4)
    assert lines_of(frame) == []
    (line,) = lines_of(frame, numeric="none")
    assert 'numeric = "standardise" scales them' in line
    assert 'column "a"' in line


def test_a_doubt_about_many_columns_is_one_line() -> None:
    """With the number of them: of a table and of an array alike."""
    large = 1e4 * RNG.normal(size=(200, 12))
    frame = pl.DataFrame({**{f"c{i}": large[:, i] for i in range(12)}, "y": Y})
    (line,) = lines_of(frame, numeric="none")
    assert line.startswith('data, column "c0" is ')
    assert line.endswith('; the same of 11 more columns: "c1", "c2", "c3", ...')
    (line,) = load(Data(name="t", numeric="none"), 0, Given.of((large, Y))).warnings
    assert line.endswith('; the same of 11 more columns: "feature 1", "feature 2", "feature 3", ...')


def test_data_show_says_what_a_study_says(tmp_path: Path) -> None:
    """The same lines, in the same order, and the same refusals."""
    pl.concat([numbers(), numbers()]).write_csv(tmp_path / "t.csv")
    data = Data(path="t.csv", target="y").in_folder(tmp_path)
    assert describe_data(tmp_path / "t.csv", "y").warnings == load(data, 0).warnings


def test_a_cut_with_as_many_exceptions_as_may_be_is_found() -> None:
    """Wherever the exceptions stand, also where the few examples that are looked at first are most of them."""
    labels = (np.arange(10_000) >= 5_000).astype(np.int32)
    labels[10:990:20] = 1
    line = find_cut("the score", np.arange(10_000.0), labels)
    assert line is not None
    assert "9,951 of 10,000" in line
    labels[1010:1990:20] = 1
    assert find_cut("the score", np.arange(10_000.0), labels) is None, "twice as many are too many"


def test_hashes_that_end_alike_are_no_copies() -> None:
    """Only those that are the same in all bits are."""
    train, test = np.arange(1000) + 2**40, np.arange(1000)
    assert copies_warning(train, test, "x.csv") is None
    assert copies_warning(train, np.append(test, train[:20]), "x.csv") is not None
