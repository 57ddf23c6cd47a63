"""The menu of commands: a file a command, and each costs the others nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mlpstudy import cli
from mlpstudy.cli.app import COMMANDS

FILES = {path.stem for path in Path(cli.__path__[0]).glob("*.py")} - {"__init__", "app"}


def test_every_file_is_a_command() -> None:
    """Beside the menu there is a file for each of its names, and no other."""
    assert sorted(COMMANDS) == sorted(FILES)


@pytest.mark.parametrize("name", ["verify", "data"])
def test_a_command_loads_no_other(name: str) -> None:
    """A command loads its own file, and none of the other commands'."""
    code = f"import sys; from mlpstudy.cli.app import app\nsys.argv[1:] = ['{name}', '--help']\n"
    code += "try: app()\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert {command for command in COMMANDS if f"mlpstudy.cli.{command}" in loaded} == {name}
