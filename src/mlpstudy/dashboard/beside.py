"""A dashboard beside a run, in a process of its own, so that the run does not notice."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, must

if TYPE_CHECKING:
    from pathlib import Path

END_S = 5.0
"""How long a dashboard may take to end before it is killed."""


@dataclass(slots=True)
class Beside:
    """The dashboard of a run.

    It ends by itself once the run is over, however the run ended, and no page is open any more: the run holds
    its standard input, and the system closes that when the run dies.

    Attributes:
        url: what to open in a browser.
    """

    url: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, folder: Path, *, port: int | None = None, open_browser: bool = False) -> Beside:
        """Start the dashboard of a study's folder.

        Raises:
            StoreError: it does not start.
        """
        command = [sys.executable, "-P", "-m", "mlpstudy", "watch", str(folder.absolute()), "--json", "--beside-run"]
        command += ["--browser" if open_browser else "--no-browser"]
        command += [] if port is None else ["--port", str(port)]
        process = subprocess.Popen(  # noqa: S603  # this interpreter, arguments of our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is the run's: it ends the dashboard in its own time
        )
        assert process.stdout is not None  # noqa: S101  # asked for
        assert process.stderr is not None  # noqa: S101  # asked for
        line = process.stdout.readline()
        if not line:
            reason = process.stderr.read().strip() or "an end without a word"
            process.wait()
            raise StoreError(must("the dashboard", "start", reason, "mlpstudy watch, in another terminal"))
        process.stdout.close()
        process.stderr.close()
        return cls(str(json.loads(line)["url"]), process)

    def release(self) -> None:
        """Tell the dashboard that the run is over: it stays while a page is open."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def wait(self) -> None:
        """Wait until nobody looks any more; Ctrl-C ends that."""
        self.release()
        try:
            self.process.wait()
        except KeyboardInterrupt:
            self.stop()

    def stop(self) -> None:
        """End the dashboard now."""
        self.release()
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
