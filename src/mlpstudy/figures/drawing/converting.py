"""Charts into files by processes of their own: drawing holds the GIL, and a study has dozens of figures.

Each process runs this module, reads one JSON object a line (a specification and where it goes), writes the files and
answers with one line.
"""

from __future__ import annotations

import errno
import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from mlpstudy.errors import MlpstudyError, StoreError, must
from mlpstudy.figures.drawing.saving import PNG_SCALE, file_names, specification, write_files
from mlpstudy.machine.cores import n_cores

if TYPE_CHECKING:
    from types import TracebackType

    import altair as alt

MAX_PROCESSES = 4
"""Making the specifications keeps about four processes busy."""

MAX_COMPLAINT = 1_000_000
"""Bytes that are read of what a process wrote on standard error."""


class Converters:
    """Processes that write charts into files, as a context: where it ends without an error, all files are there.

    A process that cannot be started, or that dies, leaves the figures that wait to the others.

    Raises:
        ResultsError: a format is unknown.
        StoreError: a file was not written, whatever the reason; raised at the end, when all that can be are.
    """

    def __init__(self, n_processes: int | None = None) -> None:
        self._n_processes = n_processes or min(n_cores(), MAX_PROCESSES)
        self._jobs: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._failures: list[str] = []
        self._lost: list[str] = []
        self._reasons: list[str] = []

    def __enter__(self) -> Self:
        """Start the processes."""
        for i in range(self._n_processes):
            thread = threading.Thread(target=self._serve, name=f"mlpstudy-figures-{i}")
            try:
                thread.start()
            except RuntimeError as error:  # no thread is left on this machine; those that run do the work
                self._reasons.append(str(error))
                break
            self._threads.append(thread)
        return self

    def save(
        self, chart: alt.TopLevelMixin, folder: Path, base: str, formats: Sequence[str] = ("svg", "png")
    ) -> list[Path]:
        """Have a chart written, and return the paths at once; arguments as of ``write_files``."""
        paths = [folder / name for name in file_names(base, formats)]
        job = {"specification": specification(chart), "folder": str(folder), "base": base, "formats": list(formats)}
        self._jobs.put(job)
        return paths

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for all files; where the block has failed, for those in work only."""
        if kind is not None:
            self._untaken()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._lost += self._untaken()
        if kind is None and (self._lost or self._failures):
            raise StoreError(self._failures[0] if self._failures else _not_drawn(self._lost, self._reasons[0]))

    def _untaken(self) -> list[str]:
        """Take all jobs that no process has taken; return where their files should be."""
        bases = []
        while not self._jobs.empty():
            if (job := self._jobs.get()) is not None:
                bases.append(_place(job))
        return bases

    def _serve(self) -> None:
        """Feed one process, in a thread of its own, until all is drawn or the process is gone."""
        job: dict[str, Any] | None = None
        try:
            with tempfile.TemporaryFile("w+b") as complaints, _started(complaints) as process:
                while (job := self._jobs.get()) is not None:
                    answer = _ask(process, job)
                    if answer is None:
                        self._lose(job, _ended_early(process, complaints))
                        job = None
                        break
                    if answer:
                        self._failures.append(answer)
        except Exception as error:  # noqa: BLE001  # whatever ends this thread, its figures are not there
            said = error.strerror if isinstance(error, OSError) else repr(error)
            self._lose(job, f"no process: {said or error}")

    def _lose(self, job: dict[str, Any] | None, reason: str) -> None:
        """Note that a process is gone, and with it the job that it had, if it had one."""
        self._reasons.append(reason)
        if job is not None:
            self._lost.append(_place(job))


def _place(job: dict[str, Any]) -> str:
    """Return where a job's files should be, without ``.svg``."""
    return str(Path(job["folder"]) / job["base"])


def _started(complaints: IO[bytes]) -> subprocess.Popen[str]:
    """Start a process that draws; what it says on standard error goes into a file.

    Raises:
        OSError: the system cannot start it.
    """
    if not sys.executable:
        raise OSError(errno.ENOENT, "Python does not know its own program")
    command = [sys.executable, "-m", "mlpstudy.figures.drawing.converting"]
    return subprocess.Popen(  # noqa: S603  # our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True, encoding="utf-8"
    )


def _ask(process: subprocess.Popen[str], job: dict[str, Any]) -> str | None:
    """Hand a job to a process; return what went wrong, nothing where it went well, None where the process is gone."""
    try:
        if process.stdin is not None and process.stdout is not None:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            return str(json.loads(process.stdout.readline())["failure"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _ended_early(process: subprocess.Popen[str], complaints: IO[bytes]) -> str:
    """End a process that gave no answer; return the last line that it wrote, of a traceback the one that says it."""
    process.kill()
    process.wait()
    complaints.seek(0)
    lines = complaints.read(MAX_COMPLAINT).decode(errors="replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"a drawing process that ended early: {said}".removesuffix(": ")


def _not_drawn(bases: list[str], reason: str) -> str:
    """Return the error of figures that no process has drawn."""
    more = f" and {len(bases) - 1} more" if len(bases) > 1 else ""
    return must(f"the figure {bases[0]}{more}", "be drawn", reason, "mlpstudy show DIR --figures")


def main() -> None:
    """Write what the lines on standard input say, until their end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    for line in sys.stdin:
        job, failure = json.loads(line), ""
        try:
            write_files(job["specification"], Path(job["folder"]), job["base"], job["formats"], PNG_SCALE)
        except MlpstudyError as error:
            failure = str(error)
        except Exception as error:  # noqa: BLE001  # whatever fails, it is this figure's error, and the next one is drawn
            failure = must(f"the figure {_place(job)}", "be drawn", f"{type(error).__name__}: {error}")
        print(json.dumps({"failure": failure}), flush=True)  # noqa: T201  # the answer


if __name__ == "__main__":
    main()
