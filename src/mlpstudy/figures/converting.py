"""Charts into files by processes of their own: drawing holds the GIL, and a study has dozens of figures.

Each process runs this module, reads one JSON object a line (a specification and where it goes), writes the files and
answers with one line.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mlpstudy.errors import MlpstudyError, StoreError, must
from mlpstudy.figures.saving import PNG_SCALE, file_paths, specification, write_files

if TYPE_CHECKING:
    from types import TracebackType

    import altair as alt

MAX_PROCESSES = 4
"""Making the specifications keeps about four processes busy."""


class Converters:
    """Processes that write charts into files, as a context: at its end all files are there.

    Raises:
        ResultsError: a format is unknown.
        StoreError: a file cannot be written, or a process has died; raised at the end.
    """

    def __init__(self, n_processes: int | None = None) -> None:
        n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
        self._jobs: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._failures: list[str] = []
        self._threads = [
            threading.Thread(target=self._serve, name=f"mlpstudy-figures-{i}")
            for i in range(n_processes or min(n_cores, MAX_PROCESSES))
        ]

    def __enter__(self) -> Self:
        """Start the processes."""
        for thread in self._threads:
            thread.start()
        return self

    def save(
        self, chart: alt.TopLevelMixin, path_without_suffix: Path, formats: Sequence[str] = ("svg", "png")
    ) -> list[Path]:
        """Have a chart written, and return the paths at once."""
        paths = file_paths(path_without_suffix, formats)
        job = {"specification": specification(chart), "base": str(path_without_suffix), "formats": list(formats)}
        self._jobs.put(job)
        return list(paths)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for all files; where the block has failed, for those in work only."""
        if kind is not None:
            while not self._jobs.empty():
                self._jobs.get()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        if self._failures and kind is None:
            raise StoreError(self._failures[0])

    def _serve(self) -> None:
        """Feed one process, in a thread of its own."""
        command = [sys.executable, "-m", "mlpstudy.figures.converting"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own module
            while (job := self._jobs.get()) is not None:
                answer = _ask(process, job)
                if answer:
                    self._failures.append(answer)


def _ask(process: subprocess.Popen[str], job: dict[str, Any]) -> str:
    """Hand a job to a process; return what went wrong, or nothing."""
    try:
        if process.stdin is not None and process.stdout is not None:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            if line := process.stdout.readline():
                return str(json.loads(line)["failure"])
    except OSError:
        pass
    return must(
        f"the figure {job['base']}", "be drawn", "a drawing process that ended early", "mlpstudy show --figures"
    )


def main() -> None:
    """Write what the lines on standard input say, until their end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    for line in sys.stdin:
        job = json.loads(line)
        failure = ""
        try:
            write_files(job["specification"], Path(job["base"]), job["formats"], PNG_SCALE)
        except MlpstudyError as error:
            failure = str(error)
        print(json.dumps({"failure": failure}), flush=True)  # noqa: T201  # the answer


if __name__ == "__main__":
    main()
