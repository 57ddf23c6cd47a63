"""Commands whose streams, terminal or memory are not what a shell gives: each works, or ends in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlpstudy.results import StudyResults
from mlpstudy.study import Study
from patience import PATIENCE_S
from store import samples

STUDY = """
name = "small"
data = { name = "mnist", train_examples = 256, test_examples = 256 }
training = { epochs = 1 }
[factors."größe".8]
hidden = [8]
"""
CLOSED = ["sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh"]
LITTLE_MEMORY = ["sh", "-c", 'ulimit -v 1500000; exec "$@"', "sh"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study with a name that ASCII lacks."""
    fields = samples.tiny_study().to_fields()
    study = Study(**fields | {"factors": {"größe": {"4": {"hidden": [4]}, "ü": {"hidden": [3]}}}})
    results = [samples.finished(study, name, seed) for name in ("4", "ü") for seed in range(2)]
    path = tmp_path_factory.mktemp("runs") / "tiny"
    samples.fill(path, results, study)
    return path


def start(*arguments: object, before: list[str] | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    command = [*(before or []), sys.executable, "-m", "mlpstudy", *(str(argument) for argument in arguments)]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def test_a_closed_output_is_no_error(folder: Path) -> None:
    """With standard output closed nothing is printed, and nothing goes wrong."""
    result = start("show", folder, before=["sh", "-c", 'exec "$@" >&-', "sh"])
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("arguments", ["--help", "--version", "show --help", "data list", "summary"])
def test_an_output_that_is_full_is_one_line(arguments: str) -> None:
    """Where standard output takes nothing more, every command says so, also those that only print."""
    result = start(*arguments.split(), before=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
    assert (result.returncode, result.stderr) == (1, "mlpstudy: the system: No space left on device\n")


def test_a_run_without_any_stream_trains(tmp_path: Path) -> None:
    """A daemon that closed all three streams gets its study trained; nothing printed lands in its files."""
    (tmp_path / "small.toml").write_text(STUDY, encoding="utf-8")
    out = tmp_path / "s"
    result = start("run", tmp_path / "small.toml", "--out", out, "--no-figures", before=CLOSED)
    assert result.returncode == 0
    assert [record.status for record in StudyResults(out).runs()] == ["finished"]
    assert StudyResults(out).verify().holds


def test_a_character_that_the_output_lacks_is_escaped(folder: Path) -> None:
    """In ASCII a name is shown with escapes, also in an error."""
    result = start("show", folder, PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert "\\xfc" in result.stdout
    failed = start("show", folder / "größe", PYTHONIOENCODING="ascii")
    assert failed.returncode == 1
    assert "gr\\xf6\\xdfe must hold a study" in failed.stderr


@pytest.mark.parametrize("columns", ["0", "-3", "²", "99999999999999999999"])
def test_a_width_that_no_terminal_has_is_forgotten(folder: Path, columns: str) -> None:
    """COLUMNS that makes no sense neither hides the tables nor ends the command."""
    result = start("show", folder, COLUMNS=columns)
    assert result.returncode == 0, result.stderr
    assert "Architecture" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 1000


def test_without_docstrings_tables_work_and_figures_say_why(folder: Path) -> None:
    """At PYTHONOPTIMIZE=2, where the library of the figures cannot be loaded, a report ends in one line."""
    assert start("show", folder, PYTHONOPTIMIZE="2").returncode == 0
    result = start("report", folder, PYTHONOPTIMIZE="2")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].endswith("got PYTHONOPTIMIZE=2, fix: PYTHONOPTIMIZE=1")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["run", "data show"])
def test_too_little_address_space_is_said(tmp_path: Path, command: str) -> None:
    """Where a library would abort for want of address space, the command says so before."""
    (tmp_path / "small.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "t.csv").write_text("a,kind\n1,x\n2,y\n" * 20, encoding="utf-8")
    path = tmp_path / ("small.toml" if command == "run" else "t.csv")
    result = start(*command.split(), path, before=LITTLE_MEMORY)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.endswith("must be at least 2 GB, got 1.5 GB, fix: ulimit -v unlimited")
