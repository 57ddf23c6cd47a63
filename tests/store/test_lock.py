"""One writer a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mlpstudy.store import Store
from store import samples
from store.breaking import said

STUDY = samples.tiny_study()


def test_two_writers(tmp_path: Path) -> None:
    """The second writer is told who holds the folder and changes nothing; a reader can ask the same."""
    with samples.write(tmp_path) as store:
        text = said(samples.write, tmp_path)
        expected = f"folder {tmp_path} must have one writer, got another writer, process {os.getpid()} since 20"
        assert text.startswith(expected)
        assert text.endswith("UTC, fix: wait for it, or stop it")
        assert str(store.writer()).startswith(f"process {os.getpid()} since 20")
        store.begin_run(samples.record(STUDY))
    with Store.open(tmp_path) as reader:
        assert reader.writer() is None
        samples.write(tmp_path).close()


def test_a_second_process_is_told_of_the_first(tmp_path: Path) -> None:
    """Another process, too, learns who holds the folder."""
    code = (
        "from store import samples\nfrom mlpstudy.errors import StoreError\nfrom pathlib import Path\nimport sys\n"
        "try:\n    samples.write(Path(sys.argv[1]))\nexcept StoreError as error:\n    print(error)\n"
    )
    tests = str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([tests, *sys.path])}
    with samples.write(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, env=environment, check=True
        )
    assert f"got another writer, process {os.getpid()} since" in done.stdout


def test_a_stale_lock_is_no_obstacle(tmp_path: Path) -> None:
    """What a dead process left in the lock file keeps nobody out."""
    samples.fill(tmp_path, [])
    (tmp_path / "lock").write_text("process 1 since 2020-01-01 00:00:00 UTC\n")
    with Store.open(tmp_path) as reader:
        assert reader.writer() is None
    with samples.write(tmp_path) as store:
        assert str(store.writer()).startswith(f"process {os.getpid()}")


def test_a_refused_writer_gives_the_lock_back(tmp_path: Path) -> None:
    """After a refusal, the right study can be written at once."""
    samples.fill(tmp_path, [])
    for _ in range(2):
        said(samples.write, tmp_path, samples.tiny_study(study_seed=1))
    samples.fill(tmp_path, [samples.finished(STUDY)])


def test_a_reader_beside_the_writer_takes_no_lock_of_it(tmp_path: Path) -> None:
    """A process that reads the study it writes loses nothing, though another program opens and closes the database."""
    code = (
        "import os, subprocess, sys\nfrom pathlib import Path\n"
        "from mlpstudy.store import Store\nfrom store import samples\n"
        "folder, study = Path(sys.argv[1]), samples.tiny_study()\nwriter = samples.write(folder)\n"
        "writer.finish_run(samples.finished(study, '4', 0))\nStore.open(folder).close()\n"
        "other = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(\"PRAGMA user_version\")'\n"
        "subprocess.run([sys.executable, '-c', other, str(folder / 'study.db')], check=True)\n"
        "writer.finish_run(samples.finished(study, '3', 1))\nos._exit(0)\n"
    )
    tests = str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([tests, *sys.path])}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment, check=True)
    with Store.open(tmp_path) as store:
        assert len(store.runs()) == 2
