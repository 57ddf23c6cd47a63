"""What all commands share: the console, and how an error ends a command."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, NoReturn

import typer

from mlpstudy.cli.printing.exits import ExitCode
from mlpstudy.errors import one_line
from mlpstudy.text.escaping import printable
from mlpstudy.text.screen import say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import OverflowMethod
    from rich.table import Table
    from rich.text import Text

    from mlpstudy.text.console import SafeConsole

__all__ = ["console", "fail", "is_terminal", "new_table", "say", "say_json", "styled", "working"]

FILE_WIDTH = 120
"""Columns of what is written to a file or a pipe."""


@cache
def console() -> SafeConsole:
    """Return the console for standard output."""
    from mlpstudy.text.console import SafeConsole

    width = None if is_terminal() or "COLUMNS" in os.environ else FILE_WIDTH
    return SafeConsole(width=width)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something is being done, while the block does it."""
    status = console().status(what)
    # Where no thread can be started that would turn its sign, it stands still.
    with suppress(RuntimeError):
        status.start()
    try:
        yield
    finally:
        status.stop()


def styled(*parts: str | tuple[str, str]) -> Text:
    """Return text of parts, each a string or a string with a style; none of it is markup, whatever a name holds."""
    from rich.text import Text

    pairs = ((part, "") if isinstance(part, str) else part for part in parts)
    return Text.assemble(*((printable(text, keep="\n"), style) for text, style in pairs))


def new_table(
    *columns: str,
    title: str | Text | None = None,
    overflow: OverflowMethod = "ellipsis",
    show_edge: bool = True,
    pad_edge: bool = False,
    collapse_padding: bool = False,
) -> Table:
    """Return an empty table as all commands print them.

    Args:
        columns: their headings, aligned to the right where they start with ">".
        title: above the table, to the left.
        overflow: what becomes of a word in these columns that is too long.
        show_edge: leave a line free above and below.
        pad_edge: leave a column free on both sides.
        collapse_padding: leave one column between two, not two.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=show_edge,
        pad_edge=pad_edge,
        collapse_padding=collapse_padding,
    )
    for column in columns:
        is_right = column.startswith(">")
        table.add_column(column.removeprefix(">"), justify="right" if is_right else "left", overflow=overflow)
    return table


def fail(message: str, code: ExitCode = ExitCode.FAULT) -> NoReturn:
    """Print one line to standard error and end the command."""
    say(f"mlpstudy: {one_line(message)}", error=True)
    raise typer.Exit(code)


def is_terminal() -> bool:
    """Say whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()
