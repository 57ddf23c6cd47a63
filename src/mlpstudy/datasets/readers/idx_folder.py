"""Sets of IDX files as they are published: MNIST, Fashion-MNIST, KMNIST, QMNIST's and EMNIST's names.

    train-images-idx3-ubyte   train-labels-idx1-ubyte   t10k-images-idx3-ubyte   t10k-labels-idx1-ubyte
    emnist-letters-train-images-idx3-ubyte   ...-train-labels-idx1-ubyte   ...-test-...   emnist-letters-mapping.txt

each with or without ``.gz``, and with a dot before ``idx`` as some copies have it. A set is named by its folder, or by
its file of training images where the folder holds several.

EMNIST's images are stored column by column, that is transposed: files whose names start with ``emnist-`` are turned
the right way up. Its mapping file, where it lies beside them, gives the classes' names.

Source: Cohen, Afshar, Tapson & van Schaik 2017, "EMNIST: an extension of MNIST to handwritten letters".
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.arrays.pairing import pair
from mlpstudy.datasets.opening.files import path_text, reading, size_of, within
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.idx import read_arrays
from mlpstudy.datasets.targets.classes import index_classes
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

TRAIN_IMAGES = re.compile(r"((?:emnist-[a-z]+-)?)train-images[-.]idx3-ubyte(?:\.gz)?")
MAX_MAPPING_BYTES = 2**16

_PRINTABLE = range(33, 127)


def is_idx_set(path: Path) -> bool:
    """Say whether a path names a set: a file of training images under one of the known names, or its folder."""
    names = (entry.name for entry in path.iterdir()) if path.is_dir() else (path.name,)
    return any(TRAIN_IMAGES.fullmatch(name) for name in names)


def read_idx_folder(path: str | Path) -> Labelled:
    """Return a published set: its training examples, and its test examples as ``test``.

    Args:
        path: the folder, or its file of training images where the folder holds several sets.

    Raises:
        DataError: there is no set or more than one, a file is missing, lies elsewhere or is not what it must be, or
            the test examples have other classes or another shape.

    >>> from mlpstudy.datasets.named.mnist import FOLDER
    >>> digits = read_idx_folder(FOLDER)
    >>> len(digits), len(digits.test), digits.image_shape
    (60000, 10000, (28, 28))
    """
    images = _training_images(Path(path))
    folder = images.parent
    prefix = TRAIN_IMAGES.fullmatch(images.name)[1]  # type: ignore[index]  # it was found by this name
    test = "test" if prefix else "t10k"
    train_labels = _find(folder, f"{prefix}train-labels", 1)
    test_images, test_labels = _find(folder, f"{prefix}{test}-images", 3), _find(folder, f"{prefix}{test}-labels", 1)
    x, y, train_hash = read_arrays(images, train_labels)
    test_x, test_y, test_hash = read_arrays(test_images, test_labels)
    names = _mapping(folder / f"{prefix}mapping.txt", folder) if prefix else {}
    sha256 = content_hash({"train": train_hash, "test": test_hash})
    examples = pair(x, y, path_text(images), path_text(train_labels), sha256)
    found = to_features(test_x, path_text(test_images))
    if found.image_shape != examples.image_shape:
        be = f"hold images of {examples.image_shape} pixels, as the training images are"
        raise DataError(must(path_text(test_images), be, f"images of {found.image_shape}"))
    indices = index_classes(test_y, examples.class_names, path_text(test_labels))
    named = replace(examples, class_names=_renamed(examples.class_names, names, prefix))
    return replace(named, test=replace(named, values=found.values, labels=indices))


def _training_images(path: Path) -> Path:
    """Return the file of training images that a path names."""
    what = path_text(path)
    if not path.is_dir():
        if TRAIN_IMAGES.fullmatch(path.name):
            return path
        raise DataError(must(what, "be a folder of IDX files, or a file train-images-idx3-ubyte", path.name))
    found = sorted(entry for entry in path.iterdir() if TRAIN_IMAGES.fullmatch(entry.name))
    if not found:
        raise DataError(must(what, "hold train-images-idx3-ubyte and the three files beside it", "no such file"))
    if len(found) > 1:
        names = ", ".join(file.name for file in found[:6])
        raise DataError(must(what, "hold one set of IDX files", names, f"name one of them: {what}/{found[0].name}"))
    return within(path, found[0])


def _find(folder: Path, stem: str, n_dimensions: int) -> Path:
    """Return the one file of a name, compressed or not, with a dash or a dot."""
    names = [f"{stem}{mark}idx{n_dimensions}-ubyte{end}" for mark in "-." for end in ("", ".gz")]
    found = [folder / name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if len(found) != 1:
        what = f"{path_text(folder)}"
        there = "no such file" if not found else " and ".join(path.name for path in found)
        raise DataError(must(what, f"hold {names[0]} once, gzip-compressed or not", there))
    return within(folder, found[0])


def _mapping(path: Path, folder: Path) -> dict[str, str]:
    """Return the class names in EMNIST's mapping: a label and the codes of its characters a line; empty without one."""
    if not path.exists() and not path.is_symlink():
        return {}
    name = path_text(path)
    with reading(within(folder, path)) as file:
        if size_of(file) > MAX_MAPPING_BYTES:
            raise DataError(must(name, f"be at most {MAX_MAPPING_BYTES} bytes", size_of(file)))
        lines = file.readall().split(b"\n")
    names: dict[str, str] = {}
    for i, line in enumerate(lines, start=1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) < 2 or not all(field.isdigit() and int(field[:4]) < 256 for field in fields):  # noqa: PLR2004
            raise DataError(
                must(f"{name}, line {i}", "be a label and codes of characters", line[:40].decode("latin-1"))
            )
        codes = [int(field) for field in fields[1:]]
        if not all(code in _PRINTABLE for code in codes):
            raise DataError(must(f"{name}, line {i}", "name printable characters", str(codes)))
        names[str(int(fields[0]))] = "".join(map(chr, codes))
    return names


def _renamed(class_names: tuple[str, ...], names: dict[str, str], prefix: str) -> tuple[str, ...]:
    if not names:
        return class_names
    missing = [name for name in class_names if name not in names]
    renamed = tuple(names.get(name, name) for name in class_names)
    if missing or len(set(renamed)) < len(renamed):
        found = f"none for {missing[0]}" if missing else "one name for two of them"
        raise DataError(must(f"{prefix}mapping.txt", "name every label once", found))
    return renamed
