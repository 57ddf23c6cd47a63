"""Figures written by processes of their own: the same files, and one line where a file cannot be written."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import altair as alt
import pytest

from figures.samples import run_curves
from mlpstudy.errors import ResultsError, StoreError
from mlpstudy.figures import loss_curves, save
from mlpstudy.figures.drawing import converting
from mlpstudy.figures.drawing.converting import Converters


def test_processes_write_what_save_writes(tmp_path: Path) -> None:
    """Every chart becomes the files that ``save`` makes of it, byte for byte."""
    charts = {name: loss_curves.figure(run_curves(seed=seed)) for name, seed in (("a", 1), ("b", 2), ("c", 3))}
    with Converters(2) as converters:
        paths = [path for name, chart in charts.items() for path in converters.save(chart, tmp_path / "many", name)]
    assert [path.name for path in paths] == ["a.svg", "a.png", "b.svg", "b.png", "c.svg", "c.png"]
    for name, chart in charts.items():
        for path in save(chart, tmp_path / "single" / name):
            assert (tmp_path / "many" / path.name).read_bytes() == path.read_bytes()


def test_what_cannot_be_written_is_said_at_the_end(tmp_path: Path) -> None:
    """A file where the folder should be is one line, and the other figures are there."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match="be writable"), Converters(1) as converters:
        _ = [converters.save(loss_curves.figure(run_curves()), tmp_path / folder, "c") for folder in ("taken", "free")]
    assert (tmp_path / "free" / "c.png").is_file()


def test_a_failing_block_leaves_no_process_behind(tmp_path: Path) -> None:
    """An unknown format is refused at once, and the error is the block's own."""
    with pytest.raises(ResultsError, match="format"), Converters(1) as converters:
        converters.save(loss_curves.figure(run_curves()), tmp_path, "curves", ("gif",))
    assert not list(tmp_path.iterdir())


def _program(tmp_path: Path, text: str, mode: int = 0o755) -> str:
    """Return a program that stands for Python."""
    path = tmp_path / "python"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


STILL = "#!/bin/sh\nexit 3\n"
CHATTY = "#!/bin/sh\necho hello\ncat > /dev/null\n"
TRACEBACK = "#!/bin/sh\necho 'Traceback (most recent call last):' >&2\necho 'ImportError: no altair' >&2\nexit 1\n"


@pytest.mark.parametrize(
    ("text", "mode", "found"),
    [
        (None, 0, "no process: No such file or directory"),
        ("", 0o755, "no process: Exec format error"),
        (STILL, 0o644, "no process: Permission denied"),
        (STILL, 0o755, "a drawing process that ended early, fix"),
        (CHATTY, 0o755, "a drawing process that ended early, fix"),
        (TRACEBACK, 0o755, "a drawing process that ended early: ImportError: no altair"),
    ],
)
def test_a_process_that_cannot_draw_is_one_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    text: str | None,
    mode: int,
    found: str,
) -> None:
    """A Python that is missing, is none, dies or talks nonsense: one error says so, and nothing else."""
    monkeypatch.setattr(sys, "executable", "/nope/python" if text is None else _program(tmp_path, text, mode))
    chart = loss_curves.figure(run_curves())
    with pytest.raises(StoreError, match=f"figure .* must be drawn, got {found}"), Converters(2) as converters:
        _ = [converters.save(chart, tmp_path, name) for name in "abc"]
    assert capfd.readouterr() == ("", "")


def test_a_system_without_processes_left_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork that is refused for want of memory is said with its reason, and how many figures are missing."""

    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(StoreError, match=r"a and 2 more must be drawn, got .*temporarily"), Converters(2) as converters:
        _ = [converters.save(loss_curves.figure(run_curves()), tmp_path, name) for name in "abc"]


def test_whatever_ends_a_thread_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What nobody thought of, here memory that is gone in the midst of it, leaves no figure that is only said to be."""

    def gone(*_: object, **__: object) -> str:
        raise MemoryError

    monkeypatch.setattr(converting, "_ask", gone)
    with pytest.raises(StoreError, match=r"and 2 more must be drawn, got .*MemoryError"), Converters(2) as converters:
        _ = [converters.save(loss_curves.figure(run_curves()), tmp_path, name) for name in "abc"]
    assert capfd.readouterr().err == ""


def test_one_process_does_the_work_of_those_that_did_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives fewer processes than are asked for, all figures are drawn all the same."""
    start, started = subprocess.Popen, []

    def once(*arguments: Any, **settings: Any) -> subprocess.Popen[str]:
        started.append(1)
        if len(started) > 1:
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return start(*arguments, **settings)

    monkeypatch.setattr(subprocess, "Popen", once)
    with Converters(3) as converters:
        paths = [p for name in "abc" for p in converters.save(loss_curves.figure(run_curves()), tmp_path, name)]
    assert all(path.is_file() for path in paths)


def test_a_figure_that_fails_leaves_the_next_one(tmp_path: Path) -> None:
    """What the renderer refuses is one line with its reason, and the same process draws what follows."""
    remote = alt.Chart("https://example.invalid/data.json").mark_point().encode(x="x:Q")
    charts = {"remote": remote, "good": loss_curves.figure(run_curves())}
    with pytest.raises(StoreError, match="remote must be drawn, got ValueError"), Converters(1) as converters:
        _ = [converters.save(chart, tmp_path, name) for name, chart in charts.items()]
    assert (tmp_path / "good.png").is_file()
