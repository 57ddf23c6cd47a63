"""What SQLite and the operating system report, as one clear line."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, damaged, must
from mlpstudy.machine.files import FULL, has_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "study.db"
KEPT = "every run finished so far is kept"
AGAIN = f"check the disk and run it again: {KEPT}"
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_PRIMARY_CODE = 0xFF
_SQLITE_FORBIDDEN = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_SQLITE_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SQLITE_ON_A_FULL_DISK = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
"""What SQLite says too where it cannot make the files beside the database, for want of space or of inodes."""
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def sqlite_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code, or 0 where the error is Python's own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY_CODE


def _full(folder: Path, doing: str) -> StoreError:
    fix = f"free some space and run it again: {KEPT}"
    return StoreError(must(f"the disk of {folder}", f"have room to {doing}", "no space left", fix))


def _forbidden(folder: Path, doing: str, found: str) -> StoreError:
    return StoreError(
        must(f"folder {folder}", f"allow to {doing}", found, "change its permissions, or use another folder")
    )


def _from_os(error: OSError, folder: Path, doing: str) -> StoreError:
    found = f"the error {error.strerror or error}"
    if error.errno in FULL:
        return _full(folder, doing)
    if error.errno in _FORBIDDEN:
        return _forbidden(folder, doing, found)
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        where = os.fsdecode(error.filename) if error.filename else str(folder)
        return StoreError(must(where, "be a folder", "something else of that name", "--out another folder"))
    return StoreError(must(f"folder {folder}", f"allow to {doing}", found, AGAIN))


def _from_sqlite(error: sqlite3.Error, folder: Path, doing: str) -> StoreError:
    code = sqlite_code(error)
    if code == sqlite3.SQLITE_FULL or (code in _SQLITE_ON_A_FULL_DISK and not has_room(folder)):
        return _full(folder, doing)
    if code == sqlite3.SQLITE_TOOBIG:
        return damaged(folder / DATABASE, "a value too large to be of a study")
    if code in _SQLITE_DAMAGED:
        return damaged(folder / DATABASE, f"a damaged database ({error})")
    if code in _SQLITE_FORBIDDEN:
        return _forbidden(folder, doing, f"the error {error}")
    if code in _SQLITE_BUSY:
        return StoreError(must(str(folder / DATABASE), "be free", "a lock of another program", "close it there"))
    return StoreError(must(str(folder / DATABASE), f"allow to {doing}", f"the error {error}", AGAIN))


@contextmanager
def one_line(folder: Path, doing: str) -> Iterator[None]:
    """Turn what goes wrong inside into a StoreError of one line.

    Args:
        folder: the study's folder.
        doing: what is being done, as a verb with its object ("record an epoch").

    Raises:
        StoreError: whenever SQLite or the operating system fails, or memory does not suffice.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _from_sqlite(error, folder, doing) from error
    except UnicodeDecodeError as error:
        # SQLite quotes the damaged schema in its message, which Python's module then cannot decode.
        raise damaged(folder / DATABASE, "text that is not UTF-8") from error
    except OSError as error:
        raise _from_os(error, folder, doing) from error
    except MemoryError as error:
        # SQLite asks for what a damaged row says it has.
        found, fix = "more than there is", f"free some memory and run it again: {KEPT}"
        raise StoreError(must(str(folder / DATABASE), f"take no more memory to {doing}", found, fix)) from error
