"""A system that grants few threads, or none."""

from __future__ import annotations

import threading

import pytest


def grant(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    """Let only the next n threads start; the others are refused as Python says it."""
    left = [n]
    start = threading.Thread.start

    def granted(thread: threading.Thread) -> None:
        if left[0] == 0:
            message = "can't start new thread"
            raise RuntimeError(message)
        left[0] -= 1
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", granted)
