"""Folders of images by class: any size and mode, hidden files left out, nothing read from elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mlpstudy.datasets import load
from mlpstudy.datasets.pictures.digits import resized
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.image_folder import read_image_folder
from mlpstudy.errors import DataError
from mlpstudy.study import Data


def write(
    path: Path, shape: tuple[int, ...] = (8, 6), seed: int = 0
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Save a random picture and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    Image.fromarray(picture).save(path)
    return picture


def images(read: Labelled) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return what was read as images."""
    assert read.image_shape is not None
    return np.asarray(read.values, np.uint8).reshape(-1, *read.image_shape)


def test_folders_are_classes(tmp_path: Path) -> None:
    """Classes are in the order of their names, images in that of theirs; folders within a class belong to it."""
    pictures = [
        write(tmp_path / name, seed=i)
        for i, name in enumerate(("cat/1.png", "cat/deep/2.PNG", "dog/1.bmp", "dog/2.png"))
    ]
    write(tmp_path / ".hidden" / "1.png")
    write(tmp_path / "cat" / ".thumb.png")
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    read = read_image_folder(tmp_path)
    assert read.class_names == ("cat", "dog")
    assert read.labels.tolist() == [0, 0, 1, 1]
    assert read.image_shape == (8, 6)
    assert (images(read) == np.stack(pictures)).all()


def test_sizes_become_one(tmp_path: Path) -> None:
    """A size that is asked for; else the size that all have; else the medians, at most 64."""
    first = write(tmp_path / "a" / "1.png", (100, 200))
    write(tmp_path / "b" / "1.png", (300, 200))
    write(tmp_path / "b" / "2.png", (100, 40))
    read = read_image_folder(tmp_path)
    assert read.image_shape == (32, 64)
    assert (images(read)[0] == resized(first, 32, 64)).all()
    asked = read_image_folder(tmp_path, (5, 9))
    assert asked.image_shape == (5, 9)
    assert asked.sha256 != read.sha256


def test_names_and_bytes_are_in_the_hash(tmp_path: Path) -> None:
    """The same folder has the same hash anywhere; another name or pixel has another."""
    for name in ("one", "two"):
        for file in ("a/1.png", "b/1.png"):
            write(tmp_path / name / file)
    sha256 = read_image_folder(tmp_path / "one").sha256
    assert read_image_folder(tmp_path / "two").sha256 == sha256
    (tmp_path / "two" / "a" / "1.png").rename(tmp_path / "two" / "a" / "2.png")
    assert read_image_folder(tmp_path / "two").sha256 != sha256
    write(tmp_path / "one" / "b" / "1.png", seed=1)
    assert read_image_folder(tmp_path / "one").sha256 != sha256


def test_train_and_test_folders_are_splits(tmp_path: Path) -> None:
    """Where the folders are train and test, classes lie in them, and images take the training images' shape."""
    for split, n, shape in (("train", 10, (9, 9)), ("test", 3, (20, 5))):
        for name in ("a", "b"):
            for i in range(n):
                write(tmp_path / split / name / f"{i}.png", shape, seed=i)
    dataset = load(Data(path=str(tmp_path)), 0)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (18, 2, 6)
    assert dataset.image_shape == (9, 9)
    assert dataset.class_names == ("a", "b")


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    """A symbolic link to a file or a folder elsewhere is refused by name."""
    write(tmp_path / "data" / "a" / "1.png")
    write(tmp_path / "data" / "b" / "1.png")
    write(tmp_path / "secret" / "1.png")
    for link, target in (("b/2.png", "secret/1.png"), ("b/deep", "secret"), ("c", "secret")):
        path = tmp_path / "data" / link
        path.symlink_to(tmp_path / target)
        with pytest.raises(DataError, match=rf"{link} must lie in .*data, got a symbolic link that leads out of it"):
            read_image_folder(tmp_path / "data")
        path.unlink()


def test_bad_folders_get_one_line(tmp_path: Path) -> None:
    """No folder of a class, an empty class, a single class, an image that cannot be decoded."""
    write(tmp_path / "flat" / "1.png")
    with pytest.raises(DataError, match="must have one folder of images a class, got images that are in no folder"):
        read_image_folder(tmp_path / "flat")
    write(tmp_path / "data" / "a" / "1.png")
    with pytest.raises(DataError, match="must have at least two classes"):
        read_image_folder(tmp_path / "data")
    (tmp_path / "data" / "b").mkdir()
    with pytest.raises(DataError, match=r"data/b must hold images \(.*\), got 'none'"):
        read_image_folder(tmp_path / "data")
    (tmp_path / "data" / "b" / "1.png").write_text("no image")
    with pytest.raises(DataError, match=r"data/b/1\.png must be a picture"):
        read_image_folder(tmp_path / "data")
    with pytest.raises(DataError, match="none must be a folder of images"):
        read_image_folder(tmp_path / "none")


def test_the_common_size_is_that_of_upright_pictures(tmp_path: Path) -> None:
    """Pictures that are stored on their side, all or some, give the data that the same pictures stored upright give."""
    exif = Image.Exif()
    exif[0x0112] = 6
    for name in ("a", "b"):
        for i in range(3):
            upright = write(tmp_path / "plain" / name / f"{i}.png", (12, 8), seed=i)
            for kind, is_turned in (("all", True), ("some", i > 0)):
                path = tmp_path / kind / name / f"{i}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                stored = Image.fromarray(np.rot90(upright) if is_turned else upright)
                stored.save(path, exif=exif if is_turned else b"")
    plain = read_image_folder(tmp_path / "plain")
    for kind in ("all", "some"):
        read = read_image_folder(tmp_path / kind)
        assert read.image_shape == (12, 8)
        assert (images(read) == images(plain)).all()
