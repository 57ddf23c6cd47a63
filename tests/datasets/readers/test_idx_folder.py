"""Folders of IDX files as they are published: found, paired, turned the right way up."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mlpstudy.datasets.readers.idx import read_idx_pair
from mlpstudy.datasets.readers.idx_folder import is_idx_set, read_idx_folder
from mlpstudy.errors import DataError

X = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
Y = np.array([2, 0, 0, 2], dtype=np.uint8)


def idx(array: npt.NDArray[np.uint8]) -> bytes:
    """Return an array as an IDX file."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def fill(folder: Path, prefix: str = "", test: str = "t10k", mark: str = "-", end: str = "") -> Path:
    """Write four files."""
    for part, n in (("train", 4), (test, 2)):
        for kind, array, d in (("images", X[:n], 3), ("labels", Y[:n], 1)):
            content = idx(array)
            path = folder / f"{prefix}{part}-{kind}{mark}idx{d}-ubyte{end}"
            path.write_bytes(gzip.compress(content) if end else content)
    return folder


def refusal(path: Path) -> str:
    """Return the line with which a set is refused."""
    with pytest.raises(DataError) as caught:
        read_idx_folder(path)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize("mark", ["-", "."])
@pytest.mark.parametrize("end", ["", ".gz"])
def test_the_four_standard_names_drop_in(tmp_path: Path, mark: str, end: str) -> None:
    """Compressed or not, with a dash or a dot: training and test examples, grey values as they are."""
    examples = read_idx_folder(fill(tmp_path, mark=mark, end=end))
    assert is_idx_set(tmp_path)
    np.testing.assert_array_equal(examples.values, X.reshape(4, 6), strict=True)
    assert (examples.labels.tolist(), examples.class_names, examples.image_shape) == ([1, 0, 0, 1], ("0", "2"), (2, 3))
    assert examples.test is not None
    np.testing.assert_array_equal(examples.test.values, X[:2].reshape(2, 6), strict=True)
    assert examples.test.labels.tolist() == [1, 0]
    assert examples.sha256 == examples.test.sha256


def test_compression_does_not_change_the_hash(tmp_path: Path) -> None:
    """The same arrays are the same data, however they are stored; other labels are other data."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = read_idx_folder(fill(tmp_path / "a")).sha256
    assert read_idx_folder(fill(tmp_path / "b", end=".gz")).sha256 == first
    (tmp_path / "a" / "t10k-labels-idx1-ubyte").write_bytes(idx(Y[1:3]))
    assert read_idx_folder(tmp_path / "a").sha256 != first


def test_emnist_is_turned_the_right_way_up(tmp_path: Path) -> None:
    """Its images are stored transposed; its mapping gives the classes their names."""
    fill(tmp_path, "emnist-letters-", "test", end=".gz")
    examples = read_idx_folder(tmp_path)
    assert examples.image_shape == (3, 2)
    np.testing.assert_array_equal(examples.values, X.transpose(0, 2, 1).reshape(4, 6), strict=True)
    assert examples.class_names == ("0", "2")
    (tmp_path / "emnist-letters-mapping.txt").write_text("0 65 97\n1 66 98\n2 67 99\n")
    assert read_idx_folder(tmp_path).class_names == ("Aa", "Cc")


def test_of_several_sets_one_is_named_by_its_file(tmp_path: Path) -> None:
    """A folder with two sets is refused with the names; the file of training images names a set."""
    fill(tmp_path, "emnist-letters-", "test")
    fill(tmp_path, "emnist-digits-", "test")
    fix = f"fix: name one of them: {tmp_path}/emnist-digits-train-images-idx3-ubyte"
    assert refusal(tmp_path).endswith(fix)
    assert len(read_idx_folder(tmp_path / "emnist-digits-train-images-idx3-ubyte")) == 4


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    """The line says which files there must be."""
    assert not is_idx_set(tmp_path)
    assert "hold train-images-idx3-ubyte and the three files beside it" in refusal(tmp_path)
    assert "be a folder of IDX files" in refusal(tmp_path / "other")


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
def test_a_missing_file_and_one_there_twice_are_refused(tmp_path: Path, name: str) -> None:
    """By name."""
    fill(tmp_path)
    (tmp_path / f"{name}.gz").write_bytes(b"")
    assert f"hold {name} once" in refusal(tmp_path)
    (tmp_path / f"{name}.gz").unlink()
    (tmp_path / name).unlink()
    assert f"hold {name} once, gzip-compressed or not, got no such file" in refusal(tmp_path)


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """A link within the folder is read; one that leads out of it, or nowhere, is one line."""
    folder = tmp_path / "set"
    folder.mkdir()
    fill(folder)
    (folder / name).rename(folder / "moved")
    (folder / name).symlink_to("moved")
    assert len(read_idx_folder(folder)) == 4
    (folder / "moved").rename(tmp_path / "moved")
    (folder / name).unlink()
    (folder / name).symlink_to(tmp_path / "moved")
    assert "a symbolic link that leads out of it" in refusal(folder)
    (tmp_path / "moved").unlink()
    assert "no such file" in refusal(folder)


@pytest.mark.parametrize(
    ("name", "array", "told"),
    [
        ("train-labels-idx1-ubyte", Y[:3], "hold one label for each of the 4 examples"),
        ("t10k-labels-idx1-ubyte", Y[:1], "hold one label for each of the 2 examples"),
        (
            "t10k-labels-idx1-ubyte",
            np.array([2, 7], np.uint8),
            "label 1 must be a class of the training examples, got '7'",
        ),
        ("t10k-images-idx3-ubyte", X.reshape(4, 3, 2)[:2], "hold images of (2, 3) pixels"),
        ("train-images-idx3-ubyte", X.reshape(4, 6), "hold images (3 dimensions)"),
        ("train-labels-idx1-ubyte", Y.reshape(2, 2), "hold one label for each"),
    ],
)
def test_files_that_do_not_fit_each_other_are_refused(
    tmp_path: Path, name: str, array: npt.NDArray[np.uint8], told: str
) -> None:
    """Counts, classes, shapes."""
    fill(tmp_path)
    (tmp_path / name).write_bytes(idx(array))
    assert told in refusal(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0 65\n2", "line 2 must be a label and codes of characters"),
        ("0 x", "line 1 must be a label and codes"),
        ("0 65\n2 27", "line 2 must name printable characters"),
        ("0 65", "name every label once, got none for 2"),
        ("0 65\n2 65", "one name for two of them"),
        ("0 65\n" * 20_000, "be at most 65536 bytes"),
    ],
)
def test_a_bad_mapping_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """By line."""
    fill(tmp_path, "emnist-letters-", "test")
    (tmp_path / "emnist-letters-mapping.txt").write_text(text)
    assert told in refusal(tmp_path)


def test_a_pair_of_files_is_read_alone(tmp_path: Path) -> None:
    """Any two files, under any names."""
    (tmp_path / "a").write_bytes(idx(X))
    (tmp_path / "b").write_bytes(idx(Y))
    examples = read_idx_pair(tmp_path / "a", tmp_path / "b")
    np.testing.assert_array_equal(examples.values, X.reshape(4, 6), strict=True)
    assert examples.test is None
