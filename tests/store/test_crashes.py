"""Nothing that was promised is lost: killed writers, and a fault at every call that changes a file."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlpstudy.machine import files
from mlpstudy.store import Store, verify
from store import samples
from store.breaking import ONE_IN, fault_layer, folder_in_memory, under_the_fault_layer
from store.faulty_writer import FAULTS
from store.killed_writer import STUDY as LONG_STUDY

if TYPE_CHECKING:
    from collections.abc import Iterator

STUDY = samples.tiny_study()
FIRST = samples.finished(STUDY, "4", 0)
N_KILLS = 10
N_EARLY_KILLS = 4
CALLS = ("open", "write", "fsync", "replace", "close")


def _environment() -> dict[str, str]:
    """Return the environment of a process that imports what this one imports, tests included."""
    tests = str(Path(__file__).parents[1])
    return os.environ | {"PYTHONPATH": os.pathsep.join([tests, *sys.path])}


def test_killed_writers_lose_nothing(tmp_path: Path) -> None:
    """After kill -9 at any moment the store is sound, holds every run it promised, and the next writer goes on."""
    folder = tmp_path / "s"
    promised: set[str] = set()
    moments = random.Random(20260101)  # noqa: S311  # moments, no secrets
    for i in range(N_KILLS):
        # The first kills fall into the making of the folder, the others into the runs after some were promised.
        n_promises = 0 if i < N_EARLY_KILLS else moments.randint(1, 3)
        delay_s = moments.uniform(0, 0.01)
        command = [sys.executable, "-m", "store.killed_writer", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(1 + n_promises)]
            time.sleep(delay_s)
            process.kill()
            lines.extend(process.stdout)
        assert lines[0] == "ready\n"
        promised |= {line.split()[1] for line in lines[1:] if line.endswith("\n")}
        if promised:
            _check(folder, promised)
    assert len(promised) >= N_KILLS - N_EARLY_KILLS
    with samples.write(folder, LONG_STUDY) as store:
        store.forget_unfinished()
        assert {run.status for run in store.runs()} == {"finished"}
        assert verify(store) == []
        files_left = {path.name for path in (folder / "weights").iterdir()}
        assert files_left == {f"{run.run_id}.safetensors" for run in store.runs()}


def _check(folder: Path, promised: set[str]) -> None:
    """Check a folder whose writer was just killed: sound, with all that was promised, as it was written."""
    with Store.open(folder) as store:
        assert store.writer() is None
        assert verify(store) == []
        assert store.completed_run_ids() >= promised
        for run in store.runs():
            if run.status == "finished":
                assert run == samples.finished(LONG_STUDY, run.architecture, run.seed).record


class Crash(BaseException):
    """Stands in for the death of the process: nothing may be done after it."""


class Recorder:
    """The module ``os``, which remembers the names of the calls that matter for what is on disk."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            self.names.append(name)
            return real(*arguments, **options)

        return call


@pytest.fixture(name="in_memory")
def _in_memory() -> Iterator[Path]:
    """Yield a folder that is removed afterwards."""
    folder = folder_in_memory()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(name="layer", scope="module")
def _layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the layer that makes calls to the disk fail."""
    return fault_layer(tmp_path_factory.mktemp("layer"))


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_at_every_call_that_changes_a_file(in_memory: Path, layer: Path, fault: str) -> None:
    """At whichever write, sync, truncation, rename, removal or making of a folder it strikes, nothing is lost.

    Each call meets one of the four faults here, all of them in ``make faults``.

    SQLite's own calls count too, and those that write checkpoints. Afterwards, each run is recorded exactly once,
    and a run that had a checkpoint went on from it or a later one.
    """
    n_calls = under_the_fault_layer(layer, "store.faulty_writer", in_memory, fault)
    assert len(n_calls) == 3
    assert min(n_calls) >= 100 // ONE_IN


def test_weights_are_on_disk_before_their_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced before it gets its name, and its name before the database speaks of it."""
    recorder = Recorder()
    with samples.write(tmp_path) as store, monkeypatch.context() as patch:
        patch.setattr(files, "os", recorder)
        patch.setattr(store.database, "writing", _crash)
        with pytest.raises(Crash):
            store.finish_run(FIRST)
    assert recorder.names == ["open", "open", "write", "fsync", "close", "replace", "fsync", "close"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves the file as it was, and nothing beside it."""

    def full(_: int, __: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    files.write_durably(tmp_path, "f", b"before")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            files.write_durably(tmp_path, "f", b"after")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"f": b"before"}
    files.write_durably(tmp_path, "f", b"after")
    assert (tmp_path / "f").read_bytes() == b"after"


def test_a_crash_while_unfinished_runs_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropping runs goes files first, so that a crash in between leaves no file that nobody knows."""
    begun = samples.record(STUDY)
    with samples.write(tmp_path / "live") as store:
        store.begin_run(begun)
        (tmp_path / "live" / "weights" / f"{begun.run_id}.safetensors").write_bytes(b"x")
        with monkeypatch.context() as patch:
            patch.setattr(store.database, "writing", _crash)
            with pytest.raises(Crash):
                store.forget_unfinished()
        shutil.copytree(tmp_path / "live", tmp_path / "left")
    with samples.write(tmp_path / "left") as store:
        assert verify(store) == []
        assert store.forget_unfinished() == (begun.run_id,)


def test_a_crash_between_weights_and_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights without their record belong to a run that is trained again."""
    with samples.write(tmp_path / "live") as store:
        store.begin_run(samples.record(STUDY))
        with monkeypatch.context() as patch:
            patch.setattr(store.database, "writing", _crash)
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
