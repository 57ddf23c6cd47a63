"""The NPZ reader: arrays found by name, members checked before they are opened."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from datasets.archives import npy, npy_claiming, npz, zip_claiming, zipped
from datasets.writing import refusal_of
from mlpstudy.datasets.readers.npz import read_npz
from mlpstudy.errors import DataError

X = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
Y = np.array([3, 1, 1, 3])


def written(folder: Path, content: bytes) -> Path:
    """Write a file."""
    path = folder / "data.npz"
    path.write_bytes(content)
    return path


refusal = partial(refusal_of, read_npz)


@pytest.mark.parametrize("keys", [("x", "y"), ("X", "y"), ("features", "labels"), ("x_train", "y_train")])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_reads_what_numpy_saves(tmp_path: Path, keys: tuple[str, str], save: Any) -> None:
    """Features and labels under any of the known names, compressed or not, beside other arrays."""
    path = tmp_path / "data.npz"
    save(path, **{keys[0]: X, keys[1]: Y, "other": np.ones(3)})
    examples = read_npz(path)
    np.testing.assert_array_equal(examples.values, X.reshape(4, 6), strict=True)
    assert (examples.labels.tolist(), examples.class_names, examples.image_shape) == ([1, 0, 0, 1], ("1", "3"), (2, 3))
    assert examples.test is None


@given(
    x=hnp.arrays(
        hnp.integer_dtypes() | hnp.floating_dtypes(sizes=(16, 32)),
        (3, 2),
        elements={"allow_nan": False, "allow_infinity": False},
    ),
    y=st.permutations([0, 5, 5]),
    compression=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_reads_back_any_examples(scratch: Path, x: npt.NDArray[Any], y: list[int], compression: int) -> None:
    """Whatever finite numbers were written, stored or deflated, they are read, rounded to float32."""
    members = {"features.npy": npy(x), "labels.npy": npy(np.array(y))}
    examples = read_npz(written(scratch, zipped(members, compression=compression)))
    np.testing.assert_array_equal(examples.values, x.astype(np.float32))
    assert [examples.class_names[label] for label in examples.labels] == [str(label) for label in y]


def test_reads_training_and_test_examples(tmp_path: Path) -> None:
    """As in Keras's mnist.npz; the test labels are indices of the training classes."""
    content = npz(x_test=X[:2] + 1, x_train=X, y_train=Y, y_test=Y[:2])
    examples = read_npz(written(tmp_path, content))
    assert examples.test is not None
    np.testing.assert_array_equal(examples.test.values, X[:2].reshape(2, 6) + 1)
    assert (examples.test.labels.tolist(), examples.test.class_names) == ([1, 0], ("1", "3"))
    assert examples.test.sha256 == examples.sha256


def test_every_array_that_is_read_counts_in_the_hash(tmp_path: Path) -> None:
    """Other test labels are other data; how the archive is compressed makes no difference."""
    arrays = {"x_train": X, "y_train": Y, "x_test": X, "y_test": Y}
    first = read_npz(written(tmp_path, npz(**arrays))).sha256
    stored = {f"{key}.npy": npy(array) for key, array in arrays.items()}
    assert read_npz(written(tmp_path, zipped(stored, compression=zipfile.ZIP_STORED))).sha256 == first
    assert read_npz(written(tmp_path, npz(**{**arrays, "y_test": Y[::-1]}))).sha256 == first, "Y is a palindrome"
    assert read_npz(written(tmp_path, npz(**{**arrays, "y_test": 4 - Y}))).sha256 != first


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"a": X, "b": Y}, r"must hold the arrays .*, got the members a.npy, b.npy, fix: np.savez\(path, x="),
        ({"data": X, "indices": Y, "indptr": Y, "shape": Y}, r"fix: libsvm text, or data=\(matrix, labels\) in Python"),
        ({"x_train": X, "y_train": Y, "x_test": X}, "must hold the arrays"),
        ({"x": X, "X": X, "y": Y}, "arrays of distinct names"),
        ({"x_train": X, "y_train": Y, "x_test": X, "y_test": Y + 1}, "y_test: label 0 must be a class of the training"),
        ({"x_train": X, "y_train": Y, "x_test": X[:, :1], "y_test": Y}, "x_test must have 6 features"),
        ({"x_train": X, "y_train": Y, "x_test": X * 1.0, "y_test": Y}, "x_test must have 6 features of type uint8"),
        ({"x_train": X, "y_train": Y, "x_test": X[:1], "y_test": Y}, "y_test must hold one label for each"),
        ({"x": X, "y": Y[:3]}, "y must hold one label for each of the 4 examples"),
        ({"x": np.array([None] * 4), "y": Y}, r"x must hold numbers or short text, got objects \(a pickle"),
    ],
)
def test_arrays_that_are_no_examples_are_refused(
    tmp_path: Path, arrays: dict[str, npt.NDArray[Any]], told: str
) -> None:
    """The line names the array."""
    path = written(tmp_path, npz(**arrays))
    refusal(path)
    with pytest.raises(DataError, match=told):
        read_npz(path)


def with_member(name: str, *, mode: int = 0, flags: int = 0) -> bytes:
    """Return an honest archive and one more member."""
    buffer = io.BytesIO(zipped({"x.npy": npy(X), "y.npy": npy(Y)}))
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the duplicate that is wanted here
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        archive.writestr(member, npy(Y))
    content = bytearray(buffer.getvalue())
    if flags:
        content[content.rindex(b"PK\x01\x02") + 8] |= flags
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (with_member("../z.npy"), "a path that leads out of it"),
        (with_member("a/../../z.npy"), "a path that leads out of it"),
        (with_member("/z.npy"), "a path that leads out of it"),
        (with_member("c:/z.npy"), "a path that leads out of it"),
        (with_member("..\\z.npy"), "control characters or backslashes"),
        (with_member("z\x1b.npy"), "control characters or backslashes"),
        (with_member("folder/"), "a folder or a symbolic link"),
        (with_member("z.npy", mode=stat.S_IFLNK | 0o777), "a folder or a symbolic link"),
        (with_member("x.npy"), "twice"),
        (with_member("z.npy", flags=1), "encryption or another compression"),
        (zipped({"x.npy": npy(X), "y.npy": npy(Y)}, compression=zipfile.ZIP_BZIP2), "another compression"),
        (npz(x=X, y=Y) + b"\0", "bytes after it"),
        (npz(x=X, y=Y)[:-2] + b"\x07\0comment", "bytes after it"),
        (npz(x=X, y=Y)[:-2] + b"\x16\0PK\x05\x06" + bytes(16) + b"\1\0", "bytes after it"),
        (b"#!/bin/sh\n" + npz(x=X, y=Y), "starts with 50 4b 03 04"),
        (b"", "no bytes"),
        (zipped({f"{i}.npy": b"" for i in range(1001)}), "at most 1000 members, got 1001"),
        (zipped({"x.npy": b"", "y.npy": b""}), "x must have a whole NPY header"),
    ],
)
def test_archives_that_no_honest_writer_makes_are_refused(tmp_path: Path, content: bytes, told: str) -> None:
    """Names that lead out, links, duplicates, encryption, bytes around the archive."""
    assert told in refusal(written(tmp_path, content))


@pytest.mark.parametrize("claim", [2**20, 2**32 - 2])
def test_a_member_that_claims_more_than_its_bytes_hold_is_refused(tmp_path: Path, claim: int) -> None:
    """The size in the directory is checked against the compressed bytes before the member is opened."""
    assert "claim at most" in refusal(written(tmp_path, zip_claiming("x.npy", npy_claiming(2**10, 2**7), claim)))


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """A directory that lists the same bytes again and again claims more than the file has."""
    content = zipped({"x.npy": npy(np.zeros((500, 500), np.uint8)), "y.npy": npy(np.zeros(500))}, compression=0)
    start = content.index(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entry = content[start : content.index(b"PK\x01\x02", start + 4)]
    more = b"".join(entry.replace(b"x.npy", name) for name in (b"a.npy", b"b.npy"))
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 4, 4, end - start + len(more))
    assert "members that do not overlap" in refusal(written(tmp_path, content[:end] + more + bytes(tail)))


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    """A file cut off anywhere is refused."""
    content = npz(x=X, y=Y)
    for n_bytes in range(len(content)):
        refusal(written(tmp_path, content[:n_bytes]))


@given(data=st.data())
def test_a_changed_byte_is_refused_or_changes_nothing(scratch: Path, data: st.DataObject) -> None:
    """Checksums of the members see to it."""
    content = bytearray(npz(x=X, y=Y))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = written(scratch, bytes(content))
    try:
        examples = read_npz(path)
    except DataError:
        refusal(path)
    else:
        np.testing.assert_array_equal(examples.values, X.reshape(4, 6))
        assert examples.labels.tolist() == [1, 0, 0, 1]


@given(content=st.binary(max_size=100))
def test_random_bytes_never_raise_anything_but_a_data_error(scratch: Path, content: bytes) -> None:
    """Alone, after the start of an archive, and between it and its end."""
    tail = npz(x=X, y=Y)[-22:]
    for stored in (content, b"PK\x03\x04" + content, b"PK\x03\x04" + content + tail):
        refusal(written(scratch, stored))
