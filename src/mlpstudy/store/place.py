"""Is the database that is open still the one that lies in the folder? Where it is not, its rows are saved.

A program that copies files back, a sync client or a person may remove, replace or move ``study.db`` while a run
writes it. The open file then has another name, or none, and what is committed to it is lost at the end.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, must
from mlpstudy.machine.files import remove, write_new
from mlpstudy.store.failures import DATABASE, KEPT

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

RESCUED = "study-rescued.db"


class Place:
    """The file that a connection has open, by the name that it had then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._itself = _identity(self._folder)
        self._file = _identity(self._folder / DATABASE)
        self._log = {name: _identity(self._folder / name) for name in (f"{DATABASE}-wal", f"{DATABASE}-shm")}

    def is_lost(self) -> bool:
        """Say whether the name now belongs to another file, or to none."""
        return _identity(self._folder / DATABASE) != self._file

    def is_left(self) -> bool:
        """Say whether the folder's own name belongs to another folder, whose files are not ours to write."""
        return _identity(self._folder) != self._itself

    def rescue(self, connection: sqlite3.Connection) -> StoreError:
        """Close the connection, save its rows without touching what is there now, and return what is to be said.

        A removed database is written again. Beside another one in its place, the rows are saved under another name.
        One that was moved has all of its rows where it is now.
        """
        there = self._folder / DATABASE
        moved_to = self._find()
        content = b"" if moved_to else connection.serialize()
        connection.close()
        self._drop_log()
        if moved_to:
            return _moved(there, f"a file that was moved to {moved_to}", "move it back and run it again")
        if not self._folder.is_dir():
            return _moved(there, "a folder that was removed", "run it again: it begins anew")
        with suppress(OSError, StoreError):
            write_new(self._folder, DATABASE, content)
            return _moved(there, "a file that was removed, and is written again", f"run it again: {KEPT}")
        name = f"{os.urandom(4).hex()}-{RESCUED}"
        try:
            write_new(self._folder, name, content)
        except OSError as error:
            found = f"another file, and no room to save the rows of this one ({error.strerror or error})"
            return _moved(there, found, "bring back a copy")
        log = self._folder / f"{DATABASE}-wal"
        # SQLite would play the other one's log onto whatever bears the name.
        beside = f" and of its {log.name}, which must go" if log.exists() else ""
        fix = f"give it the name {DATABASE} again, in the place of the other one{beside}, and run it again"
        return _moved(there, f"another file in its place; {KEPT} in {self._folder / name}", fix)

    def _drop_log(self) -> None:
        """Remove the log of the file that is lost: SQLite leaves it, and would play it onto what bears the name now."""
        for name, identity in self._log.items():
            if identity is not None and _identity(self._folder / name) == identity:
                with suppress(OSError, StoreError):
                    remove(self._folder, name)

    def _find(self) -> str | None:
        """Return the name that the open file has now, where the system says so and it has any."""
        with suppress(OSError):
            for descriptor in os.listdir("/proc/self/fd"):  # noqa: PTH208  # names, as the system gives them
                with suppress(OSError):
                    found = os.stat(f"/proc/self/fd/{descriptor}")  # noqa: PTH116  # as above
                    if (found.st_dev, found.st_ino) == self._file and found.st_nlink > 0:
                        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  # as above
        return None


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and number of the file that has a name, None where there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _moved(there: Path, found: str, fix: str) -> StoreError:
    return StoreError(must(str(there), "stay in its place while a run writes it", found, fix))
