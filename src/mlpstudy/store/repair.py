"""Dropping what is damaged in a study's folder, so that the next run trains exactly that again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.machine.files import remove
from mlpstudy.store import weights
from mlpstudy.store.connection import open_writing
from mlpstudy.store.failures import one_line
from mlpstudy.store.lock import WriterLock
from mlpstudy.store.store import Store
from mlpstudy.store.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.store.database import Database
    from mlpstudy.store.verify import Finding

_PARTS = ("epochs", "layers", "outcomes")


def repair(folder: Path) -> tuple[list[Finding], list[Finding]]:
    """Drop every damaged run, checkpoint and baseline, and files that belong to nothing; keep all that is sound.

    A dropped run is missing afterwards: the next run of the study trains it, and nothing else. What is damaged
    in the study itself, or in the pages of the database, cannot be repaired.

    Returns:
        What was dropped, and what is still damaged.

    Raises:
        StoreError: there is no study, another process writes it, or the disk refuses.
    """
    with Store.open(folder) as reader:
        if not verify(reader):
            return [], []
    with one_line(folder, "repair the study"):
        lock = WriterLock(folder)
    try:
        database = open_writing(folder)
        store = Store(folder, database)
        try:
            _mend_indices(database)
            dropped = [finding for finding in verify(store) if finding.remedy != "none"]
            _drop(folder, database, dropped)
            return dropped, verify(store)
        finally:
            database.close_writing()
    finally:
        lock.release()


def _mend_indices(database: Database) -> None:
    """Build damaged indices again from their tables, and drop rows that belong to no run."""
    if [row[0] for row in database.query("PRAGMA integrity_check")] != ["ok"]:
        database.query("REINDEX")
    with database.writing("repair the study"):
        for table in _PARTS:
            database.execute(f"DELETE FROM {table} WHERE run_id NOT IN (SELECT run_id FROM runs)")  # noqa: S608  # our names


def _drop(folder: Path, database: Database, findings: list[Finding]) -> None:
    # Rows first: a file without its row is removed by the next writer, a row without its file is damage.
    run_ids = {finding.run_id for finding in findings if finding.run_id and finding.remedy == "train again"}
    with database.writing("drop what is damaged"):
        for run_id in run_ids:
            database.execute("DELETE FROM runs WHERE run_id = ?", (run_id,))
        for finding in findings:
            if finding.remedy == "fit again":
                database.execute("DELETE FROM baselines WHERE name = ?", (finding.name,))
    with one_line(folder, "drop what is damaged"):
        for run_id in run_ids:
            _remove(folder, f"{weights.FOLDER}/{weights.file_name(run_id)}")
        for finding in findings:
            if finding.remedy == "remove" and finding.name:
                _remove(folder, finding.name)


def _remove(folder: Path, name: str) -> None:
    """Remove a file of a folder within the study's folder, where both are there."""
    inside, _, file = name.partition("/")
    if (folder / inside).is_dir():
        remove(folder / inside, file)
