"""A folder of images, one folder in it a class: decoded, made grey, resized to one shape."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mlpstudy.datasets.arrays.colour import made_grey
from mlpstudy.datasets.arrays.pairing import align
from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.opening.limits import MAX_FEATURES
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.opening.parallel import in_threads
from mlpstudy.datasets.pictures.digits import resized
from mlpstudy.datasets.pictures.files import decode, quiet, upright_size
from mlpstudy.datasets.pictures.layout import find_layout, find_layout_of_one_split
from mlpstudy.datasets.pictures.notes import passed_over
from mlpstudy.datasets.pictures.splits import SplitFolder
from mlpstudy.datasets.pictures.tree import scan
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.targets.classes import find_classes
from mlpstudy.errors import DataError, must
from mlpstudy.machine.cores import n_cores
from mlpstudy.study.base import content_hash
from mlpstudy.text.words import counted, some

LONGEST_SIDE = 64
"""Longest side of images of different sizes (pixels), unless a size is asked for."""
_SHOWN = 10


def read_image_folder(
    folder: str | Path, size: tuple[int, int] | None = None, like: Labelled | None = None
) -> Labelled:
    """Return the images in the folders of a folder; each folder's name is the class of the images in it.

    Folders of splits and of classes are found by :func:`~mlpstudy.datasets.pictures.layout.find_layout`. Every image
    is made upright and grey and laid on its paper where it is transparent (``read_grey`` of ``pictures.files``), then
    resampled by area average to one shape, its aspect ratio not kept (``resized`` of ``pictures.digits``). That shape
    is ``size``; or the one that all training images have; or else the medians of their numbers of rows and of columns,
    made smaller together where the longer exceeds 64.

    Images are ordered by the folder of their class, then by name; folders in the folder of a class belong to the class.

    Args:
        folder: the folder.
        size: rows and columns.
        like: the training examples, where it holds those of another split: of the same classes and shape.

    Returns:
        values uint8, shape ``(n, rows * columns)``; the hash is of names and bytes of all files and of the shape.

    Raises:
        DataError: there is no image, or there are too few classes; a class is not one of the training images; it would
            be a guess which folders are classes; a file leads out of the folder; an image cannot be decoded. The line
            names the file or folder.
    """
    root = Path(folder)
    if like is not None:
        alone = find_layout_of_one_split(root, like.class_names)
        read = _read(alone.train, size or like.image_shape, 1)
        _check_known(alone.train, read.labelled, like)
        return replace(read.labelled, warnings=(*alone.notes, *_done(root, [read], size or like.image_shape)))
    layout = find_layout(root)
    train = _read(layout.train, size)
    parts = [_read_beside(part, train.labelled) for part in (layout.test, layout.validation)]
    test, validation = (None if part is None else part.labelled for part in parts)
    sha256 = train.labelled.sha256
    if test is not None:
        sha256 = content_hash([sha256, test.sha256])
        test = replace(test, sha256=sha256)
    warnings = (*layout.notes, *_done(root, [train, *(part for part in parts if part)], size))
    return replace(train.labelled, test=test, validation=validation, sha256=sha256, warnings=warnings)


def find_images(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the images in a folder and in the folders in it, ordered by path, and what is passed over, a line each.

    Files without a byte are among them: that an image is missing would not be seen among those that are predicted.

    Raises:
        DataError: a file leads out of the folder.
    """
    tree = scan(folder, lambda _: False)
    files = sorted(path for each in tree.walk() for path in (*each.pictures, *each.empty_files))
    lines = passed_over(tree, {tree})
    return files, [f"{path_text(folder)}: {line}" for line in lines]


@dataclass(frozen=True, slots=True, eq=False)
class _Pictures:
    """The images of a split.

    Attributes:
        labelled: as examples.
        n_coloured: how many of them had colours.
        n_several: how many of their files held further images.
        sizes: rows and columns that they had.
    """

    labelled: Labelled
    n_coloured: int
    n_several: int
    sizes: frozenset[tuple[int, int]]


def _read(part: SplitFolder, size: tuple[int, int] | None, least: int = 2) -> _Pictures:
    """Return the images of a split, of so many classes at least."""
    root = part.folder.path
    name = path_text(root)
    found_classes = find_classes(np.array([folder.path.name for folder in part.classes]), f"{name}, folders", 1)
    if len(found_classes.names) < least:
        be, fix = "have at least two classes", "a folder of images of each further class beside it"
        raise DataError(must(name, be, f"the folder {part.classes[0].name} alone", fix))
    by_class = [folder.all_pictures() for folder in part.classes]
    paths = [path for found in by_class for path in found]
    n_threads = max(2, n_cores())
    with quiet():
        sizes = in_threads(upright_size, paths, n_threads)
        shape = size or _common_shape(np.array(sizes))
        n_features = shape[0] * shape[1]
        if n_features > MAX_FEATURES:
            be = f"have at most {MAX_FEATURES} pixels"
            raise DataError(must(f"{name}: images", be, f"{shape[0]} x {shape[1]}", "image_size = 64"))
        check_memory(5 * len(paths) * n_features, name)
        values = np.empty((len(paths), n_features), np.uint8)
        coloured, several = np.zeros((2, len(paths)), np.bool_)

        def read(row: int) -> bytes:
            image, coloured[row], several[row] = decode(paths[row])
            values[row] = resized(image, *shape).ravel()
            with paths[row].open("rb") as file:
                return hashlib.file_digest(file, "sha256").digest()

        digest = hashlib.sha256(f"{shape}".encode())
        for path, sha256 in zip(paths, in_threads(read, range(len(paths)), n_threads), strict=True):
            digest.update(os.fsencode(path.relative_to(root)) + b"\0" + sha256)
    labels = np.repeat(found_classes.labels, [len(found) for found in by_class]).astype(np.int32)
    lines = found_classes.warnings
    labelled = Labelled(values, labels, found_classes.names, shape, digest.hexdigest(), warnings=lines)
    return _Pictures(labelled, int(coloured.sum()), int(several.sum()), frozenset(sizes))


def _read_beside(part: SplitFolder | None, train: Labelled) -> _Pictures | None:
    """Return the images of another split, in the shape and with the classes of the training images."""
    if part is None:
        return None
    read = _read(part, train.image_shape, 1)
    _check_known(part, read.labelled, train)
    return replace(read, labelled=align(read.labelled, train, path_text(part.folder.path)))


def _check_known(part: SplitFolder, read: Labelled, train: Labelled) -> None:
    """Refuse a class that the training images lack, with the name that was probably meant."""
    for name in read.class_names:
        if name not in train.class_names:
            alike = [known for known in train.class_names if known.strip().casefold() == name.strip().casefold()]
            fix = f'the name "{alike[0]}"' if alike else "training images of it, or move the folder elsewhere"
            what, be = path_text(part.folder.path / name), "be a class of the training images"
            raise DataError(must(what, be, f"none of {some(train.class_names, _SHOWN)}", fix))


def _done(root: Path, parts: Sequence[_Pictures], size: tuple[int, int] | None) -> list[str]:
    """Say what was done to images, a line each."""
    lines = [line for part in parts for line in part.labelled.warnings]
    n, n_coloured = sum(len(part.labelled) for part in parts), sum(part.n_coloured for part in parts)
    if n_coloured:
        lines.append(f"{path_text(root)}: {made_grey(n_coloured, n)}")
    if n_several := sum(part.n_several for part in parts):
        files = f"{counted(n_several, 'file')} of several pages or frames"
        lines.append(f"{path_text(root)}: of {files} the first is read")
    sizes = frozenset[tuple[int, int]]().union(*(part.sizes for part in parts))
    if size is None and len(sizes) > 1:
        rows, columns = parts[0].labelled.image_shape or (0, 0)
        to = f"are resized to {rows} x {columns}, as data.image_size can say otherwise"
        lines.append(f"{path_text(root)}: images of {len(sizes):,} sizes {to}")
    return lines


def _common_shape(sizes: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> tuple[int, int]:
    """Return the shape that images of several sizes are given.

    >>> _common_shape(np.array([[100, 200], [300, 200], [200, 100]]))
    (64, 64)
    >>> _common_shape(np.array([[300, 200], [300, 200]]))
    (300, 200)
    """
    if (sizes == sizes[0]).all():
        return int(sizes[0, 0]), int(sizes[0, 1])
    rows, columns = (int(side) for side in np.median(sizes, axis=0))
    longest = max(rows, columns, LONGEST_SIDE)
    return max(1, rows * LONGEST_SIDE // longest), max(1, columns * LONGEST_SIDE // longest)
