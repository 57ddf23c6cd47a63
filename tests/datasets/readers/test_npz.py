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
from mlpstudy.datasets.readers.npz import read_npz, read_npz_rows
from mlpstudy.errors import DataError

X = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
Y = np.array([3, 1, 1, 3])


def written(folder: Path, content: bytes) -> Path:
    """Write a file."""
    path = folder / "data.npz"
    path.write_bytes(content)
    return path


refusal = partial(refusal_of, read_npz)


PAIRS = [("x", "y"), ("X", "y"), ("features", "labels"), ("x_train", "y_train"), ("images", "labels")]
PAIRS += [("data", "target"), ("data", "labels"), ("features", "targets"), ("inputs", "outputs"), ("arr_0", "arr_1")]
PAIRS += [
    ("x_test", "y_test"),
    ("val_images", "val_labels"),
    ("train_images", "train_labels"),
    ("Xtrain", "ytrain"),
    ("training/x", "training/y"),
    ("arr_0", "y"),
]


@pytest.mark.parametrize("keys", PAIRS)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_reads_what_numpy_saves(tmp_path: Path, keys: tuple[str, str], save: Any) -> None:
    """Features and labels under any of the known names, compressed or not, beside other arrays."""
    path = tmp_path / "data.npz"
    others = {} if keys[1] == "arr_1" else {"Other": np.ones(3), "names": np.array(["a", "b"])}
    save(path, **{keys[0]: X, keys[1]: Y}, **others)
    examples = read_npz(path)
    assert any("not used: Other and names" in line for line in examples.warnings) == bool(others)
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


VALIDATION = ["x_val", "x_valid", "X_validation", "x_dev", "val_x", "validation_images", "Xval", "valid-features"]


@pytest.mark.parametrize("key", VALIDATION)
def test_reads_validation_examples(tmp_path: Path, key: str) -> None:
    """Under every name that people give them; they do not change the hash of the others."""
    labels = key.replace("images", "labels").replace("features", "labels").replace("X", "y").replace("x", "y")
    arrays = {"x_train": X, "y_train": Y, "x_test": X, "y_test": Y}
    without = read_npz(written(tmp_path, npz(**arrays)))
    examples = read_npz(written(tmp_path, npz(**arrays, **{key: X[:3] + 1, labels: Y[:3, None]})))
    assert examples.validation is not None
    np.testing.assert_array_equal(examples.validation.values, X[:3].reshape(3, 6) + 1)
    assert examples.validation.labels.tolist() == [1, 0, 0]
    assert (examples.sha256, examples.warnings) == (without.sha256, ())
    assert examples.validation.sha256 not in {examples.sha256, ""}


def test_reads_what_medmnist_publishes(tmp_path: Path) -> None:
    """Three splits, labels in a column of bytes."""
    parts = {"train": X, "val": X[:3], "test": X[:2]}
    images = {f"{split}_images": part for split, part in parts.items()}
    labels = {f"{split}_labels": Y[: len(part), None].astype(np.uint8) for split, part in parts.items()}
    examples = read_npz(written(tmp_path, npz(**images, **labels)))
    assert examples.test is not None
    assert examples.validation is not None
    assert (len(examples), len(examples.validation), len(examples.test)) == (4, 3, 2)
    assert examples.class_names == ("1", "3")


HOT = np.eye(2)[Y // 3]
ORDERS = {
    "one split after the other": (X, Y, X[:3], Y[:3]),
    "features, then labels": (X, X[:3], Y, Y[:3]),
    "labels first": (Y, X, Y[:3], X[:3]),
    "one-hot rows, one split after the other": (X, HOT, X[:3], HOT[:3]),
    "one-hot rows behind the features": (X, X[:3], HOT, HOT[:3]),
}


@pytest.mark.parametrize("arrays", ORDERS.values(), ids=ORDERS)
def test_arrays_without_names_are_told_by_their_shapes(tmp_path: Path, arrays: tuple[npt.NDArray[Any], ...]) -> None:
    """Whatever the order, the first features belong to the first labels; a line says what was taken for what."""
    path = tmp_path / "data.npz"
    np.savez(path, *arrays)
    examples = read_npz(path)
    assert examples.test is not None
    np.testing.assert_array_equal(examples.values, X.reshape(4, 6))
    assert (examples.labels.tolist(), examples.test.labels.tolist()) == ([1, 0, 0, 1], [1, 0, 0])
    assert "its arrays have no names: arr_" in examples.warnings[0]


@pytest.mark.parametrize(
    ("extra", "line"),
    [
        ({"x_test": X}, "x_test is not used, since it has no labels"),
        ({"Y_val": Y}, "Y_val is not used, since it has no features"),
        ({"x": X, "y": Y}, "not used: x and y"),
        ({"target_names": Y}, "not used: target_names"),
        ({str(i): Y for i in range(9)}, "not used: 0, 1, 2, 3, 4, 5 and 3 more"),
        ({"objects": np.array([None] * 4)}, "not used: objects"),
    ],
)
def test_what_is_not_used_is_named(tmp_path: Path, extra: dict[str, npt.NDArray[Any]], line: str) -> None:
    """It is not opened; no line where all is used."""
    path = written(tmp_path, npz(x_train=X, y_train=Y, **extra))
    assert read_npz(path).warnings == (f"{path}: {line}",)
    assert read_npz(written(tmp_path, npz(x_train=X, y_train=Y))).warnings == ()


def test_of_images_and_their_flat_copy_the_images_are_read(tmp_path: Path) -> None:
    """As scikit-learn's sets have both."""
    path = written(tmp_path, npz(data=X.reshape(4, 6), images=X, target=Y))
    examples = read_npz(path)
    assert (examples.image_shape, examples.warnings) == ((2, 3), (f"{path}: not used: data",))


def test_what_was_done_to_every_split_is_said_once(tmp_path: Path) -> None:
    """Colours made grey and one-hot labels; again only for a split that alone has them."""
    colours, hot = np.stack([X, X + 1, X], axis=-1), np.eye(2, dtype=np.uint8)[Y // 3]
    path = written(
        tmp_path, npz(x_train=colours, y_train=hot, x_test=colours[:2], y_test=hot[:2], x_val=X, y_val=Y // 3)
    )
    examples = read_npz(path)
    done = [
        "x_train: all 4 images have colours and are made grey",
        "y_train: one-hot labels in 2 columns are read as classes, 0 to 1",
    ]
    assert examples.warnings == tuple(f"{path}, {line}" for line in done)
    for part in (examples, examples.test, examples.validation):
        assert part is not None
        assert (part.n_features, part.class_names) == (6, ("0", "1"))
    other = read_npz(written(tmp_path, npz(x_train=X, y_train=Y // 3, x_test=colours, y_test=hot)))
    assert other.warnings == tuple(f"{path}, {line.replace('train', 'test')}" for line in done)


def test_rows_to_predict_are_read_with_their_labels(tmp_path: Path) -> None:
    """Features alone, or of one split; what else is there is named, and features of two splits are asked about."""
    rows = read_npz_rows(written(tmp_path, npz(x=X, other=Y)), ("1", "3"))
    np.testing.assert_array_equal(rows.values, X.reshape(4, 6))
    assert (rows.labels, rows.warnings) == (None, (f"{tmp_path / 'data.npz'}: not used: other",))
    labelled = read_npz_rows(written(tmp_path, npz(x_test=X, y_test=Y)), ("3", "1"))
    assert labelled.labels is not None
    assert labelled.labels.tolist() == [0, 1, 1, 0]
    with pytest.raises(DataError, match="features of one set of rows, got the arrays x_train and x_test, fix:"):
        read_npz_rows(written(tmp_path, npz(x_train=X, x_test=X)), ("1", "3"))
    with pytest.raises(DataError, match=r"features of one set of rows, got the array a, fix: numpy\.savez"):
        read_npz_rows(written(tmp_path, npz(a=X)), ("1", "3"))


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
        (
            {"a": X, "b": Y},
            r"must hold features and labels \(x and y, .*\), got the arrays a, b, fix: numpy.savez\(path, x=",
        ),
        ({"embeddings": X, "labels": Y}, r"got the arrays embeddings, labels, fix: the features too: numpy.savez"),
        ({"x": X}, r"got the array x, fix: the labels too: numpy.savez\(path, x=\.\.\., y=\.\.\.\)"),
        (
            {"images": X, "inputs": X, "target": Y},
            "must hold one array of features, got images and inputs, fix: numpy.savez",
        ),
        ({"x_test": X, "y_test": Y, "x_val": X, "y_val": Y}, "must hold features and labels"),
        ({"arr_0": X, "arr_1": Y, "arr_2": Y}, "got the arrays arr_0, arr_1, arr_2, fix: names: numpy"),
        ({"x_train": X, "y_train": Y, "x_val": X, "y_val": Y + 1}, "y_val: label 0 must be a class of the training"),
        (
            {"x_train": X, "y_train": Y, "x_test": X.reshape(4, 3, 2), "y_test": Y},
            r"x_test must have 6 features of shape \(2, 3\), as x_train has, got 6 of shape \(3, 2\)",
        ),
        ({"data": X, "indices": Y, "indptr": Y, "shape": Y}, r"fix: libsvm text, or data=\(matrix, labels\) in Python"),
        ({"x": X, "X": X, "y": Y}, "arrays of distinct names"),
        ({"x_train": X, "y_train": Y, "x_test": X, "y_test": Y + 1}, "y_test: label 0 must be a class of the training"),
        ({"x_train": X, "y_train": Y, "x_test": X[:, :1], "y_test": Y}, "x_test must have 6 features"),
        ({"x_train": X, "y_train": Y, "x_test": X / 99, "y_test": Y}, "x_test must hold whole numbers of 0 to 255"),
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
