"""One judgement: its process is started, heard and ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mlpstudy.dashboard.background import NoThreadError, in_background
from mlpstudy.dashboard.judging.process import MAX_CPU_S, UNBOUNDED

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.evidence.plain import Plain

MAX_WALL_S = 3600.0
"""Time after which a judgement is given up, however little of a processor it was given."""

MAX_PROBLEM = 500
"""Characters of a problem that are shown."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judgement has come to.

    Attributes:
        verdict: as JSON values; None where there is none.
        key: of which runs it is.
        problem: why there is no verdict, in one line; else None.
        cpu_s: processor time that it took (s).
        has_begun: there was a process; without one it may be tried again.
    """

    verdict: Plain = None
    key: str | None = None
    problem: str | None = None
    cpu_s: float = 0.0
    has_begun: bool = True


def command(folder: Path) -> list[str]:
    """Return the command that judges a study's folder."""
    # -P: nothing in the working directory is imported.
    return [sys.executable, "-P", "-m", "mlpstudy.dashboard.judging.process", str(folder.absolute())]


async def judged(folder: Path) -> Judged:
    """Judge a study's folder in another process, which ends when this task does."""
    try:
        process = subprocess.Popen(  # noqa: S603, ASYNC220  # this interpreter; starting takes milliseconds
            command(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # One thread of BLAS: judging is not to take several cores at once.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    except OSError as error:
        return Judged(problem=f"judging could not begin: {error}", has_begun=False)
    limit = asyncio.get_running_loop().call_later(MAX_WALL_S, process.kill)
    try:
        return _answer(process, await in_background(partial(_heard, process)))
    except NoThreadError as error:
        process.kill()
        process.communicate()
        return Judged(problem=f"judging could not begin: {error}", has_begun=False)
    finally:
        limit.cancel()
        process.kill()


def _heard(process: subprocess.Popen[bytes]) -> bytes:
    """Return what a process says until it ends, and let go of it."""
    with process:
        return b"" if process.stdout is None else process.stdout.read()


def _answer(process: subprocess.Popen[bytes], output: bytes) -> Judged:
    """Return what a process that has ended came to."""
    if process.returncode == 0:
        answer = json.loads(output)
        problem = answer.get("problem")
        cpu_s = float(answer["cpu_s"])
        if problem is None:
            return Judged(answer["verdict"], answer["key"], None, cpu_s)
        return Judged(problem=" ".join(str(problem).split())[:MAX_PROBLEM], cpu_s=cpu_s)
    if process.returncode == -signal.SIGXCPU:
        return Judged(problem=f"judging takes more than {MAX_CPU_S} s of processor time; {UNBOUNDED}", cpu_s=MAX_CPU_S)
    if process.returncode == -signal.SIGKILL:
        return Judged(problem="judging was ended, as where memory runs out or an hour has passed", cpu_s=MAX_CPU_S)
    return Judged(problem=f"judging ended early, with exit code {process.returncode}", cpu_s=MAX_CPU_S)
