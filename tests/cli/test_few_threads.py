"""The command on a terminal where the system grants hardly any thread."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from patience import end_of

STUDY = """
name = "small"
data = { name = "mnist", train_examples = 320, test_examples = 64 }
training = { epochs = 2 }
[factors.width]
8 = { hidden = [8] }
9 = { hidden = [9] }
"""

FEW = """
import threading
start, granted = threading.Thread.start, []
def sparing(thread):
    kind = thread.name.rstrip("0123456789")
    if not kind.startswith("mlpstudy-") or kind in granted:
        raise RuntimeError("can't start new thread")
    granted.append(kind)
    start(thread)
threading.Thread.start = sparing
from mlpstudy.cli import main
main()
"""
"""One thread to train, one to draw, and none for anything else."""


def on_a_terminal(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a command on a terminal of its own; return its exit code and what that shows."""
    mine, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, cwd=folder, stdout=its, stderr=its, env=environment) as process:
        os.close(its)
        shown = b""
        try:
            while part := os.read(mine, 65536):
                shown += part
        except OSError:
            pass  # the other end is closed
        os.close(mine)
        return end_of(process), shown.decode()


def test_a_study_runs_with_few_threads(tmp_path: Path) -> None:
    """Bars that no thread draws, data that no threads read, one worker: at the end all is there."""
    (tmp_path / "small.toml").write_text(STUDY, encoding="utf-8")
    code, shown = on_a_terminal([sys.executable, "-c", FEW, "run", "small.toml", "--threads", "3"], tmp_path)
    assert "Traceback" not in shown
    assert code == 0, shown
    assert "2/2 runs" in shown
    assert "figure files" in shown
    assert (tmp_path / "runs" / "small" / "figures").is_dir()
