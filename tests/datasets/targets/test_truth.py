"""Truth values are the same classes in every format, however a program writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import polars as pl
import pytest

from datasets.writing import dense, load_text, write
from mlpstudy.datasets import Given, find_classes, load, preprocessing_from_json
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.targets.classes import index_classes
from mlpstudy.errors import DataError
from mlpstudy.records import Dataset
from mlpstudy.study import Data

N = 60
A = [36 + i % 7 for i in range(N)]
KIND = [i % 2 == 1 for i in range(N)]
FRAME = pl.DataFrame({"a": A, "flag": [i % 3 == 1 for i in range(N)], "kind": KIND})


def _csv(true: str, false: str) -> str:
    words = {True: true, False: false}
    rows = "".join(f"{a},{words[flag]},{words[kind]}\n" for a, flag, kind in FRAME.rows())
    return f"a,flag,kind\n{rows}"


def _same(found: Dataset, wanted: Dataset) -> None:
    assert found.class_names == wanted.class_names == ("false", "true")
    assert found.preprocessing == wanted.preprocessing
    for split in ("train", "validation", "test"):
        np.testing.assert_array_equal(dense(getattr(found, split)), dense(getattr(wanted, split)))
        np.testing.assert_array_equal(getattr(found, split).labels, getattr(wanted, split).labels)


def test_one_table_has_the_same_classes_and_features_in_every_form(tmp_path: Path) -> None:
    """CSV of any program, Parquet, frames of Polars and pandas, nullable or not, and rows of Python."""
    FRAME.write_parquet(tmp_path / "t.parquet")
    wanted = load(Data(path=str(tmp_path / "t.parquet"), target="kind"), 0)
    for true, false in (("True", "False"), ("true", "false"), ("TRUE", "FALSE")):
        _same(load_text(tmp_path, _csv(true, false), target="kind"), wanted)
    pandas = pd.DataFrame(FRAME.to_dict(as_series=False))
    nullable = pandas.astype({"flag": "boolean", "kind": "boolean"})
    given: tuple[Any, ...] = (FRAME, FRAME.lazy(), pandas, nullable, pandas.astype(object), FRAME.to_dicts())
    for frame in given:
        _same(load(Data(name="mine", target="kind"), 0, Given.of(frame)), wanted)


@pytest.mark.parametrize(("true", "false"), [("True", "False"), ("T", "F"), ("yes", "no"), ("Y", "N"), ("1", "0")])
def test_a_test_file_of_another_program_has_the_same_classes(true: str, false: str, tmp_path: Path) -> None:
    """Other words for true and false are the same classes and truth values, in test files and new rows; it is said."""
    FRAME.write_parquet(tmp_path / "t.parquet")
    path = write(tmp_path, _csv(true, false), "test.csv")
    dataset = load(Data(path=str(tmp_path / "t.parquet"), target="kind", test=str(path)), 0)
    np.testing.assert_array_equal(dataset.test.labels, np.array(KIND, dtype=np.int32))
    is_other = true != "True"
    assert any("is taken for the class" in warning for warning in dataset.warnings) == is_other
    new = Reader(preprocessing_from_json(dataset.preprocessing or {}), dataset.class_names).read([path])
    np.testing.assert_array_equal(new.labels, dataset.test.labels)
    np.testing.assert_array_equal(new.features, dense(dataset.test))
    assert len(new.warnings) == is_other
    back = load_text(tmp_path, _csv(true, false), target="kind", test=str(tmp_path / "t.parquet"))
    np.testing.assert_array_equal(back.test.labels, np.array(KIND, dtype=np.int32))


def test_spellings_within_one_column_are_one_class() -> None:
    """Small and capital letters of true and false make no other class, and it is said; of other words they do."""
    classes = find_classes(np.array(["True", "true", "FALSE", "False"]), "y.npy")
    assert classes.names == ("false", "true")
    assert "true and false in small and capital letters are one class" in classes.warnings[0]
    assert find_classes(np.array(["Yes", "yes", "no"]), "y.npy").names == ("Yes", "no", "yes")
    assert find_classes(np.array([True, False]), "y.npy").names == ("false", "true")


@pytest.mark.parametrize(
    ("label", "names"), [("yes", ("1", "2")), ("yes", ("0", "1", "2")), ("maybe", ("false", "true")), ("2", ("0", "1"))]
)
def test_what_is_no_other_word_is_refused(label: str, names: tuple[str, ...]) -> None:
    """A word is a class only where two classes are a truth value each."""
    with pytest.raises(DataError, match="must be a class of the training examples"):
        index_classes(np.array([label]), names, "y.npy")


def test_old_studies_keep_the_names_of_their_classes() -> None:
    """Classes that a study stored as True and False take labels in any letters."""
    assert index_classes(np.array(["true", "FALSE", "True"]), ("False", "True"), "y.npy").tolist() == [1, 0, 1]


def test_levels_of_categories_take_any_letters(tmp_path: Path) -> None:
    """A category with true among its levels has them from text in other letters and from truth values alike."""
    cells = ["True", "False", "maybe"]
    content = "flag,y\n" + "".join(f"{cells[i % 3]},{'no' if i % 2 else 'yes'}\n" for i in range(60))
    dataset = load_text(tmp_path, content)
    made = preprocessing_from_json(dataset.preprocessing or {})
    assert made.kind == "table"
    for new in (["True", "False"], ["TRUE", "false"], [True, False]):
        assert made.transform(pl.DataFrame({"flag": new})).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_a_category_of_two_truth_values_takes_other_words(tmp_path: Path) -> None:
    """Rows of another program are no unseen levels: yes and no are true and false, and 1 and 0."""
    content = "flag,y\n" + "".join(f"{'yes' if i % 3 else 'no'},{'a' if i % 2 else 'b'}\n" for i in range(60))
    made = preprocessing_from_json(load_text(tmp_path, content).preprocessing or {})
    assert made.kind == "table"
    assert made.feature_names == ("flag = no", "flag = yes")
    for new in (["yes", "no"], [True, False], ["Y", "N"], [1, 0], [1.0, 0.0], ["TRUE", "f"]):
        assert made.transform(pl.DataFrame({"flag": new})).tolist() == [[0, 1], [1, 0]]
    assert made.transform(pl.DataFrame({"flag": ["perhaps", None]})).tolist() == [[0, 0], [0, 0]]
