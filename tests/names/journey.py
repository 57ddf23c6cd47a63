"""A hostile table through every command that reads data of one's own; what was printed on the way."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Sequence
from pathlib import Path

from typer.testing import CliRunner

from mlpstudy.cli.app import app

PLACE = "[red]a\x1b[31m\u202eb=c"
"""Part of the names of the files and of the folder: what a file system takes."""


def write_table(path: Path, names: Sequence[str], classes: Sequence[str]) -> Path:
    """Write a table whose columns and classes have these names, and return its path."""
    texts = [name.replace("\x00", "").replace("\ud800", "") for name in classes]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"{name} column" for name in names), "kind"])
        for i in range(30 * len(texts)):
            k = i % len(texts)
            writer.writerow([*((k * j + i % 5) % 11 for j in range(len(texts))), texts[k]])
    return path


def write_study(folder: Path, table: Path, names: Sequence[str]) -> Path:
    """Write a study of that table, with a factor of two levels that a study may name so, and return its path."""
    first, second = (text.replace("\\", "\\\\").replace('"', '\\"') for text in names[:2])
    path = folder / "study.toml"
    path.write_text(
        f'name = "hostile"\ntitle = "{first}"\nreported_by = "{second}"\nseeds = 2\n'
        f'data = {{ path = {_quoted(table.name)}, target = "kind" }}\ntraining = {{ epochs = 1 }}\n'
        f'[factors."{first}"."{first}"]\nhidden = [4]\n[factors."{first}"."{second}"]\nhidden = [5]\n',
        encoding="utf-8",
    )
    return path


def _quoted(text: str) -> str:
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + '"'


def send(folder: Path, names: Sequence[str], levels: Sequence[str]) -> dict[str, str]:
    """Send a table with such columns and classes through the commands, and return what each printed.

    Raises:
        AssertionError: one ended with a traceback, or with an error.
    """
    # Columns and labels with hidden characters are shown, but refused where something is learned from them.
    # So are two of one name, and very long ones.
    seen = [f"{''.join(c for c in name if c.isprintable())[:80]} {i}" for i, name in enumerate(names)]
    raw = write_table(folder / f"raw {PLACE}.csv", seen, names)
    table = write_table(folder / f"{PLACE}.csv", seen, seen)
    study, out = write_study(folder, table, levels), folder / f"{PLACE} runs"
    rows = folder / f"{PLACE} rows.csv"
    rows.write_bytes(table.read_bytes())
    commands: dict[str, list[object]] = {
        "data show": ["data", "show", raw, "--target", "kind"],
        "data show --json": ["data", "show", raw, "--target", "kind", "--json"],
        "init": ["init", table, "--target", "kind", "--out", folder / f"{PLACE}.toml"],
        "summary": ["summary", study],
        "run": ["run", study, "--out", out, "--no-figures"],
        "run --json": ["run", study, "--out", out, "--no-figures", "--json"],
        "show": ["show", out],
        "judge": ["judge", out],
        "plan": ["plan", out],
        "verify": ["verify", out],
        "predict": ["predict", out, rows, "--csv", folder / "predicted.csv"],
        "predict --json": ["predict", out, rows, "--json"],
        "predict --test": ["predict", out, "--test", "0,1,2"],
        "report": ["report", out],
    }
    printed = {}
    for name, arguments in commands.items():
        with contextlib.chdir(folder):  # where a study's own data are looked for
            result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        # A study would refuse the raw names, and data show says so with its exit code.
        right = {0, 1} if raw in arguments else {0}
        assert result.exception is None or isinstance(result.exception, SystemExit), (name, result.exception)
        assert result.exit_code in right, (name, result.output[-2000:])
        printed[name] = result.output
    return printed
