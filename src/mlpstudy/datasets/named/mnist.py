"""MNIST, the 70,000 handwritten digits that ship with the package.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, http://yann.lecun.com/exdb/mnist/ (CC BY-SA 3.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.datasets.named.source import DatasetInfo, FileCheck, RawExamples, Source
from mlpstudy.datasets.opening.parallel import in_threads
from mlpstudy.datasets.readers.idx import read_idx
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

if TYPE_CHECKING:
    from mlpstudy.datasets.readers.idx import IdxFile

FOLDER = Path(__file__).parent / "mnist"

SHA256 = {
    "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of the decompressed files. Pinned in the code: a list beside the data could be changed with them."""

INFO = DatasetInfo(
    name="mnist",
    title="handwritten digits",
    n_train=60_000,
    n_test=10_000,
    image_shape=(28, 28),
    class_names=tuple("0123456789"),
    licence="CC BY-SA 3.0",
    authors="Y. LeCun, C. Cortes, C. Burges",
)


def load_mnist(folder: Path = FOLDER) -> Source:
    """Return MNIST, every file compared with its SHA-256.

    Args:
        folder: where the four files are.

    Raises:
        DataError: a file is missing, damaged or not the original; the line names it.

    >>> load_mnist().train.labels[:5].tolist()
    [5, 0, 4, 1, 9]
    """
    names = list(SHA256)
    # Decompressing and hashing release the GIL.
    files = dict(zip(names, in_threads(lambda name: _read_original(folder, name), names, len(names)), strict=True))
    return Source(INFO, _examples(files, "train"), _examples(files, "t10k"), content_hash(SHA256))


def check_mnist(folder: Path = FOLDER) -> tuple[FileCheck, ...]:
    """Return what checking each of the four files finds.

    >>> all(check.ok for check in check_mnist())
    True
    """
    return tuple(_check(folder, name) for name in SHA256)


def _examples(files: Mapping[str, IdxFile], part: str) -> RawExamples:
    images = files[f"{part}-images-idx3-ubyte.gz"].values
    labels = files[f"{part}-labels-idx1-ubyte.gz"].values
    return RawExamples(images.reshape(len(images), -1), labels.astype(np.int32))


def _read_original(folder: Path, name: str) -> IdxFile:
    file = read_idx(folder / name)
    if file.sha256 != SHA256[name]:
        be = f"be the original with SHA-256 {SHA256[name][:16]}..."
        raise DataError(must(str(folder / name), be, f"{file.sha256[:16]}...", "reinstall mlpstudy"))
    return file


def _check(folder: Path, name: str) -> FileCheck:
    try:
        found = read_idx(folder / name).sha256
    except DataError as error:
        return FileCheck(name, SHA256[name], None, str(error))
    problem = None if found == SHA256[name] else must(name, f"have the SHA-256 {SHA256[name]}", found)
    return FileCheck(name, SHA256[name], found, problem)
