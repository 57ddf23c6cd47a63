"""One writer a study: an advisory lock that the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, must

if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE = "lock"
_LONGEST_NOTE = 200


class WriterLock:
    """An exclusive ``flock`` on the file ``lock``, which says who holds it.

    A dead process holds no lock: whatever its file still says, the next writer gets the lock.
    The file is never removed, because a third process could then lock a file that has no name any more.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            StoreError: another writer holds it.
            OSError: the file cannot be made.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(folder / LOCK_FILE, flags, 0o666)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, _LONGEST_NOTE, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            found = f"another writer: {holder or 'process unknown'}"
            raise StoreError(must(f"folder {folder}", "have one writer", found, "wait for it, or stop it")) from None
        except BaseException:
            os.close(self._descriptor)
            raise
        self._note(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")

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
