"""Ctrl-C and the signals that end a process: a running study stops in order, and says so in one line."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from mlpstudy.cli.printing.exits import ExitCode
from mlpstudy.cli.printing.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from mlpstudy.running.stopping import Stop

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NAMES = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}


class Interruption:
    """Remembers which signal came, and passes the first on to the study."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._signal: int | None = None

    def handle(self, number: int, _: FrameType | None) -> None:
        """Ask the study to stop; where nobody heeds it, or at the second signal, end at once."""
        is_first, self._signal = self._signal is None, number
        if not (is_first and self._stop.request()):
            raise KeyboardInterrupt

    def end(self) -> NoReturn:
        """Say that nothing is lost, and end the command with the signal's exit code."""
        number = signal.Signals(self._signal or signal.SIGINT)
        kept = "everything done so far is kept, the same command goes on from there"
        say(f"mlpstudy: {NAMES[number]}; {kept}", error=True)
        raise typer.Exit(ExitCode(128 + number)) from None


@contextmanager
def heeding_signals(stop: Stop) -> Iterator[Interruption]:
    """Let signals stop a study while the block runs; one that is ignored, as by ``nohup``, stays ignored."""
    interruption = Interruption(stop)
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, interruption.handle)
    try:
        yield interruption
    except KeyboardInterrupt:
        interruption.end()
    finally:
        for number in heeded:
            signal.signal(number, before[number])
