"""Writing a study's folder: one process, one thread, every step on disk before it returns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from mlpstudy.errors import StoreError, must
from mlpstudy.machine.files import make_folder, names, refuse_link, remove, write_durably
from mlpstudy.store import recording, rows, weights
from mlpstudy.store.checkpoints import CheckpointFiles
from mlpstudy.store.checks import (
    check_baseline,
    check_belongs,
    check_checkpoint,
    check_failed,
    check_parts,
    check_same,
    check_status,
)
from mlpstudy.store.connection import open_writing
from mlpstudy.store.failures import one_line
from mlpstudy.store.lock import WriterLock
from mlpstudy.store.ranges import check_written
from mlpstudy.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpstudy.records import (
        Baseline,
        Checkpoint,
        Dataset,
        EpochRecord,
        LayerDiagnostics,
        Resumption,
        RunRecord,
        RunResult,
    )
    from mlpstudy.study import Study


class WritableStore(Store):
    """A study's folder, opened for writing; what a reader can do, it can do too.

    A run is begun, gets its epochs one by one, and is finished or fails. What a method has written is on
    disk when it returns: whatever kills the process afterwards, it is there. To be used from one thread.
    """

    def __init__(self, folder: Path, study: Study, dataset: Dataset, engine: str) -> None:
        with one_line(folder, "write the study"):
            make_folder(folder)
            self._lock = WriterLock(folder)
        try:
            check_same(folder, study, dataset, engine)
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

    @classmethod
    def create_or_open(cls, folder: str | Path, study: Study, dataset: Dataset, engine: str) -> Self:
        """Open a study's folder for writing; make it where there is none.

        Args:
            folder: where; made with those above it.
            study: what is to be stored there; a larger number of seeds extends what is there already.
            dataset: its data; the hash must be that of the data the folder's runs were made from.
            engine: name of the engine.

        Raises:
            StoreError: the folder belongs to another study, another process writes it, it is damaged or of a
                newer schema, or it cannot be written.
        """
        return cls(Path(folder), study, dataset, engine)

    def close(self) -> None:
        """Close the database and give the lock back; closing twice does no harm.

        Raises:
            StoreError: the database no longer lies in its place.
        """
        try:
            self.database.close_writing()
        finally:
            self._lock.release()

    def _claim(self, study: Study, dataset: Dataset, engine: str) -> None:
        """Make the folder the study's, which it may be already; its seeds and title become those given here."""
        if not self.database.query("SELECT 1 FROM study"):
            with self.database.writing("record the study"):
                recording.put_study(self.database, study, dataset, engine)
            return
        changed = study.with_changes(seeds=max(study.seeds, self.planned_seeds))
        if recording.study_fields(changed) != self._facts().row["fields"]:
            with self.database.writing("record the study"):
                recording.change_study(self.database, changed)

    def begin_run(self, record: RunRecord) -> None:
        """Record that a run has begun, from its initial weights.

        What an interrupted or failed attempt left of the same run is dropped, its checkpoints with it.

        Raises:
            StoreError: it is completed already, or not a run of this study.
        """
        check_belongs(self, record)
        check_status(record, "running")
        self._refuse_completed(record)
        self._drop_checkpoints(record.run_id)
        with self.database.writing("begin a run"):
            recording.forget(self.database, [record.run_id])
            recording.put_record(self.database, record)

    def resume_run(self, record: RunRecord, checkpoint: Checkpoint) -> None:
        """Record that a run goes on from a checkpoint: its epochs are those of the checkpoint.

        Raises:
            StoreError: it is completed already, not a run of this study, or the checkpoint is another run's.
        """
        check_belongs(self, record)
        check_status(record, "running")
        check_checkpoint(record, checkpoint)
        with self.database.writing("resume a run"):
            recording.forget(self.database, [record.run_id])
            recording.put_record(self.database, record)
            for epoch in checkpoint.epochs:
                recording.put_epoch(self.database, record.run_id, epoch)
            recording.put_diagnostics(self.database, record.run_id, checkpoint.diagnostics)

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write what a running run goes on from; the checkpoint before it is kept until this one is on disk.

        Raises:
            StoreError: the run is not running, or the disk refuses.
        """
        row = self.database.one("SELECT status FROM runs WHERE run_id = ?", (checkpoint.run_id,))
        status = "not begun" if row is None else row["status"]
        if status != "running":
            raise StoreError(must(f"run {checkpoint.run_id}", "be running to have a checkpoint", status))
        self.database.check_folder()
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
        with self.database.writing("record an epoch"):
            sql = "SELECT status, n_epochs_done FROM runs WHERE run_id = ?"
            status, n_done = self.database.one(sql, (run_id,)) or ("not begun", 0)
            if status != "running":
                raise StoreError(must(f"run {run_id}", "be running to get an epoch", status))
            if not 1 <= epoch.epoch <= n_done + 1:
                raise StoreError(must(f"the next epoch of run {run_id}", f"be at most {n_done + 1}", epoch.epoch))
            recording.put_epoch(self.database, run_id, epoch)
            recording.put_diagnostics(self.database, run_id, diagnostics)
            sql = "UPDATE runs SET n_epochs_done = max(n_epochs_done, ?) WHERE run_id = ?"
            self.database.execute(sql, (epoch.epoch, run_id))

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
        check_belongs(self, record)
        check_status(record, *rows.COMPLETED)
        check_parts(result, self.n_examples[2], len(self.class_names))
        self._refuse_completed(record)
        content = self._write_weights(result)
        with self.database.writing("record a run"):
            recording.forget(self.database, [record.run_id])
            recording.put_record(self.database, record)
            for epoch in result.epochs:
                recording.put_epoch(self.database, record.run_id, epoch)
            recording.put_diagnostics(self.database, record.run_id, result.diagnostics)
            if result.outcome is not None:
                recording.put_outcome(self.database, record.run_id, result.outcome)
            if content:
                recording.put_weights(self.database, record.run_id, len(content), weights.sha256(content))
            recording.seal_run(self.database, record.run_id)
        self._drop_checkpoints(record.run_id)

    def _drop_checkpoints(self, run_id: str) -> None:
        self.database.check_folder()
        with one_line(self.folder, "drop a checkpoint"):
            self._checkpoints.discard(run_id)

    def fail_run(self, record: RunRecord) -> None:
        """Record that a run failed, and why, with the epochs that it completed; a later run tries it again.

        Raises:
            StoreError: the run is completed already, is not a run of this study, or has no reason.
        """
        check_belongs(self, record)
        check_failed(record)
        epochs = [epoch for epoch in self.epochs(record.run_id) if epoch.epoch <= record.n_epochs_done]
        diagnostics = [layer for layer in self.diagnostics(record.run_id) if layer.epoch <= record.n_epochs_done]
        with self.database.writing("record a failed run"):
            recording.forget(self.database, [record.run_id])
            recording.put_record(self.database, record)
            for epoch in epochs:
                recording.put_epoch(self.database, record.run_id, epoch)
            recording.put_diagnostics(self.database, record.run_id, diagnostics)

    def put_baseline(self, baseline: Baseline) -> None:
        """Record what a simple method did on the test examples; one of the same name is replaced.

        Raises:
            StoreError: its parts do not fit the test examples, or a number is not finite.
        """
        check_baseline(baseline, self.n_examples[2])
        values = rows.baseline_values(baseline)
        check_written("baselines", values)
        with self.database.writing("record a baseline"):
            self.database.execute(rows.insert("baselines", values, otherwise="OR REPLACE"), values)

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
            found = self.database.query("SELECT run_id FROM runs WHERE status IN ('running', 'failed')")
            for run_id in self._checkpoints.run_ids() - {str(row["run_id"]) for row in found}:
                self._checkpoints.discard(run_id)
            self._checkpoints.remove_torn()
            resumable = self._checkpoints.run_ids()
        with self.database.writing("drop unfinished runs"):
            found = self.database.query("SELECT run_id FROM runs WHERE status = 'running' ORDER BY rowid")
            run_ids = tuple(str(row["run_id"]) for row in found if row["run_id"] not in resumable)
            recording.forget(self.database, run_ids)
        return run_ids

    def _is_recorded(self, record: RunRecord) -> bool:
        row = self.database.one(f"{rows.SELECT_RUNS} WHERE runs.run_id = ?", (record.run_id,))
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
        self.database.check_folder()
        with one_line(self.folder, "record weights"):
            write_durably(self._weights_folder, weights.file_name(run_id), content)
        return content
