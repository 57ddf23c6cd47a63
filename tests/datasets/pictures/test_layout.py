"""How folders of pictures are laid out: splits and classes are found, junk is passed over with a count, guesses asked.

Nothing is decoded here: a file with the ending of a picture is one.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from mlpstudy.datasets.pictures.layout import Layout, find_layout, find_layout_of_one_split
from mlpstudy.datasets.pictures.splits import SplitFolder
from mlpstudy.errors import DataError


def made(root: Path, names: str) -> Path:
    """Make files of a byte, and folders where a name ends in a slash."""
    for name in names.split():
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if "EMPTY" in name else b"x")
    return root


def shown(part: SplitFolder | None) -> str:
    """Return the classes of a split with their numbers of pictures."""
    return "" if part is None else " ".join(f"{folder.class_name}:{folder.n_pictures}" for folder in part.classes)


def splits(layout: Layout) -> tuple[str, str, str]:
    """Return the classes of every split with their numbers of pictures."""
    return shown(layout.train), shown(layout.validation), shown(layout.test)


BOTH = "{0}/cat/1.png {0}/cat/2.PNG {0}/dog/1.jpg"
OF_BOTH = "cat:2 dog:1"


def every(*folders: str) -> str:
    """Return pictures of two classes in each of some folders."""
    return " ".join(BOTH.format(folder) for folder in folders)


@pytest.mark.parametrize(
    ("folders", "has_validation", "has_test"),
    [
        (("train", "test"), False, True),
        (("train", "val"), True, False),
        (("train", "val", "test"), True, True),
        (("Train", "VALID", "Testing"), True, True),
        (("training", "validation", "TEST"), True, True),
        (("training_set", "test_set"), False, True),
        (("trainSet", "testSet"), False, True),
        (("Train-Data", "Test-Data"), False, True),
        (("train_images", "val-images", "test.images"), True, True),
        (("seg_train", "seg_test"), False, True),
        (("train2017", "val2017"), True, False),
        (("data/train", "data/test"), False, True),
        (("a/b/c/train", "a/b/c/valid"), True, False),
        (("seg_train/seg_train", "seg_test/seg_test"), False, True),
        (("archive/Training/Training", "archive/Testing/Testing"), False, True),
    ],
)
def test_splits_are_found_by_their_names(
    tmp_path: Path, folders: tuple[str, ...], has_validation: bool, has_test: bool
) -> None:
    """In any case, with words beside them, some levels down: they are splits and no classes."""
    layout = find_layout(made(tmp_path, every(*folders)))
    assert splits(layout) == (OF_BOTH, OF_BOTH * has_validation, OF_BOTH * has_test)
    assert (
        f"3 training images from {folders[0].removesuffix('/seg_train').removesuffix('/Training')}" in layout.notes[0]
    )


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        ("cat/1.png dog/1.png", "cat:1 dog:1"),
        ("photos/cat/1.png photos/dog/1.png", "cat:1 dog:1"),
        ("train/cat/1.png train/dog/1.png", "cat:1 dog:1"),
        ("cat/a/1.png cat/b/2.png dog/3.png", "cat:2 dog:1"),
        ("bus/1.png train/1.png plane/1.png", "bus:1 plane:1 train:1"),
        ("train_station/1.png test_tube/1.png", "test_tube:1 train_station:1"),
        ("test_model/1.png train_model/1.png", "test_model:1 train_model:1"),
        ("constraint/1.png contest/1.png", "constraint:1 contest:1"),
    ],
)
def test_what_is_no_split_is_a_class(tmp_path: Path, names: str, classes: str) -> None:
    """Also a train among other vehicles; folders within a class belong to it; a folder that is alone is looked into."""
    assert splits(find_layout(made(tmp_path, names))) == (classes, "", "")


def test_what_was_made_of_a_folder_is_said(tmp_path: Path) -> None:
    """A level down, folders within classes, and a class that is named like a split."""
    root = made(tmp_path, "deep/cat/1.png deep/dog/a/1.png")
    where = f"{root}: the images are those in {root}/deep"
    assert find_layout(root).notes == (
        where,
        f"{root}: 1 of 2 images lie in folders within those of the classes, and belong to these",
    )
    line = f"{root}/x: train is taken for a class: images lie in it, no folders of classes"
    assert find_layout(made(root / "x", "bus/1.png train/1.png")).notes == (line,)


def test_junk_is_passed_over_with_a_count(tmp_path: Path) -> None:
    """In the folder, in a split and in a class: what systems leave, what is empty or hidden, what is no picture."""
    junk = (
        *("__MACOSX/._1.png", "._2.png", ".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir/1.png/2.png", "README.txt"),
        *("__pycache__/1.png", ".ipynb_checkpoints/1.png", ".hidden/1.png", "empty/", "EMPTY.png"),
    )
    where = ("", "train/", "train/cat/", "test/dog/")
    every_junk = " ".join(f"{place}{name}" for place in where for name in junk)
    root = made(tmp_path, f"{every('train', 'test')} {every_junk}")
    layout = find_layout(root)
    assert splits(layout) == (OF_BOTH, "", OF_BOTH)
    (line,) = layout.notes[1:]
    assert line.startswith(f"{root}: passed over are ")
    for kind in (".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir", "__MACOSX", "__pycache__", "._*", ".txt"):
        assert f"{kind} (4)" in line
    assert "hidden (8)" in line
    assert "empty files (4: EMPTY.png, test/dog/EMPTY.png, train/EMPTY.png and 1 more)" in line
    assert "empty folders (4: empty, test/dog/empty, train/cat/empty and 1 more)" in line


def test_what_lies_beside_is_named(tmp_path: Path) -> None:
    """Folders beside the splits, loose pictures, tables, folders without pictures, pictures that are not decoded."""
    names = " 1.png labels.csv LICENSE docs/a.txt train/owl/ unlabelled/1.png train/cat/3.heic train/4.png"
    layout = find_layout(made(tmp_path, every("train", "val") + names))
    assert splits(layout) == (OF_BOTH, OF_BOTH, "")
    passed = (
        "LICENSE (1), .csv (1), images in no folder of a class (2), empty folders (1: train/owl)"
        " and folders without images (1: docs)"
    )
    assert [line.removeprefix(f"{tmp_path}: ") for line in layout.notes[1:]] == [
        "unlabelled is passed over, a folder of 1 image beside the splits",
        f"passed over are {passed}",
        "pictures that are not read are passed over: .heic (1); save them as PNG or JPEG",
    ]


def test_a_class_in_a_split_may_be_called_like_one(tmp_path: Path) -> None:
    """What are splits is decided once: the folders in them are classes."""
    names = " ".join(f"{split}/{name}/1.png" for split in ("train", "test") for name in ("train", "test", "cat"))
    layout = find_layout(made(tmp_path, names))
    assert splits(layout) == ("cat:1 test:1 train:1", "", "cat:1 test:1 train:1")


def test_splits_are_found_beside_other_folders(tmp_path: Path) -> None:
    """A level down too, where folders of other images lie beside theirs: these are passed over by name."""
    layout = find_layout(made(tmp_path, every("data/Train", "data/Test") + " figures/1.png figures/a/2.png docs/a.txt"))
    assert splits(layout) == (OF_BOTH, "", OF_BOTH)
    assert layout.notes == (
        f"{tmp_path}: 3 training images from data/Train and 3 test images from data/Test",
        f"{tmp_path}: figures is passed over, a folder of 2 images beside the splits",
        f"{tmp_path}: passed over are folders without images (1: docs)",
    )


@pytest.mark.parametrize("inner", ["", "test/", "unknown/", "Images/", "testSet/"])
def test_test_images_without_classes_are_passed_over(inner: str, tmp_path: Path) -> None:
    """They cannot test: they are said to be there, and test images are held out as without them."""
    layout = find_layout(made(tmp_path, every("train") + f" test/{inner}1.png test/{inner}2.png"))
    assert splits(layout) == (OF_BOTH, "", "")
    assert layout.notes[1].endswith(
        ": test is passed over, since its images (2) lie in no folders of classes: predict takes them"
    )


def test_names_are_composed(tmp_path: Path) -> None:
    """The names of classes are in NFC, however a system wrote those of the folders."""
    for split, form in (("train", "NFD"), ("test", "NFC")):
        for name in ("Käse", "Brot"):
            made(tmp_path, f"{split}/{unicodedata.normalize(form, name)}/1.png")  # type: ignore[arg-type]  # a form
    layout = find_layout(tmp_path)
    assert splits(layout) == ("Brot:1 Käse:1", "", "Brot:1 Käse:1")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            "cat/1 dog/2",
            r"got no image, but 2 other files: images have names that end in \.png, .*, fix: .*/cat/1\.png",
        ),
        ("1.png 2.png", r"must have one folder of images a class, got 2 images in no folder, fix: .*/cat/1\.png"),
        ("a.txt b/", "must have one folder of images a class, got no image, but 1 other file"),
        ("1.heic", r"must have one folder of images a class, got pictures in forms that are not read \(\.heic\)"),
        ("train/1.png test/1.png", "train must have one folder of images a class, got 1 image in no folder"),
        (every("test"), "must have a folder of training images beside test, got 'none', fix: .*/train/cat/1.png"),
        (every("test", "val"), "must have a folder of training images beside test and val"),
        (
            every("test") + " cat/1.png dog/1.png",
            "a folder of training images beside test, got cat and dog, fix: move cat and dog into .*/train",
        ),
        (every("test", "trainval"), "training images beside test, got 'trainval', fix: the name train for trainval"),
        (
            "cat/1.png dog/1.png test/1.png",
            "training images beside test, got cat and dog, fix: another name for test where it is a class",
        ),
        (every("train", "Training"), "must have one folder of training images, got Training and train"),
        (
            every("train", "extra"),
            'a folder a class, or a folder a split, got the folder train beside extra, fix: path = ".*/train"',
        ),
        (
            "cat/train/1.png cat/test/1.png dog/train/1.png",
            "cat must be the folder of a class, got the folders test and train in it, fix: test/cat instead",
        ),
        (
            every("fold1/train", "fold1/test", "fold2/train"),
            'fold1 must be the folder of a class, .*, fix: path = ".*/fold1"',
        ),
        ("cat/1.png dog/1.heic dog/2.heic", r"dog must hold images, got 2 pictures in forms that are not read"),
        ("/".join(["d"] * 60) + "/1.png", "must have at most 50 folders within each other"),
    ],
)
def test_what_would_be_a_guess_is_asked(tmp_path: Path, names: str, message: str) -> None:
    """One line says what must be there, what is, and what to do."""
    with pytest.raises(DataError, match=message):
        find_layout(made(tmp_path, names))


def test_a_folder_of_one_split(tmp_path: Path) -> None:
    """Its single class is looked for, not looked into; a folder with several splits is refused with their names."""
    known = ("cat", "dog")
    for i, names in enumerate(("cat/a/1.png", "test/cat/a/1.png", "x/y/cat/1.png", "cat/1.png empty/")):
        assert shown(find_layout_of_one_split(made(tmp_path / str(i), names), known).train) == "cat:1"
    root = made(tmp_path / "both", every("train", "test"))
    message = "must hold the images of one split, got the folders test and train, fix: one of them: .*/test or .*/train"
    with pytest.raises(DataError, match=message):
        find_layout_of_one_split(root, known)
    assert shown(find_layout_of_one_split(root / "test", known).train) == OF_BOTH


@pytest.mark.parametrize(
    ("names", "fixed"),
    [
        ("1.png 2.png", {"1.png": "cat/1.png", "2.png": "dog/2.png"}),
        ("train/1.png train/2.png test/1.png", {"train/1.png": "train/cat/1.png", "train/2.png": "train/dog/2.png"}),
        (every("test") + " cat/1.png dog/1.png", {"cat": "train/cat", "dog": "train/dog"}),
        ("cat/1.png dog/1.png test/1.png", {"test": "exams"}),
        (every("test", "trainval"), {"trainval": "train"}),
        (every("train", "Training"), {"Training": "../elsewhere"}),
        (every("train", "extra"), {"train": "locomotives"}),
        ("cat/train/1.png cat/test/1.png dog/train/1.png", {f"cat/{s}": f"{s}/cat" for s in ("test", "train")}),
        ("cat/1.png dog/1.heic dog/2.heic", {"dog/1.heic": "dog/1.jpg"}),
    ],
)
def test_what_a_line_says_is_to_be_done_helps(tmp_path: Path, names: str, fixed: dict[str, str]) -> None:
    """A folder that is refused is read once files and folders have been moved or renamed as its line says."""
    root = made(tmp_path / "root", names)
    with pytest.raises(DataError):
        find_layout(root)
    for old, new in fixed.items():
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        (root / old).rename(root / new)
    if (root / "dog/train").is_dir():
        (root / "dog/train").rename(root / "train/dog")
    assert find_layout(root).train.n_pictures


def test_a_folder_that_a_line_names_is_a_path(tmp_path: Path) -> None:
    """The training images, or one data set of several, can be named instead."""
    root = made(tmp_path, f"{every('x/train', 'x/extra')} {every('y/one/train', 'y/one/test', 'y/two/train')}")
    for refused, named in (("x", "x/train"), ("y", "y/one")):
        with pytest.raises(DataError, match=f'fix: path = "{root / named}"'):
            find_layout(root / refused)
        assert shown(find_layout(root / named).train) == OF_BOTH
