"""Which folders of a folder of pictures are splits: those named so, where it is no guess.

Names are train or training, val, valid or validation, test or testing, whatever their capital letters, beside words
such as ``set`` or ``images``; also where all have the same other words (``seg_train``, ``seg_test``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.pictures.tree import PictureFolder
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import listed

Split = Literal["train", "validation", "test"]

SPLITS: tuple[Split, ...] = ("train", "validation", "test")
WORDS: dict[Split, str] = {"train": "training", "validation": "validation", "test": "test"}

_ROLES: dict[str, Split] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
_NEUTRAL = frozenset(
    {
        *("set", "split", "part", "folder", "data", "dataset", "samples", "examples"),
        *("image", "images", "img", "imgs", "picture", "pictures", "photo", "photos"),
    }
)

_NO_CLASS = frozenset({"unknown", "unlabelled", "unlabeled", "all"})
"""Names of the one folder that Keras wants around images without classes."""

BySplit: TypeAlias = dict[Split, PictureFolder]


@dataclass(frozen=True, slots=True)
class SplitFolder:
    """The folder of a split.

    Attributes:
        folder: what the classes lie in.
        classes: the folders of the classes, ordered by name; each holds pictures.
    """

    folder: PictureFolder
    classes: tuple[PictureFolder, ...]

    @property
    def n_pictures(self) -> int:
        """Number of its pictures."""
        return sum(folder.n_pictures for folder in self.classes)


def find_splits(top: PictureFolder) -> BySplit:
    """Return the folders of the splits; none where the folders are classes.

    Raises:
        DataError: it would be a guess.
    """
    found = _named_splits(top)
    beside = [folder for folder in top.full if folder not in found.values()]
    if not found or (set(found) == {"train"} and not found["train"].full and beside):
        return {}
    if "train" not in found:
        raise _no_training(top, found, beside)
    if set(found) == {"train"} and beside:
        found_text = f"the folder {found['train'].name} beside {names_of(beside)}"
        fix = f'path = "{path_text(found["train"].path)}", or another name where it is a class'
        raise DataError(must(path_text(top.path), "have a folder a class, or a folder a split", found_text, fix))
    return found


def _are_splits(named: BySplit) -> bool:
    """Say whether folders with the same other words are splits: there are several, and classes in the training part."""
    return len(named) > 1 and "train" in named and bool(named["train"].full)


def has_splits(top: PictureFolder) -> bool:
    """Say whether folders of a folder are training images by class, and another split, by their names."""
    return any(_are_splits(dict(named)) for named in _by_other_words(top).values())


def _by_other_words(top: PictureFolder) -> dict[str, list[tuple[Split, PictureFolder]]]:
    """Return the folders that are named like splits, by the other words of their names."""
    found: dict[str, list[tuple[Split, PictureFolder]]] = {}
    for folder in top.full:
        role = role_of(folder.path.name)
        if role is not None:
            found.setdefault(role[1], []).append((role[0], folder))
    return found


def _named_splits(top: PictureFolder) -> BySplit:
    """Return the folders that are named like splits, all with the same words beside."""
    several = {rest: named for rest, named in _by_other_words(top).items() if not rest or _are_splits(dict(named))}
    if not several:
        return {}
    for named in several.values():
        twice = [split for split, n in Counter(split for split, _ in named).items() if n > 1]
        if twice or len(several) > 1:
            folders = [folder for each in several.values() for split, folder in each if not twice or split in twice]
            be = f"have one folder of {WORDS[twice[0]] if twice else 'training'} images"
            raise DataError(must(path_text(top.path), be, names_of(folders), "one of them, the others moved elsewhere"))
    return dict(next(iter(several.values())))


def _no_training(top: PictureFolder, found: BySplit, beside: Sequence[PictureFolder]) -> DataError:
    """Return the error of test or validation pictures without training pictures."""
    is_flat = all(not folder.full for folder in found.values())
    if not beside:
        fix = path_text(Path(top.path.name, "train/cat/1.png"))
    elif len(beside) == 1 and beside[0].full and not beside[0].pictures:
        fix = f"the name train for {beside[0].name}, where it is of training images"
    elif is_flat:
        fix = f"another name for {names_of(list(found.values()))} where it is a class, or move it elsewhere"
    else:
        fix = f"move {names_of(beside)} into {path_text(Path(top.path.name, 'train'))}"
    be = f"have a folder of training images beside {names_of(list(found.values()))}"
    return DataError(must(path_text(top.path), be, names_of(beside) if beside else "none", fix))


def role_of(name: str) -> tuple[Split, str] | None:
    """Return the split that a folder's name speaks of, and its other words; None where it speaks of none.

    >>> role_of("Training_Set"), role_of("seg_test"), role_of("train station"), role_of("constraint")
    (('train', ''), ('test', 'seg'), ('train', 'station'), None)
    """
    words = [word for word in _words(name) if word not in _NEUTRAL]
    roles = [split for word in words if (split := _ROLES.get(word.removesuffix("set")))]
    if len(roles) != 1:
        return None
    return roles[0], " ".join(word for word in words if word.removesuffix("set") not in _ROLES)


def _words(name: str) -> list[str]:
    """Return the words and numbers of a folder's name."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()
    return re.findall(r"[^\W\d_]+|\d+", apart)


def is_unlabelled(folder: PictureFolder, known: Collection[str]) -> bool:
    """Say whether all pictures of a folder lie in one folder in it whose name is of no class.

    Args:
        folder: the folder of a split.
        known: the classes of the training pictures.
    """
    if len(folder.full) != 1 or folder.full[0].full or folder.full[0].class_name in known:
        return False
    name = folder.full[0].path.name
    return role_of(name) is not None or _NO_CLASS.union(_NEUTRAL).issuperset(_words(name))


def split_of(folder: PictureFolder) -> Split | None:
    """Return the split that a folder is by its name alone."""
    found = role_of(folder.path.name)
    return found[0] if found is not None and not found[1] else None


def names_of(folders: Sequence[PictureFolder]) -> str:
    """Return the names of folders, for a sentence."""
    return listed([folder.name for folder in folders])
