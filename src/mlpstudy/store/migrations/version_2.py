"""Version 2: preprocessing, diagnostics of layers, and baselines."""

from __future__ import annotations

import sqlite3

from mlpstudy.store import rows

_CHANGES = (
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


def upgrade(connection: sqlite3.Connection) -> None:
    """Add preprocessing, diagnostics of layers, and baselines; write down what was not said about validation.

    Version 1 was validated on the test examples wherever the study did not say otherwise, later studies are only
    where they repeat the notebook. The study's seal covers its new column. It is renewed only where it fitted, so
    that damage stays visible; the seals of runs, which had no diagnostics, stay as they are.
    """
    sealed = _study_seal(connection)
    for statement in _CHANGES:
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
