"""Nothing that was promised is lost: killed writers, and a fault at every system call that writes weights."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mlpstudy.errors import StoreError
from mlpstudy.store import Store, files
from store import samples
from store.killed_writer import STUDY as LONG_STUDY

STUDY = samples.tiny_study()
FIRST, SECOND = samples.finished(STUDY, "4", 0), samples.finished(STUDY, "3", 1)
N_KILLS = 15
CALLS = ("open", "write", "fsync", "replace", "close")


def test_killed_writers_lose_nothing(tmp_path: Path) -> None:
    """After kill -9 at any moment the store is sound, holds every run it promised, and the next writer goes on."""
    folder = tmp_path / "s"
    tests = str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([tests, *sys.path])}
    promised: set[str] = set()
    moments = random.Random(20260101)  # noqa: S311  # moments, no secrets
    for i in range(N_KILLS):
        # The first kills fall into the making of the folder, which takes some milliseconds.
        delay_s = moments.uniform(0, 0.01 if i < 5 else 0.25)
        command = [sys.executable, "-m", "store.killed_writer", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(delay_s)
            process.kill()
            promised |= {line.split()[1] for line in process.stdout if line.endswith("\n")}
        if promised:
            _check(folder, promised)
    assert len(promised) > N_KILLS
    with samples.write(folder, LONG_STUDY) as store:
        store.forget_unfinished()
        assert {run.status for run in store.runs()} == {"finished"}
        assert store.verify() == []
        files_left = {path.name for path in (folder / "weights").iterdir()}
        assert files_left == {f"{run.run_id}.safetensors" for run in store.runs()}


def _check(folder: Path, promised: set[str]) -> None:
    """Check a folder whose writer was just killed: sound, with all that was promised, as it was written."""
    with Store.open(folder) as store:
        assert store.writer() is None
        assert store.verify() == []
        assert store.completed_run_ids() >= promised
        for run in store.runs():
            if run.status == "finished":
                assert run == samples.finished(LONG_STUDY, run.architecture, run.seed).record


class Crash(BaseException):
    """Stands in for the death of the process: nothing may be done after it."""


class FaultyOs:
    """The module ``os``, in which the n-th call that touches a file fails, or is the last one."""

    def __init__(self, nth: int, fault: str) -> None:
        self.n_calls = 0
        self.names: list[str] = []
        self._nth = nth
        self._fault = fault
        self._dead = False

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name == "unlink" and self._dead:
            return self._die
        return (lambda *a, **k: self._call(name, real, *a, **k)) if name in CALLS else real

    def _die(self, *_: object, **__: object) -> None:
        raise Crash

    def _call(self, name: str, real: Any, *arguments: Any, **options: Any) -> Any:
        if self._dead:
            if name == "close":
                return real(*arguments)
            raise Crash
        self.n_calls += 1
        self.names.append(name)
        if self.n_calls != self._nth:
            return real(*arguments, **options)
        if name == "write" and self._fault in {"short write", "crash"}:
            written = real(arguments[0], arguments[1][:100])
            if self._fault == "short write":
                return written
        if self._fault == "short write":
            return real(*arguments, **options)
        if name == "close":
            real(*arguments)
        if self._fault == "crash":
            self._dead = True
            raise Crash
        raise OSError(getattr(errno, self._fault), os.strerror(getattr(errno, self._fault)))


def _calls_of_a_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Count the calls that recording one run's weights takes."""
    with samples.write(folder) as store, monkeypatch.context() as patch:
        counting = FaultyOs(0, "EIO")
        patch.setattr(files, "os", counting)
        store.finish_run(SECOND)
    return counting.n_calls


@pytest.mark.parametrize("fault", ["EIO", "ENOSPC", "short write", "crash"])
def test_a_fault_at_every_call_that_writes_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Wherever it strikes, the store is sound, earlier runs are there, and the run is recorded once in the end."""
    n_calls = _calls_of_a_run(tmp_path / "counted", monkeypatch)
    assert n_calls >= 8
    for nth in range(1, n_calls + 1):
        live, folder = tmp_path / f"live{nth}", tmp_path / f"left{nth}"
        with samples.write(live) as store:
            store.finish_run(FIRST)
            store.begin_run(samples.record(STUDY, "3", 1))
            with monkeypatch.context() as patch:
                patch.setattr(files, "os", FaultyOs(nth, fault))
                _strike(store, fault)
            # What lies there now is what a process that died here leaves behind.
            shutil.copytree(live, folder)
        with Store.open(folder) as reader:
            assert reader.verify() == []
            assert reader.run(FIRST.record.run_id) == FIRST.record
            assert (reader.run(SECOND.record.run_id).status == "finished") == (fault == "short write")
        with samples.write(folder) as store:
            store.forget_unfinished()
            store.finish_run(SECOND)
            assert [run.status for run in store.runs()] == ["finished", "finished"]
            assert store.verify() == []
            assert len(list((folder / "weights").iterdir())) == 2


def _strike(store: Any, fault: str) -> None:
    """Record a run, in which one call goes wrong."""
    if fault == "short write":
        store.finish_run(SECOND)
    elif fault == "crash":
        with pytest.raises(Crash):
            store.finish_run(SECOND)
    else:
        with pytest.raises(StoreError, match="every run finished so far is kept") as caught:
            store.finish_run(SECOND)
        assert ("must have room to record weights" in str(caught.value)) == (fault == "ENOSPC")


def test_weights_are_on_disk_before_their_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced before it gets its name, and its name before the database speaks of it."""
    recorder = FaultyOs(0, "EIO")
    with samples.write(tmp_path) as store, monkeypatch.context() as patch:
        patch.setattr(files, "os", recorder)
        patch.setattr(store._database, "writing", _crash)
        with pytest.raises(Crash):
            store.finish_run(FIRST)
    assert recorder.names == ["open", "open", "write", "fsync", "close", "replace", "fsync", "close"]


def test_a_crash_between_weights_and_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights without their record belong to a run that is trained again."""
    with samples.write(tmp_path / "live") as store:
        store.begin_run(samples.record(STUDY))
        with monkeypatch.context() as patch:
            patch.setattr(store._database, "writing", _crash)
            with pytest.raises(Crash):
                store.finish_run(FIRST)
        shutil.copytree(tmp_path / "live", tmp_path / "left")
    with samples.write(tmp_path / "left") as store:
        assert [run.status for run in store.runs()] == ["running"]
        assert len(list((tmp_path / "left" / "weights").iterdir())) == 1
        assert store.forget_unfinished() == (FIRST.record.run_id,)
        assert list((tmp_path / "left" / "weights").iterdir()) == []


def _crash(_: str) -> None:
    raise Crash
