"""The NPY reader: what NumPy writes is read, and nothing else, without running or allocating what a header says."""

from __future__ import annotations

import hashlib
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from datasets import archives
from datasets.archives import npy, npy_claiming, npy_header
from datasets.writing import refusal_of
from mlpstudy.datasets.readers.npy import read_array, read_npy, read_npy_rows
from mlpstudy.errors import DataError

NUMBERS = hnp.boolean_dtypes() | hnp.integer_dtypes() | hnp.unsigned_integer_dtypes() | hnp.floating_dtypes()
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)
X = np.array([[0.5, 1.5], [2.5, -3.5], [4.5, 5.5]])


class Trap:
    """An object that says when somebody unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('a pickle was run')",))


def written(folder: Path, content: bytes, name: str = "x.npy") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content)
    return path


refusal = partial(refusal_of, read_array)


def read(folder: Path, x: npt.NDArray[Any], y: npt.NDArray[Any]) -> Any:
    """Write two arrays and read them as examples."""
    return read_npy(written(folder, npy(x)), written(folder, npy(y), "y.npy"))


@given(array=NUMBERS.filter(lambda kind: kind.itemsize <= 8).flatmap(lambda kind: hnp.arrays(kind, SHAPES)))
def test_reads_back_any_array_of_numbers(scratch: Path, array: npt.NDArray[Any]) -> None:
    """Every type, byte order, shape and both orders of the axes come back bit for bit."""
    for ordered in (array, np.asfortranarray(array)):
        content = npy(ordered)
        found = read_array(written(scratch, content))
        np.testing.assert_array_equal(found.values, array)
        assert found.values.dtype == array.dtype.newbyteorder("=")
        assert found.sha256 == hashlib.sha256(content).hexdigest()


@given(content=st.binary(max_size=100) | st.binary(max_size=100).map(lambda tail: npy_claiming(2, 3) + tail))
def test_random_bytes_never_raise_anything_but_a_data_error(scratch: Path, content: bytes) -> None:
    """Random bytes are the array that NumPy reads too, or one line."""
    path = written(scratch, content)
    try:
        values = read_array(path).values
    except DataError:
        refusal(path)
    else:
        np.testing.assert_array_equal(values, np.load(path))


@given(data=st.data())
def test_a_changed_byte_is_refused_or_what_numpy_reads(scratch: Path, data: st.DataObject) -> None:
    """Our reader never understands a damaged file in another way than NumPy does."""
    content = bytearray(npy(np.arange(12, dtype="<i4").reshape(3, 4)))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path = written(scratch, bytes(content))
    try:
        values = read_array(path).values
    except DataError:
        refusal(path)
    else:
        np.testing.assert_array_equal(values, np.load(path))


def test_every_truncation_and_extension_is_refused(tmp_path: Path) -> None:
    """A file cut off anywhere, or with a byte more, is refused."""
    content = npy(X)
    for n_bytes in range(len(content)):
        refusal(written(tmp_path, content[:n_bytes]))
    assert "48 bytes of values" in refusal(written(tmp_path, content + b"\0"))


def test_a_pickle_is_refused_unread(tmp_path: Path) -> None:
    """An array of objects is named as what it is, and the trap in it does not close."""
    told = refusal(written(tmp_path, npy(np.array([Trap(), None], dtype=object))))
    assert "objects (a pickle, which can run code)" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "ends within it"),
        (b"PK\x03\x04" + bytes(99), "50 4b 03 04"),
        (b"\x93NUMPY\x09\x00" + bytes(99), "version 9.0"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "header of at most 10000 bytes, got 4294967295"),
        (npy(np.zeros(3, dtype=[("a", "f4"), ("b", "i4")])), "a type of several fields"),
        (npy(np.zeros(3, dtype="complex128")), "the type <c16"),
        (npy(np.zeros(3, dtype="datetime64[s]")), "the type <M8[s]"),
        (npy(np.zeros((2, 0))), "size 1 or more, got a shape of (2, 0)"),
        (npy(np.array(1.0)), "1 to 4 dimensions"),
        (npy(np.zeros((1, 1, 1, 1, 1))), "1 to 4 dimensions"),
        (npy_claiming(-3), "another header"),
        (npy_header("__import__('os').abort()"), "another header"),
        (npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), 'more': 1}"), "another header"),
        (npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (3, , 4), }"), "the shape"),
        (npy_header("{" + "(" * 5000), "another header"),
        (npy_claiming(2**63, 2**63), f"have {2**129} bytes of values, as its header says, got 0 after"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, content: bytes, told: str) -> None:
    """Each fault has its own words."""
    assert told in refusal(written(tmp_path, content))


@pytest.mark.parametrize("version", [(2, 0), (3, 0)])
def test_reads_the_later_versions(tmp_path: Path, version: tuple[int, int]) -> None:
    """Headers with a length of four bytes are read too."""
    header = npy_header("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }", version)
    assert read_array(written(tmp_path, header + b"\1\0\2\0")).values.tolist() == [1, 2]


def test_a_claim_of_32_gib_takes_no_memory(tmp_path: Path) -> None:
    """Eighty bytes that claim 32 GiB are refused before memory is taken."""
    path = written(tmp_path, npy_claiming(2**16, 2**16))
    tracemalloc.start()
    try:
        assert f"have {2**35} bytes" in refusal(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**20


def test_features_and_labels_become_examples(tmp_path: Path) -> None:
    """Numbers become float32, labels indices of their names, in the order of the rows."""
    examples = read(tmp_path, X, np.array([7, -1, 7]))
    np.testing.assert_array_equal(examples.values, X.astype(np.float32), strict=True)
    assert examples.values.flags.c_contiguous
    assert (examples.labels.tolist(), examples.labels.dtype) == ([1, 0, 1], np.int32)
    assert (examples.class_names, examples.image_shape, len(examples)) == (("-1", "7"), None, 3)


@pytest.mark.parametrize("shape", [(3, 2, 4), (3, 2, 4, 1)])
def test_images_keep_their_grey_values_and_shape(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """Unsigned bytes stay as they are, a row an image."""
    x = np.arange(24, dtype=np.uint8).reshape(shape)
    examples = read(tmp_path, x, np.array(["cat", "dog", "cat"]))
    np.testing.assert_array_equal(examples.values, x.reshape(3, 8), strict=True)
    assert (examples.image_shape, examples.class_names) == ((2, 4), ("cat", "dog"))


def test_either_file_changes_the_hash(tmp_path: Path) -> None:
    """Other features or other labels are other data."""
    y = np.array([0, 1, 1])
    hashes = {read(tmp_path, *pair).sha256 for pair in ((X, y), (X + 1, y), (X, 1 - y))}
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("x", "y", "told"),
    [
        (np.array([[1, 2], [3, np.nan]]), np.arange(2), "x.npy: row 1, column 1 must be a finite number in float32"),
        (np.array([[1, 2], [-np.inf, 4]]), np.arange(2), "row 1, column 0 must be a finite .*got '-inf'"),
        (np.array([[1.0], [1e39]]), np.arange(2), "row 1, column 0 must be a finite number in float32, got '1e.39'"),
        (X, np.arange(2), "y.npy must hold one label for each of the 3 examples in .*, got 2"),
        (X, np.array([0, 1, np.nan]), "y.npy: label 2 must be finite, got 'nan'"),
        (X, np.ones(3), "y.npy must have at least two classes, got the label 1 alone"),
        (X, np.ones((3, 2)), "y.npy must have one 1 in every row, as one-hot labels have, got 2 in row 0; 3 of 3 rows"),
        (X, np.array(["a", "", "b"]), "label 1 must name a class, got an empty label"),
        (X, np.array(["a", "\x1b[2J", "b"]), "label 1 must be of 1 to 200 printable"),
        (np.arange(3), np.arange(3), r"x.npy must have the shape \(n, features\).*, fix: x.reshape\(-1, 1\) for one"),
        (np.zeros((3, 2, 2, 5), np.uint8), np.arange(3), r"x.npy must hold images of one channel, or .*\(3, 2, 2, 5\)"),
        (
            np.arange(3),
            X,
            r"x.npy and .*y.npy must be features and labels, got shapes of \(3,\) and \(3, 2\), fix: the",
        ),
        (np.array([["a"], ["b"]]), np.arange(2), "x.npy must hold numbers, got '<U1'"),
        (np.zeros((2000, 1)), np.linspace(0, 1, 2000), "at most 1000 classes, got 2000 distinct labels"),
    ],
)
def test_what_is_no_example_is_refused(tmp_path: Path, x: npt.NDArray[Any], y: npt.NDArray[Any], told: str) -> None:
    """File, row, column and value are named."""
    with pytest.raises(DataError, match=told) as caught:
        read(tmp_path, x, y)
    assert str(caught.value).isprintable()


def test_an_infinity_beyond_the_first_block_is_found(tmp_path: Path) -> None:
    """Values are checked in blocks; the row counts from the start of the file."""
    x = np.zeros((2**13, 2**10))
    x[8000, 5] = np.inf
    with pytest.raises(DataError, match="row 8000, column 5"):
        read_npy_rows(written(tmp_path, archives.npy(x)))


def test_features_alone_are_read_for_predictions(tmp_path: Path) -> None:
    """Without labels the values are the same."""
    found = read_npy_rows(written(tmp_path, npy(X)))
    np.testing.assert_array_equal(found.values, X.astype(np.float32), strict=True)
