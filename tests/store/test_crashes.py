"""Nothing that was promised is lost: killed writers, and a fault at every call that changes a file."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlpstudy.store import Store, files
from store import samples
from store.breaking import folder_in_memory
from store.faulty_writer import FAULTS
from store.killed_writer import STUDY as LONG_STUDY

if TYPE_CHECKING:
    from collections.abc import Iterator

STUDY = samples.tiny_study()
FIRST = samples.finished(STUDY, "4", 0)
N_KILLS = 15
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
        # The first kills fall into the making of the folder, which takes some milliseconds.
        delay_s = moments.uniform(0, 0.01 if i < 5 else 0.25)
        command = [sys.executable, "-m", "store.killed_writer", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
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


@pytest.fixture(name="shim", scope="module")
def _shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the layer that makes calls to the disk fail."""
    library = tmp_path_factory.mktemp("shim") / "faults.so"
    compiler = os.environ.get("CXX", "c++")
    source = Path(__file__).with_name("faults.cpp")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_at_every_call_that_changes_a_file(in_memory: Path, shim: Path, fault: str) -> None:
    """At whichever write, sync, truncation or rename it strikes, nothing promised is lost.

    SQLite's own calls count too. Afterwards, each run is recorded exactly once.
    """
    environment = _environment() | {"LD_PRELOAD": str(shim), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "store.faulty_writer", str(in_memory), fault]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    n_calls = [int(line.split()[0]) for line in done.stdout.splitlines()]
    assert len(n_calls) == 2
    assert min(n_calls) >= 50


def test_weights_are_on_disk_before_their_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced before it gets its name, and its name before the database speaks of it."""
    recorder = Recorder()
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
