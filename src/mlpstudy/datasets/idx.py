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
import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from io import FileIO

UNSIGNED_BYTE = 0x08
TYPE_NAMES = {0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers", 0x0D: "floats", 0x0E: "doubles"}
GZIP_MAGIC = b"\x1f\x8b"
MAX_DIMENSIONS = 4

MAX_BYTES = 2**30
"""Largest array that is read; the largest set in this format (EMNIST by class) has 547 MB."""

DEFLATE_RATIO = 1032
"""No deflate stream holds more than 1032 bytes a byte (zlib, "Technical Details")."""

PLAUSIBLE_RATIO = 100
PLAUSIBLE_BYTES = 2**26
"""Sorted labels compress hundreds of times, images about five times: large and dense together is a bomb."""

_CHUNK = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class IdxFile:
    """An array and the SHA-256 of the whole decompressed file, its header included.

    Attributes:
        values: uint8, of the shape in the header.
        sha256: 64 hexadecimal digits.
    """

    values: npt.NDArray[np.uint8]
    sha256: str


class _Readable(Protocol):
    """What both kinds of file can do: fill memory, say nothing is left."""

    def readinto(self, view: memoryview, /) -> int | None: ...


def read_idx(path: str | Path, *, max_bytes: int = MAX_BYTES) -> IdxFile:
    """Return the unsigned bytes of an IDX file, gzip-compressed or plain.

    Args:
        path: the file.
        max_bytes: refuse a header that claims more than that (bytes).

    Raises:
        DataError: one line with the file's name, where it cannot be read, is no IDX file of unsigned bytes, is
            shorter or longer than its header says, is damaged, or claims more than ``max_bytes`` or than its
            compressed bytes can reasonably hold.

    >>> from mlpstudy.datasets.mnist import FOLDER
    >>> read_idx(FOLDER / "t10k-labels-idx1-ubyte.gz").values[:5].tolist()
    [7, 2, 1, 0, 4]
    """
    name = _printable(path)
    try:
        with _open_regular(path, name) as file:
            return _read(file, name, max_bytes)
    except OSError as error:
        raise DataError(must(name, "be a readable file", str(error.strerror).lower())) from error
    except zlib.error as error:
        raise DataError(must(name, "be an intact gzip file", str(error))) from error
    except MemoryError as error:
        raise DataError(must(name, "fit into memory", "no memory for it")) from error


def _printable(path: str | Path) -> str:
    """Return a path as one line of text, whatever bytes its name has."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _open_regular(path: str | Path, name: str) -> FileIO:
    """Open a file, refusing what has no end or would block: folders, devices, pipes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        raise DataError(must(name, "be a path", str(error))) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DataError(must(name, "be a regular file", "a folder, device or pipe"))
    return os.fdopen(descriptor, "rb", buffering=0)


def _read(file: FileIO, name: str, max_bytes: int) -> IdxFile:
    n_bytes = os.fstat(file.fileno()).st_size
    is_gzip = file.read(2) == GZIP_MAGIC
    file.seek(0)
    stream: _Readable = _Inflated(file) if is_gzip else file
    header, shape = _read_header(stream, name, max_bytes)
    n_values = math.prod(shape)
    if is_gzip:
        _check_ratio(n_values, n_bytes, name)
    elif n_bytes != len(header) + n_values:
        raise DataError(must(name, f"have {len(header) + n_values} bytes, as its header says", n_bytes))
    values = np.empty(n_values, dtype=np.uint8)
    n_read = _fill(stream, values.data)
    if n_read < n_values:
        raise DataError(must(name, f"hold {n_values} values, as its header says", f"{n_read} values"))
    if _fill(stream, memoryview(bytearray(1))) or (isinstance(stream, _Inflated) and stream.has_more()):
        raise DataError(must(name, "end after its last value", "bytes after it"))
    if isinstance(stream, _Inflated) and not stream.is_complete:
        raise DataError(must(name, "be an intact gzip file", "an end without its checksum"))
    digest = hashlib.sha256(header)
    digest.update(values.data)
    return IdxFile(values.reshape(shape), digest.hexdigest())


def _read_header(stream: _Readable, name: str, max_bytes: int) -> tuple[bytes, tuple[int, ...]]:
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


def _check_ratio(n_values: int, n_compressed: int, name: str) -> None:
    """Refuse a header that claims more than so many compressed bytes hold, or reasonably hold."""
    ratio = PLAUSIBLE_RATIO if n_values > PLAUSIBLE_BYTES else DEFLATE_RATIO
    if n_values > ratio * n_compressed:
        be = f"claim at most {ratio} values a compressed byte"
        raise DataError(must(name, be, f"{n_values} values in {n_compressed} bytes"))


def _take(stream: _Readable, n_bytes: int, name: str) -> bytes:
    """Return exactly so many bytes of the header."""
    part = bytearray(n_bytes)
    n_read = _fill(stream, memoryview(part))
    if n_read < n_bytes:
        raise DataError(must(name, "have a whole IDX header", "a file that ends within it"))
    return bytes(part)


def _fill(stream: _Readable, view: memoryview) -> int:
    """Read until the view is full or the stream at its end; return the number of bytes read."""
    n_read = 0
    while n_read < len(view):
        n_more = stream.readinto(view[n_read:])
        if not n_more:
            break
        n_read += n_more
    return n_read


class _Inflated:
    """A gzip file of one member, decompressed a piece at a time and never further than asked for."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._inflate = zlib.decompressobj(wbits=31)  # 31: gzip, its checksum and length verified
        self._pending = b""

    @property
    def is_complete(self) -> bool:
        """Whether the end of the member was reached and its checksum is right."""
        return self._inflate.eof

    def has_more(self) -> bool:
        """Say whether the file goes on after the member."""
        return bool(self._inflate.unused_data or (self.is_complete and self._file.read(1)))

    def readinto(self, view: memoryview, /) -> int:
        """Decompress up to ``len(view)`` bytes; 0 at the end."""
        while not self._inflate.eof:
            compressed = self._pending or self._file.read(_CHUNK)
            part = self._inflate.decompress(compressed, min(len(view), _CHUNK))
            self._pending = self._inflate.unconsumed_tail
            if part:
                view[: len(part)] = part
                return len(part)
            if not compressed:
                break
        return 0
