"""Writing a study's folder: one process, one thread, every step on disk before it returns."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.errors import StoreError, must
from mlpstudy.files import make_folder, names, refuse_link, remove, write_durably
from mlpstudy.store import recording, rows, weights
from mlpstudy.store.checkpoints import CheckpointFiles
from mlpstudy.store.connection import find_reading, open_writing
from mlpstudy.store.difference import differences
from mlpstudy.store.failures import one_line
from mlpstudy.store.lock import WriterLock
from mlpstudy.store.ranges import check_written
from mlpstudy.store.store import Store
from mlpstudy.study import SEMANTICS_VERSION, run_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mlpstudy.records import (
        Baseline,
        Checkpoint,
        Dataset,
        EpochRecord,
        LayerDiagnostics,
        Outcome,
        Resumption,
        RunRecord,
        RunResult,
        Status,
    )
    from mlpstudy.study import Study


class WritableStore(Store):
    """A study's folder, opened for writing by ``Store.create_or_open``; what a reader can do, it can do too.

    A run is begun, gets its epochs one by one, and is finished or fails. What a method has written is on
    disk when it returns: whatever kills the process afterwards, it is there. To be used from one thread.
    """

    def __init__(self, folder: Path, study: Study, dataset: Dataset, engine: str) -> None:
        with one_line(folder, "write the study"):
            make_folder(folder)
            self._lock = WriterLock(folder)
        try:
            _check_same(folder, study, dataset, engine)
            super().__init__(folder, open_writing(folder))
            self._checkpoints = CheckpointFiles(folder.absolute())
        except BaseException:
            self._lock.release()
            raise
        try:
            self._claim(study, dataset, engine)
            with one_line(folder, "write weights"):
                refuse_link(self._weights_folder)
                make_folder(self._weights_folder)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database and give the lock back; closing twice does no harm.

        Raises:
            StoreError: the database no longer lies in its place.
        """
        try:
            self._database.close_writing()
        finally:
            self._lock.release()

    def _claim(self, study: Study, dataset: Dataset, engine: str) -> None:
        """Make the folder the study's, which it may be already; its seeds and title become those given here."""
        if not self._database.query("SELECT 1 FROM study"):
            values = _study_values(study, dataset, engine)
            check_written("study", values | {"sha256": "0" * 64})
            with self._database.writing("record the study"):
                self._database.execute(rows.insert("study", values), values)
                recording.seal_study(self._database)
            return
        changed = study.with_changes(seeds=max(study.seeds, self.planned_seeds))
        fields = _ordered_json(changed.to_fields())
        if fields != self._facts().row["fields"]:
            with self._database.writing("record the study"):
                self._database.execute("UPDATE study SET fields = ?, name = ?", (fields, changed.name))
                recording.seal_study(self._database)

    def begin_run(self, record: RunRecord) -> None:
        """Record that a run has begun, from its initial weights.

        What an interrupted or failed attempt left of the same run is dropped, its checkpoints with it.

        Raises:
            StoreError: it is completed already, or not a run of this study.
        """
        self._check_belongs(record)
        _check_status(record, "running")
        self._refuse_completed(record)
        self._drop_checkpoints(record.run_id)
        with self._database.writing("begin a run"):
            recording.forget(self._database, [record.run_id])
            recording.put_record(self._database, record)

    def resume_run(self, record: RunRecord, checkpoint: Checkpoint) -> None:
        """Record that a run goes on from a checkpoint: its epochs are those of the checkpoint.

        Raises:
            StoreError: it is completed already, not a run of this study, or the checkpoint is another run's.
        """
        self._check_belongs(record)
        _check_status(record, "running")
        if (checkpoint.run_id, len(checkpoint.epochs)) != (record.run_id, record.n_epochs_done):
            found = f"one of run {checkpoint.run_id} after {len(checkpoint.epochs)} epochs"
            raise StoreError(must(f"the checkpoint of run {record.run_id}", "be its own", found))
        with self._database.writing("resume a run"):
            recording.forget(self._database, [record.run_id])
            recording.put_record(self._database, record)
            for epoch in checkpoint.epochs:
                recording.put_epoch(self._database, record.run_id, epoch)
            recording.put_diagnostics(self._database, record.run_id, checkpoint.diagnostics)

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write what a running run goes on from; the checkpoint before it is kept until this one is on disk.

        Raises:
            StoreError: the run is not running, or the disk refuses.
        """
        row = self._database.one("SELECT status FROM runs WHERE run_id = ?", (checkpoint.run_id,))
        status = "not begun" if row is None else row["status"]
        if status != "running":
            raise StoreError(must(f"run {checkpoint.run_id}", "be running to have a checkpoint", status))
        self._database.check_folder()
        with one_line(self.folder, "write a checkpoint"):
            self._checkpoints.save(checkpoint)

    def find_checkpoint(self, run_id: str, maker: str, at_most: int) -> Resumption:
        """Return what a run can go on from; may be called from any thread.

        Args:
            run_id: the run.
            maker: hash of build, instruction set and machine; checkpoints of others are not used.
            at_most: bytes that its file may have.

        Raises:
            StoreError: a file cannot be read.
        """
        with one_line(self.folder, "read a checkpoint"):
            return self._checkpoints.find(run_id, maker, at_most)

    def checkpointed_run_ids(self) -> frozenset[str]:
        """Return the runs that are not completed and have a checkpoint, whole or not."""
        with one_line(self.folder, "read checkpoints"):
            return self._checkpoints.run_ids() - self.completed_run_ids()

    def add_epoch(self, run_id: str, epoch: EpochRecord, diagnostics: Sequence[LayerDiagnostics] = ()) -> None:
        """Record an epoch of a running run; an epoch that is recorded again replaces the earlier record.

        Args:
            run_id: the run.
            epoch: what was measured.
            diagnostics: what was measured of its layers, in their order.

        Raises:
            StoreError: the run is not running, or an epoch before this one is missing.
        """
        with self._database.writing("record an epoch"):
            sql = "SELECT status, n_epochs_done FROM runs WHERE run_id = ?"
            status, n_done = self._database.one(sql, (run_id,)) or ("not begun", 0)
            if status != "running":
                raise StoreError(must(f"run {run_id}", "be running to get an epoch", status))
            if not 1 <= epoch.epoch <= n_done + 1:
                raise StoreError(must(f"the next epoch of run {run_id}", f"be at most {n_done + 1}", epoch.epoch))
            recording.put_epoch(self._database, run_id, epoch)
            recording.put_diagnostics(self._database, run_id, diagnostics)
            sql = "UPDATE runs SET n_epochs_done = max(n_epochs_done, ?) WHERE run_id = ?"
            self._database.execute(sql, (epoch.epoch, run_id))

    def finish_run(self, result: RunResult) -> None:
        """Record all that a finished or diverged run leaves behind.

        The weights are on disk before the record says so: a crash in between leaves a run to be trained again
        and a file that the next attempt replaces. Recording the same result again changes nothing.

        Raises:
            StoreError: the run is completed already with another record, is not a run of this study, or its
                parts do not fit together; or the disk refuses: then the run is not recorded at all.
        """
        record = result.record
        if self._is_recorded(record):
            self._drop_checkpoints(record.run_id)
            return
        self._check_belongs(record)
        _check_status(record, *rows.COMPLETED)
        _check_parts(result, self.n_examples[2], len(self.class_names))
        self._refuse_completed(record)
        content = self._write_weights(result)
        with self._database.writing("record a run"):
            recording.forget(self._database, [record.run_id])
            recording.put_record(self._database, record)
            for epoch in result.epochs:
                recording.put_epoch(self._database, record.run_id, epoch)
            recording.put_diagnostics(self._database, record.run_id, result.diagnostics)
            if result.outcome is not None:
                recording.put_outcome(self._database, record.run_id, result.outcome)
            if content:
                recording.put_weights(self._database, record.run_id, len(content), weights.sha256(content))
            recording.seal_run(self._database, record.run_id)
        self._drop_checkpoints(record.run_id)

    def _drop_checkpoints(self, run_id: str) -> None:
        self._database.check_folder()
        with one_line(self.folder, "drop a checkpoint"):
            self._checkpoints.discard(run_id)

    def fail_run(self, record: RunRecord) -> None:
        """Record that a run failed, and why, with the epochs that it completed; a later run tries it again.

        Raises:
            StoreError: the run is completed already, is not a run of this study, or has no reason.
        """
        self._check_belongs(record)
        _check_status(record, "failed")
        if not record.reason:
            raise StoreError(must(f"the failed run {record.run_id}", "have a reason", "none"))
        epochs = [epoch for epoch in self.epochs(record.run_id) if epoch.epoch <= record.n_epochs_done]
        diagnostics = [layer for layer in self.diagnostics(record.run_id) if layer.epoch <= record.n_epochs_done]
        with self._database.writing("record a failed run"):
            recording.forget(self._database, [record.run_id])
            recording.put_record(self._database, record)
            for epoch in epochs:
                recording.put_epoch(self._database, record.run_id, epoch)
            recording.put_diagnostics(self._database, record.run_id, diagnostics)

    def put_baseline(self, baseline: Baseline) -> None:
        """Record what a simple method did on the test examples; one of the same name is replaced.

        Raises:
            StoreError: its parts do not fit the test examples, or a number is not finite.
        """
        n_test = self.n_examples[2]
        what = f"the baseline {baseline.name!r}"
        lengths = {len(baseline.predicted), len(baseline.p_true)}
        if lengths != {n_test}:
            raise StoreError(must(what, f"say what it did on {n_test} test examples", f"lengths {sorted(lengths)}"))
        if not (math.isfinite(baseline.test_loss) and math.isfinite(baseline.test_accuracy)):
            found = f"loss {baseline.test_loss}, accuracy {baseline.test_accuracy}"
            raise StoreError(must(what, "have a finite test loss and accuracy", found))
        values = rows.baseline_values(baseline)
        check_written("baselines", values)
        with self._database.writing("record a baseline"):
            self._database.execute(rows.insert("baselines", values, otherwise="OR REPLACE"), values)

    def forget_unfinished(self) -> tuple[str, ...]:
        """Drop the runs that a killed writer left running without a checkpoint, and files that nobody needs.

        A run with a checkpoint stays as it is, to be resumed.

        Returns:
            The ids of the runs that were dropped, to be trained again.
        """
        with one_line(self.folder, "drop unfinished runs"):
            completed = self.completed_run_ids()
            kept = {weights.file_name(run_id) for run_id in completed}
            # Files first: a crash in between leaves runs that are still known to be unfinished, and no stray file.
            for name in names(self._weights_folder):
                if weights.may_be_leftover(name) and name not in kept:
                    remove(self._weights_folder, name)
            found = self._database.query("SELECT run_id FROM runs WHERE status IN ('running', 'failed')")
            for run_id in self._checkpoints.run_ids() - {str(row["run_id"]) for row in found}:
                self._checkpoints.discard(run_id)
            self._checkpoints.remove_torn()
            resumable = self._checkpoints.run_ids()
        with self._database.writing("drop unfinished runs"):
            found = self._database.query("SELECT run_id FROM runs WHERE status = 'running' ORDER BY rowid")
            run_ids = tuple(str(row["run_id"]) for row in found if row["run_id"] not in resumable)
            recording.forget(self._database, run_ids)
        return run_ids

    def _check_belongs(self, record: RunRecord) -> None:
        study = self.study()
        architecture = study.architecture(record.architecture)
        expected = run_id(study, architecture, record.seed, engine=self.engine, data_sha256=self.data_sha256)
        if record.run_id != expected:
            what = f"the id of the run {record.architecture}, seed {record.seed}"
            raise StoreError(must(what, f"be the hash {expected} of what decides its result", record.run_id))

    def _is_recorded(self, record: RunRecord) -> bool:
        row = self._database.one(f"{rows.SELECT_RUNS} WHERE runs.run_id = ?", (record.run_id,))
        return row is not None and row["status"] in rows.COMPLETED and rows.run_record(row) == record

    def _refuse_completed(self, record: RunRecord) -> None:
        """Refuse before any file is touched: a second result must not replace the first one's weights."""
        if record.run_id in self.completed_run_ids():
            raise StoreError(must(f"run {record.run_id}", "not be recorded twice", "another result of it"))

    def _write_weights(self, result: RunResult) -> bytes:
        """Write the file of weights; return its bytes, none where the run has no weights."""
        if not result.initial_weights and not result.final_weights:
            return b""
        run_id = result.record.run_id
        content = weights.encode(run_id, result.initial_weights, result.final_weights)
        self._database.check_folder()
        with one_line(self.folder, "record weights"):
            write_durably(self._weights_folder, weights.file_name(run_id), content)
        return content


def _check_same(folder: Path, study: Study, dataset: Dataset, engine: str) -> None:
    """Check that a folder is free, or belongs to the same study; it is only read.

    Raises:
        StoreError: it belongs to another study, engine or data, and what differs.
    """
    database = find_reading(folder)
    if database is None:
        return
    what, fix = f"folder {folder}", "--out another folder"
    with Store(folder, database) as store:
        there = store.study()
        if store.semantics_version != SEMANTICS_VERSION:
            found = f"the semantics {store.semantics_version}, under which the same study gives other numbers"
            raise StoreError(must(what, f"be of the semantics {SEMANTICS_VERSION}", found, fix))
        if there.identity() != study.identity():
            found = f'another study "{there.name}" with {differences(there, study)}'
            raise StoreError(must(what, f'belong to this study "{study.name}"', found, fix))
        if store.engine != engine:
            raise StoreError(must(what, f'hold runs of the engine "{engine}"', f"runs of {store.engine!r}", fix))
        if store.data_sha256 != dataset.sha256:
            hashes = f"SHA-256 {store.data_sha256[:12]} there, {dataset.sha256[:12]} here"
            be = f"hold runs made from the data {dataset.name} as they are now"
            raise StoreError(must(what, be, f"runs made from other data: {hashes}", fix))


def _ordered_json(value: object) -> str:
    """Write JSON in the order given: the order of factors and levels is the order of the architectures."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _study_values(study: Study, dataset: Dataset, engine: str) -> dict[str, object]:
    """Return the values of the one row of the table study."""
    n_rows, n_columns = dataset.image_shape or (None, None)
    return {
        "id": 1,
        "fields": _ordered_json(study.to_fields()),
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


def _check_status(record: RunRecord, *allowed: Status) -> None:
    if record.status not in allowed:
        raise StoreError(must(f"the status of run {record.run_id}", f"be {' or '.join(allowed)}", record.status))


def _check_parts(result: RunResult, n_test: int, n_classes: int) -> None:
    """Check that the parts of a result fit together, so that nothing is recorded that ``verify`` would refuse."""
    record = result.record
    what = f"the result of run {record.run_id}"
    if [epoch.epoch for epoch in result.epochs] != list(range(1, record.n_epochs_done + 1)):
        found = f"the epochs {[epoch.epoch for epoch in result.epochs]}"
        raise StoreError(must(what, f"have the epochs 1 to {record.n_epochs_done}", found))
    if any(not 1 <= layer.epoch <= record.n_epochs_done for layer in result.diagnostics):
        found = f"diagnostics of the epochs {sorted({layer.epoch for layer in result.diagnostics})}"
        raise StoreError(must(what, f"have diagnostics of the epochs 1 to {record.n_epochs_done} only", found))
    if record.status != "finished":
        return
    if result.outcome is None or not result.final_weights:
        raise StoreError(must(what, "have an outcome and weights, being finished", "a part that is missing"))
    if not math.isfinite(record.test_loss or 0.0) or record.test_loss is None or record.test_accuracy is None:
        found = f"loss {record.test_loss}, accuracy {record.test_accuracy}"
        raise StoreError(must(what, "have a test loss and a test accuracy, being finished", found))
    lengths = {len(a) for a in (result.outcome.predicted, result.outcome.p_predicted, result.outcome.p_true)}
    if lengths != {n_test}:
        raise StoreError(must(what, f"say what it did on {n_test} test examples", f"lengths {sorted(lengths)}"))
    _check_outcome(result.outcome, what, n_classes)


def _check_outcome(did: Outcome, what: str, n_classes: int) -> None:
    if not np.all((did.predicted >= 0) & (did.predicted < n_classes)):
        raise StoreError(must(what, f"predict classes 0 to {n_classes - 1}", "another class"))
    if not all(np.all((values >= 0) & (values <= 1)) for values in (did.p_predicted, did.p_true)):
        raise StoreError(must(what, "have probabilities 0 to 1", "one outside of them, or none"))
