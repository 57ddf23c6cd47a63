"""Exit codes: a command ends with one of the menu, and every one of the menu is one that a command ends with."""

from __future__ import annotations

import ast
from pathlib import Path

from mlpstudy import cli
from mlpstudy.cli.printing.exits import MEANINGS, ExitCode
from mlpstudy.cli.process.interruption import SIGNALS

OF_TYPER = {ExitCode.DONE, ExitCode.USAGE}


def test_commands_end_with_codes_of_the_menu() -> None:
    """No command says a number of its own, and none of the menu is said by nobody."""
    used = OF_TYPER | {ExitCode(128 + number) for number in SIGNALS}
    for path in Path(cli.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"typer.Exit", "fail", "sys.exit"}:
                assert not any(type(getattr(value, "value", None)) is int for value in node.args), path
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ExitCode":
                used.add(ExitCode[node.attr])
    assert used == set(ExitCode)


def test_every_code_means_something() -> None:
    """The command reference says of each what it means."""
    assert set(MEANINGS) == set(ExitCode)
