"""Records to rows of the database and back, every value checked on its way out."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import sqlite3
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from mlpstudy.errors import damaged
from mlpstudy.records import Baseline, EpochRecord, LayerDiagnostics, Outcome, Provenance, RunRecord, Status
from mlpstudy.store.failures import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    + " FROM runs JOIN provenance ON provenance.id = runs.provenance_id"
)
SELECT_EPOCHS = f"SELECT run_id, {', '.join(EPOCH_COLUMNS)} FROM epochs"  # noqa: S608  # our own names
SELECT_LAYERS = f"SELECT run_id, {', '.join(LAYER_COLUMNS)} FROM layers"  # noqa: S608  # our own names
SELECT_BASELINES = "SELECT name, test_accuracy, test_loss, predicted, p_true, sha256 FROM baselines"
SELECT_OUTCOMES = "SELECT run_id, predicted, p_predicted, p_true, sha256 FROM outcomes"


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


def _bad(column: str, value: object) -> Exception:
    return damaged(DATABASE, f"{value!r:.60} in the column {column}")


def text(row: sqlite3.Row, column: str) -> str:
    """Return a text."""
    value = row[column]
    if not isinstance(value, str):
        raise _bad(column, value)
    return value


def text_or_none(row: sqlite3.Row, column: str) -> str | None:
    """Return a text, or None for NULL."""
    return None if row[column] is None else text(row, column)


def whole(row: sqlite3.Row, column: str) -> int:
    """Return a whole number of at least 0."""
    value = row[column]
    if not isinstance(value, int) or value < 0:
        raise _bad(column, value)
    return value


def whole_or_none(row: sqlite3.Row, column: str) -> int | None:
    """Return a whole number of at least 0, or None for NULL."""
    return None if row[column] is None else whole(row, column)


def number(row: sqlite3.Row, column: str) -> float:
    """Return a number; SQLite has no NaN and stores NULL in its place."""
    value = row[column]
    if value is None:
        return math.nan
    if not isinstance(value, float):
        raise _bad(column, value)
    return value


def number_or_none(row: sqlite3.Row, column: str) -> float | None:
    """Return a number, or None for NULL."""
    return None if row[column] is None else number(row, column)


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
    """Return the record of a row of SELECT_RUNS."""
    names = {name: text(row, f"provenance_{name}") for name in PROVENANCE_COLUMNS if name != "n_cores"}
    return RunRecord(
        run_id=text(row, "run_id"),
        architecture=text(row, "architecture"),
        seed=whole(row, "seed"),
        status=_status(row),
        reason=text_or_none(row, "reason"),
        n_epochs_done=whole(row, "n_epochs_done"),
        diverged_epoch=whole_or_none(row, "diverged_epoch"),
        test_loss=number_or_none(row, "test_loss"),
        test_accuracy=number_or_none(row, "test_accuracy"),
        n_parameters=whole(row, "n_parameters"),
        n_trainable=whole(row, "n_trainable"),
        wall_s=number(row, "wall_s"),
        started_at=text(row, "started_at"),
        provenance=Provenance(**names, n_cores=whole(row, "provenance_n_cores")),
    )


def _status(row: sqlite3.Row) -> Status:
    found = text(row, "status")
    for status in get_args(Status):
        if found == status:
            return status  # type: ignore[no-any-return]  # get_args forgets the literals' types
    raise damaged(DATABASE, f"the status {found!r:.60}")


def epoch_record(row: sqlite3.Row) -> EpochRecord:
    """Return the record of a row of SELECT_EPOCHS."""
    return EpochRecord(whole(row, "epoch"), *(number(row, name) for name in EPOCH_COLUMNS[1:]))


def layer_diagnostics(row: sqlite3.Row) -> LayerDiagnostics:
    """Return the diagnostics of a row of SELECT_LAYERS."""
    return LayerDiagnostics(whole(row, "epoch"), text(row, "layer"), *(number(row, name) for name in LAYER_COLUMNS[2:]))


def baseline_values(baseline: Baseline) -> dict[str, Any]:
    """Return the row of a baseline, sealed."""
    values = plain(baseline, ("name", "test_accuracy", "test_loss"))
    values |= {"predicted": blob(baseline.predicted, np.int32), "p_true": blob(baseline.p_true, np.float32)}
    return values | {"sha256": _sealed(values)}


def baseline(row: sqlite3.Row, n_test: int) -> Baseline:
    """Return the baseline of a row of SELECT_BASELINES, its hash checked."""
    if _sealed({name: row[name] for name in row.keys() if name != "sha256"}) != row["sha256"]:  # noqa: SIM118  # iterating a Row gives values
        raise damaged(DATABASE, f"another baseline {row['name']!r:.60} than was written")
    return Baseline(
        name=text(row, "name"),
        test_accuracy=number(row, "test_accuracy"),
        test_loss=number(row, "test_loss"),
        predicted=array(row, "predicted", np.int32, n_test),
        p_true=array(row, "p_true", np.float32, n_test),
    )


def outcome(row: sqlite3.Row, n_test: int) -> Outcome:
    """Return the outcome of a row of SELECT_OUTCOMES, its hash checked."""
    found = Outcome(
        predicted=array(row, "predicted", np.int32, n_test),
        p_predicted=array(row, "p_predicted", np.float32, n_test),
        p_true=array(row, "p_true", np.float32, n_test),
    )
    if blobs_sha256(row["predicted"], row["p_predicted"], row["p_true"]) != row["sha256"]:
        raise damaged(DATABASE, f"another outcome of run {row['run_id']} than was written")
    return found


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
