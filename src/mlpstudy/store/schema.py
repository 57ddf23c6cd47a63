"""The database's schema and the steps that lead from each version to the next.

docs/store.md describes every table. A new version appends a function to MIGRATIONS and never changes
an earlier one, so that a store of any earlier version can be opened.
"""

from __future__ import annotations

import functools
import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, damaged, must
from mlpstudy.records import SCHEMA_VERSION
from mlpstudy.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

APPLICATION_ID = int.from_bytes(b"mlps", "big")
"""Marks the file as a study's database (``PRAGMA application_id``)."""

VERSION_1 = (
    """CREATE TABLE study (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fields TEXT NOT NULL,
    identity TEXT NOT NULL,
    name TEXT NOT NULL,
    engine TEXT NOT NULL,
    data_name TEXT NOT NULL,
    data_sha256 TEXT NOT NULL,
    validation_source TEXT NOT NULL,
    class_names TEXT NOT NULL,
    image_rows INTEGER,
    image_columns INTEGER,
    n_features INTEGER NOT NULL,
    n_train INTEGER NOT NULL,
    n_validation INTEGER NOT NULL,
    n_test INTEGER NOT NULL,
    test_labels BLOB NOT NULL,
    semantics INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    sha256 TEXT NOT NULL
)""",
    """CREATE TABLE provenance (
    id INTEGER PRIMARY KEY,
    mlpstudy TEXT NOT NULL,
    engine TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    instruction_set TEXT NOT NULL,
    python TEXT NOT NULL,
    numpy TEXT NOT NULL,
    platform TEXT NOT NULL,
    cpu TEXT NOT NULL,
    n_cores INTEGER NOT NULL,
    UNIQUE (mlpstudy, engine, engine_version, instruction_set, python, numpy, platform, cpu, n_cores)
)""",
    """CREATE TABLE runs (
    run_id TEXT PRIMARY KEY CHECK (length(run_id) = 16 AND run_id NOT GLOB '*[^0-9a-f]*'),
    architecture TEXT NOT NULL,
    seed INTEGER NOT NULL CHECK (seed >= 0),
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'diverged', 'failed')),
    reason TEXT,
    n_epochs_done INTEGER NOT NULL CHECK (n_epochs_done >= 0),
    diverged_epoch INTEGER,
    test_loss REAL,
    test_accuracy REAL,
    n_parameters INTEGER NOT NULL,
    n_trainable INTEGER NOT NULL,
    wall_s REAL,
    started_at TEXT NOT NULL,
    provenance_id INTEGER NOT NULL REFERENCES provenance (id),
    weights_bytes INTEGER,
    weights_sha256 TEXT,
    sha256 TEXT,
    UNIQUE (architecture, seed)
)""",
    """CREATE TABLE epochs (
    run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    train_loss REAL,
    train_accuracy REAL,
    val_loss REAL,
    val_accuracy REAL,
    train_s REAL,
    val_s REAL,
    PRIMARY KEY (run_id, epoch)
) WITHOUT ROWID""",
    """CREATE TABLE outcomes (
    run_id TEXT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
    predicted BLOB NOT NULL,
    p_predicted BLOB NOT NULL,
    p_true BLOB NOT NULL,
    sha256 TEXT NOT NULL
)""",
)


def _create_version_1(connection: sqlite3.Connection) -> None:
    """Lay the tables of version 1 into an empty database."""
    for statement in VERSION_1:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


VERSION_2 = (
    "ALTER TABLE study ADD COLUMN preprocessing TEXT",
    """CREATE TABLE layers (
    run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    layer TEXT NOT NULL,
    gradient_norm REAL,
    weight_norm REAL,
    update_ratio REAL,
    dead_share REAL,
    activation_mean REAL,
    activation_std REAL,
    UNIQUE (run_id, epoch, layer)
)""",
    """CREATE TABLE baselines (
    name TEXT PRIMARY KEY,
    test_accuracy REAL NOT NULL,
    test_loss REAL NOT NULL,
    predicted BLOB NOT NULL,
    p_true BLOB NOT NULL,
    sha256 TEXT NOT NULL
)""",
)


def _upgrade_to_version_2(connection: sqlite3.Connection) -> None:
    """Add preprocessing, diagnostics of layers, and baselines; write down what was not said about validation.

    Version 1 was validated on the test examples wherever the study did not say otherwise, later studies are only
    where they repeat the notebook. The study's seal covers its new column. It is renewed only where it fitted, so
    that damage stays visible; the seals of runs, which had no diagnostics, stay as they are.
    """
    sealed = _study_seal(connection)
    for statement in VERSION_2:
        connection.execute(statement)
    connection.execute(
        "UPDATE study SET fields = json_set(fields, '$.data.validation', 'test')"
        " WHERE json_valid(fields) AND json_type(fields, '$.data') = 'object'"
        " AND json_type(fields, '$.data.validation') IS NULL"
    )
    connection.execute("UPDATE study SET sha256 = ? WHERE sha256 = ?", (_study_seal(connection), sealed))


def _study_seal(connection: sqlite3.Connection) -> str:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return rows.seal(*cursor.execute("SELECT * FROM study"))


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_create_version_1, _upgrade_to_version_2)
"""``MIGRATIONS[v]`` brings a database from version v to version v + 1; version 0 is empty."""


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
