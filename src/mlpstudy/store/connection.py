"""Opening the database: for the one writer, and for readers that leave no trace where SQLite allows it."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, damaged, must
from mlpstudy.machine.files import open_inside, refuse_irregular, sync_folder
from mlpstudy.store import schema
from mlpstudy.store.database import Database
from mlpstudy.store.failures import DATABASE, one_line, sqlite_code
from mlpstudy.store.place import Place

if TYPE_CHECKING:
    from pathlib import Path

BUSY_S = 10.0
"""How long to wait for a lock of SQLite's own, which nobody holds for longer than one small transaction."""

LARGEST_VALUE = 1 << 28
"""Bytes that one text, blob or row may have, as for 20 million test examples; a foreign file may claim more."""

_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
"""Begins a journal, and ends one that names a file above it (https://www.sqlite.org/fileformat.html)."""
_NEEDS_MORE_RIGHTS = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


def _refuse_irregular(path: Path, *, to_write: bool = False) -> None:
    """Refuse what SQLite would follow, wait for or read without end, beside the database too.

    A database of two names has two logs, and a writer for each: SQLite loses what they write.
    """
    for suffix in ("", "-wal", "-shm", "-journal"):
        refuse_irregular(path.with_name(path.name + suffix), to_write=to_write)


def _refuse_superior(path: Path) -> None:
    """Refuse a journal that names another file, anywhere, which SQLite would read and then remove.

    Only transactions over several databases write such a name; a study has one.
    """
    journal = path.with_name(f"{path.name}-journal")
    try:
        descriptor = open_inside(path.parent, journal.name, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return
    with os.fdopen(descriptor, "rb") as file:
        file.seek(max(os.fstat(descriptor).st_size - len(_JOURNAL_MAGIC), 0))
        if file.read(len(_JOURNAL_MAGIC)) == _JOURNAL_MAGIC:
            raise damaged(journal, "a journal that names a file outside the folder")


def _connect(path: Path, parameters: str, *, any_thread: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{parameters}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=not any_thread,
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _has_log(path: Path) -> bool:
    """Say whether committed work may lie beside the database, where ``immutable`` would not see it."""
    for suffix in ("-wal", "-journal"):
        log = path.with_name(path.name + suffix)
        if log.exists() and log.stat().st_size > 0:
            return True
    return False


def _connect_reading(path: Path) -> sqlite3.Connection:
    """Connect in the way that touches least: read only, then with recovery, then without any lock.

    A database that its writer left in WAL mode can be opened read only where the folder is writable (SQLite
    makes its index there). After a crash, recovery may need to write. In a folder that nobody may write to,
    and with no log to recover, ``immutable`` is safe: nobody else can be writing.
    """
    failures: list[sqlite3.Error] = []
    for parameters in ("mode=ro", "mode=rw", "immutable=1"):
        if parameters == "immutable=1" and _has_log(path):
            break
        try:
            return _connect(path, parameters, any_thread=True)
        except sqlite3.OperationalError as error:
            if sqlite_code(error) not in _NEEDS_MORE_RIGHTS:
                raise
            failures.append(error)
    raise failures[0]


def _has_content(path: Path) -> bool:
    """Say whether a file has content, by its size: SQLite would take a file of one byte for an empty database.

    It is not opened: at the first close of any descriptor of a file the locks of the whole process on it are gone,
    those of SQLite's connections too, and another program would then remove the log under a writer.

    Raises:
        StoreError: it has one byte.
    """
    n_bytes = path.lstat().st_size
    if n_bytes == 1:
        raise damaged(path, "a file that is no database")
    return n_bytes > 0


def _in_memory(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of an older database, migrated in memory: a reader never changes the file."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    memory.row_factory = sqlite3.Row
    memory.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.backup(memory)
    connection.close()
    schema.migrate(memory)
    return memory


def _no_study(folder: Path) -> StoreError:
    found = "a folder without one" if folder.is_dir() else "no such folder"
    fix = "the folder that mlpstudy run printed, or mlpstudy run first"
    return StoreError(must(f"folder {folder}", "hold a study", found, fix))


def find_reading(folder: Path) -> Database | None:
    """Open a study's database for reading, from any thread; return None where there is none (yet).

    Raises:
        StoreError: it is damaged, not a study's, or of a newer schema.
    """
    path = folder / DATABASE
    with one_line(folder, "read the study"):
        _refuse_irregular(path)
        _refuse_superior(path)
        if not path.exists() or not _has_content(path):
            return None
        connection = _connect_reading(path)
        try:
            if schema.is_empty(connection):
                connection.close()
                return None
            schema.check_kind(connection, path)
            if schema.is_older(connection):
                connection = _in_memory(connection)
            schema.check_layout(connection, path)
            connection.execute("PRAGMA query_only = ON")
            if connection.execute("SELECT count(*) FROM study").fetchone()[0] == 0:
                connection.close()
                return None
        except BaseException:
            connection.close()
            raise
        return Database(folder, connection)


def open_reading(folder: Path) -> Database:
    """Open a study's database for reading, from any thread.

    Raises:
        StoreError: there is none, it is damaged, not a study's, or of a newer schema.
    """
    database = find_reading(folder)
    if database is None:
        raise _no_study(folder)
    return database


def open_writing(folder: Path) -> Database:
    """Open a study's database for the one writer; make it or migrate it where needed.

    Raises:
        StoreError: it is damaged, not a study's, of a newer schema, or the disk refuses.
    """
    path = folder / DATABASE
    with one_line(folder, "write the study"):
        _refuse_irregular(path, to_write=True)
        _refuse_superior(path)
        if path.exists():
            _has_content(path)
        connection = _connect(path, "mode=rwc", any_thread=False)
        try:
            if not schema.is_empty(connection):
                schema.check_kind(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            schema.migrate(connection)
            schema.check_layout(connection, path)
            sync_folder(folder)
        except BaseException:
            connection.close()
            raise
        return Database(folder, connection, Place(folder))
