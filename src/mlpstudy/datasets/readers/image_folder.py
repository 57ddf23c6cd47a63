"""A folder of images, one folder in it a class: decoded, made grey, resized to one shape."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from mlpstudy.datasets.arrays.pairing import align
from mlpstudy.datasets.opening.files import path_text, within
from mlpstudy.datasets.opening.limits import MAX_CLASSES, MAX_FEATURES
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.opening.parallel import in_threads
from mlpstudy.datasets.pictures.digits import resized
from mlpstudy.datasets.pictures.files import SUFFIXES, decode, quiet, upright_size
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.targets.classes import find_classes
from mlpstudy.errors import DataError, must
from mlpstudy.machine.cores import n_cores
from mlpstudy.study.base import content_hash

LONGEST_SIDE = 64
"""Longest side of images of different sizes (pixels), unless a size is asked for."""


def read_image_folder(folder: str | Path, size: tuple[int, int] | None = None, least: int = 2) -> Labelled:
    """Return the images in the folders of a folder; each folder's name is the class of the images in it.

    Every image is made grey and laid on its paper where it is transparent (``read_grey`` of ``pictures.files``), then
    resampled by area average to one shape, its aspect ratio not kept (``resized`` of ``pictures.digits``). That shape
    is ``size``; or the one that all images have; or else the medians of their numbers of rows and of columns, made
    smaller together where the longer exceeds 64.

    Files and folders whose names start with a dot are left out, and files of other endings than those of pictures.
    Images are ordered by class, then by name; folders in the folder of a class belong to the class.

    Args:
        folder: the folder.
        size: rows and columns.
        least: how many classes there must be: 1 where other examples have the classes.

    Returns:
        values uint8, shape ``(n, rows * columns)``; the hash is of names and bytes of all files and of the shape.

    Raises:
        DataError: there is no image, or there are too few classes; a class is empty; a file leads out of the folder;
            an image cannot be decoded. The line names the file.
    """
    root = Path(folder)
    classes = _class_folders(root)
    files = {name: _images(root, path) for name, path in classes.items()}
    for name, found in files.items():
        if not found:
            be = f"hold images ({', '.join(SUFFIXES)})"
            raise DataError(must(path_text(classes[name]), be, "none", "add some, or remove the folder"))
    found_classes = find_classes(np.array(list(files)), path_text(root), least)
    paths = [path for found in files.values() for path in found]
    n_threads = max(2, n_cores())
    with quiet():
        sizes = in_threads(upright_size, paths, n_threads)
        shape = size or _common_shape(np.array(sizes))
        n_features = shape[0] * shape[1]
        if n_features > MAX_FEATURES:
            what, be = f"{path_text(root)}: images", f"have at most {MAX_FEATURES} pixels"
            raise DataError(must(what, be, f"{shape[0]} x {shape[1]}", "image_size = 64"))
        check_memory(5 * len(paths) * n_features, path_text(root))
        values = np.empty((len(paths), n_features), np.uint8)

        def read(row: int) -> bytes:
            image, sha256 = _read(paths[row], shape)
            values[row] = image.ravel()
            return sha256

        digest = hashlib.sha256(f"{shape}".encode())
        for path, sha256 in zip(paths, in_threads(read, range(len(paths)), n_threads), strict=True):
            digest.update(os.fsencode(path.relative_to(root)) + b"\0" + sha256)
    labels = np.repeat(found_classes.labels, [len(found) for found in files.values()]).astype(np.int32)
    return Labelled(values, labels, found_classes.names, shape, digest.hexdigest())


def read_split_image_folder(folder: str | Path, size: tuple[int, int] | None = None) -> Labelled:
    """Return the images in the folders ``train`` and ``test`` of a folder, each as ``read_image_folder`` reads it.

    Args:
        folder: the folder.
        size: rows and columns; where it is None the test images get those of the training images.

    Returns:
        the training examples, and the others as ``test``.

    Raises:
        DataError: as ``read_image_folder``, or the test images have a class that the training images lack.
    """
    root = Path(folder)
    train = read_image_folder(root / "train", size)
    test = align(read_image_folder(root / "test", train.image_shape, least=1), train, path_text(root / "test"))
    sha256 = content_hash([train.sha256, test.sha256])
    return replace(train, test=replace(test, sha256=sha256), sha256=sha256)


def image_files(folder: Path) -> list[Path]:
    """Return the images in a folder and in the folders in it, ordered by name.

    Raises:
        DataError: a file leads out of the folder.
    """
    return _images(folder, folder)


def _class_folders(root: Path) -> dict[str, Path]:
    """Return the folders of the classes by name, in the order of their names."""
    try:
        entries = sorted(root.iterdir())
    except OSError as error:
        raise DataError(
            must(path_text(root), "be a folder of images", (error.strerror or str(error)).lower())
        ) from error
    folders = {path.name: within(root, path) for path in entries if not path.name.startswith(".") and path.is_dir()}
    if not folders:
        is_flat = any(path.suffix.lower() in SUFFIXES for path in entries)
        found = "images that are in no folder" if is_flat else "none"
        fix = f"{root.name}/cat/1.png, {root.name}/dog/2.png, ..."
        raise DataError(must(path_text(root), "have one folder of images a class", found, fix))
    if len(folders) > MAX_CLASSES:
        raise DataError(must(path_text(root), f"have at most {MAX_CLASSES} folders", len(folders)))
    return {name: root / name for name in folders}


def _images(root: Path, folder: Path) -> list[Path]:
    """Return the images in a folder, those in its folders included; no link out of the root is followed."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*folders, *names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_symlink():
                within(root, path)
        shown = [Path(place, name) for name in names if not name.startswith(".")]
        found += [path for path in shown if path.suffix.lower() in SUFFIXES]
    return sorted(found)


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


def _read(path: Path, shape: tuple[int, int]) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.uint8]], bytes]:
    """Return an image and the hash of its file."""
    image = resized(decode(path), *shape)
    with path.open("rb") as file:
        return image, hashlib.file_digest(file, "sha256").digest()
