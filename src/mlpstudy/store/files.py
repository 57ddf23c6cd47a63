"""Files inside a study's folder: written so that they are whole or absent, read without following links."""

from __future__ import annotations

import errno
import os
import resource
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from mlpstudy.errors import StoreError, must
from mlpstudy.store.failures import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY_SUFFIX = ".tmp"
_LARGEST_WRITE = 1 << 26
"""A single write of more than 2 GiB is cut short by Linux; 64 MiB pieces never are."""
_LARGEST_READ = 1 << 22


def refuse_link(path: Path) -> None:
    """Refuse a symbolic link, which could point out of the study's folder."""
    if path.is_symlink():
        fix = "put the file itself there"
        raise StoreError(must(str(path), "lie in the study's folder", f"a symbolic link to {path.readlink()}", fix))


@contextmanager
def directory(path: Path) -> Iterator[int]:
    """Yield the descriptor of a folder that is no symbolic link."""
    refuse_link(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each entry on disk before this returns."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in reversed(missing):
        sync_folder(folder.parent)


def sync_folder(path: Path) -> None:
    """Wait until the entries of a folder are on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(folder: Path, name: str, content: bytes | bytearray) -> None:
    """Write a file that after a crash at any moment is there whole, or as it was before.

    A temporary file is written and synced, then renamed, then the folder is synced.

    Raises:
        OSError: nothing of what was to be written may be relied on; there is no half of a file.
        StoreError: the folder is a symbolic link.
    """
    temporary = f".{name}{TEMPORARY_SUFFIX}"
    with directory(folder) as at:
        try:
            _write_and_sync(temporary, content, at)
            os.replace(temporary, name, src_dir_fd=at, dst_dir_fd=at)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=at)
            raise
        os.fsync(at)


def _write_and_sync(name: str, content: bytes | bytearray, at: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o666, dir_fd=at)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view[:_LARGEST_WRITE]) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_exactly(folder: Path, name: str, n_bytes: int) -> bytes:
    """Read a file of a known size; the size is checked before anything is read.

    Raises:
        StoreError: it is missing, a symbolic link, no regular file, or of another size.
        OSError: it cannot be read.
    """
    with _reading(folder, name) as (file, found):
        _check_room(found, folder / name)
        if found != n_bytes:
            raise damaged(folder / name, f"{found} bytes instead of {n_bytes}")
        return _read(file, n_bytes, folder / name)


def read_at_most(folder: Path, name: str, n_bytes: int) -> bytes:
    """Read a file whose size has a bound, which is checked before anything is read.

    Raises:
        StoreError: it is missing, a symbolic link, no regular file, or too large.
        OSError: it cannot be read.
    """
    with _reading(folder, name) as (file, found):
        _check_room(found, folder / name)
        if found > n_bytes:
            raise damaged(folder / name, f"{found} bytes, more than {n_bytes}")
        return _read(file, found, folder / name)


def holds(folder: Path, name: str, content: bytes | bytearray) -> bool:
    """Say whether a file reads as what was written to it; it is read in pieces.

    Raises:
        StoreError: it is missing, a symbolic link, or no regular file.
        OSError: it cannot be read.
    """
    view = memoryview(content)
    with _reading(folder, name) as (file, found):
        pieces = range(0, len(view), _LARGEST_READ)
        return found == len(view) and all(file.read(_LARGEST_READ) == view[i : i + _LARGEST_READ] for i in pieces)


@contextmanager
def _reading(folder: Path, name: str) -> Iterator[tuple[BinaryIO, int]]:
    """Yield a file and its size."""
    path = folder / name
    try:
        with directory(folder) as at:
            refuse_link(path)
            # O_NONBLOCK: opening a FIFO that somebody put there must not wait for its other end.
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
    except FileNotFoundError:
        raise damaged(path, "no such file") from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise damaged(path, "something that is no regular file")
        yield file, found.st_size


def largest_file() -> int:
    """Return the bytes that a file may have to be read whole: half of the memory that this process may use.

    >>> largest_file() > 1 << 20
    True
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return (memory if soft == resource.RLIM_INFINITY else min(memory, soft)) // 2


def _check_room(n_bytes: int, path: Path) -> None:
    """Refuse a file, perhaps a foreign one full of holes, that would exhaust the memory."""
    if n_bytes > largest_file():
        found, fix = f"{n_bytes} bytes", "a machine with more memory"
        raise StoreError(must(str(path), f"have at most {largest_file()} bytes to be read here", found, fix))


def _read(file: BinaryIO, n_bytes: int, path: Path) -> bytes:
    content = file.read(n_bytes + 1)
    if len(content) != n_bytes:
        raise damaged(path, f"{len(content)} bytes instead of {n_bytes}")
    return content


def remove(folder: Path, name: str) -> None:
    """Remove a file; it may be gone already."""
    with directory(folder) as at, suppress(FileNotFoundError):
        os.unlink(name, dir_fd=at)


def names(folder: Path) -> list[str]:
    """Return the names of a folder's entries, none where there is no folder."""
    try:
        with directory(folder) as at:
            return sorted(os.listdir(at))  # noqa: PTH208  # by descriptor, which no link can redirect
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            return []
        raise
