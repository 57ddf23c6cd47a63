"""A store of every earlier version opens: untouched for reading, brought up to date for writing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mlpstudy.errors import StoreError
from mlpstudy.store import Store, connection, recording, schema, verify
from mlpstudy.store.migrations import versions
from mlpstudy.store.migrations.versions import MIGRATIONS, SCHEMA_VERSION
from store import samples
from store.breaking import execute
from store.make_golden import GOLDEN, summary

VERSIONS = sorted(GOLDEN.iterdir())
SINCE_2: dict[str, Any] = {"preprocessing": None, "baselines": [], "looks": []}
"""What a store of version 1 says of what there is only since version 2."""


def expected(folder: Path) -> dict[str, Any]:
    """Return all that a golden store must say."""
    told: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    if folder.name == "v1":
        told["fields"]["data"]["validation"] = "test"
    finished = [run["run_id"] for run in told["runs"] if run["status"] == "finished"]
    return SINCE_2 | {"diagnostics": {run_id: [] for run_id in finished}} | told


def test_there_is_a_golden_store_for_every_version() -> None:
    """Each version of the schema has left a store behind, and has a file that says what came with it."""
    assert [path.name for path in VERSIONS] == [f"v{version}" for version in range(1, SCHEMA_VERSION + 1)]
    files = {path.stem for path in Path(versions.__file__).parent.glob("version_*.py")}
    assert files == {f"version_{version}" for version in range(1, SCHEMA_VERSION + 1)}


@pytest.mark.parametrize("folder", VERSIONS, ids=lambda path: str(path.name))
def test_a_golden_store_can_be_read(folder: Path) -> None:
    """A reader finds in it what its writer wrote, and leaves it as it is."""
    before = (folder / "study.db").read_bytes()
    with Store.open(folder) as store:
        assert summary(store) == expected(folder)
        assert verify(store) == []
    assert (folder / "study.db").read_bytes() == before
    found = {path.name for path in folder.iterdir()}
    assert found - {"looks"} == {"expected.json", "study.db", "weights"}


@pytest.mark.parametrize("folder", VERSIONS, ids=lambda path: str(path.name))
def test_a_golden_store_can_be_brought_up_to_date(folder: Path, tmp_path: Path) -> None:
    """A writer migrates it in place, and everything in it stays."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    connection.open_writing(copy).close_writing()
    with Store.open(copy) as store:
        assert store.database.query("PRAGMA user_version")[0][0] == SCHEMA_VERSION
        assert summary(store) == expected(folder)
        assert verify(store) == []


def test_a_seal_that_was_broken_stays_broken(tmp_path: Path) -> None:
    """Migrating renews the study's seal only where it fitted: damage done before is found afterwards."""
    copy = shutil.copytree(GOLDEN / "v1", tmp_path / "copy")
    execute(copy, "UPDATE study SET n_train = n_train + 1")
    with Store.open(copy) as store:
        assert [finding.what for finding in verify(store)] == ["the study"]
    connection.open_writing(copy).close_writing()
    with Store.open(copy) as store:
        assert [finding.what for finding in verify(store)] == ["the study"]


def test_an_older_store_goes_on(tmp_path: Path) -> None:
    """A store of version 1 takes new runs, with diagnostics and baselines, beside its old ones."""
    copy = shutil.copytree(GOLDEN / "v1", tmp_path / "copy")
    study = samples.tiny_study(title="The golden store", data={"name": "blobs", "validation": "test"})
    added = samples.finished(study, "4", 1)
    with samples.write(copy, study) as store:
        before = store.runs()
        store.finish_run(added)
        store.put_baseline(samples.baseline())
    with Store.open(copy) as store:
        assert set(store.runs()) == {*before, added.record}
        assert len(store.diagnostics(added.record.run_id)) == len(added.diagnostics)
        assert len(store.baselines()) == 1
        assert verify(store) == []


def _next_version(database: sqlite3.Connection) -> None:
    """Stand in for the migration of a later version."""
    database.execute("CREATE TABLE notes (text TEXT NOT NULL)")
    database.execute("INSERT INTO notes VALUES ('migrated')")


def _broken_version(database: sqlite3.Connection) -> None:
    """Fail in the middle, after a change was made."""
    database.execute("DROP TABLE outcomes")
    database.execute("CREATE TABLE runs (again)")


def _as_next_version(monkeypatch: pytest.MonkeyPatch, step: object) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, step))
    monkeypatch.setattr(schema, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(schema, "_expected_layout", schema._expected_layout.__wrapped__)


def test_a_reader_migrates_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older store is read through the later version's eyes; its file is not changed."""
    result = samples.finished(samples.tiny_study())
    samples.fill(tmp_path, [result])
    before = (tmp_path / "study.db").read_bytes()
    _as_next_version(monkeypatch, _next_version)
    with Store.open(tmp_path) as store:
        assert store.database.query("SELECT text FROM notes")[0][0] == "migrated"
        assert store.runs() == (result.record,)
        assert verify(store) == []
        with pytest.raises(StoreError, match="readonly database"):
            store.database.query("DELETE FROM runs")
    assert (tmp_path / "study.db").read_bytes() == before


def test_a_writer_migrates_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older store is migrated once, under the lock, and then goes on as if it had been made so."""
    study = samples.tiny_study()
    results = [samples.finished(study, "4", seed) for seed in (0, 1)]
    samples.fill(tmp_path, results[:1])
    with monkeypatch.context() as later:
        _as_next_version(later, _next_version)
        samples.fill(tmp_path, results[1:])
        with Store.open(tmp_path) as store:
            assert len(store.database.query("SELECT text FROM notes")) == 1
            assert store.runs() == tuple(result.record for result in results)
            assert verify(store) == []
    with pytest.raises(StoreError, match=f"must be schema at most {SCHEMA_VERSION}, got {SCHEMA_VERSION + 1}"):
        Store.open(tmp_path)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration happens as a whole or not at all."""
    result = samples.finished(samples.tiny_study())
    samples.fill(tmp_path, [result])
    with monkeypatch.context() as later:
        _as_next_version(later, _next_version)
        later.setattr(schema, "MIGRATIONS", (*MIGRATIONS, _broken_version))
        later.setattr(schema, "_expected_layout", dict)
        with pytest.raises(StoreError, match="table runs already exists"):
            samples.write(tmp_path)
    with Store.open(tmp_path) as store:
        assert store.runs() == (result.record,)
        assert verify(store) == []
        assert recording.study_seal(store.database)
