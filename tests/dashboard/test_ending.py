"""Ctrl-C ends the dashboard, whatever it is doing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboard.pages import watching
from mlpstudy.dashboard.beside import Beside
from mlpstudy.errors import StoreError
from patience import end_of, wait_until
from store import samples

STUDY = samples.tiny_study()

READING = """
from mlpstudy.dashboard.following import reader
def endless(*_):
    open({mark!r}, "w").write("x")
    while True:
        pass
reader.study_state = endless
"""

LISTING = READING.replace("reader", "folder").replace("study_state", "_summary")

JUDGING = """
import sys
from mlpstudy.dashboard.judging import judged
judged.command = lambda _: [sys.executable, "-c",
    "import os, time; open({mark!r}, 'w').write(str(os.getpid())); time.sleep(1e6)"]
"""


def is_running(pid: int) -> bool:
    """Say whether a process is there; one that nobody has asked about since it ended is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    ("doing", "page"), [(READING, "study/tiny/events"), (LISTING, "events"), (JUDGING, "study/tiny/events")]
)
def test_ctrl_c_ends_it_whatever_it_does(tmp_path: Path, doing: str, page: str, times: int) -> None:
    """While a study is read, the studies are listed or one is judged, and with clients that read nothing."""
    mark = tmp_path / "mark"
    samples.fill(tmp_path / "runs" / "tiny", [samples.finished(STUDY), samples.finished(STUDY, "3")])
    with (
        watching(tmp_path / "runs", before=doing.format(mark=str(mark))) as (url, process),
        contextlib.ExitStack() as opened,
    ):
        place = urlsplit(url)
        for asks in (f"GET /{page} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n", "GET /hal", ""):
            one = opened.enter_context(socket.create_connection((str(place.hostname), int(place.port or 0))))
            one.sendall(asks.encode())
        wait_until(lambda: mark.is_file() and mark.read_text() != "")
        for _ in range(times):
            process.send_signal(signal.SIGINT)
        assert end_of(process) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    if doing == JUDGING:
        wait_until(lambda: not is_running(int(mark.read_text())))


def test_a_terminated_dashboard_leaves_no_judge_behind(tmp_path: Path) -> None:
    """The dashboard beside a run is ended by SIGTERM: what judges for it ends too."""
    mark = tmp_path / "mark"
    samples.fill(tmp_path / "tiny", [samples.finished(STUDY), samples.finished(STUDY, "3")])
    with watching(tmp_path / "tiny", before=JUDGING.format(mark=str(mark))) as (url, process):
        place = urlsplit(url)
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as one:
            one.sendall(f"GET /study/tiny/events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            wait_until(lambda: mark.is_file() and mark.read_text() != "")
            process.terminate()
            assert end_of(process) == -signal.SIGTERM
    wait_until(lambda: not is_running(int(mark.read_text())))


ENDLESS = """
import sys
from mlpstudy.dashboard.judging import judged
code = '''
import os, mlpstudy.judging.folder, mlpstudy.dashboard.judging.process as j
def endless(_):
    open({mark!r}, "w").write(str(os.getpid()))
    while True:
        pass
mlpstudy.judging.folder.judge_store = endless
j.main()
'''
judged.command = lambda folder: [sys.executable, "-c", code, str(folder)]
"""


def test_a_killed_dashboard_leaves_no_judge_behind(tmp_path: Path) -> None:
    """What judges notices by itself that nobody waits for it any more."""
    mark = tmp_path / "mark"
    samples.fill(tmp_path / "tiny", [samples.finished(STUDY), samples.finished(STUDY, "3")])
    with watching(tmp_path / "tiny", before=ENDLESS.format(mark=str(mark))) as (url, process):
        place = urlsplit(url)
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as one:
            one.sendall(f"GET /study/tiny/events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            wait_until(lambda: mark.is_file() and mark.read_text() != "")
            process.kill()
            process.wait()
    wait_until(lambda: not is_running(int(mark.read_text())))


def test_a_dashboard_that_heeds_nothing_is_killed(tmp_path: Path) -> None:
    """A run ends its dashboard even where that does not answer any more."""
    mark = tmp_path / "mark"
    code = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(mark)!r}, 'w').close(); time.sleep(1e6)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        wait_until(mark.is_file)
        Beside("", process).stop()
        assert process.returncode == -signal.SIGKILL
    assert not is_running(process.pid)


def test_a_second_ctrl_c_kills_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who presses Ctrl-C again does not want to wait for the dashboard."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(1e6)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        wait, presses = process.wait, [True]

        def interrupted(seconds: float | None = None) -> int:
            if presses.pop():
                raise KeyboardInterrupt
            return wait(seconds)

        presses.insert(0, False)
        monkeypatch.setattr(process, "wait", interrupted)
        Beside("", process).stop()
        monkeypatch.undo()
        assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_waits_for_the_pages_takes_the_dashboard_along(number: int) -> None:
    """After a run, Ctrl-C, SIGTERM and the end of the terminal end the dashboard too, whoever looks at it."""
    code = """
import subprocess, sys
from mlpstudy.dashboard.beside import Beside
looked_at = [sys.executable, "-c", "import time; time.sleep(1e6)"]
beside = Beside("", subprocess.Popen(looked_at, stdin=subprocess.PIPE, start_new_session=True))
wait = beside.process.wait
def waited(seconds=None):
    if seconds is None:
        print(beside.process.pid, flush=True)
    return wait(seconds)
beside.process.wait = waited
beside.wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        # Under nohup it would inherit one that is ignored, and stays so.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509  # one thread starts it
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.send_signal(number)
        assert end_of(process) == 0
    is_left = is_running(pid)
    if is_left:
        os.kill(pid, signal.SIGKILL)
    assert not is_left


def test_a_dashboard_that_cannot_start_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an interpreter there is no dashboard beside the run, and the run says so."""
    monkeypatch.setattr(sys, "executable", "/nope/python")
    with pytest.raises(StoreError, match=r"^the dashboard must be a process of its own, got .*, fix: no --watch$"):
        Beside.start(tmp_path)
