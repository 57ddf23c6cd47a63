"""scikit-learn's own data sets, by name."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from mlpstudy.datasets.named.sklearn_sets import BUNDLED, BundledSet
from mlpstudy.errors import DataError

by_name = pytest.mark.parametrize("bundled", BUNDLED, ids=lambda bundled: bundled.info.name)


@by_name
def test_features_and_labels_are_scikit_learns(bundled: BundledSet) -> None:
    """Values in float32, labels as they are, classes and features by scikit-learn's names."""
    bunch = getattr(datasets, bundled.function)()
    examples = bundled.read()
    np.testing.assert_array_equal(examples.values, bunch.data.astype(np.float32), strict=True)
    np.testing.assert_array_equal(examples.labels, bunch.target)
    assert examples.labels.dtype == np.int32
    assert list(examples.class_names) == [str(name) for name in bunch.target_names]
    assert list(examples.feature_names) == ([] if examples.image_shape else [str(name) for name in bunch.feature_names])


@by_name
def test_the_list_says_what_is_there(bundled: BundledSet) -> None:
    """Numbers, shape and classes without loading are those of the set; it has no test examples of its own."""
    examples = bundled.read()
    info = bundled.info
    assert (info.n_train, info.n_test, info.image_shape) == (len(examples), 0, examples.image_shape)
    assert info.class_names == examples.class_names
    assert examples.test is None
    if info.image_shape:
        assert np.prod(info.image_shape) == examples.n_features


def test_every_set_has_a_hash_of_its_own() -> None:
    """The same each time."""
    hashes = [[bundled.read().sha256 for bundled in BUNDLED] for _ in range(2)]
    assert hashes[0] == hashes[1]
    assert len(set(hashes[0])) == len(BUNDLED)


def test_without_scikit_learn_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, the line says what to install."""
    found = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "sklearn":
            raise ImportError(name)
        return found(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(DataError) as caught:
        BUNDLED[0].read()
    told = f"the data set {BUNDLED[0].info.name} must be loaded by scikit-learn, got no scikit-learn here"
    assert str(caught.value) == f"{told}, fix: pip install scikit-learn"
