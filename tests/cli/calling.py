"""Calling the command line in this process."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from mlpstudy.cli.app import app


def call(*arguments: object) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def one_line(result: Result) -> str:
    """Return the one line of an error."""
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    (line,) = result.stderr.strip().splitlines()
    return str(line)
