"""What is printed: lines in which text from files stays text, on streams that can always be written to.

Everything that is printed goes through here or through :mod:`mlpstudy.text.console`: no control character of a name
reaches a terminal.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from mlpstudy.text.escaping import printable

MOST_COLUMNS = 1000
"""A wider terminal is a mistake: tables would be padded to its width."""


def say(*lines: object, error: bool = False) -> None:
    """Print lines, to standard output or to standard error."""
    for line in lines:
        text = printable(str(line), keep="\n")
        print(text, file=sys.stderr if error else sys.stdout, flush=True)  # the only one


def say_json(value: object, indent: int | None = None) -> None:
    """Print a value as JSON, in ASCII."""
    say(json.dumps(value, indent=indent).replace("\x7f", "\\u007f"))


def finite(value: Any) -> Any:  # noqa: ANN401  # plain JSON values
    """Replace numbers that JSON cannot hold by null.

    >>> finite({"loss": float("nan"), "epoch": 1})
    {'loss': None, 'epoch': 1}
    """
    if isinstance(value, dict):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, float) and value - value != 0:
        return None
    return value


def set_up_streams() -> None:
    """Make standard streams that can always be written to, whatever this process was started with.

    A stream that is closed becomes the null device, also below Python: else the next file that is opened, a database
    say, would take its number and get what is printed. A character that a stream's encoding lacks is escaped.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115  # for good
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def set_up_size() -> None:
    """Forget a width or a height in the environment that no terminal has."""
    for name in ("COLUMNS", "LINES"):
        text = os.environ.get(name, "1")
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):  # noqa: PLR2004  # digits
            del os.environ[name]
        elif int(text) > MOST_COLUMNS:
            os.environ[name] = str(MOST_COLUMNS)
