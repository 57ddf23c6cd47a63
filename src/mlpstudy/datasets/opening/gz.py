"""Gzip files of one member, decompressed a piece at a time and never further than asked for.

Source: RFC 1952.
"""

from __future__ import annotations

import zlib
from io import FileIO

from mlpstudy.datasets.opening.files import size_of
from mlpstudy.datasets.opening.limits import DEFLATE_RATIO, MAX_BYTES, PLAUSIBLE_BYTES, PLAUSIBLE_RATIO
from mlpstudy.errors import DataError, must

GZIP_MAGIC = b"\x1f\x8b"

_CHUNK = 2**18
"""Bytes at a time; with 2**20, what is left of a piece of input is copied so often that MNIST takes 1/8 longer."""


def is_gzip(file: FileIO) -> bool:
    """Say whether a file starts as gzip files do; leave it at its start."""
    start = file.read(len(GZIP_MAGIC))
    file.seek(0)
    return start == GZIP_MAGIC


class Inflated:
    """A gzip file of one member that can be read like a plain one, or only so far."""

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

    def check_end(self, name: str) -> None:
        """Refuse a member that does not end here with its checksum, or a file that goes on after it.

        Raises:
            DataError: so it is.
        """
        if self.readinto(memoryview(bytearray(1))) or self.has_more():
            raise DataError(must(name, "end after its last value", "bytes after it"))
        if not self.is_complete:
            raise DataError(must(name, "be an intact gzip file", "an end without its checksum"))


def most_bytes(n_compressed: int, max_bytes: int = MAX_BYTES) -> int:
    """Return how many bytes a compressed file of so many may become."""
    return min(max_bytes, max(min(DEFLATE_RATIO * n_compressed, PLAUSIBLE_BYTES), PLAUSIBLE_RATIO * n_compressed))


def read_whole(file: FileIO, name: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file, decompressed where it is gzip-compressed.

    What a gzip file will become is not known before it is decompressed, so the limits are held while it grows.

    Raises:
        DataError: it is gzip inside gzip, not intact, or becomes larger than it may.
        zlib.error: its compressed bytes are damaged.
    """
    if not is_gzip(file):
        return file.readall()
    most = most_bytes(size_of(file), max_bytes)
    stream = Inflated(file)
    parts: list[bytes] = []
    n_bytes = 0
    piece = memoryview(bytearray(min(_CHUNK, most + 1)))
    while n_more := stream.readinto(piece):
        n_bytes += n_more
        if n_bytes > most:
            raise DataError(
                must(name, f"decompress to at most {most} bytes", "more", "decompress it where you trust it")
            )
        parts.append(bytes(piece[:n_more]))
        if len(parts) == 1 and parts[0][:2] == GZIP_MAGIC:
            raise DataError(must(name, "hold data", "gzip inside gzip"))
    stream.check_end(name)
    return b"".join(parts)
