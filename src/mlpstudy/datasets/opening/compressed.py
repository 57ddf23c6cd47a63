"""Compressed text of unknown length: gzip, bzip2, xz and ZIP archives of one file, never further than it may become.

A file of several members one after the other (bgzip, ``cat a.gz b.gz``) is all of them, as its own tools read it.
"""

from __future__ import annotations

import bz2
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO
from typing import Protocol

from mlpstudy.datasets.opening.files import size_of
from mlpstudy.datasets.opening.gz import GZIP_MAGIC, most_bytes
from mlpstudy.datasets.opening.zips import ZIP_FAULTS, ZIP_MAGIC, check_ends, check_members
from mlpstudy.errors import DataError, must

ENDINGS = (".gz", ".bz2", ".xz", ".zip")
"""Of the names of compressed tables."""

_CHUNK = 2**18
_XZ_MEMORY_BYTES = 2**27  # what the strongest preset, xz -9, takes is half of it
_FAULTS = (zlib.error, lzma.LZMAError, OSError, EOFError)


class _Stream(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's decompressor, with the interface that the others have."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)
        self._tail = b""

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._tail

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        part = self._inflate.decompress(self._tail + data, max_length)
        self._tail = self._inflate.unconsumed_tail
        return part


@dataclass(frozen=True, slots=True)
class _Kind:
    """A way to compress a file.

    Attributes:
        name: in messages.
        magic: its first bytes.
        make: makes a decompressor of one member.
    """

    name: str
    magic: bytes
    make: Callable[[], _Stream]


_KINDS = (
    _Kind("gzip", GZIP_MAGIC, _Gzip),
    _Kind("bzip2", b"BZh", bz2.BZ2Decompressor),
    _Kind("xz", b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)),
)
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")
_ZSTD = b"\x28\xb5\x2f\xfd"


def is_compressed(head: bytes) -> bool:
    """Say whether a file that starts so is compressed, in a way that is read here or refused by its name.

    >>> is_compressed(b"PK" + bytes([3, 4])), is_compressed(b"BZh,kind")
    (True, False)
    """
    return head.startswith((ZIP_MAGIC, _ZSTD)) or _kind(head) is not None


def first_bytes(file: FileIO, head: bytes, n_bytes: int) -> bytes:
    """Return the first bytes of what is compressed; none where they cannot be had."""
    kind = _kind(head)
    file.seek(0)
    try:
        if kind is not None:
            return next(_parts(file, kind.make), b"")[:n_bytes]
        if head.startswith(ZIP_MAGIC):
            with zipfile.ZipFile(file) as archive:
                (only,) = _files(archive)
                return archive.open(only).read(n_bytes)
    except (*_FAULTS, *ZIP_FAULTS):
        pass
    return b""


def decompressed(file: FileIO, name: str, head: bytes) -> bytes:
    """Return what a compressed file holds.

    What it will become is not known before it is decompressed, so the limits are held while it grows.

    Args:
        file: the file, open.
        name: what it is called in messages.
        head: its first bytes.

    Raises:
        DataError: it is not intact, becomes larger than it may, is compressed twice, or holds several files.
    """
    file.seek(0)
    if head.startswith(_ZSTD):
        raise DataError(must(name, "be plain text or compressed with gzip", "Zstandard", "zstd -d before"))
    if head.startswith(ZIP_MAGIC):
        return _only_member(file, name)
    kind = _kind(head)
    assert kind is not None  # noqa: S101  # is_compressed
    most = most_bytes(size_of(file))
    parts: list[bytes] = []
    n_bytes = 0
    try:
        for part in _parts(file, kind.make):
            n_bytes += len(part)
            if n_bytes > most:
                fix = "decompress it where you trust it"
                raise DataError(must(name, f"decompress to at most {most} bytes", "more", fix))
            if not parts and is_compressed(part):
                raise DataError(must(name, "hold data", f"a compressed file inside {kind.name}", "unpack it first"))
            parts.append(part)
    except _FAULTS as error:
        raise DataError(must(name, f"be an intact {kind.name} file", str(error).lower() or "damaged bytes")) from error
    return b"".join(parts)


def _kind(head: bytes) -> _Kind | None:
    kind = next((kind for kind in _KINDS if head.startswith(kind.magic)), None)
    if kind is not None and kind.name == "bzip2" and not head[4:].startswith(_BZIP2_BLOCKS):
        return None  # a text may start with these letters
    return kind


def _parts(file: FileIO, make: Callable[[], _Stream]) -> Iterator[bytes]:
    """Yield what the members of a file hold, a piece at a time."""
    stream, data = make(), b""
    while True:
        if stream.eof:
            data = stream.unused_data.lstrip(b"\0") or file.read(_CHUNK).lstrip(b"\0")  # a tape's last block is padded
            if not data:
                return
            stream = make()
        elif stream.needs_input and not data:
            data = file.read(_CHUNK)
            is_end = not data
        else:
            is_end = False
        part, data = stream.decompress(data, _CHUNK), b""
        if part:
            yield part
        elif is_end and not stream.eof:
            message = "an end that is cut off"
            raise EOFError(message)


def _only_member(file: FileIO, name: str) -> bytes:
    """Return the one file in a ZIP archive, beside folders and what a Mac puts there."""
    try:
        check_ends(file, name, "a ZIP archive")
        with zipfile.ZipFile(file) as archive:
            check_members(archive.infolist(), size_of(file), name, may_be_folders=True)
            files = _files(archive)
            if len(files) != 1:
                found = f"{len(files)} files" + (f", {files[0]!r:.40} for one" if files else "")
                raise DataError(must(name, "hold one file", found, "unpack it, and name the one that is meant"))
            content = archive.read(files[0])
    except ZIP_FAULTS as error:
        raise DataError(must(name, "be an intact ZIP archive", str(error) or "damaged bytes")) from error
    if is_compressed(content):
        raise DataError(must(name, "hold data", "a compressed file inside ZIP", "unpack it first"))
    return content


def _files(archive: zipfile.ZipFile) -> list[str]:
    """Return the files in an archive, without those that a Mac puts beside them."""
    names = archive.namelist()
    return [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/")]
