"""IDX files, the format of MNIST: read without trusting a byte of them.

    bytes 0-1   zero
    byte 2      type of the values: 0x08 = unsigned byte, the only one read here
    byte 3      number of dimensions
    4 each      size of each dimension, big-endian
    the rest    the values, the last dimension varying fastest

The file may be gzip-compressed (RFC 1952). What a header claims is compared with the bytes that are there before
any memory is reserved for it, and nothing is decompressed beyond what the header claims.

Source: http://yann.lecun.com/exdb/mnist/, "File formats".
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.arrays.pairing import check_counts, pair
from mlpstudy.datasets.opening.files import Readable, fill, path_text, reading, size_of
from mlpstudy.datasets.opening.gz import GZIP_MAGIC, Inflated, is_gzip
from mlpstudy.datasets.opening.limits import MAX_BYTES, MAX_DIMENSIONS, check_ratio
from mlpstudy.datasets.raw import Labelled
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

UNSIGNED_BYTE = 0x08
TYPE_NAMES = {0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers", 0x0D: "floats", 0x0E: "doubles"}

EMNIST = "emnist-"
"""Names of files whose images are stored transposed start with this."""


@dataclass(frozen=True, slots=True, eq=False)
class IdxFile:
    """An array and the SHA-256 of the whole decompressed file, its header included.

    Attributes:
        values: uint8, of the shape in the header.
        sha256: 64 hexadecimal digits.
    """

    values: npt.NDArray[np.uint8]
    sha256: str


def read_idx(path: str | Path, *, max_bytes: int = MAX_BYTES) -> IdxFile:
    """Return the unsigned bytes of an IDX file, gzip-compressed or plain.

    Args:
        path: the file.
        max_bytes: refuse a header that claims more than that (bytes).

    Raises:
        DataError: one line with the file's name, where it cannot be read, is no IDX file of unsigned bytes, is
            shorter or longer than its header says, is damaged, or claims more than ``max_bytes`` or than its
            compressed bytes can reasonably hold.

    >>> from mlpstudy.datasets.named.mnist import FOLDER
    >>> read_idx(FOLDER / "t10k-labels-idx1-ubyte.gz").values[:5].tolist()
    [7, 2, 1, 0, 4]
    """
    with reading(path) as file:
        return _read(file, path_text(path), max_bytes)


def read_idx_pair(images: str | Path, labels: str | Path, least: int = 2) -> Labelled:
    """Return the examples in a file of images and a file of labels.

    Args:
        images: unsigned bytes of shape ``(n, rows, columns)``; transposed where the name starts with ``emnist-``.
        labels: unsigned bytes of shape ``(n,)``.
        least: how many classes there must be: 1 where other examples have the classes.

    Raises:
        DataError: a file is not what it must be, or they have different numbers of examples.

    >>> from mlpstudy.datasets.named.mnist import FOLDER
    >>> digits = read_idx_pair(FOLDER / "t10k-images-idx3-ubyte.gz", FOLDER / "t10k-labels-idx1-ubyte.gz")
    >>> digits.values.shape, digits.image_shape, digits.class_names[:3]
    ((10000, 784), (28, 28), ('0', '1', '2'))
    """
    pixels, classes, sha256 = read_arrays(Path(images), Path(labels))
    return pair(pixels, classes, path_text(images), path_text(labels), sha256, least)


def read_arrays(images: Path, labels: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], str]:
    """Return images the right way up, their labels, and the hash of both as they are stored.

    Raises:
        DataError: a file is not what it must be, or they have different numbers of examples.
    """
    x, y = read_idx(images), read_idx(labels)
    is_transposed = images.name.startswith(EMNIST)
    if x.values.ndim != 3:  # noqa: PLR2004  # images, rows, columns
        raise DataError(must(path_text(images), "hold images (3 dimensions)", f"a shape of {x.values.shape}"))
    check_counts(x.values, y.values, path_text(images), path_text(labels))
    content = {"images": x.sha256, "labels": y.sha256, **({"transposed": True} if is_transposed else {})}
    return x.values.transpose(0, 2, 1) if is_transposed else x.values, y.values, content_hash(content)


def labels_beside(images: Path) -> Path:
    """Return the labels that belong to images, as MNIST's files and all that followed it are named.

    Raises:
        DataError: there is no such file.
    """
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    if name == images.name or not images.with_name(name).is_file():
        fix = f'["{images.name}", "labels-idx1-ubyte"]'
        raise DataError(must("data.path", "name the file of labels too", images.name, fix))
    return images.with_name(name)


def _read(file: FileIO, name: str, max_bytes: int) -> IdxFile:
    n_bytes = size_of(file)
    inflated = Inflated(file) if is_gzip(file) else None
    stream: Readable = inflated or file
    header, shape = _read_header(stream, name, max_bytes)
    n_values = math.prod(shape)
    if inflated:
        check_ratio(n_values, n_bytes, name)
    elif n_bytes != len(header) + n_values:
        raise DataError(must(name, f"have {len(header) + n_values} bytes, as its header says", n_bytes))
    values = np.empty(n_values, dtype=np.uint8)
    n_read = fill(stream, values.data)
    if n_read < n_values:
        raise DataError(must(name, f"hold {n_values} values, as its header says", f"{n_read} values"))
    if inflated:
        inflated.check_end(name)
    elif file.read(1):
        raise DataError(must(name, "end after its last value", "bytes after it"))
    digest = hashlib.sha256(header)
    digest.update(values.data)
    return IdxFile(values.reshape(shape), digest.hexdigest())


def _read_header(stream: Readable, name: str, max_bytes: int) -> tuple[bytes, tuple[int, ...]]:
    """Return the bytes of the header and the shape that it claims."""
    magic = _take(stream, 4, name)
    if magic[:2] == GZIP_MAGIC:
        raise DataError(must(name, "hold an IDX file", "gzip inside gzip"))
    if magic[:2] != b"\0\0":
        raise DataError(must(name, "be an IDX file, which starts with the bytes 00 00 08", magic.hex(" ")))
    if magic[2] != UNSIGNED_BYTE:
        kind = TYPE_NAMES.get(magic[2], "an unknown type")
        raise DataError(must(name, "hold unsigned bytes (IDX type 0x08)", f"type {magic[2]:#04x} ({kind})"))
    if not 1 <= magic[3] <= MAX_DIMENSIONS:
        raise DataError(must(name, f"have 1 to {MAX_DIMENSIONS} dimensions", magic[3]))
    sizes = _take(stream, 4 * magic[3], name)
    shape = tuple(int(n) for n in np.frombuffer(sizes, dtype=">u4"))
    n_values = math.prod(shape)
    if n_values == 0:
        raise DataError(must(name, "hold at least one value", f"a shape of {shape}"))
    if n_values > max_bytes:
        raise DataError(must(name, f"claim at most {max_bytes} values", f"a header that claims {n_values}"))
    return magic + sizes, shape


def _take(stream: Readable, n_bytes: int, name: str) -> bytes:
    """Return exactly so many bytes of the header."""
    part = bytearray(n_bytes)
    n_read = fill(stream, memoryview(part))
    if n_read < n_bytes:
        raise DataError(must(name, "have a whole IDX header", "a file that ends within it"))
    return bytes(part)
