"""The statements that write records; each is called inside a transaction of the writer's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.errors import StoreError, must
from mlpstudy.store import rows
from mlpstudy.store.ranges import check_written
from mlpstudy.study import SEMANTICS_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpstudy.records import Dataset, EpochRecord, LayerDiagnostics, Outcome, RunRecord
    from mlpstudy.store.database import Database
    from mlpstudy.study import Study


def put_study(database: Database, study: Study, dataset: Dataset, engine: str) -> None:
    """Insert the one row of the table study, with its seal.

    Raises:
        StoreError: a value is impossible.
    """
    values = _study_values(study, dataset, engine)
    check_written("study", values | {"sha256": "0" * 64})
    database.execute(rows.insert("study", values), values)
    seal_study(database)


def change_study(database: Database, study: Study) -> None:
    """Give the study other seeds or another name, and a new seal."""
    database.execute("UPDATE study SET fields = ?, name = ?", (study_fields(study), study.name))
    seal_study(database)


def study_fields(study: Study) -> str:
    """Return the study file's fields as they are recorded."""
    return _ordered_json(study.to_fields())


def _study_values(study: Study, dataset: Dataset, engine: str) -> dict[str, object]:
    """Return the values of the one row of the table study."""
    n_rows, n_columns = dataset.image_shape or (None, None)
    return {
        "id": 1,
        "fields": study_fields(study),
        "identity": study.identity(),
        "name": study.name,
        "engine": engine,
        "data_name": dataset.name,
        "data_sha256": dataset.sha256,
        "validation_source": dataset.validation_source,
        "class_names": _ordered_json(list(dataset.class_names)),
        "image_rows": n_rows,
        "image_columns": n_columns,
        "n_features": dataset.n_features,
        "n_train": len(dataset.train),
        "n_validation": len(dataset.validation),
        "n_test": len(dataset.test),
        "test_labels": rows.blob(dataset.test.labels, np.int32),
        "semantics": SEMANTICS_VERSION,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "preprocessing": None if dataset.preprocessing is None else _ordered_json(dataset.preprocessing),
        "sha256": "",
    }


def _ordered_json(value: object) -> str:
    """Write JSON in the order given: the order of factors and levels is the order of the architectures."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def forget(database: Database, run_ids: Iterable[str]) -> None:
    """Delete runs with their epochs.

    Raises:
        StoreError: a run is completed: those are never deleted.
    """
    for run_id in run_ids:
        found = database.one("SELECT status FROM runs WHERE run_id = ?", (run_id,))
        if found and found["status"] in rows.COMPLETED:
            raise StoreError(must(f"run {run_id}", "not be recorded twice", f"a run that is {found['status']}"))
        database.execute("DELETE FROM runs WHERE run_id = ?", (run_id,))


def put_record(database: Database, record: RunRecord) -> None:
    """Insert a run and, where it is new, its provenance.

    Raises:
        StoreError: a value is impossible.
    """
    origin = rows.plain(record.provenance, rows.PROVENANCE_COLUMNS)
    check_written("provenance", origin)
    database.execute(rows.insert("provenance", origin, otherwise="OR IGNORE"), origin)
    match = " AND ".join(f"{name} = :{name}" for name in origin)
    sql = f"SELECT id FROM provenance WHERE {match}"  # noqa: S608  # the names are those of our own records
    values = rows.plain(record, rows.RUN_COLUMNS)
    values["provenance_id"] = database.query(sql, origin)[0]["id"]
    check_written("runs", values)
    database.execute(rows.insert("runs", values), values)


def put_epoch(database: Database, run_id: str, epoch: EpochRecord) -> None:
    """Insert an epoch of a run, or replace it.

    Raises:
        StoreError: a value is impossible.
    """
    values = {"run_id": run_id, **rows.plain(epoch, rows.EPOCH_COLUMNS)}
    check_written("epochs", values)
    database.execute(rows.insert("epochs", values, otherwise="OR REPLACE"), values)


def put_diagnostics(database: Database, run_id: str, diagnostics: Iterable[LayerDiagnostics]) -> None:
    """Insert the diagnostics of layers, in their order; those of the same epochs are replaced.

    Raises:
        StoreError: a value is impossible.
    """
    given = tuple(diagnostics)
    for epoch in {layer.epoch for layer in given}:
        database.execute("DELETE FROM layers WHERE run_id = ? AND epoch = ?", (run_id, epoch))
    for layer in given:
        values = {"run_id": run_id, **rows.plain(layer, rows.LAYER_COLUMNS)}
        check_written("layers", values)
        database.execute(rows.insert("layers", values), values)


def put_outcome(database: Database, run_id: str, outcome: Outcome) -> None:
    """Insert the outcome of a run."""
    blobs = {
        "predicted": rows.blob(outcome.predicted, np.int32),
        "p_predicted": rows.blob(outcome.p_predicted, np.float32),
        "p_true": rows.blob(outcome.p_true, np.float32),
    }
    values = {"run_id": run_id, **blobs, "sha256": rows.blobs_sha256(*blobs.values())}
    database.execute(rows.insert("outcomes", values), values)


def put_weights(database: Database, run_id: str, n_bytes: int, sha256: str) -> None:
    """Record size and hash of a run's file of weights."""
    sql = "UPDATE runs SET weights_bytes = ?, weights_sha256 = ? WHERE run_id = ?"
    database.execute(sql, (n_bytes, sha256, run_id))


def seal_run(database: Database, run_id: str) -> None:
    """Record the hash of a run as it now stands in the database."""
    digest = run_seal(database, run_id)
    database.execute("UPDATE runs SET sha256 = ? WHERE run_id = ?", (digest, run_id))


def seal_study(database: Database) -> None:
    """Record the hash of the study as it now stands in the database."""
    database.execute("UPDATE study SET sha256 = ?", (study_seal(database),))


def run_seal(database: Database, run_id: str) -> str:
    """Return the hash of a run's record, provenance, epochs and layers, and of the hashes of outcome and weights.

    Without diagnostics of layers it is the seal of version 1 of the schema.
    """
    record = database.query(f"{rows.SELECT_RUNS} WHERE runs.run_id = ?", (run_id,))
    epochs = database.query(f"{rows.SELECT_EPOCHS} WHERE run_id = ? ORDER BY epoch", (run_id,))
    outcome = database.query("SELECT sha256 AS outcome FROM outcomes WHERE run_id = ?", (run_id,))
    layers = database.query(f"{rows.SELECT_LAYERS} WHERE run_id = ? ORDER BY epoch, rowid", (run_id,))
    return rows.seal(*record, *epochs, *outcome, *layers)


def study_seal(database: Database) -> str:
    """Return the hash of the row of the table study."""
    return rows.seal(*database.query("SELECT * FROM study"))
