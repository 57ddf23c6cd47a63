"""The command ``mlpstudy``: the menu of its commands, and how errors end it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from mlpstudy.cli.printing.exits import ExitCode
from mlpstudy.cli.printing.terminal import fail, say
from mlpstudy.cli.process.memory import guard_imports
from mlpstudy.errors import MlpstudyError
from mlpstudy.text.screen import set_up_size, set_up_streams

if TYPE_CHECKING:
    from typer._click import Command, Context

COMMANDS = ("run", "init", "summary", "show", "judge", "plan", "predict", "verify", "watch", "report", "data")
"""The menu: each name is a file beside this one, with a function of that name, or an ``app`` of several commands."""


@cache
def _command(name: str) -> Command:
    """Return a command of the menu, made of its file."""
    module = import_module(f"mlpstudy.cli.{name}")
    alone = getattr(module, "app", None)
    if alone is None:
        alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
        alone.command(name)(getattr(module, name))
    command = typer.main.get_command(alone)
    command.name = name
    return command


class _Loaded(Mapping[str, "Command"]):
    """The commands by name. Each is loaded when it is asked for: a command costs the others no time."""

    def __getitem__(self, name: str) -> Command:
        if name not in COMMANDS:
            raise KeyError(name)
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(TyperGroup):
    """The top level: turns what goes wrong into one line and an exit code."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # Typer's own
        super().__init__(**options)
        self.commands = cast("MutableMapping[str, Command]", _Loaded())

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002  # Typer's own
        """Return the names of the commands, and load none."""
        return list(COMMANDS)

    def make_context(self, *args: Any, **options: Any) -> Context:  # noqa: ANN401  # Click's own
        """Read the options that come before a command; --help and --version print here."""
        with _ending_in_one_line():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Context) -> object:
        """Run a subcommand."""
        with _ending_in_one_line():
            return super().invoke(ctx)


@contextmanager
def _ending_in_one_line() -> Iterator[None]:
    """End the command with one line and an exit code where something goes wrong in the block."""
    try:
        yield
    except MlpstudyError as error:
        fail(str(error))
    except BrokenPipeError:
        # Whoever read has had enough (mlpstudy show DIR | head): no error, and nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitCode.FAULT) from None
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except MemoryError as error:
        fail(f"memory must be enough for this, got none ({str(error) or 'no memory left'}), fix: smaller data")
    except AttributeError as error:
        # Altair reads docstrings when it is loaded; Python leaves them out at this level.
        if sys.flags.optimize > 1 and "no doc" in str(error):
            fail("figures and reports must have Python's docstrings, got PYTHONOPTIMIZE=2, fix: PYTHONOPTIMIZE=1")
        raise
    except KeyboardInterrupt:
        fail("interrupted", ExitCode.INTERRUPTED)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"mlpstudy {version('mlpstudy')}")
        raise typer.Exit


app = typer.Typer(
    name="mlpstudy",
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Train a whole study of multilayer perceptrons fast, and learn which differences between them are real.",
    epilog="Start with: mlpstudy run",
)


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold the options that come before a command."""


def main() -> None:
    """Run the command line."""
    set_up_streams()
    set_up_size()
    guard_imports()
    app()
