"""What all commands share: the console, and how an error ends a command."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

FILE_WIDTH = 120
"""Columns of what is written to a file or a pipe."""


@cache
def console() -> Console:
    """Return the console for standard output."""
    from rich.console import Console

    width = None if is_terminal() or "COLUMNS" in os.environ else FILE_WIDTH
    return Console(highlight=False, width=width)


def fail(message: str, code: int = 1) -> NoReturn:
    """Print one line to standard error and end the command."""
    typer.echo(f"mlpstudy: {' '.join(message.split())}", err=True)
    raise typer.Exit(code)


def is_terminal() -> bool:
    """Say whether standard output is a terminal."""
    return sys.stdout.isatty()
