"""Folders of images by class: any size and mode, hidden files left out, nothing read from elsewhere."""

from __future__ import annotations

import unicodedata
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
    """No folder of a class, a single class, an image that cannot be decoded."""
    write(tmp_path / "flat" / "1.png")
    with pytest.raises(DataError, match="must have one folder of images a class, got 1 image in no folder"):
        read_image_folder(tmp_path / "flat")
    write(tmp_path / "data" / "a" / "1.png")
    with pytest.raises(DataError, match="must have at least two classes"):
        read_image_folder(tmp_path / "data")
    (tmp_path / "data" / "b").mkdir()
    with pytest.raises(DataError, match="must have at least two classes, got the folder a alone"):
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


def of_splits(root: Path, **n_by_split: int) -> Path:
    """Save pictures of two classes in folders of splits."""
    for split, n in n_by_split.items():
        for i in range(n):
            write(root / split / "ab"[i % 2] / f"{i}.png", seed=i)
    return root


def test_validation_and_test_folders_are_the_validation_and_the_test_set(tmp_path: Path) -> None:
    """Nothing is held out of the training images then; what is named in the study file goes before."""
    root = str(of_splits(tmp_path, Training=20, VALID=6, Testing=8))
    dataset = load(Data(path=root), 0)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (20, 6, 8)
    assert dataset.class_names == ("a", "b")
    valid = read_image_folder(tmp_path / "VALID")
    assert (np.asarray(dataset.validation.raw) == valid.values).all()
    parts = "20 training images from Training, 6 validation images from VALID and 8 test images from Testing"
    assert dataset.warnings[0] == f"{root}: {parts}"
    asked = load(Data(path=root, validation=0.2), 0)
    assert (len(asked.train), len(asked.validation), len(asked.test)) == (16, 4, 8)
    assert any("6 validation examples of its own are not used" in line for line in asked.warnings)
    named = load(Data(path=root, validation=f"{root}/Testing"), 0)
    assert (len(named.train), len(named.validation)) == (20, 8)
    same = load(Data(path=root, validation=f"{root}/VALID"), 0)
    assert (len(same.validation), same.warnings) == (6, dataset.warnings)
    with pytest.raises(DataError, match=r"must be left out, since .* has test examples of its own"):
        load(Data(path=root, test=f"{root}/VALID"), 0)


def test_without_test_folder_test_images_are_held_out(tmp_path: Path) -> None:
    """Those of the validation folder are no test images."""
    root = of_splits(tmp_path, train=20, val=6)
    dataset = load(Data(path=str(root)), 0)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (16, 6, 4)


def test_a_folder_for_the_test_has_no_splits(tmp_path: Path) -> None:
    """A folder that holds several splits is no test set; one of them is, as the line says."""
    train, other = of_splits(tmp_path / "x", train=20), of_splits(tmp_path / "y", train=4, test=4)
    path = str(train / "train")
    with pytest.raises(DataError, match=r"y must hold the images of one split, got .*, fix: one of them: .*y/test or"):
        load(Data(path=path, test=str(other)), 0)
    assert len(load(Data(path=path, test=str(other / "test")), 0).test) == 4


def test_every_split_may_lack_a_class_of_the_training_images(tmp_path: Path) -> None:
    """It is named; a class that the training images lack is refused, with what it was probably to be called."""
    of_splits(tmp_path, train=20, val=6, test=6)
    (tmp_path / "val" / "b").rename(tmp_path / "val" / "B")
    message = r'val/B must be a class of the training images, got none of a, b, fix: the name "b"'
    with pytest.raises(DataError, match=message):
        read_image_folder(tmp_path)
    (tmp_path / "val" / "B").rename(tmp_path / "elsewhere")
    (tmp_path / "test" / "b").rename(tmp_path / "test" / "c")
    with pytest.raises(DataError, match=r"test/c must be a class .*, fix: training images of it, or move the folder"):
        read_image_folder(tmp_path)
    (tmp_path / "test" / "c").rename(tmp_path / "c")
    lines = load(Data(path=str(tmp_path)), 0).warnings
    assert [line for line in lines if "nothing is measured" in line] == [
        f'{tmp_path}: class "b" has no {split} example, so nothing is measured of it'
        for split in ("test", "validation")
    ]


def test_names_that_differ_in_composition_are_one_class(tmp_path: Path) -> None:
    """Between the splits, and in one folder, where it is said; likewise numbers with zeros before them."""
    for form in ("NFC", "NFD"):
        write(tmp_path / "food" / unicodedata.normalize(form, "K\u00e4se") / "1.png")
    write(tmp_path / "food" / "Brot" / "1.png")
    read = read_image_folder(tmp_path / "food")
    assert read.class_names == ("Brot", "K\u00e4se")
    assert read.labels.tolist() == [0, 1, 1]
    line = 'food, folders: labels that differ only in their Unicode form are one class: "K\u00e4se"'
    assert read.warnings[0].endswith(line)
    for name in ("1", "01", "2"):
        write(tmp_path / "numbers" / name / "1.png")
    line = 'numbers, folders: numbers that are written in several ways are one class: "1"'
    assert read_image_folder(tmp_path / "numbers").warnings[0].endswith(line)


def test_what_is_done_to_images_is_said(tmp_path: Path) -> None:
    """How many had colours, which grey pictures with three channels have not, and that sizes were made one."""
    grey = write(tmp_path / "a" / "1.png", (8, 6))
    Image.fromarray(grey).convert("RGB").save(tmp_path / "a" / "2.png")
    for name in ("1.png", "3.png"):
        write(tmp_path / "b" / name, (8, 6, 3))
    Image.fromarray(np.stack([grey, grey, 255 - grey], axis=2)).save(tmp_path / "a" / "3.png")
    root = str(tmp_path)
    assert read_image_folder(tmp_path).warnings == (f"{root}: 3 of 5 images have colours and are made grey",)
    write(tmp_path / "b" / "2.png", (9, 6))
    line = f"{root}: images of 2 sizes are resized to 8 x 6, as data.image_size can say otherwise"
    assert read_image_folder(tmp_path).warnings[1:] == (line,)
    assert len(read_image_folder(tmp_path, (4, 4)).warnings) == 1


def test_of_several_pages_the_first_is_read(tmp_path: Path) -> None:
    """Which is said, with the number of such files."""
    pages = [Image.new("L", (4, 4), grey) for grey in (10, 20)]
    for name in ("a/1.tif", "a/2.png", "b/1.gif"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        pages[0].save(path, save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "b" / "2.tif")
    read = read_image_folder(tmp_path)
    assert (images(read) == 10).all()
    assert read.warnings == (f"{tmp_path}: of 3 files of several pages or frames the first is read",)


def test_links_between_folders_of_the_folder_stand_for_no_more_than_themselves(tmp_path: Path) -> None:
    """A link that is the folder of a class is followed, those in such a folder are not, so that none leads round."""
    write(tmp_path / "a" / "1.png")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    read = read_image_folder(tmp_path)
    assert read.class_names == ("a", "b")
    assert len(read) == 2
    write(tmp_path / "c" / "train" / "a" / "1.png")
    write(tmp_path / "c" / "train" / "b" / "1.png")
    (tmp_path / "c" / "train" / "d").symlink_to(tmp_path / "c")
    assert read_image_folder(tmp_path / "c").class_names == ("a", "b", "d")
