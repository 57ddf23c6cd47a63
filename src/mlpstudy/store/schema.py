"""The database's schema: which version a database has, bringing it to this one, and checking that it is no other."""

from __future__ import annotations

import functools
import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, damaged, must
from mlpstudy.store.migrations.version_1 import APPLICATION_ID
from mlpstudy.store.migrations.versions import MIGRATIONS, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make the statements inside happen together or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A failed COMMIT, or a full disk, may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version(connection: sqlite3.Connection) -> int:
    """Return the schema version of a database, 0 where it is empty."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_older(connection: sqlite3.Connection) -> bool:
    """Say whether a database is of an earlier version than this one's."""
    return version(connection) < SCHEMA_VERSION


def is_empty(connection: sqlite3.Connection) -> bool:
    """Say whether nothing was ever committed: what a writer leaves that was killed before it had a schema."""
    n_objects = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    return n_objects == 0 and version(connection) == 0


def check_kind(connection: sqlite3.Connection, path: Path) -> None:
    """Check that a database is a study's, of a schema that this version knows.

    Raises:
        StoreError: it is not.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(must(str(path), "be a study's database", "a database of something else", "another folder"))
    found = version(connection)
    if found > SCHEMA_VERSION:
        raise StoreError(must(str(path), f"be schema at most {SCHEMA_VERSION}", found, "upgrade mlpstudy"))
    if found < 1:
        raise damaged(path, f"schema version {found}")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to this version's schema, all of it or nothing."""
    found = version(connection)
    if found < SCHEMA_VERSION:
        with transaction(connection):
            for step in MIGRATIONS[found:SCHEMA_VERSION]:
                step(connection)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


Entry = tuple[str, str, str, str | None]
"""A row of ``sqlite_schema``: type, name, table, and the statement, which SQLite's own indices do not have."""

_OWN_INDEX = re.compile(r'CREATE INDEX "?\w+"? ON "?\w+"? ?\("?\w+"?(, ?"?\w+"?)*\)', re.IGNORECASE)
"""An index that somebody adds for queries of their own: on columns, without expressions, which would be executed."""
_STATISTICS = {"CREATE TABLE sqlite_stat1(tbl,idx,stat)", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"}
"""What ANALYZE leaves behind."""


def _layout(connection: sqlite3.Connection) -> list[Entry]:
    """Return every row of the schema, whatever its name: ``sqlite_`` at its start is a custom, no promise."""
    return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()


@functools.cache
def _expected_layout() -> list[Entry]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(connection)
        return _layout(connection)
    finally:
        connection.close()


def check_layout(connection: sqlite3.Connection, path: Path) -> None:
    """Check that the schema is exactly that of this version, and that nothing else can run on access.

    A view under a table's name, or a trigger, would make reading a foreign file execute what its author wrote.

    Raises:
        StoreError: a table is missing or changed, or there is anything else but a plain index.
    """
    found = [tuple(row) for row in _layout(connection)]
    for entry in _expected_layout():
        if entry not in found:
            raise damaged(path, f"a {entry[0]} {entry[1]} that is missing or altered")
        found.remove(entry)
    for kind, name, _, sql in found:
        is_index = kind == "index" and _OWN_INDEX.fullmatch(str(sql)) is not None
        if not is_index and not (kind == "table" and sql in _STATISTICS):
            raise damaged(path, f"a {kind!s:.20} {name!s:.60} that does not belong there")
