"""Files inside a study's folder: written so that they are whole or absent, read without following links.

The folder itself is the user's word, who may have reached it through a link. What lies in it may have come from
elsewhere: every name below it is opened from its folder's descriptor, no link is followed, and what is read is a
regular file of a bounded size.
"""

from __future__ import annotations

import errno
import os
import resource
import stat
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from mlpstudy.errors import StoreError, damaged, must

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says of a disk without room."""
TEMPORARY_SUFFIX = ".tmp"
_LARGEST_WRITE = 1 << 26
"""A single write of more than 2 GiB is cut short by Linux; 64 MiB pieces never are."""
_LARGEST_READ = 1 << 22
_SMALL_FILE = 1 << 16


def refuse_link(path: Path) -> None:
    """Refuse a symbolic link, which could point out of the study's folder."""
    if path.is_symlink():
        fix = "put the file itself there"
        raise StoreError(must(str(path), "lie in the study's folder", f"a symbolic link to {path.readlink()}", fix))


def refuse_irregular(path: Path, *, to_write: bool = False) -> None:
    """Refuse a link, FIFO, device or folder in the place of a file that a library opens by its path; it may be missing.

    Raises:
        StoreError: it is no regular file, or is to be written and has other names.
    """
    refuse_link(path)
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    _check_regular(found, path, to_write=to_write)


def _check_regular(found: os.stat_result, path: Path, *, to_write: bool) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise damaged(path, "something that is no regular file")
    if to_write and found.st_nlink > 1:
        fix = "put a copy of the file there"
        raise StoreError(must(str(path), "have no other name to be written", f"{found.st_nlink} hard links", fix))


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


@contextmanager
def _inside(root: Path, below: PurePath, *, make: bool = False) -> Iterator[int]:
    """Yield the descriptor of a folder below another one, reached without following a link from there on."""
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for depth, part in enumerate(below.parts, start=1):
            if part == "..":
                raise StoreError(must(str(root / below), "lie in the study's folder", "a name that leads out of it"))
            refuse_link(root.joinpath(*below.parts[:depth]))
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=at)
            deeper = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
            os.close(at)
            at = deeper
        yield at
    finally:
        os.close(at)


def open_inside(root: Path, name: str, flags: int) -> int:
    """Open a regular file of a study's folder and return its descriptor; no link is followed, no FIFO waited for.

    Args:
        root: the study's folder.
        name: of the file in it.
        flags: as for ``os.open``.

    Raises:
        StoreError: it is a symbolic link or no regular file, or is to be written and has other names.
        OSError: it is not there, or cannot be opened.
    """
    with _inside(root, PurePath()) as at:
        refuse_link(root / name)
        return _open_regular(at, name, flags, root / name)


def _open_regular(at: int, name: str, flags: int, path: Path) -> int:
    # O_NONBLOCK: opening a FIFO that somebody put there must not wait for its other end.
    descriptor = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666, dir_fd=at)
    try:
        _check_regular(os.fstat(descriptor), path, to_write=flags & os.O_ACCMODE != os.O_RDONLY)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def write_durably(folder: Path, name: str, content: bytes | bytearray) -> None:
    """Write a file that after a crash at any moment is there whole, or as it was before.

    A temporary file is written and synced, then renamed, then the folder is synced.

    Raises:
        OSError: nothing of what was to be written may be relied on; there is no half of a file.
        StoreError: the folder is a symbolic link.
    """
    with directory(folder) as at:
        _replace(at, name, content, sync=True)
        os.fsync(at)


def write_whole(root: Path, name: str | PurePath, content: bytes | bytearray) -> Path:
    """Write a file below a folder, whole or not at all, and return its path; folders on its way are made.

    A link in the file's own place is replaced, one in the place of a folder below ``root`` is refused. Against a
    loss of power it promises nothing: what can be made again needs no ``fsync``.

    Args:
        root: a folder that the user named; made where it is missing.
        name: of the file, or its way from there.
        content: what it is to hold.

    Raises:
        OSError: it cannot be written; no part of it is left behind.
        StoreError: a folder on its way is a symbolic link.
    """
    way = PurePath(name)
    root.mkdir(parents=True, exist_ok=True)
    with _inside(root, way.parent, make=True) as at:
        _replace(at, way.name, content, sync=False)
    return root / way


def write_new(root: Path, name: str, content: bytes | bytearray) -> None:
    """Write a file into a folder, whole or not at all, whose name is still free.

    Raises:
        FileExistsError: it is not.
        OSError: it cannot be written; no part of it is left behind.
    """
    temporary = _temporary(name)
    with _inside(root, PurePath()) as at:
        try:
            _write(temporary, content, at, sync=True)
            os.link(temporary, name, src_dir_fd=at, dst_dir_fd=at, follow_symlinks=False)
        finally:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=at)
        os.fsync(at)


def has_room(folder: Path) -> bool:
    """Say whether the disk of a folder takes another small file; where that cannot be tried, that it does."""
    name = _temporary("room")
    with suppress(OSError), _inside(folder, PurePath()) as at:
        try:
            _write(name, bytes(_SMALL_FILE), at, sync=True)
        except OSError as error:
            return error.errno not in FULL
        finally:
            with suppress(OSError):
                os.unlink(name, dir_fd=at)
    return True


def _temporary(name: str) -> str:
    """Return a name that nobody can have prepared."""
    return f".{name}.{os.urandom(8).hex()}{TEMPORARY_SUFFIX}"


def _replace(at: int, name: str, content: bytes | bytearray, *, sync: bool) -> None:
    """Write a file under a name that nobody can have prepared, and give it its own name when it is whole."""
    temporary = _temporary(name)
    try:
        _write(temporary, content, at, sync=sync)
        os.replace(temporary, name, src_dir_fd=at, dst_dir_fd=at)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=at)
        raise


def _write(name: str, content: bytes | bytearray, at: int, *, sync: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o666, dir_fd=at)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view[:_LARGEST_WRITE]) :]
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_if_there(root: Path, name: str, n_bytes: int) -> bytes | None:
    """Read a file of a study's folder whose size has a bound; None where there is none.

    Raises:
        StoreError: it is a symbolic link, no regular file, or too large.
        OSError: it cannot be read.
    """
    try:
        descriptor = open_inside(root, name, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return _read_bounded(file, os.fstat(descriptor).st_size, n_bytes, root / name)


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
        return _read_bounded(file, found, n_bytes, folder / name)


def _read_bounded(file: BinaryIO, found: int, n_bytes: int, path: Path) -> bytes:
    _check_room(found, path)
    if found > n_bytes:
        raise damaged(path, f"{found} bytes, more than {n_bytes}")
    return _read(file, found, path)


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
            descriptor = _open_regular(at, name, os.O_RDONLY, path)
    except FileNotFoundError:
        raise damaged(path, "no such file") from None
    with os.fdopen(descriptor, "rb") as file:
        yield file, os.fstat(descriptor).st_size


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
