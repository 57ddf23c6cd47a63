"""Labels of arrays: vectors, columns, one-hot rows; what is none of them is refused with what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import pytest
from scipy.sparse import csr_array

from mlpstudy.datasets import Given, load
from mlpstudy.datasets.arrays.labels import to_labels
from mlpstudy.errors import DataError
from mlpstudy.study import Data

HOT = np.eye(3)[[2, 0, 1, 2]]


@pytest.mark.parametrize("kind", [float, int, bool, np.uint8, np.float16])
def test_one_hot_rows_are_classes_by_the_number_of_their_column(kind: type) -> None:
    """Whatever the type; a line says so."""
    found = to_labels(HOT.astype(kind), "y")
    assert found.labels.tolist() == [2, 0, 1, 2]
    assert found.done == ("one-hot labels in 3 columns are read as classes, 0 to 2",)


def test_columns_without_an_example_keep_the_numbers_of_the_others() -> None:
    """And are counted."""
    found = to_labels(np.eye(5)[[4, 1, 4]], "y")
    assert found.labels.tolist() == [4, 1, 4]
    assert found.done == ("one-hot labels in 5 columns are read as classes, 0 to 4 (3 of them without an example)",)


@pytest.mark.parametrize("labels", [np.array([1, 0, 1]), np.array([[1], [0], [1]]), np.array([["1"], ["0"], ["1"]])])
def test_vectors_and_columns_stay_as_they_are(labels: npt.NDArray[Any]) -> None:
    """Nothing is said of them."""
    found = to_labels(labels, "y")
    assert (found.labels.tolist(), found.done) == (labels.ravel().tolist(), ())


REFUSED: dict[str, tuple[Any, str]] = {
    "several ones": (
        np.array([[1, 0], [1, 1]]),
        r"got 2 in row 1; 1 of 2 rows .*, fix: one class .* y\.argmax\(axis=1\)",
    ),
    "no ones": (
        np.array([[1, 0], [0, 0], [0, 0]]),
        "got none in row 1; 2 of 3 rows .*, fix: remove the rows without a 1",
    ),
    "probabilities": (
        np.array([[0.9, 0.1], [0.5, 0.5]]),
        r"got probabilities of shape \(2, 2\), fix: y\.argmax\(axis=1\)",
    ),
    "scores": (
        np.array([[-3.0, 2.0], [5.0, 1.0]]),
        r"got numbers of shape \(2, 2\), fix: one column .*y\.argmax\(axis=1\)",
    ),
    "not a number": (np.array([[1, 0], [np.nan, 1]]), r"got numbers of shape \(2, 2\)"),
    "text in columns": (
        np.array([["a", "b"]] * 2),
        r"got text of shape \(2, 2\), fix: one column of them, such as y\[:, 0\]",
    ),
    "a row": (np.array([["a", "b", "a"]]), r"got text of shape \(1, 3\), fix: y.ravel\(\)"),
    "a row of numbers": (np.array([[0, 2, 1]]), r"got numbers of shape \(1, 3\), fix: y.ravel\(\)"),
    "a row of ones": (np.array([[0, 1, 1]]), r"got numbers of shape \(1, 3\), fix: y.ravel\(\)"),
    "images": (np.zeros((3, 4, 5)), r"got numbers of shape \(3, 4, 5\), fix: features first, then labels"),
    "what NaN becomes": (
        np.array(["a", "nan", "b", "nan"]),
        "y: label 1 must name a class, got nan, as 2 of 4 are, fix",
    ),
    "what NA becomes": (np.array([b"a", b"<NA> "]), "y: label 1 must name a class"),
}


@pytest.mark.parametrize(("labels", "line"), REFUSED.values(), ids=REFUSED)
def test_other_labels_are_refused(labels: npt.NDArray[Any], line: str) -> None:
    """One line that says what would be labels."""
    with pytest.raises(DataError, match=line):
        to_labels(labels, "y")


def test_a_word_for_a_missing_value_is_pointed_out() -> None:
    """It stays a class: an array of text had other means to say so."""
    line = "2 of 3 are NA, which is taken for a class, not for a missing value"
    assert to_labels(np.array(["a", "NA", " NA"]), "y").done == (line,)
    assert "3 of 4 are ? or None, which" in to_labels(np.array(["a", "None", "?", "?"]), "y").done[0]


MISSING: dict[str, Any] = {
    "None in a list": ["a", None, "b", None],
    "NaN in a list of text": ["a", float("nan"), "b", float("nan")],
    "None in objects": np.array(["a", None, "b", None], dtype=object),
    "NaN in objects": np.array(["a", np.nan, "b", np.nan], dtype=object),
    "NA of pandas": pd.array(["a", pd.NA, "b", pd.NA]),
    "whole numbers of pandas": pd.Series([1, None, 2, None], dtype="Int64"),
    "categories of pandas": pd.Categorical(["a", None, "b", None]),
    "truth values of pandas": pd.array([True, None, False, None], dtype="boolean"),
}


@pytest.mark.parametrize("labels", MISSING.values(), ids=MISSING)
def test_missing_labels_are_counted_and_refused(labels: Any) -> None:
    """By the first, whatever says that it is missing."""
    with pytest.raises(DataError, match=r"label 1 must (name a class|be finite), got .+, as 2 of 4 are, fix: re"):
        Given.of((np.eye(4), labels))


GIVEN: dict[str, tuple[Any, tuple[str, ...]]] = {
    "whole numbers among objects": (np.array([np.int64(1), 0], dtype=object), ("0", "1")),
    "truth values among objects": (np.array([True, False], dtype=object), ("false", "true")),
    "nullable truth values": (pd.array([True, False], dtype="boolean"), ("false", "true")),
    "bytes among objects": (np.array([b"cat", "dog"], dtype=object), ("cat", "dog")),
    "a series of text": (pd.Series([" a", "b"]), ("a", "b")),
    "categories": (pd.Series(["x", "y"], dtype="category"), ("x", "y")),
    "a frame of one column": (pd.DataFrame({"k": ["x", "y"]}), ("x", "y")),
    "one-hot columns with names": (pd.get_dummies(pd.Series(["dog", "cat"])), ("cat", "dog")),
    "one-hot columns with numbers": (pd.get_dummies(pd.Series([7, 3])), ("3", "7")),
    "a sparse one-hot matrix": (csr_array(np.eye(2)), ("0", "1")),
}


@pytest.mark.parametrize(("labels", "names"), GIVEN.values(), ids=GIVEN)
def test_labels_of_python_become_classes(labels: Any, names: tuple[str, ...]) -> None:
    """Those of any package, with the names that they have there."""
    repeated = [labels[i % 2] for i in range(60)] if not hasattr(labels, "shape") or labels.ndim == 1 else None
    if isinstance(labels, pd.Series | pd.DataFrame):
        repeated = pd.concat([labels] * 30, ignore_index=True)
    elif repeated is None:
        repeated = csr_array(np.tile(labels.toarray(), (30, 1)))
    dataset = load(Data(name="mine"), 0, Given.of((np.arange(120.0).reshape(60, 2), repeated)))
    assert dataset.class_names == names
