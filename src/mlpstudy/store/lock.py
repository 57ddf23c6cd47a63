"""One writer a study: an advisory lock that the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, must
from mlpstudy.machine.files import open_inside

if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE = "lock"
_LONGEST_NOTE = 200
_ATTEMPTS = 10
_PAUSE_S = 0.02


class WriterLock:
    """An exclusive ``flock`` on the file ``lock``, which says who holds it.

    A dead process holds no lock: whatever its file still says, the next writer gets the lock.
    The file is never removed, because a third process could then lock a file that has no name any more.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            StoreError: another writer holds it, or the file is a symbolic link or no regular file.
            OSError: the file cannot be made.
        """
        self._descriptor = open_inside(folder, LOCK_FILE, os.O_RDWR | os.O_CREAT)
        try:
            self._take(folder)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._note(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")

    def _take(self, folder: Path) -> None:
        """Try for a moment: a reader that asks who writes holds a shared lock for some microseconds."""
        for attempt in range(_ATTEMPTS):
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if attempt < _ATTEMPTS - 1:
                    time.sleep(_PAUSE_S)
            else:
                return
        found = f"another writer, {_read_note(self._descriptor)}"
        raise StoreError(must(f"folder {folder}", "have one writer", found, "wait for it, or stop it"))

    def _note(self, text: str) -> None:
        """Say who holds the lock; a full disk must not keep a writer from opening, so failure is no error."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, text.encode(), 0)
        except OSError:
            return

    def release(self) -> None:
        """Give the lock back; once is enough, twice does no harm."""
        if self._descriptor >= 0:
            self._note("")
            os.close(self._descriptor)
            self._descriptor = -1


def _read_note(descriptor: int) -> str:
    """Return who holds the lock, in one line of plain characters."""
    note = os.pread(descriptor, _LONGEST_NOTE, 0).decode(errors="replace").strip()
    return note if note.isprintable() and note else "an unknown process"


def writer_of(folder: Path) -> str | None:
    """Return who is writing a study, ``"process 4711 since 2026-01-01 12:00:00 UTC"``, or None.

    Raises:
        OSError: the lock file cannot be read.
        StoreError: it is a symbolic link, or no regular file.
    """
    try:
        descriptor = open_inside(folder, LOCK_FILE, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_note(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)
