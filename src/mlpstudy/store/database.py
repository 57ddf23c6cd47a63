"""The open database: one connection behind one guard, its errors as one line each."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from mlpstudy.store.failures import one_line
from mlpstudy.store.schema import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mlpstudy.store.place import Place


class Database:
    """A connection to a study's database; the writer's knows the file's place, and notices where it is lost.

    Attributes:
        folder: the study's folder, for errors.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, place: Place | None = None) -> None:
        self.folder = folder
        self._connection = connection
        self._place = place
        self._guard = threading.RLock()

    def query(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[sqlite3.Row]:
        """Execute a statement and return all of its rows.

        Raises:
            StoreError: SQLite or the disk refuses.
        """
        with self._guard, one_line(self.folder, "read the study"):
            return self._connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> Iterator[tuple[Any, ...]]:
        """Execute a statement and yield its rows one by one, so that a check can end it before all are in memory.

        Raises:
            StoreError: SQLite or the disk refuses.
        """
        with self._guard, one_line(self.folder, "read the study"), closing(self._connection.cursor()) as cursor:
            cursor.row_factory = None
            yield from cursor.execute(sql, parameters)

    def one(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Row | None:
        """Execute a statement and return its first row, None where it has none."""
        found = self.query(sql, parameters)
        return found[0] if found else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Make the queries inside see one and the same state, whatever a writer commits meanwhile.

        A transaction that SQLite begins at the first query; one inside another, or inside ``writing``, is that one.
        """
        with self._guard:
            if self._connection.in_transaction:
                yield
                return
            with one_line(self.folder, "read the study"):
                self._connection.execute("BEGIN")
            try:
                yield
            finally:
                with one_line(self.folder, "read the study"):
                    self._connection.rollback()

    @contextmanager
    def writing(self, doing: str) -> Iterator[None]:
        """Make the queries inside happen together or not at all.

        Args:
            doing: what they do, for errors.

        Raises:
            StoreError: SQLite or the disk refuses, or the database no longer lies in its place.
        """
        with self._guard, one_line(self.folder, doing):
            with transaction(self._connection):
                yield
            self._check_place()

    def check_folder(self) -> None:
        """Check, before a file beside the database is written, that the folder is still the writer's own.

        Raises:
            StoreError: it is not.
        """
        with self._guard:
            if self._place is not None and self._place.is_left():
                self._check_place()

    def _check_place(self) -> None:
        """Check that the writer's database lies where it was opened; where it does not, save its rows and close it."""
        place = self._place
        if place is not None and place.is_lost():
            self._place = None
            raise place.rescue(self._connection)

    def execute(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> None:
        """Execute a statement inside ``writing``, which names what is being done where it fails."""
        self._connection.execute(sql, parameters)

    def change_counter(self) -> int:
        """Return a number that changes with every commit, other processes' and one's own."""
        with self._guard, one_line(self.folder, "read the study"):
            version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
            return version + self._connection.total_changes

    def close(self) -> None:
        """Close the connection; closing twice does no harm."""
        with self._guard:
            self._connection.close()

    def close_writing(self) -> None:
        """Close the writer's connection and leave one plain file where no reader is connected.

        Out of WAL mode the database needs no ``-wal`` and ``-shm`` beside it, so that it can be read in a
        read-only folder and copied as one file. With readers connected, or on a full disk, it stays in WAL
        mode, which is as safe.

        Raises:
            StoreError: the database no longer lies in its place.
        """
        with self._guard:
            try:
                self._check_place()
                with suppress(sqlite3.Error):
                    self._connection.execute("PRAGMA busy_timeout = 0")
                    self._connection.execute("PRAGMA journal_mode = DELETE")
            finally:
                self._place = None
                self._connection.close()
