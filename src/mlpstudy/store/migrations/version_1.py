"""Version 1: study, provenance, runs, epochs and outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

APPLICATION_ID = int.from_bytes(b"mlps", "big")
"""Marks the file as a study's database (``PRAGMA application_id``)."""

_TABLES = (
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


def upgrade(connection: sqlite3.Connection) -> None:
    """Lay the tables of version 1 into an empty database."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
