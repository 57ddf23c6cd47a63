"""Write docs/commands.md from the commands' own help: ``python tools/command_reference.py``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from mlpstudy.cli.app import app
from mlpstudy.cli.printing.exits import MEANINGS, ExitCode

TARGET = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = "# Commands\n\nWritten by `make docs` from the commands' own help.\n"


def reference() -> str:
    """Return the reference of all commands as Markdown."""
    return "\n".join([HEAD, *_sections(typer.main.get_command(app), "mlpstudy"), _exit_codes()])


def _exit_codes() -> str:
    """Return the section of exit codes."""
    rows = "".join(f"| {code.value} | {MEANINGS[code]} |\n" for code in ExitCode)
    return f"## Exit codes\n\n| code | means |\n|---|---|\n{rows}"


def _sections(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401  # typer does not export its command types
    """Yield the section of a command, or of the commands of a group."""
    commands: dict[str, Any] = getattr(command, "commands", {})
    if commands:
        for sub, child in commands.items():
            yield from _sections(child, f"{name} {sub}")
        return
    text, _, example = inspect.cleandoc(command.help).replace("Examples:", "Example:").partition("Example:")
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([name, *(_usage(p) for p in arguments), *(["[OPTIONS]"] if options else [])])
    yield f"## `{name}`\n\n{_flat(text)}\n\n```\n{usage}\n```\n"
    rows = [f"| `{_names(p)}` | {p.help or ''} | {_default(p)} |" for p in (*arguments, *options)]
    if rows:
        yield "\n".join(["| argument or option | what | default |", "|---|---|---|", *rows, ""])
    if example:
        yield "".join(f"Example: `{one}`\n\n" for one in _flat(example).split("; ")).removesuffix("\n")


def _usage(parameter: Any) -> str:  # noqa: ANN401  # as above
    """Return how an argument stands in the usage line."""
    return _names(parameter) if parameter.required else f"[{_names(parameter)}]"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _names(parameter: Any) -> str:  # noqa: ANN401  # as above
    """Return how a parameter is written."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return ", ".join((*parameter.opts, *parameter.secondary_opts))


def _default(parameter: Any) -> str:  # noqa: ANN401  # as above
    """Return what holds where a parameter is not given."""
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    default = parameter.default
    if default is None or default is False or callable(default) or "Sentinel" in type(default).__name__:
        return "required" if parameter.required else ""
    return "on" if default is True else f"`{default}`"


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
