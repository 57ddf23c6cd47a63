"""Opening files of data: regular files only, every failure one line, no link that leads out of a folder."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

from mlpstudy.errors import DataError, must

_ADDRESS = re.compile(r"(^|/)(https?|ftp|s3|gs):/", re.IGNORECASE)


class Readable(Protocol):
    """What plain and compressed files can do: fill memory, or say with 0 that nothing is left."""

    def readinto(self, view: memoryview, /) -> int | None:
        """Fill memory from its start and return the number of bytes."""
        ...


def path_text(path: str | Path) -> str:
    r"""Return a path as one line of text, whatever bytes its name has.

    >>> path_text("a\nb.npy")
    "'a\\nb.npy'"
    """
    text = str(path)
    return text if text.isprintable() else ascii(text)


def check_exists(files: Sequence[Path]) -> None:
    """Refuse a path to nothing, with the whole path."""
    for path in files:
        if not path.exists():
            where = "beside the study file" if path.parent != Path() else "in the working directory"
            fix = f"put it {where}"
            if _ADDRESS.search(path.as_posix()):
                fix = "download it, and name the file: addresses are not read"
            raise DataError(must(path_text(path), "exist", "no such file or folder", fix))


def open_regular(path: str | Path, name: str) -> FileIO:
    """Open a file, refusing what has no end or would block: folders, devices, pipes.

    Raises:
        DataError: it is no path, or no regular file.
        OSError: it cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        raise DataError(must(name, "be a path", str(error))) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DataError(must(name, "be a regular file", "a folder, device or pipe"))
    return os.fdopen(descriptor, "rb", buffering=0)


@contextmanager
def reading(path: str | Path) -> Iterator[FileIO]:
    """Open a file for a reader and turn what may fail while it reads into one line with the file's name.

    Raises:
        DataError: the file cannot be read, its compressed bytes are damaged, or what it holds does not fit into memory.
    """
    name = path_text(path)
    try:
        with open_regular(path, name) as file:
            yield file
    except OSError as error:
        raise DataError(must(name, "be a readable file", (error.strerror or str(error)).lower())) from error
    except zlib.error as error:
        raise DataError(must(name, "be an intact compressed file", str(error))) from error
    except MemoryError as error:
        raise DataError(must(name, "fit into memory", "no memory for it")) from error


def size_of(file: FileIO) -> int:
    """Return the number of bytes of an open file."""
    return os.fstat(file.fileno()).st_size


def sha256_of(file: FileIO) -> str:
    """Return the SHA-256 of all bytes of an open file, 64 hexadecimal digits."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def fill(stream: Readable, view: memoryview) -> int:
    """Read until the view is full or the stream at its end; return the number of bytes read."""
    n_read = 0
    while n_read < len(view):
        n_more = stream.readinto(view[n_read:])
        if not n_more:
            break
        n_read += n_more
    return n_read


def within(folder: Path, path: Path) -> Path:
    """Return a path in a folder, refusing one that a symbolic link leads out of it.

    Raises:
        DataError: the file is elsewhere.
        OSError: it cannot be looked up.
    """
    try:
        is_inside = path.resolve(strict=True).is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise DataError(must(path_text(path), "be a readable file", reason)) from error
    if not is_inside:
        fix = "copy the file into the folder"
        raise DataError(
            must(path_text(path), f"lie in {path_text(folder)}", "a symbolic link that leads out of it", fix)
        )
    return path
