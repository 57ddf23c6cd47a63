"""Commands that are printed for somebody to copy: a shell reads in them the path that was meant."""

from __future__ import annotations

import ast
import contextlib
import html
import os
import re
import sqlite3
import subprocess
from itertools import pairwise
from pathlib import Path, PurePath

import pytest
from typer.testing import CliRunner

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.errors import StoreError
from mlpstudy.report import report_html
from mlpstudy.results import StudyResults
from mlpstudy.text.escaping import shell
from names.hostile import ATTACKS
from patience import PATIENCE_S
from store import samples

STUDY = samples.tiny_study()
TABLE = "a b,kind\n" + "1,x\n2,y\n" * 30
NAMES = [
    "my runs",
    "it's",
    "a  b",
    "$(touch taken)",
    "`touch taken`;#",
    'a"b\\',
    "~",
    "-x",
    "a\nb",
    "a\x1b[31m1\u202e2é",
]


def read_by_shell(command: str) -> list[str]:
    """Return the words that a shell makes of a command."""
    code = f"printf '%s\\0' {command}"
    printed = subprocess.run(
        ["/bin/bash", "-c", code], capture_output=True, check=True, timeout=PATIENCE_S, env={"HOME": "/"}
    )
    return [os.fsdecode(word) for word in printed.stdout.split(b"\0")[:-1]]


@pytest.mark.parametrize(
    "name", [*NAMES, os.fsdecode(b"\xff5"), *sorted(set(ATTACKS.values()) - {"a\x00b", "a\ud800b"})]
)
def test_a_shell_reads_what_was_meant(name: str) -> None:
    """A word is read back whole, and can be printed; a path that begins with a dash is no option."""
    assert read_by_shell(shell(name)) == [name]
    assert shell(name).isprintable()
    (path,) = read_by_shell(shell(PurePath(name)))
    assert PurePath(path) == PurePath(name)
    assert not path.startswith("-")


def commands(folder: Path) -> dict[str, str]:
    """Return what is printed that names a command with a folder, or a file beside it."""
    printed: dict[str, str] = {}
    table = folder.with_suffix(".csv")
    table.write_text(TABLE, encoding="utf-8")
    for name, *options in (
        ("verify", f"./{folder}"),
        ("show", f"./{folder}"),
        ("judge", f"./{folder}"),
        ("data", "show", f"./{table}"),
        ("init", f"./{table}", "--out", f"./{folder.with_suffix('.toml')}"),
        ("plan", f"./{folder.with_suffix('.toml')}", "--detect", "20"),
    ):
        result = CliRunner().invoke(app, [name, *options])
        assert result.exit_code == 0, (result.output, result.exception)
        printed[f"{name} {len(printed)}"] = result.output
    for file in (folder / "weights").iterdir():
        file.unlink()
    printed["verify of damaged"] = CliRunner().invoke(app, ["verify", f"./{folder}"]).output
    try:
        StudyResults(folder).weights(("4", 0))
    except StoreError as error:
        printed["weights"] = str(error)
    return printed


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_printed_works_as_typed(tmp_path: Path, name: str) -> None:
    """Whatever a folder or a file is called, the commands that are printed about it name it for a shell."""
    with contextlib.chdir(tmp_path):
        folder = Path(name)
        samples.fill(folder, [samples.finished(STUDY, n, seed) for n in ("4", "3") for seed in (0, 1)])
        for what, text in commands(folder).items():
            found = re.findall(r"mlpstudy (?:judge|verify|show|init|run|plan) ([^\n]*)", text)
            assert found, what
            for rest in found:
                word = read_by_shell(rest.split(" --")[0].removesuffix(", or another"))[0]
                assert Path(word) in {folder, folder.with_suffix(".csv"), folder.with_suffix(".toml")}, (what, rest)
        assert not (tmp_path / "taken").exists()


def test_a_foreign_engine_adds_no_command(tmp_path: Path) -> None:
    """A folder that names its engine as a command of its own brings no such command among those that are printed."""
    samples.fill(tmp_path / "s", [samples.finished(STUDY, n, seed) for n in ("4", "3") for seed in (0, 1)])
    with sqlite3.connect(tmp_path / "s" / "study.db") as database:
        database.execute("UPDATE study SET engine = ?", ("native;\ntouch taken",))
    results = StudyResults(tmp_path / "s")
    page = report_html(results, weights_mb=0)
    (line,) = re.findall(r"mlpstudy run [^\n]*", html.unescape(page))
    words = ["mlpstudy", "run", "study.toml", "--seeds", "2", "--engine", "native;\ntouch taken"]
    assert read_by_shell(line)[: len(words)] == words


def test_every_path_in_a_printed_command_is_quoted() -> None:
    """Wherever a text names a command with something filled in, it is filled in for a shell."""
    root = Path(mlpstudy.__file__).parent
    found = []
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values = node.values if isinstance(node, ast.JoinedStr) else []
            for before, filled in pairwise(values):
                names = isinstance(before, ast.Constant) and COMMAND.search(str(before.value))
                what = ast.unparse(filled.value) if isinstance(filled, ast.FormattedValue) else ""
                if names and what and "shell(" not in what and what not in ("typed", "source"):  # quoted already
                    found.append(f"{path.relative_to(root)} {what}")
    assert found == []


COMMAND = re.compile(r"(mlpstudy (run|init|show|judge|verify|plan|report|predict|watch)( -[^ ]+)?|--out|--target) $")
"""A text that ends where a command's path or column is filled in."""
