"""How a folder of pictures is laid out: which folders are splits, which are classes, and what is passed over.

Splits and classes may lie in a folder that is alone in the one that is given.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.opening.limits import MAX_CLASSES
from mlpstudy.datasets.pictures.notes import layout_notes
from mlpstudy.datasets.pictures.splits import (
    SPLITS,
    Split,
    SplitFolder,
    find_splits,
    has_splits,
    is_unlabelled,
    names_of,
    role_of,
    split_of,
)
from mlpstudy.datasets.pictures.tree import PictureFolder, scan
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import counted, either


@dataclass(frozen=True, slots=True)
class Layout:
    """How a folder is laid out.

    Attributes:
        train: the training pictures; all where there are no splits.
        validation: the validation pictures, where there is a folder of them.
        test: the test pictures, where there is a folder of them.
        notes: what was made of it, a line each.
    """

    train: SplitFolder
    validation: SplitFolder | None
    test: SplitFolder | None
    notes: tuple[str, ...]


def find_layout(root: Path) -> Layout:
    """Return how a folder with training pictures is laid out.

    Raises:
        DataError: there are no pictures, they lie in no folders of classes, or it would be a guess what those are.
    """
    tree = _scanned(root)
    top = _descended(tree)
    splits = find_splits(top)
    if not splits:
        part = SplitFolder(top, _classes(top))
        return Layout(part, None, None, layout_notes(tree, top, {"train": part}, {}))
    train = _descended(splits["train"])
    parts: dict[Split, SplitFolder] = {"train": SplitFolder(train, _classes(train))}
    known = [folder.class_name for folder in parts["train"].classes]
    for split in SPLITS[1:]:
        folder = _unwrapped(splits[split], known) if split in splits else None
        is_flat = folder is not None and split == "test" and is_unlabelled(folder, known)
        if folder is not None and folder.full and not is_flat:
            parts[split] = SplitFolder(folder, _classes(folder))
    return Layout(parts["train"], parts.get("validation"), parts.get("test"), layout_notes(tree, top, parts, splits))


def find_layout_of_one_split(root: Path, known: Collection[str]) -> Layout:
    """Return how a folder is laid out that holds the pictures of one split.

    Args:
        root: the folder.
        known: the classes of the training pictures.

    Raises:
        DataError: as ``find_layout``, or there are several splits.
    """
    tree = _scanned(root)
    top = _unwrapped(tree, known)
    splits = [folder for folder in top.full if split_of(folder) is not None and folder.class_name not in known]
    if splits:
        found = f"the folders {names_of(splits)}"
        fix = f"one of them: {either(path_text(folder.path) for folder in splits)}"
        raise DataError(must(path_text(root), "hold the images of one split", found, fix))
    part = SplitFolder(top, _classes(top))
    return Layout(part, None, None, layout_notes(tree, top, {"train": part}, {}))


def _scanned(root: Path) -> PictureFolder:
    """Return what is in a folder; links are followed where they are folders of splits or of classes."""
    return scan(root, lambda folder: folder == root or role_of(folder.name) is not None)


def _descended(folder: PictureFolder) -> PictureFolder:
    """Return the folder itself, or the one in it that splits or classes lie in, however deep.

    It is the one that is alone there and holds folders, or that alone of several holds splits.
    """
    if len(folder.full) == 1:
        (inner,) = folder.full
        return _descended(inner) if not inner.pictures and split_of(inner) in {None, "train"} else folder
    if not has_splits(folder):
        speaking = [inner for inner in folder.full if any(split_of(each) and each.n_pictures for each in inner.walk())]
        if len(speaking) == 1 and has_splits(found := _descended(speaking[0])):
            return found
    return folder


def _unwrapped(folder: PictureFolder, known: Collection[str]) -> PictureFolder:
    """Do the same where a single class is no fault: a folder that is named like a class is one."""
    while len(folder.full) == 1 and not folder.full[0].pictures and folder.full[0].class_name not in known:
        folder = folder.full[0]
    return folder


def _classes(top: PictureFolder) -> tuple[PictureFolder, ...]:
    """Return the folders of the classes.

    Raises:
        DataError: there are none, too many, or one that cannot be the folder of a class.
    """
    if not top.full:
        raise _no_classes(top)
    if len(top.full) > MAX_CLASSES:
        raise DataError(must(path_text(top.path), f"have at most {MAX_CLASSES} folders", len(top.full)))
    for folder in top.folders:
        _check_class(folder)
    return top.full


def _no_classes(top: PictureFolder) -> DataError:
    """Return the error of a folder without folders of pictures."""
    not_read = top.all_not_read()
    found = "none"
    if top.pictures:
        found = f"{counted(len(top.pictures), 'image')} in no folder"
    elif not_read:
        found = f"pictures in forms that are not read ({', '.join(sorted(not_read))})"
    elif n_others := sum(folder.others.total() for folder in top.walk()):
        found = (
            f"no image, but {counted(n_others, 'other file')}: images have names that end in .png, .jpg or their like"
        )
    fix = ", ".join(path_text(Path(top.path.name, file)) for file in ("cat/1.png", "dog/2.png"))
    return DataError(must(path_text(top.path), "have one folder of images a class", found, f"{fix}, ..."))


def _check_class(folder: PictureFolder) -> None:
    """Refuse the folder of a class of which no picture would be read, and one with splits of its own."""
    not_read = folder.all_not_read()
    if not folder.n_pictures and not_read.total() > folder.others.total():
        forms = ", ".join(sorted(not_read))
        found = f"{counted(not_read.total(), 'picture')} in forms that are not read ({forms})"
        raise DataError(must(path_text(folder.path), "hold images", found, "save them as PNG or JPEG"))
    splits = {split_of(inner): inner for inner in folder.full if split_of(inner) is not None}
    if len(splits) > 1:
        inner = next(iter(splits.values()))
        fix = f"{inner.name}/{folder.name} instead of {folder.name}/{inner.name}"
        if inner.full:
            fix = f'path = "{path_text(folder.path)}", or a single folder of each split'
        found = f"the folders {names_of(list(splits.values()))} in it"
        raise DataError(must(path_text(folder.path), "be the folder of a class", found, fix))
