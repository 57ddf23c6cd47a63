"""Labels of any kind to class indices and names, by one rule."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

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
        ([True, False], ("false", "true")),
        (["10", "9", "+2"], ("2", "9", "10")),
        (["1", "1.0", "a"], ("1", "a")),
        (["b", "B", "10"], ("10", "B", "b")),
        ([b"cat", b"dog"], ("cat", "dog")),
        ([1e300, 0.0], ("0", "1e+300")),
        (["9007199254740993", "1"], ("1", "9007199254740993")),
        (["1_0", "2"], ("1_0", "2")),
        ([" yes", "yes", "no\t", "\u00a0no"], ("no", "yes")),
        ([b" cat", b"dog "], ("cat", "dog")),
        ([" 1", "1.0", "2"], ("1", "2")),
        (["cafe\u0301", "caf\u00e9", "tea"], ("caf\u00e9", "tea")),
    ],
)
def test_classes_are_the_distinct_labels_in_order(labels: list[Any], names: tuple[str, ...]) -> None:
    """Numbers in numeric order, whole ones without a point; with any other label, all by their characters."""
    assert find_classes(np.array(labels), "y").names == names


@given(labels=st.lists(words, min_size=2, max_size=20).filter(lambda found: len(set(found)) > 1))
def test_every_label_is_the_name_of_its_class(labels: list[str]) -> None:
    """Composed text that is no number comes back through the index; the same names find the same indices again."""
    texts = [f"<{normalize('NFC', label)}>" for label in labels]
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


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        ([" yes", "yes", "no"], 'y: spaces around labels are left out: "yes"'),
        ([b"yes ", b"no "], 'y: spaces around labels are left out: "no", "yes"'),
        (
            ["cafe\u0301", "caf\u00e9"] * 2 + ["tea"],
            'y: labels that differ only in their Unicode form are one class: "caf\u00e9"',
        ),
        (["1", "1.0", "2"], 'y: numbers that are written in several ways are one class: "1"'),
        ([" a", " b", " c", " d"], 'y: spaces around labels are left out: "a", "b", "c", ...'),
    ],
)
def test_labels_that_become_one_class_are_said(labels: list[str | bytes], line: str) -> None:
    """A line says in which way, and names the classes."""
    assert find_classes(np.array(labels), "y").warnings == (line,)


def test_labels_in_one_spelling_are_not_talked_of() -> None:
    """No line where nothing was done: decomposed letters alone become composed, and are one class as before."""
    assert find_classes(np.array(["cafe\u0301", "tea"]), "y").warnings == ()
    assert find_classes(np.array([1.0, 2.0]), "y").warnings == ()


def test_a_class_is_found_in_either_form_of_unicode() -> None:
    """Test labels match the training classes, whichever of both is decomposed, also those of an older study."""
    for train, test in (("cafe\u0301", "caf\u00e9"), ("caf\u00e9", "cafe\u0301 ")):
        assert index_classes(np.array(["tea", test]), (train, "tea"), "y").tolist() == [1, 0]


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        (
            ["a", "b", " ", "\t"],
            "y: label 2 must name a class, got an empty label, fix: remove the example, or write its",
        ),
        ([b"a", b"", b"b"], "y: label 1 must name a class, got an empty label"),
        (["a", "b\x01"], r"y: label 1 must be of 1 to 200 printable characters, got 'b\\x01'"),
        (["a" * 201, "b"], "y: label 0 must be of 1 to 200 printable characters"),
        ([b"a", b"caf\xe9"], r"y: label 1 must be text in UTF-8, got 'caf\\\\xe9', fix: save it as UTF-8"),
        ([1.0, np.nan, np.nan], "y: label 1 must be finite, got nan, as 2 of 3 are, fix: remove such examples"),
    ],
)
def test_a_label_that_names_no_class_is_refused_by_its_place(labels: list[Any], line: str) -> None:
    """The line says where it is first."""
    with pytest.raises(DataError, match=line):
        find_classes(np.array(labels), "y")


def test_a_label_that_was_never_learned_is_refused() -> None:
    """Where it is first, what it is, which there are."""
    with pytest.raises(DataError) as caught:
        index_classes(np.array([1, 2, 7, 7]), ("1", "2"), "y.npy")
    assert str(caught.value) == "y.npy: label 2 must be a class of the training examples, got '7', fix: one of 1, 2"
    with pytest.raises(DataError, match=r"y\.csv: label 4 must be finite"):
        index_classes(np.array([1, 2, 1, np.nan]), ("1", "2"), "y.csv", first_row=1)
