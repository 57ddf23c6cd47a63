"""Files of one's own in every format, with test and validation examples from files of their own."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from datasets.writing import MINE, csv, load_text, npy, numbers, people, same, sparse, write
from mlpstudy.datasets import Given, load
from mlpstudy.datasets.named.mnist import FOLDER
from mlpstudy.errors import DataError
from mlpstudy.study import Data


def test_files_and_arrays_give_the_same_data(tmp_path: Path) -> None:
    """NPY, NPZ and Python hand over the same numbers, and the same splits come out."""
    x, y = numbers()
    of_code = load(MINE, 0, Given.of((x, y)))
    pair = (npy(tmp_path, "x.npy", x), npy(tmp_path, "y.npy", y))
    same(load(Data(path=pair), 0), of_code)
    np.savez(tmp_path / "xy.npz", x=x, y=y)
    same(load(Data(path=str(tmp_path / "xy.npz")), 0), of_code)


def test_files_of_test_examples(tmp_path: Path) -> None:
    """A pair of files for the test: nothing is held out for it, and its labels are those of the training classes."""
    x, y = numbers()
    pair = (npy(tmp_path, "x.npy", x), npy(tmp_path, "y.npy", y))
    test = (npy(tmp_path, "tx.npy", x[:7] + 1), npy(tmp_path, "ty.npy", [2, 2, 1, 2, 2, 1, 2]))
    dataset = load(Data(path=pair, test=test), 0)
    assert [len(dataset.train), len(dataset.validation), len(dataset.test)] == [81, 9, 7]
    assert dataset.test.labels.tolist() == [2, 2, 1, 2, 2, 1, 2]
    wrong = (test[0], npy(tmp_path, "wy.npy", [2, 2, 1, 2, 2, 1, 7]))
    with pytest.raises(DataError, match=r'tx\.npy must hold classes of the training examples only, got the class "7"'):
        load(Data(path=pair, test=wrong), 0)
    narrow = (npy(tmp_path, "nx.npy", x[:7, :3]), test[1])
    with pytest.raises(DataError, match=r"nx\.npy must have examples of 4 values, .* got 3 values"):
        load(Data(path=pair, test=narrow), 0)


def _write_npy(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    return npy(folder, "x.npy", x), npy(folder, "y.npy", y)


def _write_npz(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    np.savez(folder / "d.npz", x=x, y=y)
    return str(folder / "d.npz")


def _write_idx(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    for name, values in (("images.idx", x), ("labels.idx", y)):
        head = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">i4").tobytes()
        (folder / name).write_bytes(head + values.tobytes())
    return str(folder / "images.idx"), str(folder / "labels.idx")


def _write_pictures(folder: Path, x: npt.NDArray[np.uint8], y: npt.NDArray[np.uint8]) -> object:
    for i, (image, label) in enumerate(zip(x, y, strict=True)):
        path = folder / "pictures" / str(label) / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return str(folder / "pictures")


@pytest.mark.parametrize("key", ["test", "validation"])
@pytest.mark.parametrize("save", [_write_npy, _write_npz, _write_idx, _write_pictures])
def test_files_of_test_and_validation_examples_may_be_of_one_class(
    save: Callable[[Path, npt.NDArray[np.uint8], npt.NDArray[np.uint8]], object], key: str, tmp_path: Path
) -> None:
    """Its label is the one that the training examples have for it; those alone need two."""
    x = np.random.default_rng(0).integers(0, 256, (20, 4, 4)).astype(np.uint8)
    y = np.arange(20, dtype=np.uint8) % 2 + 3
    main, few = tmp_path / "main", tmp_path / "few"
    paths: dict[Path, Any] = {}
    for folder, rows in ((main, slice(None)), (few, slice(1, 6, 2))):
        folder.mkdir()
        paths[folder] = save(folder, x[rows], y[rows])
    dataset = load(Data(path=paths[main], **{key: paths[few]}), 0)
    assert getattr(dataset, key).labels.tolist() == [1, 1, 1]
    with pytest.raises(DataError, match="must have at least two classes"):
        load(Data(path=paths[few]), 0)


def test_libsvm_files_number_the_test_features_as_the_training_file_does(tmp_path: Path) -> None:
    """A test file may use fewer features, never others; how they are numbered is kept for predictions."""
    lines = [f"{i % 2} 1:{i + 1} {i % 3 + 2}:0.5" for i in range(20)]
    write(tmp_path, "\n".join(lines), "train.libsvm")
    write(tmp_path, "0 1:3\n1 2:0.25\n", "test.libsvm")
    data = Data(path="train.libsvm", test="test.libsvm", validation="test", numeric="none").in_folder(tmp_path)
    dataset = load(data, 0)
    assert sparse(dataset.test).toarray().tolist() == [[3, 0, 0, 0], [0, 0.25, 0, 0]]
    assert dataset.preprocessing is not None
    assert dataset.preprocessing["first_column"] == 1
    assert dataset.validation is dataset.test


def test_files_in_the_format_of_mnist_drop_in(tmp_path: Path) -> None:
    """A folder with MNIST's four files by their names is MNIST; the images alone find their labels."""
    for path in FOLDER.glob("t10k-*.gz"):
        shutil.copy(path, tmp_path)
        shutil.copy(path, tmp_path / path.name.replace("t10k", "train"))
    keys: dict[str, Any] = {"train_examples": 500, "test_examples": 100}
    folder = load(Data(path=str(tmp_path), **keys), 0)
    assert folder.image_shape == (28, 28)
    assert [len(folder.train), len(folder.validation), len(folder.test)] == [450, 50, 100]
    plain = tmp_path / "digits-images-idx3-ubyte"
    for what in ("images-idx3", "labels-idx1"):
        with gzip.open(tmp_path / f"t10k-{what}-ubyte.gz") as file:
            (tmp_path / f"digits-{what}-ubyte").write_bytes(file.read())
    alone = load(Data(path=str(plain), **keys), 0)
    assert [len(alone.train), len(alone.test)] == [450, 100]
    np.testing.assert_array_equal(np.bincount(alone.test.labels, minlength=10).sum(), 100)


def test_a_pair_is_refused_where_one_file_is_needed(tmp_path: Path) -> None:
    """Labels beside a file that has its own would be ignored; features alone have none."""
    path = write(tmp_path, csv(people()))
    with pytest.raises(DataError, match=r"x\.npy must be left out, got labels beside a csv file"):
        load(Data(path=(str(path), npy(tmp_path, "x.npy", [1]))), 0)
    with pytest.raises(DataError, match=r'data\.path must be two NPY files, .* fix: \["x\.npy", "labels\.npy"\]'):
        load(Data(path=str(tmp_path / "x.npy")), 0)


def test_an_image_size_for_a_table_is_refused(tmp_path: Path) -> None:
    """Only images in folders are resized."""
    with pytest.raises(DataError, match=r"data\.image_size must be left out, since only images in folders"):
        load_text(tmp_path, csv(people()), target="rich", image_size=(2, 2))


def test_a_file_of_one_split_has_no_splits_of_its_own(tmp_path: Path) -> None:
    """A file for the test that itself holds training and test examples is refused: which are meant is not known."""
    x, y = numbers()
    np.savez(tmp_path / "all.npz", x=x, y=y)
    np.savez(tmp_path / "both.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    data = Data(path=str(tmp_path / "all.npz"), test=str(tmp_path / "both.npz"))
    with pytest.raises(DataError, match=r"both\.npz must be of one split, got training and test examples"):
        load(data, 0)
