"""Names in a terminal: shown as they are written, never obeyed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.cli.printing import terminal
from names import hostile

COMMANDS = {
    "show": ["show"],
    "show --json": ["show", "--json"],
    "markdown": ["show", "--format", "markdown"],
    "latex": ["show", "--format", "latex"],
    "csv": ["show", "--format", "csv"],
    "csv of runs": ["show", "--format", "csv", "--table", "runs"],
    "csv of epochs": ["show", "--format", "csv", "--table", "epochs"],
    "markdown of verdicts": ["show", "--format", "markdown", "--table", "verdicts"],
    "judge": ["judge", "--why", "--explore"],
    "judge --json": ["judge", "--json"],
    "plan": ["plan"],
    "verify": ["verify"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stranger's folder."""
    return hostile.write_folder(tmp_path_factory.mktemp("runs") / "tiny", hostile.together())


@pytest.fixture(autouse=True)
def _own_console(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Print for a wide terminal, so that names are not cut."""
    monkeypatch.setenv("COLUMNS", "600")
    terminal.console.cache_clear()
    yield
    terminal.console.cache_clear()


def call(*arguments: object) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_hidden_reaches_the_terminal(folder: Path, command: str) -> None:
    """No command on a stranger's folder prints a character that a terminal would obey, or ends with a traceback."""
    name, *options = COMMANDS[command]
    result = call(name, folder, *options)
    assert result.exit_code == 0, (result.output, result.exception)
    assert not hostile.hidden(result.output)


@pytest.mark.parametrize("command", ["show", "judge"])
def test_markup_is_shown(folder: Path, command: str) -> None:
    """What Rich would take for a style, a link or an emoji is printed as it is written."""
    output = call(command, folder).output
    for attack in ("markup that is wrong", "markup", "a link", "an emoji code"):
        assert hostile.ATTACKS[attack] in output
    assert "\\x1b[31mred" in output


def test_every_print_is_of_the_console() -> None:
    """Whatever is printed goes through the modules that escape it: no other print, echo, console, text or markup."""
    root = Path(mlpstudy.__file__).parent
    found = []
    for path in root.rglob("*.py"):
        where = path.relative_to(root).as_posix()
        if where not in ("text/screen.py", "text/console.py", "cli/printing/terminal.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            rich = _rich_names(tree)
            calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
            found += [f"{where}:{call.lineno}" for call in calls if _prints(call, rich)]
    assert found == []


def _rich_names(tree: ast.Module) -> set[str]:
    """Return what a module calls Rich's console and text."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and "rich" in (node.module or "")]
    return {one.asname or one.name for node in imports for one in node.names} & {"Console", "Text"}


def _prints(node: ast.Call, rich: set[str]) -> bool:
    """Say whether a piece of code prints past the modules that escape; JSON for another process is no print."""
    called = ast.unparse(node.func)
    if called == "print":
        return not ast.unparse(node.args[0]).startswith("json.dumps(")
    has_markup = any(keyword.arg == "markup" for keyword in node.keywords) or called.endswith(".from_markup")
    return has_markup or called in PRINTING or (called.split(".")[0] in rich and bool(node.args))


PRINTING = {"typer.echo", "typer.secho", "click.echo", "rich.print", "sys.stdout.write", "sys.stderr.write"}
