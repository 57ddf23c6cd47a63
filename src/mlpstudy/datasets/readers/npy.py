r"""NPY files, NumPy's own format: read without NumPy's reader, which may run code, and without trusting the header.

    bytes 0-5    \x93NUMPY
    bytes 6-7    version: 1.0, 2.0 or 3.0
    2 (4 from version 2.0) bytes   length of the header, little-endian
    the header   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }, spaces, a line break
    the rest     the values

The header is matched against this one form and never evaluated. Types are numbers and text of a fixed width; objects
(pickles) and structures are refused. The size that the header claims must be the number of bytes that follow.

Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.arrays.pairing import pair, said
from mlpstudy.datasets.opening.files import Readable, fill, path_text, reading, size_of
from mlpstudy.datasets.opening.limits import MAX_DIMENSIONS, MAX_LABEL_CHARACTERS
from mlpstudy.datasets.raw import Labelled, Rows
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

MAGIC = b"\x93NUMPY"
MAX_HEADER_BYTES = 10_000
LENGTH_BYTES = {(1, 0): 2, (2, 0): 4, (3, 0): 4}

_ITEM = re.compile(
    r"[ ]*'(descr|fortran_order|shape)'[ ]*:[ ]*(?:'([^']{1,20})'|(True|False)|\(([0-9, ]*)\))[ ]*(?:,|(?=\}))"
)
_NUMBER_TYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248])")
_TEXT_TYPE = re.compile(r"[<>|=]?[US]([1-9][0-9]{0,5})")
_EXAMPLE = "numpy.save of an array of numbers"
_NO_OBJECTS = "array.astype(str) for text, array.astype(float) for numbers"


@dataclass(frozen=True, slots=True, eq=False)
class NpyArray:
    """An array and the SHA-256 of the whole file, its header included.

    Attributes:
        values: of the shape and type in the header, in this machine's byte order.
        sha256: 64 hexadecimal digits.
    """

    values: npt.NDArray[Any]
    sha256: str


def read_array(path: str | Path) -> NpyArray:
    """Return the array of an NPY file.

    Raises:
        DataError: one line with the file's name, where it cannot be read, is no NPY file, holds objects or
            structures, or is shorter or longer than its header says.
    """
    with reading(path) as file:
        return read_stream(file, size_of(file), path_text(path))


def read_npy_rows(path: str | Path) -> Rows:
    """Return the features in an NPY file, without labels (for predictions).

    Raises:
        DataError: it is no NPY file of features.
    """
    name = path_text(path)
    found = to_features(read_array(path).values, name)
    return Rows(found.values, warnings=said(name, found.done))


def read_npy(features: str | Path, labels: str | Path, least: int = 2) -> Labelled:
    """Return the examples in two NPY files.

    Args:
        features: numbers of shape ``(n, d)``, or grey images of shape ``(n, rows, columns)``.
        labels: whole numbers or names of shape ``(n,)`` or ``(n, 1)``.
        least: how many classes there must be: 1 where other examples have the classes.

    Raises:
        DataError: a file is not what it must be, or they have different numbers of examples.
    """
    x, y = read_array(features), read_array(labels)
    sha256 = content_hash({"features": x.sha256, "labels": y.sha256})
    return pair(x.values, y.values, path_text(features), path_text(labels), sha256, least)


def read_stream(stream: Readable, n_bytes: int, name: str) -> NpyArray:
    """Return the array that follows in a stream of so many bytes.

    Args:
        stream: at the start of the NPY file.
        n_bytes: bytes that the stream has, as its file system or archive says.
        name: for errors.

    Raises:
        DataError: it is not what it must be.
    """
    header = _take(stream, len(MAGIC) + 2, name)
    if header[:6] != MAGIC:
        be = "be an NPY file, which starts with 93 4e 55 4d 50 59"
        raise DataError(must(name, be, header[:6].hex(" "), 'numpy.save("labels.npy", [...]) makes one'))
    version = (header[6], header[7])
    if version not in LENGTH_BYTES:
        raise DataError(must(name, "be of NPY version 1.0, 2.0 or 3.0", f"version {version[0]}.{version[1]}"))
    header += _take(stream, LENGTH_BYTES[version], name)
    n_header = int.from_bytes(header[8:], "little")
    if n_header > MAX_HEADER_BYTES:
        raise DataError(must(name, f"have a header of at most {MAX_HEADER_BYTES} bytes", n_header))
    text = _take(stream, n_header, name)
    header += text
    dtype, is_fortran, shape = _parse(text, name)
    n_values = math.prod(shape)
    n_claimed = n_values * dtype.itemsize
    if n_bytes != len(header) + n_claimed:
        found = f"{n_bytes - len(header)} after the header of shape {shape}"
        raise DataError(must(name, f"have {n_claimed} bytes of values, as its header says", found))
    content = np.empty(n_claimed, dtype=np.uint8)
    if fill(stream, content.data) < n_claimed or fill(stream, memoryview(bytearray(1))):
        raise DataError(must(name, f"have {n_claimed} bytes of values", "a stream of another length"))
    digest = hashlib.sha256(header)
    digest.update(content.data)
    values = content.view(dtype).reshape(shape, order="F" if is_fortran else "C")
    return NpyArray(values.astype(dtype.newbyteorder("="), copy=False), digest.hexdigest())


def _take(stream: Readable, n_bytes: int, name: str) -> bytes:
    part = bytearray(n_bytes)
    if fill(stream, memoryview(part)) < n_bytes:
        raise DataError(must(name, "have a whole NPY header", "a file that ends within it"))
    return bytes(part)


def _parse(header: bytes, name: str) -> tuple[np.dtype[Any], bool, tuple[int, ...]]:
    """Match the header against the one form that it may have."""
    text = header.decode("latin-1")
    found: dict[str, tuple[str | None, str | None, str | None]] = {}
    position = 1
    while match := _ITEM.match(text, position):
        found[match[1]] = (match[2], match[3], match[4])
        position = match.end()
    descr, fortran, shape = (
        found.get(key, (None,) * 3)[i] for i, key in enumerate(("descr", "fortran_order", "shape"))
    )
    is_whole = text[:1] == "{" and text[position:].strip(" \n") == "}" and len(found) == len(("d", "f", "s"))
    if not is_whole or descr is None or fortran is None or shape is None:
        is_structured = re.search(r"'descr'[ ]*:[ ]*[\[(]", text)
        found_what = "a type of several fields" if is_structured else "another header"
        raise DataError(must(name, "have a header as NumPy writes it", found_what, _EXAMPLE))
    return _dtype(descr, name), fortran == "True", _shape(shape, name)


def _dtype(descr: str, name: str) -> np.dtype[Any]:
    text = _TEXT_TYPE.fullmatch(descr)
    if (text and int(text[1]) <= 4 * MAX_LABEL_CHARACTERS) or _NUMBER_TYPE.fullmatch(descr):
        return np.dtype(descr)
    found = "objects (a pickle, which can run code)" if descr.endswith("O") else f"the type {descr}"
    raise DataError(must(name, "hold numbers or short text", found, _NO_OBJECTS if descr.endswith("O") else _EXAMPLE))


def _shape(text: str, name: str) -> tuple[int, ...]:
    sizes = [size.strip() for size in text.split(",")]
    if sizes and not sizes[-1]:
        sizes.pop()
    if not all(size.isdecimal() and len(size) < 20 for size in sizes):  # noqa: PLR2004  # digits of 2**63
        raise DataError(must(name, "have a header as NumPy writes it", f"the shape ({text[:40]})", _EXAMPLE))
    shape = tuple(int(size) for size in sizes)
    if not 1 <= len(shape) <= MAX_DIMENSIONS or 0 in shape:
        raise DataError(must(name, f"have 1 to {MAX_DIMENSIONS} dimensions of size 1 or more", f"a shape of {shape}"))
    return shape
