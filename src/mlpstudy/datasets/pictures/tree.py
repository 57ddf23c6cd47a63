"""The pictures in a folder and in the folders in it, and what else lies there: one walk, in which nothing is opened."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlpstudy.datasets.opening.files import path_text, within
from mlpstudy.datasets.pictures.suffixes import SUFFIXES
from mlpstudy.datasets.targets.naming import normal
from mlpstudy.errors import DataError, must

JUNK = frozenset(
    {
        *("__macosx", "icon\r"),
        *("thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information"),
        *("@eadir", "#recycle", "lost+found", "__pycache__"),
    }
)
"""Names, in lower case, that systems and programs leave; names that start with a dot are such too."""

NOT_READ = frozenset(
    {
        *(".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".tga", ".psd", ".ico", ".svg", ".eps", ".dcm", ".exr"),
        *(".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".raw", ".rw2"),
    }
)
"""Endings of pictures that are not decoded: they are told apart from what is no picture."""

MAX_DEPTH = 50
"""Folders within folders."""


@dataclass(frozen=True, eq=False)
class PictureFolder:
    """A folder.

    Attributes:
        path: of it.
        pictures: the pictures that lie in it directly, ordered by name.
        empty_files: files with the ending of a picture and no bytes, ordered by name.
        folders: the folders in it, ordered by name.
        junk: what systems and programs left in it, how often.
        others: other files in it by their ending, how often.
        not_read: pictures in it that are not decoded, by their ending.
    """

    path: Path
    pictures: tuple[Path, ...]
    empty_files: tuple[Path, ...]
    folders: tuple[PictureFolder, ...]
    junk: Counter[str]
    others: Counter[str]
    not_read: Counter[str]

    @property
    def name(self) -> str:
        """Its own name, for a line."""
        return path_text(self.path.name)

    @property
    def class_name(self) -> str:
        """The name of its class: macOS writes an umlaut as two characters, others write it as one."""
        return normal(self.path.name)

    @cached_property
    def n_pictures(self) -> int:
        """Number of pictures in it and in the folders in it."""
        return len(self.pictures) + sum(folder.n_pictures for folder in self.folders)

    @cached_property
    def full(self) -> tuple[PictureFolder, ...]:
        """The folders in it that hold pictures."""
        return tuple(folder for folder in self.folders if folder.n_pictures)

    @cached_property
    def is_empty(self) -> bool:
        """There is nothing in it but what is left by systems and programs."""
        own = self.pictures or self.others or self.not_read
        return not own and all(folder.is_empty for folder in self.folders)

    def all_pictures(self) -> list[Path]:
        """Return the pictures in it and in the folders in it, ordered by path."""
        return sorted(path for folder in self.walk() for path in folder.pictures)

    def all_not_read(self) -> Counter[str]:
        """Return the pictures in it and in the folders in it that are not decoded, by their ending."""
        return sum((folder.not_read for folder in self.walk()), Counter[str]())

    def walk(self) -> list[PictureFolder]:
        """Return it and all folders in it."""
        return [self, *(inner for folder in self.folders for inner in folder.walk())]


def scan(root: Path, follows: Callable[[Path], bool]) -> PictureFolder:
    """Return what is in a folder.

    No link out of it is followed. Nor is any in what a link leads to, or a few links that lead to each other could
    stand for any number of folders.

    Args:
        root: the folder.
        follows: says whether links to folders that lie in a folder are followed.

    Raises:
        DataError: it is no folder, one cannot be read, a link leads out of it, or folders lie too deep.
    """
    return _scan(root, root, 1, follows)


def _scan(folder: Path, root: Path, depth: int, follows: Callable[[Path], bool]) -> PictureFolder:
    if depth > MAX_DEPTH:
        found = f"{path_text(folder)[:60]}... deeper than that"
        raise DataError(must(path_text(root), f"have at most {MAX_DEPTH} folders within each other", found))
    pictures: list[Path] = []
    empty_files: list[Path] = []
    folders: list[PictureFolder] = []
    junk, others, not_read = Counter[str](), Counter[str](), Counter[str]()
    for entry in _entries(folder):
        kind = _junk(entry.name)
        path = folder / entry.name
        suffix = path.suffix.lower()
        if kind is not None:
            junk[kind] += 1
            continue
        if entry.is_symlink():
            within(root, path)
        if entry.is_dir():
            if not entry.is_symlink():
                folders.append(_scan(path, root, depth + 1, follows))
            elif follows(folder):
                folders.append(_scan(path, root, depth + 1, lambda _: False))
            else:
                others["links to folders"] += 1
        elif suffix in SUFFIXES:
            is_empty = entry.is_file() and not entry.stat().st_size
            (empty_files if is_empty else pictures).append(path)
        elif suffix in NOT_READ:
            not_read[suffix] += 1
        else:
            others[suffix or entry.name] += 1
    return PictureFolder(folder, tuple(pictures), tuple(empty_files), tuple(folders), junk, others, not_read)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, ordered by name."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        raise DataError(must(path_text(folder), "be a folder of images", found)) from error


def _junk(name: str) -> str | None:
    """Return what junk of a name is called, None for other names."""
    if name.startswith("._"):
        return "._*"
    if name == ".DS_Store" or name.lower() in JUNK:
        return name
    return "hidden" if name.startswith(".") else None
