"""Sparse rows have int32 indices whatever SciPy makes of them, from Python code to the kernels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import bsr_array, coo_array, csc_array, csr_array, csr_matrix, dok_array, lil_array

import mlpstudy
from helpers import blobs
from mlpstudy.datasets import Given, load
from mlpstudy.engine.native import NativeEngine
from mlpstudy.errors import DataError
from mlpstudy.records import Examples
from mlpstudy.records.sparse import csr, narrow
from mlpstudy.study import Architecture, Data, Network, Study, Training

Dense = npt.NDArray[np.float64]


def widened(rows: csr_array) -> csr_array:
    """Give rows int64 indices and row pointers, as SciPy does where it is given one such."""
    rows.indices, rows.indptr = rows.indices.astype(np.int64), rows.indptr.astype(np.int64)
    return rows


def of_coordinates(x: Dense) -> csr_array:
    """Make rows of values and int64 coordinates."""
    places = np.nonzero(x)
    return csr_array((x[places], places), shape=x.shape)


def wide_starts(x: Dense) -> csr_array:
    """Make rows of which the row pointers alone are int64."""
    rows = csr_array(x)
    rows.indptr = rows.indptr.astype(np.int64)
    return rows


FORMS: dict[str, Callable[[Dense], Any]] = {
    "coordinates": of_coordinates,
    "int64": lambda x: widened(csr_array(x)),
    "int64 indptr": wide_starts,
    "matrix": csr_matrix,
    "csc": lambda x: of_coordinates(x).tocsc(),
    "csc of dense": csc_array,
    "coo": lambda x: coo_array((x[np.nonzero(x)], np.nonzero(x)), shape=x.shape),
    "bsr": lambda x: bsr_array(x, blocksize=(1, 2)),
    "lil": lil_array,
    "dok": dok_array,
}


def examples(n: int = 60) -> tuple[Dense, npt.NDArray[np.int64]]:
    """Return features that are mostly 0, and labels of two classes."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(n, 6)) * (rng.random((n, 6)) < 0.4)
    return x, (x[:, 0] > x[:, 1]).astype(np.int64)


def study(**changes: Any) -> Study:
    """Return a study of one small network."""
    fields: dict[str, Any] = {"name": "sparse", "data": {"name": "mine"}, "factors": {"width": {"8": {"hidden": [8]}}}}
    return Study(**{**fields, "training": {"epochs": 2}, **changes})


@pytest.mark.parametrize("engine", ["native", "torch"])
def test_a_run_takes_every_sparse_form(tmp_path: Path, engine: str) -> None:
    """Whatever the format and width of the indices, every run finishes, to the results of narrow CSR rows."""
    x, y = examples()
    wanted = mlpstudy.run(study(), out=tmp_path / "narrow", engine=engine, data=(csr_array(x), y)).results()
    assert wanted["status"].to_list() == ["finished"]
    for name, form in FORMS.items():
        found = mlpstudy.run(study(), out=tmp_path / name, engine=engine, data=(form(x), y)).results()
        assert found["test_loss"].to_list() == wanted["test_loss"].to_list(), name


@pytest.mark.parametrize("name", FORMS)
def test_splits_of_every_sparse_form_are_narrow(name: str) -> None:
    """Held out of one matrix, or given as splits of their own, features have int32 indices and row pointers."""
    x, y = examples()
    form = FORMS[name]
    whole = load(Data(name="mine"), 0, Given.of((form(x), y)))
    parts = {split: (form(x), y) for split in ("train", "test", "validation")}
    apart = load(Data(name="mine"), 0, Given.of(parts))
    for dataset in (whole, apart):
        for split in (dataset.train, dataset.validation, dataset.test):
            assert isinstance(split.features, csr_array)
            for rows in (split.features, split.features[:5], split.features.copy(), split.features.astype(np.float64)):
                assert (rows.indices.dtype, rows.indptr.dtype) == (np.int32, np.int32)


def test_wide_rows_are_narrowed_at_the_kernels_door() -> None:
    """Rows that come to the native engine with int64 indices give the bits of narrow ones."""
    data = blobs()
    architecture = Architecture(
        name="8", levels=(("width", "8"),), network=Network(hidden=(8,)), training=Training(epochs=1)
    )
    rng = np.random.default_rng(0)
    weights = {
        "hidden_1.kernel": rng.normal(size=(6, 8)).astype(np.float32),
        "hidden_1.bias": np.zeros(8, np.float32),
        "output.kernel": rng.normal(size=(8, 3)).astype(np.float32),
        "output.bias": np.zeros(3, np.float32),
    }
    found = []
    for wide in (False, True):
        rows = csr_array(np.asarray(data.train.features))
        given = Examples(widened(rows) if wide else rows, data.train.labels)
        trainer = NativeEngine().trainer(architecture, weights, n_classes=3, image_shape=None, dropout_key=0)
        done = trainer.train_epoch(given, np.arange(len(given)), 1)
        found.append((done.loss, trainer.evaluate(given, 1).loss, trainer.probabilities(given.features, 1).tobytes()))
    assert found[0] == found[1]


def test_what_is_narrow_is_not_copied() -> None:
    """Narrow rows and dense features come back as the same object."""
    rows = csr(np.ones(2, np.float32), np.arange(2), np.arange(3), 2)
    dense = np.ones((2, 2), np.float32)
    assert narrow(rows) is rows
    assert narrow(dense) is dense


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (coo_array(np.ones(4)), r"data, features must have the shape \(n, features\), got a shape of \(4,\)"),
        (csr_array(np.eye(4) * 1j), "data, features must hold numbers, got 'complex128'"),
        (csr_array(np.eye(4) * 1e300), "data, features must be finite numbers in float32, got one that is not"),
    ],
)
def test_a_sparse_matrix_that_is_none_of_numbers_is_refused(matrix: Any, message: str) -> None:
    """A vector, complex numbers and what overflows float32 each get one line."""
    with pytest.raises(DataError, match=message):
        Given.of((matrix, np.arange(4) % 2))


def one_based(x: Dense) -> csr_array:
    """Count the columns of rows from 1."""
    rows = csr_array(x)
    return csr_array((rows.data, rows.indices + 1, rows.indptr), shape=x.shape)


def changed(rows: Any, part: str, place: int, value: int) -> Any:
    """Write a number into an index array of a compressed matrix, of its own dtype or, where it needs it, int64."""
    array = getattr(rows, part).astype(np.int64 if value > 2**31 else getattr(rows, part).dtype)
    array[place] = value
    setattr(rows, part, array)
    return rows


STRAY: dict[str, tuple[Callable[[Dense], Any], str]] = {
    "one-based": (one_based, r"an index of \d+ where the largest is \d+, fix: count from 0"),
    "negative": (lambda x: changed(csr_array(x), "indices", 0, -1), "an index of -1 where the largest is"),
    "beyond int32": (lambda x: changed(csr_array(x), "indices", 0, 2**32 + 1), "an index of 4294967297"),
    "falling": (lambda x: changed(csr_array(x), "indptr", 3, 200), "an indptr that does not rise"),
    "too long": (lambda x: changed(csr_array(x), "indptr", -1, 10**6), "an indptr that does not rise"),
    "not from 0": (lambda x: changed(csr_array(x), "indptr", 0, 2), "an indptr that does not rise"),
    "csc": (lambda x: changed(csc_array(x), "indices", -1, len(x)), "an index of 60 where the largest is 59"),
    "bsr": (lambda x: changed(bsr_array(x, blocksize=(1, 2)), "indices", 0, 10**6), "an index of 1000000"),
}


@pytest.mark.parametrize(("form", "line"), STRAY.values(), ids=STRAY)
def test_indices_that_lead_outside_a_matrix_are_refused_in_one_line(
    form: Callable[[Dense], Any], line: str, tmp_path: Path
) -> None:
    """Before SciPy follows them, which checks none: with such a matrix nothing runs, and nothing is predicted."""
    x, y = examples()
    with pytest.raises(DataError, match=rf"^data, features must hold indices that lie inside it, got {line}"):
        mlpstudy.run(study(), out=tmp_path / "bad", data=(form(x), y), n_threads=1)
    model = mlpstudy.run(study(), out=tmp_path / "good", data=(csr_array(x), y), n_threads=1).model()
    with pytest.raises(DataError, match=rf"^the values must hold indices that lie inside it, got {line}"):
        model.predict(form(x))
