"""Records to rows of the database and back, every value checked on its way out."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.errors import damaged
from mlpstudy.records import Baseline, EpochRecord, LayerDiagnostics, Outcome, Provenance, RunRecord, Status
from mlpstudy.store.failures import DATABASE
from mlpstudy.store.ranges import COLUMNS, check, checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

COMPLETED: tuple[Status, ...] = ("finished", "diverged")
"""The statuses of runs that are never trained again."""

EPOCH_COLUMNS = tuple(field.name for field in dataclasses.fields(EpochRecord))
LAYER_COLUMNS = tuple(field.name for field in dataclasses.fields(LayerDiagnostics))
PROVENANCE_COLUMNS = tuple(field.name for field in dataclasses.fields(Provenance))
RUN_COLUMNS = tuple(field.name for field in dataclasses.fields(RunRecord) if field.name != "provenance")

SELECT_RUNS = (
    "SELECT "  # noqa: S608  # the names are those of our own records, no input
    + ", ".join(f"runs.{name}" for name in (*RUN_COLUMNS, "weights_bytes", "weights_sha256", "sha256"))
    + "".join(f", provenance.{name} AS provenance_{name}" for name in PROVENANCE_COLUMNS)
    + " FROM runs LEFT JOIN provenance ON provenance.id = runs.provenance_id"
)
SELECT_EPOCHS = f"SELECT run_id, {', '.join(EPOCH_COLUMNS)} FROM epochs"  # noqa: S608  # our own names
SELECT_DONE = (
    "SELECT runs.run_id, "  # noqa: S608  # our own names
    + ", ".join(f"epochs.{name}" for name in EPOCH_COLUMNS)
    + ", runs.n_epochs_done FROM runs LEFT JOIN epochs ON epochs.run_id = runs.run_id"
)
"""Every run with its epochs and the number of those that it has done, which one statement sees in one moment."""
SELECT_LAYERS = f"SELECT run_id, {', '.join(LAYER_COLUMNS)} FROM layers"  # noqa: S608  # our own names
SELECT_BASELINES = "SELECT name, test_accuracy, test_loss, predicted, p_true, sha256 FROM baselines"
SELECT_OUTCOMES = "SELECT run_id, predicted, p_predicted, p_true, sha256 FROM outcomes"

_RUN_CHECKS = (
    *checks("runs", (*RUN_COLUMNS, "weights_bytes", "weights_sha256", "sha256")),
    *checks("provenance", PROVENANCE_COLUMNS),
)
_DONE_CHECKS = checks("runs", ("run_id", "n_epochs_done"))
_EPOCH_CHECKS = checks("epochs", ("run_id", *EPOCH_COLUMNS))
_LAYER_CHECKS = checks("layers", ("run_id", *LAYER_COLUMNS))
_BASELINE_CHECKS = checks("baselines", COLUMNS["baselines"])
_OUTCOME_CHECKS = checks("outcomes", COLUMNS["outcomes"])


def insert(table: str, columns: Iterable[str], *, otherwise: str = "") -> str:
    """Return the statement that inserts a row of named values.

    Args:
        table: its name.
        columns: their names.
        otherwise: what to do where there is such a row already, ``OR REPLACE`` or ``OR IGNORE``.

    >>> insert("runs", ["run_id", "seed"])
    'INSERT INTO runs (run_id, seed) VALUES (:run_id, :seed)'
    """
    names = list(columns)
    verb = f"INSERT {otherwise}".rstrip()
    return f"{verb} INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"


def plain(record: object, columns: Iterable[str]) -> dict[str, Any]:
    """Return a record's values as Python's own numbers, which is all that SQLite knows."""
    values = {name: getattr(record, name) for name in columns}
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in values.items()}


def array(row: sqlite3.Row, column: str, dtype: npt.DTypeLike, length: int) -> npt.NDArray[Any]:
    """Return the values of a blob, little endian, of a known length; read only, not copied."""
    value = row[column]
    kind = np.dtype(dtype).newbyteorder("<")
    if not isinstance(value, bytes) or len(value) != length * kind.itemsize:
        n_bytes = len(value) if isinstance(value, bytes) else "no"
        raise damaged(DATABASE, f"{n_bytes} bytes instead of {length * kind.itemsize} in the column {column}")
    return np.frombuffer(value, dtype=kind).astype(dtype, copy=False)


def blob(values: npt.NDArray[Any], dtype: npt.DTypeLike) -> bytes:
    """Return the values as bytes, little endian."""
    return np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<")).tobytes()


def run_record(row: sqlite3.Row) -> RunRecord:
    """Return the record of a row of SELECT_RUNS.

    Raises:
        StoreError: a value is impossible, or a finished run has no loss or no accuracy.
    """
    check(row, _RUN_CHECKS)
    values = {name: row[name] for name in RUN_COLUMNS}
    if values["status"] == "finished" and None in (values["test_loss"], values["test_accuracy"]):
        raise damaged(DATABASE, f"a finished run {values['run_id']} without a test loss or a test accuracy")
    origin = Provenance(**{name: row[f"provenance_{name}"] for name in PROVENANCE_COLUMNS})
    return RunRecord(**values, provenance=origin)


def check_done(run_id: object, n_epochs_done: object) -> None:
    """Check what SELECT_DONE says of a run, beside its epochs.

    Raises:
        StoreError: a value is impossible.
    """
    check((run_id, n_epochs_done), _DONE_CHECKS)


def epoch_record(row: Sequence[Any]) -> EpochRecord:
    """Return the record of a row of SELECT_EPOCHS; SQLite has no NaN, and NULL stands for it."""
    check(row, _EPOCH_CHECKS)
    return EpochRecord(row[1], *(math.nan if value is None else value for value in row[2:]))


def layer_diagnostics(row: Sequence[Any]) -> LayerDiagnostics:
    """Return the diagnostics of a row of SELECT_LAYERS; NULL stands for NaN."""
    check(row, _LAYER_CHECKS)
    return LayerDiagnostics(row[1], row[2], *(math.nan if value is None else value for value in row[3:]))


def baseline_values(baseline: Baseline) -> dict[str, Any]:
    """Return the row of a baseline, sealed."""
    values = plain(baseline, ("name", "test_accuracy", "test_loss"))
    values |= {"predicted": blob(baseline.predicted, np.int32), "p_true": blob(baseline.p_true, np.float32)}
    return values | {"sha256": _sealed(values)}


def baseline(row: sqlite3.Row, n_test: int, n_classes: int) -> Baseline:
    """Return the baseline of a row of SELECT_BASELINES, its hash checked.

    Raises:
        StoreError: it is damaged.
    """
    check(row, _BASELINE_CHECKS)
    if _sealed({name: row[name] for name in row.keys() if name != "sha256"}) != row["sha256"]:  # noqa: SIM118  # iterating a Row gives values
        raise damaged(DATABASE, f"another baseline {row['name']!r:.60} than was written")
    return Baseline(
        name=row["name"],
        test_accuracy=row["test_accuracy"],
        test_loss=row["test_loss"],
        predicted=_classes(row, "predicted", n_test, n_classes),
        p_true=_probabilities(row, "p_true", n_test),
    )


def outcome(row: sqlite3.Row, n_test: int, n_classes: int) -> Outcome:
    """Return the outcome of a row of SELECT_OUTCOMES, its hash checked.

    Raises:
        StoreError: it is damaged.
    """
    check(row, _OUTCOME_CHECKS)
    found = Outcome(
        predicted=_classes(row, "predicted", n_test, n_classes),
        p_predicted=_probabilities(row, "p_predicted", n_test),
        p_true=_probabilities(row, "p_true", n_test),
    )
    if blobs_sha256(row["predicted"], row["p_predicted"], row["p_true"]) != row["sha256"]:
        raise damaged(DATABASE, f"another outcome of run {row['run_id']} than was written")
    return found


def _classes(row: sqlite3.Row, column: str, n_test: int, n_classes: int) -> npt.NDArray[np.int32]:
    """Return classes of the test examples, each below the number of classes."""
    values = array(row, column, np.int32, n_test)
    if values.size and not 0 <= int(values.min()) <= int(values.max()) < n_classes:
        raise damaged(DATABASE, f"a class outside 0 to {n_classes - 1} in the column {column}")
    return values


def test_labels(row: sqlite3.Row, n_classes: int) -> npt.NDArray[np.int32]:
    """Return the true class of every test example of a row of the table study.

    Raises:
        StoreError: they are of another number than the row says, or one is no class.
    """
    return _classes(row, "test_labels", row["n_test"], n_classes)


def _probabilities(row: sqlite3.Row, column: str, n_test: int) -> npt.NDArray[np.float32]:
    """Return probabilities of the test examples, each 0 to 1."""
    values = array(row, column, np.float32, n_test)
    # A comparison with NaN is false.
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        raise damaged(DATABASE, f"a probability outside 0 to 1 in the column {column}")
    return values


def blobs_sha256(*blobs: bytes) -> str:
    """Return the SHA-256 of blobs, one after the other."""
    digest = hashlib.sha256()
    for content in blobs:
        digest.update(content)
    return digest.hexdigest()


def seal(*rows: sqlite3.Row) -> str:
    """Return the hash of rows as they stand in the database, without their own column ``sha256``.

    SQLite checks how its pages are built, not what they say: a changed digit would go unnoticed.
    """
    return _sealed(*({name: row[name] for name in row.keys() if name != "sha256"} for row in rows))  # noqa: SIM118  # iterating a Row gives values


def _sealed(*values: dict[str, Any]) -> str:
    lines = [{name: _hashable(value) for name, value in row.items()} for row in values]
    return hashlib.sha256(json.dumps(lines, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def _hashable(value: object) -> object:
    return {"blob": blobs_sha256(value)} if isinstance(value, bytes) else value
