"""Damaged and forged files: whatever is not as it was written is refused in one line."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mlpstudy.errors import StoreError
from mlpstudy.store import Store, verify
from mlpstudy.store.failures import one_line
from mlpstudy.store.migrations.version_1 import APPLICATION_ID
from mlpstudy.store.migrations.versions import SCHEMA_VERSION
from store import samples
from store.breaking import execute, said

STUDY = samples.tiny_study()


def test_a_newer_schema(tmp_path: Path) -> None:
    """A store of a newer version is refused by readers and the writer alike, and left as it is."""
    samples.fill(tmp_path, [])
    execute(tmp_path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = (tmp_path / "study.db").read_bytes()
    for call in (Store.open, samples.write):
        text = said(call, tmp_path)
        assert text == (
            f"{tmp_path}/study.db must be schema at most {SCHEMA_VERSION}, got {SCHEMA_VERSION + 1}, "
            "fix: upgrade mlpstudy"
        )
    assert (tmp_path / "study.db").read_bytes() == before


def test_a_database_of_something_else(tmp_path: Path) -> None:
    """Another program's database of the same name is refused and left as it is."""
    execute(tmp_path, "CREATE TABLE notes (text TEXT)")
    before = (tmp_path / "study.db").read_bytes()
    for call in (Store.open, samples.write):
        assert "must be a study's database, got a database of something else" in said(call, tmp_path)
    assert (tmp_path / "study.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"hello, this is no database at all, but a text that somebody wrote" * 20, b"x"])
def test_no_database_at_all(tmp_path: Path, content: bytes) -> None:
    """A file that is no database is refused and left as it is."""
    (tmp_path / "study.db").write_bytes(content)
    for call in (Store.open, samples.write):
        assert "study.db must be undamaged, got a " in said(call, tmp_path)
    assert (tmp_path / "study.db").read_bytes() == content


def test_every_damaged_page_is_reported(tmp_path: Path) -> None:
    """Whichever page of the database is overwritten, opening, reading or verifying says so in one line."""
    samples.fill(tmp_path / "s", [samples.finished(STUDY, *key) for key in (("4", 0), ("3", 1))])
    sound = (tmp_path / "s" / "study.db").read_bytes()
    n_pages = len(sound) // 4096
    assert n_pages >= 8
    for page in range(n_pages):
        damaged = bytearray(sound)
        damaged[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
        (tmp_path / "s" / "study.db").write_bytes(bytes(damaged))
        try:
            with Store.open(tmp_path / "s") as store:
                problems = [str(finding) for finding in verify(store)]
        except StoreError as error:
            problems = [str(error)]
        assert problems, f"page {page + 1} of {n_pages}"
        assert all("\n" not in problem for problem in problems)


def test_a_truncated_database(tmp_path: Path) -> None:
    """A database that was cut off, at whichever page, is reported."""
    samples.fill(tmp_path / "s", [samples.finished(STUDY)])
    sound = (tmp_path / "s" / "study.db").read_bytes()
    for n_bytes in range(4096, len(sound), 4096):
        (tmp_path / "s" / "study.db").write_bytes(sound[:n_bytes])
        try:
            with Store.open(tmp_path / "s") as store:
                problems = [str(finding) for finding in verify(store)]
        except StoreError as error:
            problems = [str(error)]
        assert problems, f"{n_bytes} bytes of {len(sound)}"


@pytest.mark.parametrize(
    ("statement", "said_of"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM outcomes; END", "a trigger t that does not belong"),
        ("CREATE VIEW v AS SELECT 1", "a view v that does not belong"),
        ("CREATE TRIGGER sqlitex AFTER INSERT ON runs BEGIN DELETE FROM outcomes; END", "a trigger sqlitex that does"),
        ("CREATE VIEW sqlite1 AS SELECT 1", "a view sqlite1 that does not belong"),
        ("CREATE TABLE notes (text)", "a table notes that does not belong"),
        ("CREATE INDEX mine ON runs (abs(seed))", "a index mine that does not belong"),
        ("CREATE INDEX mine ON runs (seed) WHERE seed > 1", "a index mine that does not belong"),
        ("CREATE UNIQUE INDEX mine ON runs (status)", "a index mine that does not belong"),
        ("DROP TABLE outcomes", "a table outcomes that is missing or altered"),
        ("ALTER TABLE runs ADD COLUMN extra", "a table runs that is missing or altered"),
    ],
)
def test_an_altered_schema(tmp_path: Path, statement: str, said_of: str) -> None:
    """Tables that are not the documented ones, and code that would run on access, are refused."""
    samples.fill(tmp_path, [])
    execute(tmp_path, statement)
    for call in (Store.open, samples.write):
        assert said_of in said(call, tmp_path)


def test_a_trigger_that_bears_a_name_of_sqlites_own(tmp_path: Path) -> None:
    """A schema that was written to directly, past SQLite's own rules for names, is refused."""
    samples.fill(tmp_path, [])
    sql = "CREATE TRIGGER sqlite_t AFTER INSERT ON runs BEGIN DELETE FROM outcomes; END"
    with closing(sqlite3.connect(tmp_path / "study.db")) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        entry = ("trigger", "sqlite_t", "runs", 0, sql)
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", entry)
    for call in (Store.open, samples.write):
        assert "a trigger sqlite_t that does not belong there" in said(call, tmp_path)


@pytest.mark.parametrize("statement", ["CREATE INDEX mine ON runs (seed, status)", "create index mine on runs(seed)"])
def test_an_index_of_ones_own_is_no_damage(tmp_path: Path, statement: str) -> None:
    """Somebody who adds an index for queries of their own, and statistics for it, can go on."""
    samples.fill(tmp_path, [])
    execute(tmp_path, statement)
    execute(tmp_path, "ANALYZE")
    samples.fill(tmp_path, [samples.finished(STUDY)])
    with Store.open(tmp_path) as store:
        assert verify(store) == []


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        ("UPDATE runs SET seed = 'many'", "seed"),
        ("UPDATE runs SET n_epochs_done = 1.5", "n_epochs_done"),
        ("UPDATE runs SET test_loss = 'low'", "test_loss"),
        ("UPDATE runs SET started_at = x'00'", "started_at"),
        ("UPDATE epochs SET val_loss = 'low'", "val_loss"),
    ],
)
def test_values_of_a_wrong_type(tmp_path: Path, statement: str, column: str) -> None:
    """A value of another type than the schema's is refused where it is read, by the name of its column."""
    samples.fill(tmp_path, [samples.finished(STUDY)])
    execute(tmp_path, statement)

    def read() -> None:
        with Store.open(tmp_path) as store:
            store.runs()
            store.all_epochs()

    assert f"in the column {column}" in said(read)


def test_blobs_of_a_wrong_size(tmp_path: Path) -> None:
    """An outcome or labels of another length than the test set's are refused before they are used."""
    result = samples.finished(STUDY)
    samples.fill(tmp_path, [result])
    execute(tmp_path, "UPDATE outcomes SET p_true = zeroblob(40)")
    with Store.open(tmp_path) as store:
        assert "40 bytes instead of 44 in the column p_true" in said(store.outcome, result.record.run_id)
    execute(tmp_path, "UPDATE study SET n_test = 1000000000")
    with Store.open(tmp_path) as store:
        assert "44 bytes instead of 4000000000 in the column test_labels" in said(store.test_labels)


@pytest.mark.parametrize("fields", ["{}", "[1]", "not json", "[" * 100_000, '{"name": "x", "data": "mnist"}'])
def test_a_study_that_cannot_be_read(tmp_path: Path, fields: str) -> None:
    """A damaged study is one line, however it is damaged."""
    samples.fill(tmp_path, [])
    execute(tmp_path, "UPDATE study SET fields = ?", (fields,))
    with Store.open(tmp_path) as store:
        assert "got a study that cannot be read" in said(store.study)
        assert len(verify(store)) == 1


@pytest.mark.parametrize("names", ["7", "{", "[" * 100_000])
def test_class_names_that_cannot_be_read(tmp_path: Path, names: str) -> None:
    """Damaged class names are one line."""
    samples.fill(tmp_path, [])
    execute(tmp_path, "UPDATE study SET class_names = ?", (names,))
    with Store.open(tmp_path) as store:
        assert "class names that cannot be read" in said(lambda: store.class_names)


def test_a_symbolic_link_in_place_of_weights(tmp_path: Path) -> None:
    """Weights are neither read nor written through a symbolic link, be it the file or its folder."""
    folder, outside = tmp_path / "s", tmp_path / "outside"
    result = samples.finished(STUDY)
    run_id = result.record.run_id
    samples.fill(folder, [result])
    file = folder / "weights" / f"{run_id}.safetensors"
    shutil.copytree(folder / "weights", outside)
    file.unlink()
    file.symlink_to(outside / file.name)
    with Store.open(folder) as store:
        assert "must lie in the study's folder, got a symbolic link to" in said(store.weights, run_id, "final")
        assert len(verify(store)) == 1
    shutil.rmtree(folder / "weights")
    (folder / "weights").symlink_to(outside)
    with Store.open(folder) as store:
        assert "must lie in the study's folder, got a symbolic link to" in said(store.weights, run_id, "final")
    assert "must lie in the study's folder" in said(samples.write, folder)


@pytest.mark.parametrize("name", ["study.db", "lock"])
def test_a_symbolic_link_in_place_of_other_files(tmp_path: Path, name: str) -> None:
    """Nor are the database and the lock taken from elsewhere."""
    folder = tmp_path / "s"
    samples.fill(folder, [])
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    assert f"{name} must lie in the study's folder, got a symbolic link to" in said(samples.write, folder)


def test_a_pipe_in_place_of_weights(tmp_path: Path) -> None:
    """A named pipe of the right name is refused at once instead of waited for."""
    result = samples.finished(STUDY)
    samples.fill(tmp_path, [result])
    file = tmp_path / "weights" / f"{result.record.run_id}.safetensors"
    file.unlink()
    os.mkfifo(file)
    with Store.open(tmp_path) as store:
        assert "something that is no regular file" in said(store.weights, result.record.run_id, "final")


def test_missing_and_damaged_weights(tmp_path: Path) -> None:
    """Weights that are missing, cut, longer or changed in one bit are named with what is wrong."""
    result = samples.finished(STUDY)
    run_id = result.record.run_id
    samples.fill(tmp_path, [result])
    file = tmp_path / "weights" / f"{run_id}.safetensors"
    sound = file.read_bytes()
    flipped = bytearray(sound)
    flipped[-1] ^= 1
    cases = {
        f"got {len(sound) - 1} bytes instead of {len(sound)}": sound[:-1],
        f"got {len(sound) + 1} bytes instead of {len(sound)}": sound + b"\0",
        "got another content than was written": bytes(flipped),
    }
    with Store.open(tmp_path) as store:
        for problem, content in cases.items():
            file.write_bytes(content)
            text = said(store.weights, run_id, "final")
            assert text.startswith(f"{file} must be undamaged, {problem}, fix: ")
        file.unlink()
        assert "got no such file" in said(store.weights, run_id, "final")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        (1 << 40).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{}",
        (70).to_bytes(8, "little")
        + b'{"final/a":{"dtype":"F32","shape":[1000000],"data_offsets":[0,4]}}    '
        + b"\0" * 4,
    ],
)
def test_files_that_are_no_weights(tmp_path: Path, content: bytes) -> None:
    """A file that claims more than it holds, or is nothing of ours, is refused even with the right hash."""
    result = samples.finished(STUDY)
    samples.fill(tmp_path, [result])
    (tmp_path / "weights" / f"{result.record.run_id}.safetensors").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    execute(tmp_path, "UPDATE runs SET weights_bytes = ?, weights_sha256 = ?", (len(content), digest))
    with Store.open(tmp_path) as store:
        assert "no safetensors file of mlpstudy's" in said(store.weights, result.record.run_id, "final")


def test_sqlites_own_safeguards_are_on(tmp_path: Path) -> None:
    """SQLite logs, syncs and checks references, the file says what it is, and a reader cannot write."""
    with samples.write(tmp_path) as store, Store.open(tmp_path) as reader:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0)):
            assert store.database.query(f"PRAGMA {pragma}")[0][0] == value
        assert store.database.query("PRAGMA user_version")[0][0] == SCHEMA_VERSION
        assert store.database.query("PRAGMA application_id")[0][0] == APPLICATION_ID
        said(reader.database.query, "DELETE FROM study")


def test_memory_that_does_not_suffice_is_one_line(tmp_path: Path) -> None:
    """SQLite takes as much as a damaged row claims; where there is not as much, that is said."""
    with (
        pytest.raises(StoreError, match=r"study\.db must take no more memory to read the study"),
        one_line(tmp_path, "read the study"),
    ):
        raise MemoryError
