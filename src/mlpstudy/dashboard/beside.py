"""A dashboard beside a run, in a process of its own, so that the run does not notice."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.dashboard.serving.address import LOOPBACK, Address, listen
from mlpstudy.errors import StoreError, must

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

END_S = 1.5
"""How long a dashboard may take to end before it is killed: it only reads, and Ctrl-C is not to wait for it."""


@dataclass(slots=True)
class Beside:
    """The dashboard of a run.

    It ends by itself once the run is over, however the run ended, and no page is open any more: the run holds
    its standard input, and the system closes that when the run dies.

    Attributes:
        url: what to open in a browser.
        process: the dashboard's.
    """

    url: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path) -> Beside:
        """Start the dashboard of a study's folder; the run goes on at once.

        The socket listens already when the process starts, so that a browser that comes early waits a moment.

        Raises:
            StoreError: there is no free port, or no process can be started.
        """
        with listen(LOOPBACK, None) as listening:
            number = listening.fileno()
            # -P: nothing in the working directory is imported.
            module = ["-P", "-m", "mlpstudy.dashboard.beside_process"]
            try:
                process = subprocess.Popen(  # noqa: S603  # this interpreter, arguments of our own
                    [sys.executable, *module, str(folder.absolute()), str(number)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(number,),
                    start_new_session=True,  # Ctrl-C is the run's: it ends the dashboard in its own time
                )
            except OSError as error:
                raise StoreError(must("the dashboard", "be a process of its own", str(error), "no --watch")) from error
            return cls(Address(LOOPBACK, int(listening.getsockname()[1]), None).url, process)

    def release(self) -> None:
        """Tell the dashboard that the run is over: it stays while a page is open."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def wait(self) -> None:
        """Wait until nobody looks any more; Ctrl-C ends that, and so does what else ends a command."""
        self.release()
        try:
            with _ending_as_ctrl_c():
                self.process.wait()
        except KeyboardInterrupt:
            self.stop()

    def stop(self) -> None:
        """End the dashboard now."""
        self.release()
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            self.process.kill()
            self.process.wait()


@contextmanager
def _ending_as_ctrl_c() -> Iterator[None]:
    """Let SIGTERM, and the end of the terminal, do what Ctrl-C does; one that is ignored stays ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number])
