"""Folders that are missing, taken, unwritable, read only, oddly named or full."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mlpstudy.store import Store, verify
from store import samples
from store.breaking import become_nobody, execute, nobody, said

STUDY = samples.tiny_study()


def test_no_such_folder(tmp_path: Path) -> None:
    """Reading where there is nothing says so and makes nothing."""
    folder = tmp_path / "nothing"
    expected = f"folder {folder} must hold a study, got no such folder, fix: the folder that mlpstudy run printed"
    assert said(Store.open, folder).startswith(expected)
    assert not folder.exists()


def test_not_a_study_folder(tmp_path: Path) -> None:
    """Reading a folder without a study says so and makes nothing."""
    (tmp_path / "notes.txt").write_text("hello")
    assert "must hold a study, got a folder without one" in said(Store.open, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    """A file where the folder should be is named, for reading and writing, also as one of the folders above."""
    file = tmp_path / "file"
    file.write_text("hello")
    assert "must hold a study" in said(Store.open, file)
    for folder in (file, file / "below"):
        text = said(samples.write, folder)
        assert "must be a folder, got something else of that name, fix: --out another folder" in text
        assert str(file) in text
    assert file.read_text() == "hello"


def test_an_unwritable_folder() -> None:
    """A folder in which nothing may be made is named, with what the system says."""
    with nobody() as folder:
        become_nobody(folder)
        for target in (folder, folder / "below"):
            text = said(samples.write, target)
            assert text.startswith(f"folder {target} must allow to write the study, got the error Permission denied")


def test_a_read_only_folder_can_be_read() -> None:
    """A finished study in a read-only folder is read whole, and no file is made."""
    with nobody() as folder:
        result = samples.finished(STUDY)
        samples.fill(folder, [result])
        become_nobody(folder)
        before = sorted(folder.rglob("*"))
        with Store.open(folder) as store:
            assert store.runs() == (result.record,)
            assert store.writer() is None
            assert verify(store) == []
        assert sorted(folder.rglob("*")) == before
        assert "Permission denied" in said(samples.write, folder)


@pytest.mark.parametrize("left", ["wal", "database only"])
def test_a_read_only_folder_left_in_wal_mode_can_be_read(left: str) -> None:
    """Also where the writer could not tidy up: with its log beside the database, or copied without an empty one."""
    with nobody() as folder:
        result = samples.finished(STUDY)
        with samples.write(folder / "live") as store:
            store.finish_run(result)
            shutil.copytree(folder / "live", folder / "copy")
        if left == "database only":
            execute(folder / "copy", "PRAGMA journal_mode = WAL")
            assert not (folder / "copy" / "study.db-wal").exists()
        become_nobody(folder)
        with Store.open(folder / "copy") as store:
            assert store.runs() == (result.record,)


def test_an_unreadable_database() -> None:
    """A database that the user may not read is named."""
    with nobody() as folder:
        samples.fill(folder, [])
        become_nobody(folder)
        me = os.geteuid()
        os.seteuid(os.getuid())
        (folder / "study.db").chmod(0)
        os.seteuid(me)
        assert "must allow to read the study, got the error" in said(Store.open, folder)


def test_a_reader_leaves_no_trace(tmp_path: Path) -> None:
    """Reading a finished study makes no file and changes none."""
    samples.fill(tmp_path, [samples.finished(STUDY)])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.name for path in before} == {"study.db", "lock", f"{samples.record(STUDY).run_id}.safetensors"}
    with Store.open(tmp_path) as store:
        verify(store)
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_odd_names_of_folders(tmp_path: Path) -> None:
    """A folder may have any name, also one that means something in the address of a file."""
    for name in ("a b", "50%20", "what?mode=memory", "#1", "ü", "file:x"):
        samples.fill(tmp_path / name, [samples.finished(STUDY)])
        assert (tmp_path / name / "study.db").is_file()
        with Store.open(tmp_path / name) as store:
            assert verify(store) == []


def test_a_full_disk_while_recording_a_run(tmp_path: Path) -> None:
    """A database that cannot grow is one line that says what is kept; afterwards everything finished is there."""
    first, second = samples.finished(STUDY, "4", 0), samples.finished(STUDY, "4", 1)
    store = samples.write(tmp_path)
    store.finish_run(first)
    n_pages = store.database.query("PRAGMA page_count")[0][0]
    store.database.query(f"PRAGMA max_page_count = {n_pages}")
    big = replace(samples.record(STUDY, "3"), reason="x" * 100_000)
    text = said(store.fail_run, replace(big, status="failed"))
    assert text == (
        f"the disk of {tmp_path} must have room to record a failed run, got no space left, "
        "fix: free some space and run it again: every run finished so far is kept"
    )
    store.database.query("PRAGMA max_page_count = 1000000")
    store.finish_run(second)
    store.close()
    with Store.open(tmp_path) as reader:
        assert reader.runs() == (first.record, second.record)
        assert verify(reader) == []


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (errno.ENOSPC, "the disk of {} must have room to record weights, got no space left, fix: free some space"),
        (errno.EROFS, "folder {} must allow to record weights, got the error Read-only file system, fix: change its"),
        (errno.EIO, "folder {} must allow to record weights, got the error Input/output error, fix: check the disk"),
    ],
)
def test_a_disk_that_refuses_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, line: str) -> None:
    """Weights that cannot be written are one line; the run is not recorded, and can be once there is room."""
    result = samples.finished(STUDY)

    def refuse(_: int, __: bytes) -> int:
        raise OSError(number, os.strerror(number))

    with samples.write(tmp_path) as store:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", refuse)
            assert said(store.finish_run, result).startswith(line.format(tmp_path))
        assert store.runs() == ()
        assert list((tmp_path / "weights").iterdir()) == []
        store.finish_run(result)
        assert verify(store) == []


def test_an_empty_study_table_is_no_study_yet(tmp_path: Path) -> None:
    """A writer that was killed between the tables and the study leaves no study for readers; the next one goes on."""
    samples.fill(tmp_path, [])
    execute(tmp_path, "DELETE FROM study")
    assert "must hold a study" in said(Store.open, tmp_path)
    samples.fill(tmp_path, [samples.finished(STUDY)])
    with Store.open(tmp_path) as store:
        assert verify(store) == []
