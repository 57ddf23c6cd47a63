"""Labels of any kind to class indices and names, by one rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpstudy.datasets.targets.classes import find_classes, index_classes
from mlpstudy.errors import DataError

words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([10, 9, 2], ("2", "9", "10")),
        ([1.0, -1.0], ("-1", "1")),
        ([0.5, 2.5, 1], ("0.5", "1", "2.5")),
        ([True, False], ("0", "1")),
        (["10", "9", "+2"], ("2", "9", "10")),
        (["1", "1.0", "a"], ("1", "a")),
        (["b", "B", "10"], ("10", "B", "b")),
        ([b"cat", b"dog"], ("cat", "dog")),
        ([1e300, 0.0], ("0", "1e+300")),
        (["9007199254740993", "1"], ("1", "9007199254740993")),
        (["1_0", "2"], ("1_0", "2")),
    ],
)
def test_classes_are_the_distinct_labels_in_order(labels: list[Any], names: tuple[str, ...]) -> None:
    """Numbers in numeric order, whole ones without a point; with any other label, all by their characters."""
    assert find_classes(np.array(labels), "y").names == names


@given(labels=st.lists(words, min_size=2, max_size=20).filter(lambda found: len(set(found)) > 1))
def test_every_label_is_the_name_of_its_class(labels: list[str]) -> None:
    """Text that is no number comes back through the index; the same names find the same indices again."""
    texts = [f"<{label}>" for label in labels]
    classes = find_classes(np.array(texts), "y")
    assert [classes.names[i] for i in classes.labels] == texts
    assert classes.labels.dtype == np.int32
    assert list(classes.names) == sorted(set(texts))
    np.testing.assert_array_equal(index_classes(np.array(texts), classes.names, "y"), classes.labels)


@given(labels=st.lists(st.integers(-1000, 1000), min_size=2, max_size=20).filter(lambda found: len(set(found)) > 1))
def test_whole_numbers_are_the_same_in_every_type(labels: list[int]) -> None:
    """As integers, floats, text and bytes: the same classes."""
    whole = np.array(labels)
    first = find_classes(whole, "y")
    for same in (whole.astype(float), whole.astype(str), whole.astype("S")):
        classes = find_classes(same, "y")
        assert classes.names == first.names
        np.testing.assert_array_equal(classes.labels, first.labels)
    assert [int(first.names[i]) for i in first.labels] == labels


def test_a_label_that_was_never_learned_is_refused() -> None:
    """Where it is first, what it is, which there are."""
    with pytest.raises(DataError) as caught:
        index_classes(np.array([1, 2, 7, 7]), ("1", "2"), "y.npy")
    assert str(caught.value) == "y.npy: label 2 must be a class of the training examples, got '7', fix: one of 1, 2"
    with pytest.raises(DataError, match=r"y\.csv: label 4 must be finite"):
        index_classes(np.array([1, 2, 1, np.nan]), ("1", "2"), "y.csv", first_row=1)
