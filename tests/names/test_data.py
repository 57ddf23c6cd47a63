"""Names in data of one's own: columns, classes, files and folders are shown by every command, never obeyed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlpstudy.cli.app import app
from names import hostile, journey


def test_a_hostile_table_goes_through_every_command(tmp_path: Path) -> None:
    """Looking at it, training on it, judging and predicting print no hidden character and end well."""
    levels = [hostile.ATTACKS[name] for name in ("markup that is wrong", "a formula")]
    printed = journey.send(tmp_path, hostile.together(), levels)
    for command, text in printed.items():
        assert not hostile.hidden(text), command
    assert "[/]" in printed["show"]
    rows = list(csv.reader((tmp_path / "predicted.csv").read_text(encoding="utf-8").splitlines()))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("command", ["show", "judge", "plan", "verify", "report", "watch", "summary", "predict", "run"])
@pytest.mark.parametrize("attack", ["markup that is wrong", "a colour", "a window's title", "the other direction"])
def test_a_path_that_is_not_there_is_shown(command: str, attack: str) -> None:
    """A hostile path that somebody was made to type is shown in one line."""
    result = CliRunner().invoke(app, [command, f"x{hostile.ATTACKS[attack]}", *(["y"] if command == "predict" else [])])
    assert result.exit_code == 1, (result.output, result.exception)
    assert len(result.stderr.strip().splitlines()) == 1
    assert not hostile.hidden(result.output)
