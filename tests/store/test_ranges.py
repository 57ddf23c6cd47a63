"""What each column may hold, and what belongs together: checked in one place, for every column there is."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mlpstudy.store import Store
from mlpstudy.store.ranges import COLUMNS
from store import samples
from store.breaking import execute, said

if TYPE_CHECKING:
    from pathlib import Path

STUDY = samples.tiny_study()
RESULT = samples.finished(STUDY)


def read_all(folder: Path) -> None:
    """Read everything that a study's database holds."""
    with Store.open(folder) as store:
        store.runs()
        store.all_epochs()
        store.outcomes()
        store.diagnostics(RESULT.record.run_id)
        store.baselines()
        store.preprocessing()


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Make a study with a finished run and a baseline."""
    with samples.write(tmp_path) as store:
        store.finish_run(RESULT)
        store.put_baseline(samples.baseline())
    read_all(tmp_path)
    return tmp_path


def test_every_column_has_a_range(folder: Path) -> None:
    """The table of ranges names exactly the columns of the schema: a new column cannot be forgotten."""
    with closing(sqlite3.connect(folder / "study.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {table: {row[1] for row in connection.execute(f"PRAGMA table_info({table})")} for table in tables}
    assert {table: set(columns) for table, columns in COLUMNS.items()} == found


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE runs SET architecture = 'unknown'", "'unknown', which is no architecture of the study"),
        ("UPDATE runs SET seed = 2", "of seed 2, of 2 that were ever asked for"),
        ("UPDATE runs SET wall_s = -1e308", "-1e+308 in the column wall_s"),
        ("UPDATE runs SET wall_s = 9e999", "inf in the column wall_s"),
        ("UPDATE runs SET test_loss = NULL", "without a test loss or a test accuracy"),
        ("UPDATE runs SET started_at = 'yesterday'", "'yesterday' in the column started_at"),
        ("UPDATE runs SET diverged_epoch = 4", "3 epochs done of 3"),
        ("UPDATE runs SET n_epochs_done = 'x'", "'x' in the column n_epochs_done"),
        ("UPDATE epochs SET epoch = 9000000000000000000 WHERE epoch = 3", "9000000000000000000 in the column epoch"),
        ("UPDATE epochs SET epoch = 4 WHERE epoch = 3", "3 epochs recorded of 3 done, epoch 3 missing"),
        ("DELETE FROM epochs", "0 epochs recorded of 3 done"),
        ("UPDATE epochs SET val_accuracy = 1.5", "1.5 in the column val_accuracy"),
        ("DELETE FROM layers WHERE epoch = 2 AND layer = 'output'", "not the same in every epoch"),
        ("INSERT INTO layers SELECT run_id, 4, layer, 1, 1, 1, 1, 1, 1 FROM layers WHERE epoch = 3", "to epoch 4 of 3"),
        ("UPDATE study SET test_labels = randomblob(44)", "a class outside 0 to 2 in the column test_labels"),
        ("UPDATE study SET image_rows = 4", "images of 4 rows and 3 columns with 6 features"),
        ("UPDATE study SET image_columns = NULL", "images of 2 rows and None columns with 6 features"),
        ("UPDATE study SET n_train = 0", "0 in the column n_train"),
        ("UPDATE study SET class_names = '{\"a\": 1}'", "class names that cannot be read (no list of texts)"),
        ("UPDATE study SET class_names = '[]'", "0 class names"),
        ("UPDATE provenance SET n_cores = 0", "0 in the column n_cores"),
        ("UPDATE baselines SET test_accuracy = 9e999", "inf in the column test_accuracy"),
    ],
)
def test_an_impossible_value_is_one_line(folder: Path, statement: str, problem: str) -> None:
    """A value that no study can have, or that does not fit the others, is refused where it is read."""
    execute(folder, statement)
    assert problem in said(read_all, folder)


def test_epochs_are_checked_by_themselves(folder: Path) -> None:
    """Whoever reads epochs alone is told as well that a run does not say how many it has done."""
    execute(folder, "UPDATE runs SET n_epochs_done = 'x'")
    with Store.open(folder) as store:
        assert "'x' in the column n_epochs_done" in said(store.all_epochs)


def test_an_impossible_value_is_not_written(tmp_path: Path) -> None:
    """What could not be read again is refused before it is recorded, and nothing of it is."""
    with samples.write(tmp_path) as store:
        store.begin_run(samples.record(STUDY))
        bad = samples.record(STUDY, "4", 1, wall_s=-1.0)
        assert "wall_s of the table runs must be a possible value, got '-1.0'" in said(store.begin_run, bad)
        assert [run.seed for run in store.runs()] == [0]


def test_epochs_beyond_the_plan_are_refused_at_the_first(folder: Path) -> None:
    """However many epochs somebody inserted for a run, no more of them are read than it has done, and one."""
    execute(
        folder,
        "WITH RECURSIVE n (i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 90000)"
        " INSERT INTO epochs SELECT run_id, i, 1.0, 0.5, 1.0, 0.5, 0.1, 0.1 FROM n, runs",
    )
    assert "4 epochs recorded of 3 done" in said(read_all, folder)


def test_more_classes_than_there_can_be_are_refused(folder: Path) -> None:
    """A confusion matrix has the square of the classes: more than any data set may have are refused."""
    execute(folder, "UPDATE study SET class_names = ?", (json.dumps([str(i) for i in range(300_000)]),))
    assert "300000 class names" in said(read_all, folder)
