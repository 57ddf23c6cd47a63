"""The menu of exit codes: how a command ends."""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType


class ExitCode(IntEnum):
    """How a command ends; a signal's is 128 and its number, as shells have it."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


_KEPT = "with everything done so far kept"
MEANINGS = MappingProxyType(
    {
        ExitCode.DONE: "done",
        ExitCode.FAULT: "the study or the data are at fault, and a line says why",
        ExitCode.USAGE: "wrong usage",
        ExitCode.HUNG_UP: f"the terminal was closed, {_KEPT}",
        ExitCode.INTERRUPTED: f"interrupted by Ctrl-C, {_KEPT}",
        ExitCode.TERMINATED: f"told to end by SIGTERM, {_KEPT}",
    }
)
