"""Work in threads that nobody waits for, and without them."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mlpstudy.dashboard.background import NoThreadError, in_background, in_background_or_here


def no_thread(_: threading.Thread) -> None:
    """Fail as a thread does that cannot be started."""
    message = "can't start new thread"
    raise RuntimeError(message)


def test_results_and_errors_come_back() -> None:
    """What work returns or raises comes to whoever waits for it."""
    assert asyncio.run(in_background(lambda: 3)) == 3
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_background(lambda: 1 // 0))


def test_work_is_done_elsewhere() -> None:
    """It runs in another thread, and one that keeps no process from ending."""
    assert asyncio.run(in_background(lambda: threading.current_thread().daemon))
    assert asyncio.run(in_background(threading.get_ident)) != threading.get_ident()


def test_a_task_that_is_cancelled_waits_for_nobody() -> None:
    """Cancelling ends the waiting at once; the thread's result is then nobody's."""
    go = threading.Event()

    async def main() -> None:
        task = asyncio.create_task(in_background(go.wait))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go.set()

    asyncio.run(main())


def test_without_threads_short_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no thread can be started, reading goes on in the server's own; longer work is refused."""
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    assert asyncio.run(in_background_or_here(threading.get_ident)) == threading.get_ident()
    with pytest.raises(NoThreadError, match="can't start new thread"):
        asyncio.run(in_background(lambda: 3))
