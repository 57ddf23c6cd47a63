"""The real command under signals, full disks and company: one line, an exit code, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlpstudy.store import Store, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

STUDY = """
name = "long"
data = { name = "mnist", train_examples = 2000, test_examples = 500 }
training = { epochs = 4000, batch_size = 32 }

[factors.width]
16 = { hidden = [16] }
24 = { hidden = [24] }
"""


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Path:
    """Write a study that would take minutes."""
    path = tmp_path / "long.toml"
    path.write_text(STUDY)
    return path


def start(study: Path, folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start the real command, its signals at their defaults: under nohup the tests inherit an ignored one."""
    command = [sys.executable, "-m", "mlpstudy", "run", str(study), "--out", str(folder), "--json", "--no-figures"]
    return subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509  # one thread starts it
    )


def events(process: subprocess.Popen[str]) -> Iterator[dict[str, object]]:
    """Yield what a running study says."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def first_epochs(process: subprocess.Popen[str]) -> None:
    """Wait until each of two runs has some epochs behind it."""
    seen: dict[object, int] = {}
    for event in events(process):
        if event["event"] == "epoch_ended":
            seen[event["run_id"]] = seen.get(event["run_id"], 0) + 1
        if len(seen) == 2 and min(seen.values()) >= 3:
            return


@pytest.mark.parametrize(
    ("number", "word"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated"), (signal.SIGHUP, "hung up")]
)
def test_a_signal_ends_a_study_in_order(study: Path, tmp_path: Path, number: signal.Signals, word: str) -> None:
    """One line, the signal's exit code, a checkpoint of each running run; the next call goes on from there."""
    folder = tmp_path / "s"
    with start(study, folder, "--threads", "2") as process:
        first_epochs(process)
        process.send_signal(number)
        _, error = process.communicate()
    assert process.returncode == 128 + number
    assert error == f"mlpstudy: {word}; everything done so far is kept, the same command goes on from there\n"
    with Store.open(folder) as store:
        assert verify(store) == []
        assert store.writer() is None
        reached = {run.run_id: run.n_epochs_done for run in store.runs()}
    assert {path.stem for path in (folder / "checkpoints").iterdir()} == set(reached)
    with start(study, folder, "--threads", "2") as process:
        starts = (event for event in events(process) if event["event"] == "run_started")
        started = {event["run_id"]: event["n_epochs_done"] for event in islice(starts, 2)}
        process.kill()
    assert set(started) == set(reached)
    assert all(started.values())


def test_a_signal_that_is_ignored_stays_ignored(study: Path, tmp_path: Path) -> None:
    """Under nohup a study outlives its terminal."""
    ignoring = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    command = [sys.executable, "-m", "mlpstudy", "run", str(study), "--out", str(tmp_path / "s"), "--json"]
    with subprocess.Popen([sys.executable, "-c", ignoring, *command], stdout=subprocess.PIPE, text=True) as process:
        first_epochs(process)
        process.send_signal(signal.SIGHUP)
        first_epochs(process)
        process.kill()
    assert process.returncode == -signal.SIGKILL


def test_two_runs_on_one_folder(study: Path, tmp_path: Path) -> None:
    """The second is told who holds the folder, in one line, and leaves it alone; the first does not notice."""
    folder = tmp_path / "s"
    with start(study, folder) as first:
        first_epochs(first)
        with start(study, folder) as second:
            output, error = second.communicate()
        assert (second.returncode, output) == (1, "")
        assert error.startswith(f"mlpstudy: folder {folder} must have one writer, got another writer, ")
        assert f"process {first.pid} since" in error
        assert error.count("\n") == 1
        first_epochs(first)
        first.kill()
    with start(study, folder) as third:
        first_epochs(third)
        third.kill()


def test_a_folder_that_cannot_be_written_is_one_line(study: Path) -> None:
    """Where nothing may be written, by nobody, the command says so before it trains."""
    with start(study, Path("/sys/mlpstudy")) as process:
        output, error = process.communicate()
    assert (process.returncode, output) == (1, "")
    assert error.startswith("mlpstudy: folder /sys/mlpstudy must allow to write the study, got the error ")
    assert error.endswith("fix: change its permissions, or use another folder\n")
    assert error.count("\n") == 1


def test_a_full_disk_is_one_line(study: Path, tmp_path: Path) -> None:
    """Where files may not grow any more the study stops in one line; with room again, it goes on."""
    folder = tmp_path / "s"
    limited = (
        "import os, resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); os.execv(sys.argv[1], sys.argv[1:])"
    )
    command = [sys.executable, "-m", "mlpstudy", "run", str(study), "--out", str(folder), "--json", "--checkpoint-s=0"]
    done = subprocess.run(
        [sys.executable, "-c", limited, *command], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 1
    assert "fix: free some space and run it again: every run finished so far is kept" in done.stderr
    assert done.stderr.count("\n") == 1
    with Store.open(folder) as store:
        assert verify(store) == []
        assert store.writer() is None
    with start(study, folder) as process:
        assert any(event["event"] == "epoch_ended" for event in events(process))
        process.kill()
