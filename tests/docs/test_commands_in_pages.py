"""Commands that pages show can be typed: every command, option and part of the package that is named is there."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from docs.pages import BLOCK, PAGES, ROOT, marks
from mlpstudy.cli.app import app

TEXTS = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
TREE: Any = typer.main.get_command(app)


def lines(path: Path) -> list[str]:
    """Return what a page shows of commands: lines of code blocks without their comments, and code marks."""
    text = path.read_text(encoding="utf-8")
    of_blocks = [line.split("  #")[0].split(" # ")[0] for _, code in BLOCK.findall(text) for line in code.splitlines()]
    return [line.strip().removeprefix("$ ") for line in (*of_blocks, *marks(text))]


def commands(path: Path) -> list[str]:
    """Return the lines of a page that call mlpstudy; sentences of its output and modules are none."""
    return [line for line in lines(path) if re.match(r"mlpstudy (?:[a-z]+\b|--)", line) and "->" not in line]


def options(command: Any) -> set[str]:
    """Return how the options of a command may be written."""
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}


def every_option(command: Any) -> set[str]:
    """Return the options of a command and of all commands below it."""
    return options(command).union(*map(every_option, getattr(command, "commands", {}).values()))


@pytest.mark.parametrize("path", [path for path in TEXTS if commands(path)], ids=lambda path: path.name)
def test_commands_and_their_options_are_there(path: Path) -> None:
    """What is shown after ``mlpstudy`` is a command, or a group and one of its own, with options that it has."""
    for line in commands(path):
        command, words = TREE, shlex.split(line)[1:]
        while words and getattr(command, "commands", None) and not words[0].startswith("-"):
            name = words.pop(0)
            assert name in command.commands, f"{path.name}: {line}"
            command = command.commands[name]
        shown = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert shown <= options(command), f"{path.name}: {line}"


def of_scripts() -> set[str]:
    """Return the options of the project's scripts."""
    scripts = [path for folder in ("bench", "tests", "tools") for path in (ROOT / folder).rglob("*.py")]
    return {name for path in scripts for name in re.findall(r'add_argument\(\s*"(--[\w-]+)"', path.read_text("utf-8"))}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_options_named_alone_are_there(path: Path) -> None:
    """An option that the text names without its command is one that some command or script has."""
    named = {word for line in lines(path) if line.startswith("--") for word in re.findall(r"--[a-z][a-z-]*", line)}
    assert named <= every_option(TREE) | of_scripts(), path.name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_files_and_modules_of_the_project_are_there(path: Path) -> None:
    """A file of the project that a page names exists, and so does what it names in Python's way."""
    for mark in lines(path):
        for name in re.findall(r"(?<![\w./-])(?:src|kernels|tests|bench|tools|examples)/[\w./*<>-]*", mark):
            assert list(ROOT.glob(name.rstrip("/."))), f"{path.name}: {name}"
        for name in re.findall(r"(?<![\w./-])(?:mlpstudy|tests|bench)(?:\.[A-Za-z_]\w*)+", mark):
            assert _is_there(name), f"{path.name}: {name}"


def _is_there(name: str) -> bool:
    """Say whether a dotted name is a module of the project, or something in one."""
    parts = name.split(".")
    base = ROOT / "src" if parts[0] == "mlpstudy" else ROOT
    if (base / "/".join(parts)).with_suffix(".py").exists() or (base / "/".join(parts)).is_dir():
        return True
    if parts[0] != "mlpstudy":
        return False
    try:
        return hasattr(import_module(".".join(parts[:-1])), parts[-1])
    except ImportError:
        return False
