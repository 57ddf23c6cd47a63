"""Preprocessing of arrays: learned from the training examples alone, kept as JSON, applied to the same bits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from scipy.sparse import csr_array

from datasets.writing import MINE, dense, numbers, sparse
from mlpstudy.datasets import Given, load, preprocessing_from_json
from mlpstudy.datasets.preprocessing import stored
from mlpstudy.datasets.preprocessing.stored import ArrayPreprocessing
from mlpstudy.datasets.tables.columns import TablePreprocessing
from mlpstudy.errors import DataError
from mlpstudy.records import Dataset
from mlpstudy.study import Data
from mlpstudy.study.data import Scaling


def test_numbers_are_standardised_by_the_training_examples() -> None:
    """Mean 0 and standard deviation 1 of every feature over the training examples, not over the others."""
    x, y = numbers()
    dataset = load(MINE, 0, Given.of((x, y)))
    np.testing.assert_allclose(dense(dataset.train).mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dense(dataset.train).std(axis=0), 1, atol=1e-6)
    assert np.abs(dense(dataset.test).mean(axis=0)).max() > 1e-3
    assert dataset.class_names == ("0", "1", "2")
    assert [len(dataset.train), len(dataset.validation), len(dataset.test)] == [65, 7, 18]


@pytest.mark.parametrize("changed", ["validation", "test"])
def test_nothing_is_learned_from_validation_and_test_arrays(changed: str) -> None:
    """Other numbers in those splits leave the preprocessing and the training features as they are."""
    x, y = numbers()
    x[:, 0] = np.arange(len(x))
    plain = load(Data(name="mine", numeric="none"), 0, Given.of((x, y)))
    where = getattr(plain, changed).features[:, 0].astype(int)
    wild = x.copy()
    wild[where] *= 1000
    before, after = load(MINE, 0, Given.of((x, y))), load(MINE, 0, Given.of((wild, y)))
    assert before.preprocessing == after.preprocessing
    np.testing.assert_array_equal(before.train.features, after.train.features)
    assert (getattr(before, changed).features != getattr(after, changed).features).any()


def test_a_constant_feature_becomes_0() -> None:
    """No division by a spread of 0, whatever the constant."""
    x, y = numbers()
    x[:, 1] = 0.1
    scalings: tuple[Scaling, ...] = ("standardise", "0-1")
    for numeric in scalings:
        dataset = load(Data(name="mine", numeric=numeric), 0, Given.of((x, y)))
        assert (dense(dataset.train)[:, 1] == 0).all()
        assert (dense(dataset.test)[:, 1] == 0).all()


@pytest.mark.parametrize("name", ["train", "test", "validation"])
@pytest.mark.parametrize("kind", ["numbers", "pixels", "sparse"])
def test_stored_preprocessing_gives_the_same_bits(kind: str, name: str) -> None:
    """A preprocessing made again from JSON transforms raw values to the features of the run."""
    x, y = numbers()
    raw: object = {"numbers": x.astype(np.float32), "pixels": x.astype(np.uint8), "sparse": csr_array(x * (x > 5))}[
        kind
    ]
    parts = dict.fromkeys(("train", "test", "validation"), (raw, y))
    dataset = load(MINE, 0, Given.of(parts))
    assert dataset.preprocessing is not None
    assert dataset.preprocessing["kind"] == kind
    again = preprocessing_from_json(dataset.preprocessing)
    wanted, found = getattr(dataset, name).features, again.transform(raw)  # type: ignore[arg-type]  # the kind's own
    if kind == "sparse":
        wanted, found = wanted.toarray(), found.toarray()  # type: ignore[union-attr]  # sparse in, sparse out
    np.testing.assert_array_equal(found, wanted, strict=True)


def test_sparse_stays_sparse_and_is_divided_by_the_largest() -> None:
    """CSR in every split, zeros not stored, the largest absolute training value of each feature 1."""
    x, y = numbers(300, 50)
    values = csr_array((np.abs(x) > 10) * x)
    dataset = load(MINE, 0, Given.of((values, y)))
    for examples in (dataset.train, dataset.validation, dataset.test):
        assert isinstance(examples.features, csr_array)
        assert examples.features.dtype == np.float32
        assert examples.features.indices.dtype == np.int32
        assert examples.features.has_canonical_format
    largest = np.abs(sparse(dataset.train).toarray()).max(axis=0)
    assert set(largest[largest > 0]) == {1}
    plain = load(Data(name="mine", numeric="none"), 0, Given.of((values, y)))
    np.testing.assert_array_equal(sparse(plain.train).data, values[:].astype(np.float32)[_rows(plain, values)].data)
    with pytest.raises(DataError, match=r'data\.numeric must keep the zeros of sparse data, got .* fix: "0-1"'):
        load(Data(name="mine", numeric="standardise"), 0, Given.of((values, y)))


def _rows(dataset: Dataset, values: csr_array) -> list[int]:
    """Return where the training examples stand in the whole, found by their contents."""
    dense = values.toarray().astype(np.float32)
    position = {row.tobytes(): i for i, row in enumerate(dense)}
    return sorted(position[row.tobytes()] for row in sparse(dataset.train).toarray())


def test_images_stay_images() -> None:
    """uint8 arrays of rows and columns are divided by 255, and keep shape and raw values."""
    images = np.arange(40 * 6, dtype=np.uint8).reshape(40, 2, 3)
    dataset = load(MINE, 0, Given.of((images, np.arange(40) % 2)))
    assert dataset.image_shape == (2, 3)
    assert dataset.preprocessing == {"kind": "pixels", "scale": 255, "n_features": 6, "shape": [2, 3]}
    assert dataset.train.raw is not None
    np.testing.assert_array_equal(dense(dataset.train), dataset.train.raw / np.float32(255))


BAD_JSON: dict[str, object] = {
    "another kind": {"kind": "pickle"},
    "no kind": {},
    "no object": [1, 2],
    "a scale of 0": {"kind": "numbers", "scaling": "none", "shift": [0.0], "scale": [0.0]},
    "NaN": {"kind": "numbers", "scaling": "none", "shift": [float("nan")], "scale": [1.0]},
    "other lengths": {"kind": "numbers", "scaling": "none", "shift": [0.0, 0.0], "scale": [1.0]},
    "an unknown key": {"kind": "pixels", "n_features": 4, "code": "import os"},
    "another shape": {"kind": "pixels", "n_features": 4, "shape": [3, 3]},
    "no columns": {"kind": "table", "target": "y", "scaling": "none", "columns": []},
    "another column": {"kind": "table", "target": "y", "scaling": "none", "columns": [{"kind": "text", "name": "x"}]},
    "no JSON": {"kind": {1, 2}},
}


@pytest.mark.parametrize("value", BAD_JSON.values(), ids=BAD_JSON)
def test_a_foreign_preprocessing_is_checked(value: object) -> None:
    """It may come from another's file: whatever is in it, one line."""
    with pytest.raises(DataError, match="the stored preprocessing must be") as caught:
        preprocessing_from_json(value)  # type: ignore[arg-type]  # the point of the test
    assert "\n" not in str(caught.value)


def test_every_kind_is_explained_and_seeds_the_fuzzer() -> None:
    """The module that makes a preprocessing from JSON says what each kind does, and foreign JSON of each is tried."""
    classes = (*get_args(ArrayPreprocessing), TablePreprocessing)
    kinds = [get_args(each.model_fields["kind"].annotation)[0] for each in classes]
    assert re.findall(r"^ {4}(\w+) ", str(stored.__doc__), re.MULTILINE) == kinds
    seeds = Path(__file__).parents[2] / "fuzz" / "corpus" / "preprocessing"
    assert set(kinds) <= {path.name for path in seeds.iterdir()}
