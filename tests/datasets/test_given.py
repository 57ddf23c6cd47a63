"""Data that Python code gives: arrays and frames, checked like files; keys that have no meaning beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import polars as pl
import pytest

from datasets.writing import people, same
from mlpstudy.datasets import Given, load
from mlpstudy.errors import DataError
from mlpstudy.study import Data


def test_python_code_hands_over_a_data_frame(tmp_path: Path) -> None:
    """A Polars frame and one of pandas give what a Parquet file of the same table gives."""
    frame = people()
    frame.write_parquet(tmp_path / "t.parquet")
    data = Data(name="mine", target="rich", drop=("family",))
    wanted = load(Data(path=str(tmp_path / "t.parquet"), target="rich", drop=("family",)), 0)
    same(load(data, 0, Given.of(frame)), wanted)
    same(load(data, 0, Given.of(frame.lazy())), wanted)
    same(load(data, 0, Given.of(pd.DataFrame(frame.to_dict(as_series=False)))), wanted)
    both = load(data, 0, Given.of({"train": frame, "test": frame.head(10)}))
    assert len(both.test) == 10


X, Y = np.eye(6), ["a", "b"] * 3


BAD: dict[str, tuple[object, str]] = {
    "no data": (3, r"data must be \(features, labels\), a data frame, .* or a dict of them .*, got 'int'"),
    "three arrays": ((X, Y, Y), r"data must be \(features, labels\), .*, got 'tuple'"),
    "another key": ({"trian": (X, Y)}, "a key of data must be one of train, test, validation, got 'trian'"),
    "no training examples": ({"test": (X, Y)}, 'data must have the key "train"'),
    "one label": ((X, 5), "data, labels must hold one label an example, got 'int', fix: a list of labels"),
    "no labels": ((X, None), "data, labels must hold one label an example, got 'NoneType', fix: a list of labels"),
    "masked labels": ((X, np.ma.masked_equal(np.arange(6) % 3, 2)), "labels must have no masked values, got 2 of them"),
    "masked features": (
        (np.ma.masked_equal(X, 1), Y),
        "features must have no masked values, got 6 of them",
    ),
    "labels first": ((np.arange(6), X), r"features and data, labels must be features and labels, got shapes of \(6,\)"),
    "examples in columns": ((np.ones((4, 6)), Y), "for each of the 4 examples .*, got 6, fix: x.T, an example a row"),
    "images along the last axis": ((np.ones((4, 5, 6)), Y), r"got 6, fix: numpy\.moveaxis\(x, -1, 0\), the examples"),
    "two pairs": (((X, np.array(Y)), (X, np.array(Y))), 'got two pairs of arrays, fix: {"train": .*, "test"'),
    "splits of scikit-learn": ((X, X, Y, Y), r'got four arrays, fix: {"train": \(x_train, y_train\), "test": \(x_test'),
    "a set of scikit-learn": ({"data": X, "target": Y}, r'got .data., fix: \(bunch\["data"\], bunch\["target"\]\)'),
    "columns by name": ({"a": Y, "y": Y}, r"got 'a', fix: pandas\.DataFrame\(data\), where its keys are columns"),
    "fewer labels": ((X, Y[:5]), "data, labels must hold one label for each of the 6 examples"),
    "NaN as a label": ((X, [0.0, 1.0, 0.0, 1.0, 0.0, np.nan]), "data, labels: label 5 must be finite, got 'nan'"),
    "None as a label": (
        (X, np.array(["a", "b", None] * 2, dtype=object)),
        "data, labels: label 2 must name a class, got None, as 2 of 6 are",
    ),
    "a number that is none": ((np.full((6, 2), np.nan), Y), "data, features: row 0, column 0 must be a finite number"),
    "one class": ((X, ["a"] * 6), "data, labels must have at least two classes, got the label a alone"),
    "no rows": (pl.DataFrame({"y": []}), "data must have rows and columns, got 0 rows, 1 column"),
    "features of text": ((np.array([["a"], ["b"]] * 3), Y), "data, features must hold numbers, got '<U1', fix: x.ast"),
    "other test features": ({"train": (X, Y), "test": (X[:, :2], Y)}, r'data\["test"\] must have examples of 6 values'),
}


@pytest.mark.parametrize(("given", "line"), BAD.values(), ids=BAD)
def test_bad_arrays_get_one_line(given: object, line: str) -> None:
    """Arrays are checked like files."""
    with pytest.raises(DataError, match=line) as caught:
        load(Data(name="mine", target="y" if isinstance(given, pl.DataFrame) else None), 0, Given.of(given))
    assert "\n" not in str(caught.value)


def test_objects_that_are_numbers_are_numbers() -> None:
    """As a frame's values are where its columns differ in type; what is not finite is refused by its place."""
    mixed = np.array([[1, 2.5, True], [np.int64(3), np.float32(0.5), False]] * 30, dtype=object)
    x = load(Data(name="mine", numeric="none"), 0, Given.of((mixed, ["a", "b"] * 30))).train.features
    assert {tuple(row) for row in np.asarray(x).tolist()} == {(1.0, 2.5, 1.0), (3.0, 0.5, 0.0)}
    mixed[4, 1] = float("nan")
    with pytest.raises(DataError, match="data, features: row 4, column 1 must be a finite number"):
        Given.of((mixed, ["a", "b"] * 30))


IMAGES = np.zeros((6, 2, 2), dtype=np.uint8)


IGNORED: dict[str, tuple[Data, object, str]] = {
    "a size for arrays": (Data(name="mine", image_size=(2, 2)), (X, Y), "data.image_size must be left out, since only"),
    "a scaling for images": (
        Data(name="mine", numeric="0-1"),
        (IMAGES, Y),
        "data.numeric must be left out, since grey",
    ),
    "a share beside test examples": (
        Data(name="mine", test=0.5),
        {"train": (X, Y), "test": (X, Y)},
        "data.test must be left out, since Python code gives test examples, got '0.5', fix: remove the key",
    ),
    "a share beside validation examples": (
        Data(name="mine", validation=0.5),
        {"train": (X, Y), "validation": (X, Y)},
        "data.validation must be left out, since Python code gives validation examples",
    ),
    "a file beside arrays": (Data(name="mine", test="t.csv"), (X, Y), "data.test must be a share where Python code"),
    "a path beside arrays": (Data(path="x.csv"), (X, Y), "data.path must be left out where Python code gives the data"),
}


@pytest.mark.parametrize(("data", "given", "line"), IGNORED.values(), ids=IGNORED)
def test_no_key_is_ignored(data: Data, given: object, line: str) -> None:
    """What cannot be heeded is refused."""
    with pytest.raises(DataError, match=line):
        load(data, 0, Given.of(given))
