"""What is said of how a folder of pictures is laid out: its splits, what is passed over, what is one class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path

from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.pictures.splits import SPLITS, WORDS, BySplit, Split, SplitFolder, split_of
from mlpstudy.datasets.pictures.tree import PictureFolder
from mlpstudy.text.words import counted, listed

_KINDS, _NAMES = 20, 3
"""Kinds of what is passed over, and folders or files of a kind, that are named."""


def layout_notes(
    tree: PictureFolder, top: PictureFolder, parts: dict[Split, SplitFolder], splits: BySplit
) -> tuple[str, ...]:
    """Return what was made of a folder, a line each."""
    origin = path_text(tree.path)
    notes = []
    if splits:
        notes.append(_splits_note(tree, parts, splits))
    elif top is not tree:
        notes.append(f"the images are those in {path_text(top.path)}")
    way = {folder for folder in tree.walk() if folder.path in (top.path, *top.path.parents)} | set(splits.values())
    aside = [inner for folder in way - set(splits.values()) if splits for inner in folder.full if inner not in way]
    unlabelled = [folder for split, folder in splits.items() if split not in parts]
    notes += [
        f"{folder.name} is passed over, a folder of {counted(folder.n_pictures, 'image')} beside the splits"
        for folder in aside
    ]
    notes += [
        f"{folder.name} is passed over, since its images ({folder.n_pictures:,}) lie in no folders of classes: predict"
        " takes them"
        for folder in unlabelled
    ]
    classes = [folder for part in parts.values() for folder in part.classes]
    notes += passed_over(tree, set(classes), {*aside, *unlabelled})
    n_deep = sum(folder.n_pictures - len(folder.pictures) for folder in classes)
    if n_deep:
        n = sum(folder.n_pictures for folder in classes)
        notes.append(f"{n_deep:,} of {n:,} images lie in folders within those of the classes, and belong to these")
    notes += [
        f"{folder.name} is taken for a class: images lie in it, no folders of classes"
        for folder in classes
        if not splits and split_of(folder) is not None
    ]
    return tuple(f"{origin}: {note}" for note in notes)


def _splits_note(tree: PictureFolder, parts: dict[Split, SplitFolder], splits: BySplit) -> str:
    """Say which folders are the splits."""
    said = []
    for split in SPLITS:
        if split in parts:
            where = _within(tree, splits[split].path)
            said.append(f"{counted(parts[split].n_pictures, f'{WORDS[split]} image')} from {where}")
    return listed(said)


def passed_over(
    tree: PictureFolder, classes: Collection[PictureFolder], without: Collection[PictureFolder] = ()
) -> list[str]:
    """Say what else there is: files of other kinds, what systems left, what is empty, pictures that are not read.

    Args:
        tree: the folder.
        classes: the folders in it, or itself, of which all pictures are read.
        without: folders in it that are spoken of elsewhere.
    """
    kinds, not_read = Counter[str](), Counter[str]()
    empty_files: list[str] = []
    empty: list[str] = []
    bare: list[str] = []
    n_loose = 0
    waiting = [(tree, False)]
    while waiting:
        folder, is_in_class = waiting.pop()
        is_in_class = is_in_class or folder in classes
        kinds += folder.junk + folder.others
        not_read += folder.not_read
        n_loose += 0 if is_in_class else len(folder.pictures)
        empty_files += [_within(tree, path) for path in folder.empty_files]
        for inner in folder.folders:
            if inner in without:
                continue
            if inner.n_pictures:
                waiting.append((inner, is_in_class))
                continue
            (empty if inner.is_empty else bare).append(_within(tree, inner.path))
            not_read += inner.all_not_read()
    said = [f"{path_text(kind)} ({n:,})" for kind, n in sorted(kinds.items(), key=lambda pair: -pair[1])]
    said += [f"images in no folder of a class ({n_loose:,})"] if n_loose else []
    for what, names in (("empty files", empty_files), ("empty folders", empty), ("folders without images", bare)):
        said += [f"{what} ({len(names):,}: {listed(sorted(names), _NAMES)})"] if names else []
    lines = [f"passed over are {listed(said, _KINDS)}"] if said else []
    if not_read:
        forms = listed([f"{suffix} ({n:,})" for suffix, n in sorted(not_read.items())])
        lines.append(f"pictures that are not read are passed over: {forms}; save them as PNG or JPEG")
    return lines


def _within(tree: PictureFolder, path: Path) -> str:
    """Return a path as it is called in a folder."""
    return path_text(path.relative_to(tree.path))
