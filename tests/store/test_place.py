"""A database that is removed, replaced or moved while it is written: noticed at the next commit, and its rows saved."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from mlpstudy.store import Store, failures, verify
from mlpstudy.store.failures import one_line
from store import samples
from store.breaking import said

if TYPE_CHECKING:
    from pathlib import Path

STUDY = samples.tiny_study()
FIRST, SECOND = samples.finished(STUDY, "4", 0), samples.finished(STUDY, "3", 1)


def check_both(folder: Path) -> None:
    """Check that a folder has both runs, undamaged, and goes on."""
    with Store.open(folder) as store:
        assert {run.run_id for run in store.runs()} == {FIRST.record.run_id, SECOND.record.run_id}
        assert verify(store) == []
    with samples.write(folder) as store:
        store.finish_run(samples.finished(STUDY, "4", 1))
        assert verify(store) == []


def test_a_removed_database_is_written_again(tmp_path: Path) -> None:
    """The commit after the removal is refused in one line, and everything that was recorded is there again."""
    with samples.write(tmp_path) as store:
        store.finish_run(FIRST)
        (tmp_path / "study.db").unlink()
        text = said(store.finish_run, SECOND)
    assert text == (
        f"{tmp_path}/study.db must stay in its place while a run writes it, got a file that was removed, and is "
        "written again, fix: run it again: every run finished so far is kept"
    )
    assert not list(tmp_path.glob("study.db-*"))
    check_both(tmp_path)


def test_a_replaced_database_is_left_alone(tmp_path: Path) -> None:
    """The other file stays as it is, the rows of this one are saved beside it, and the line says where."""
    folder, other = tmp_path / "s", tmp_path / "other"
    samples.fill(other, [samples.finished(STUDY, "3", 0)])
    with samples.write(folder) as store:
        store.finish_run(FIRST)
        shutil.copy(other / "study.db", tmp_path / "copy")
        (tmp_path / "copy").rename(folder / "study.db")
        text = said(store.finish_run, SECOND)
    (rescued,) = folder.glob("*-rescued.db")
    assert f"got another file in its place; every run finished so far is kept in {rescued}, fix: give it" in text
    assert (folder / "study.db").read_bytes() == (other / "study.db").read_bytes()
    assert not [*folder.glob("*.tmp"), *folder.glob("study.db-*")]
    with Store.open(folder) as store:
        assert [run.run_id for run in store.runs()] == [samples.record(STUDY, "3", 0).run_id]
    rescued.rename(folder / "study.db")
    check_both(folder)


@pytest.mark.parametrize("with_log", [False, True])
def test_a_database_that_is_lost_after_the_last_commit(tmp_path: Path, *, with_log: bool) -> None:
    """Closing notices it too: the rows are saved, and neither the other file nor its log is touched."""
    folder, other = tmp_path / "s", tmp_path / "other"
    store = samples.write(folder)
    store.finish_run(FIRST)
    store.finish_run(SECOND)
    with samples.write(other) as another:
        another.finish_run(samples.finished(STUDY, "3", 0))
        if not with_log:
            another.close()
        for name in ("study.db", "study.db-wal") if with_log else ("study.db",):
            shutil.copy(other / name, tmp_path / "copy")
            (tmp_path / "copy").rename(folder / name)
    text = said(store.close)
    store.close()
    assert ("the other one and of its study.db-wal, which must go, and" in text) == with_log
    (rescued,) = folder.glob("*-rescued.db")
    assert f"got another file in its place; every run finished so far is kept in {rescued}, fix: give it" in text
    with Store.open(folder) as found:
        assert [run.run_id for run in found.runs()] == [samples.record(STUDY, "3", 0).run_id]
    (folder / "study.db-wal").unlink(missing_ok=True)
    (folder / "study.db-shm").unlink(missing_ok=True)
    rescued.rename(folder / "study.db")
    check_both(folder)


def test_a_database_that_is_removed_after_the_last_commit(tmp_path: Path) -> None:
    """Closing writes it again."""
    store = samples.write(tmp_path)
    store.finish_run(FIRST)
    store.finish_run(SECOND)
    (tmp_path / "study.db").unlink()
    assert "got a file that was removed, and is written again" in said(store.close)
    check_both(tmp_path)


def test_the_files_of_another_folder_in_its_place_are_left_alone(tmp_path: Path) -> None:
    """Weights and checkpoints are not written, replaced or removed in a folder that came in the place of this one."""
    folder = tmp_path / "s"
    run_id = FIRST.record.run_id
    for call in ("finish_run", "save_checkpoint", "begin_run"):
        store = samples.write(folder)
        if call != "begin_run":
            store.begin_run(samples.record(STUDY))
        folder.rename(tmp_path / call)
        for name in (f"weights/{run_id}.safetensors", f"checkpoints/{run_id}.a", f"checkpoints/{run_id}.b"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"another's")
        given = {"finish_run": FIRST, "save_checkpoint": samples.checkpoint(STUDY), "begin_run": samples.record(STUDY)}
        assert "got a file that was moved to" in said(getattr(store, call), given[call])
        store.close()
        found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        assert found == [b"another's"] * 3
        shutil.rmtree(folder)


def test_a_moved_folder_says_where_it_is(tmp_path: Path) -> None:
    """Where the folder was renamed, the line names its new place, in which all rows are."""
    with samples.write(tmp_path / "s") as store:
        store.begin_run(samples.record(STUDY))
        (tmp_path / "s").rename(tmp_path / "t")
        text = said(store.add_epoch, FIRST.record.run_id, samples.epoch(1))
    assert f"got a file that was moved to {tmp_path}/t/study.db, fix: move it back and run it again" in text
    assert not (tmp_path / "s").exists()
    with Store.open(tmp_path / "t") as store:
        assert [run.n_epochs_done for run in store.runs()] == [1]


def test_a_removed_folder_is_one_line(tmp_path: Path) -> None:
    """Where the whole folder was removed, there is nothing to save, and the line says so."""
    store = samples.write(tmp_path / "s")
    store.begin_run(samples.record(STUDY))
    shutil.rmtree(tmp_path / "s")
    text = said(store.add_epoch, FIRST.record.run_id, samples.epoch(1))
    assert text.endswith("got a folder that was removed, fix: run it again: it begins anew")
    store.close()
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR])
def test_a_disk_without_room_is_called_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """SQLite has other words for a disk that takes no file more, be it for want of inodes: it is called full."""

    def go_wrong() -> None:
        with one_line(tmp_path, "write the study"):
            error = sqlite3.OperationalError("unable to open database file, or disk I/O error")
            error.sqlite_errorcode = code
            raise error

    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert "the error unable to open" in said(go_wrong)
    with monkeypatch.context() as patch:
        patch.setattr("mlpstudy.machine.files._write", refuse)
        text = said(go_wrong)
    assert text.startswith(f"the disk of {tmp_path} must have room to write the study, got no space left, fix: free")
    assert list(tmp_path.iterdir()) == []
    assert failures.KEPT in text
