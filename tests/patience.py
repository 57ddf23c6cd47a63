"""How long tests wait for something that must come: far longer than it takes, since machines are busy.

These limits only turn a test that hangs into one that fails; no test says that something is fast.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

PATIENCE_S = 300
PATIENCE_MS = 1000 * PATIENCE_S


def tries(pause_s: float = 0.02) -> Iterator[None]:
    """Yield again and again, with pauses, until patience ends; then the test fails."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        yield
        time.sleep(pause_s)
    pytest.fail(f"it did not come about within {PATIENCE_S} s")


def wait_until(holds: Callable[[], bool], pause_s: float = 0.02) -> None:
    """Wait until something holds."""
    for _ in tries(pause_s):
        if holds():
            return


def end_of(process: subprocess.Popen[Any]) -> int:
    """Return a process's exit code; one that does not end is killed, or leaving its context would wait for ever."""
    try:
        return process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"{process.args!r} did not end within {PATIENCE_S} s")
