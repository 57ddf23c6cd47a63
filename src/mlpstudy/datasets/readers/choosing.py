"""Files and folders of one's own: which reader a path calls for, judged by its ending and its first bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from mlpstudy.datasets.arrays.pairing import align
from mlpstudy.datasets.opening.files import printable, reading
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.idx import read_idx_pair
from mlpstudy.datasets.readers.idx_folder import TRAIN_IMAGES, has_idx_files, read_idx_folder
from mlpstudy.datasets.readers.libsvm import read_libsvm
from mlpstudy.datasets.readers.npy import read_npy
from mlpstudy.datasets.readers.npz import read_npz
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash
from mlpstudy.text.escaping import shell

Format = Literal["csv", "parquet", "npy", "npz", "idx", "libsvm", "idx folder", "image folder", "split image folder"]

ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".npy": "npy",
    ".npz": "npz",
    ".libsvm": "libsvm",
    ".svmlight": "libsvm",
    ".svm": "libsvm",
    "ubyte": "idx",
    ".idx": "idx",
}
"""Formats by the end of a file's name, in lower case; ``.gz`` after it is allowed for IDX and libsvm."""

TEXT_ENDINGS = (".txt", ".data", ".dat")
"""Endings of files that may hold CSV or libsvm text: their first line tells."""

IMAGE_FOLDERS: tuple[Format, ...] = ("image folder", "split image folder")

TABLES: tuple[Format, ...] = ("csv", "parquet")

_SPLITS = {"train", "test"}
_LIBSVM = re.compile(rb"\s*[^\s:,;]+(?:\s+\d+:\S+)+\s*(?:#.*)?")
_HEAD = 4096


def find_format(files: Sequence[Path]) -> Format:
    """Return the format of a file, of a pair (features, labels) or of a folder.

    Raises:
        DataError: there is nothing there, or nothing that is read.
    """
    path = files[0]
    if path.is_dir():
        return _find_folder(path)
    if len(files) == 1 and TRAIN_IMAGES.fullmatch(path.name):
        return "idx folder"
    return _checked_pair(files, _by_name(path) or _by_content(path))


def _by_name(path: Path) -> Format | None:
    name = path.name.lower().removesuffix(".gz")
    return next((found for ending, found in ENDINGS.items() if name.endswith(ending)), None)


def _by_content(path: Path) -> Format:
    """Return the format that the first bytes say, for names that say nothing."""
    with reading(path) as file:
        head = file.read(_HEAD)
    if head.startswith(b"\0\0\x08"):
        return "idx"
    if head.startswith(b"PAR1"):
        return "parquet"
    if _LIBSVM.fullmatch(head.split(b"\n", 1)[0].rstrip(b"\r")):
        return "libsvm"
    if path.suffix.lower() in TEXT_ENDINGS:
        return "csv"
    known = "CSV, TSV, Parquet, NPY, NPZ, IDX or libsvm, or a folder of images"
    fix = f"a name that ends in one of {', '.join(ending for ending in ENDINGS if ending.startswith('.'))}"
    raise DataError(must(printable(path), f"be {known}", path.suffix or "no ending", fix))


def read_labelled(
    files: Sequence[Path], found: Format, image_size: tuple[int, int] | None = None, like: Labelled | None = None
) -> Labelled:
    """Read what is no table.

    Args:
        files: a file, a pair of files or a folder.
        found: its format.
        image_size: rows and columns that images of a folder are resized to; None for their own.
        like: the training examples, where these are test or validation examples: of the same features and classes.

    Raises:
        DataError: it is not what it must be.
    """
    least = 2 if like is None else 1
    match found:
        case "npz":
            read = read_npz(files[0], least)
        case "npy":
            read = read_npy(files[0], files[1], least)
        case "idx":
            read = read_idx_pair(files[0], files[1] if len(files) > 1 else _idx_labels(files[0]), least)
        case "libsvm":
            return read_libsvm(files[0], like=like)
        case _:
            read = _read_folder(files[0], found, image_size if like is None else like.image_shape, least)
    return read if like is None else align(read, like, printable(files[0]))


def _read_folder(folder: Path, found: Format, image_size: tuple[int, int] | None, least: int) -> Labelled:
    if found == "idx folder":
        return read_idx_folder(folder)
    from mlpstudy.datasets.readers.image_folder import read_image_folder  # noqa: PLC0415  # loads Pillow

    if found == "image folder":
        return read_image_folder(folder, image_size, least)
    train = read_image_folder(folder / "train", image_size)
    test = align(read_image_folder(folder / "test", train.image_shape, least=1), train, printable(folder / "test"))
    sha256 = content_hash([train.sha256, test.sha256])
    return replace(train, test=replace(test, sha256=sha256), sha256=sha256)


def _checked_pair(files: Sequence[Path], found: Format) -> Format:
    """Refuse a pair where one file is needed, and one where two are."""
    if len(files) > 1 and found not in ("npy", "idx"):
        raise DataError(must(printable(files[1]), "be left out", f"labels beside a {found} file, which has its own"))
    if len(files) == 1 and found == "npy":
        name = files[0].name
        fix = f'["{name}", "labels.npy"] in a study file, {shell(Path(name))} labels.npy after a command'
        raise DataError(must("data.path", "be two NPY files, features and labels", files[0].name, fix))
    return found


def _find_folder(folder: Path) -> Format:
    if has_idx_files(folder):
        return "idx folder"
    folders = {path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")}
    return "split image folder" if folders == _SPLITS else "image folder"


def _idx_labels(images: Path) -> Path:
    """Return the labels that belong to images, as MNIST's files and all that followed it are named."""
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    if name == images.name or not images.with_name(name).is_file():
        fix = f'["{images.name}", "labels-idx1-ubyte"]'
        raise DataError(must("data.path", "name the file of labels too", images.name, fix))
    return images.with_name(name)
