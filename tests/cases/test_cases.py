"""Data as it comes: every input that people have is read right, or refused with one true line."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cases import frames, table
from cases.table import CASES, Case
from docs.pages import marks, page, rows
from mlpstudy.cli.app import app
from mlpstudy.cli.printing import terminal
from mlpstudy.datasets import load
from mlpstudy.errors import MlpstudyError
from mlpstudy.study import Data, Training

HERE = Path(__file__).parent
IDS = [case.folder for case in CASES]
TOLD = {found[1]: marks(row[2]) for row in rows(page("files.md")) if (found := re.search(r"cases/([\w-]+)/", row[-1]))}
"""The lines that docs/files.md shows of each case."""


@pytest.fixture(autouse=True)
def _very_wide(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Print for a terminal in which no line wraps."""
    monkeypatch.setenv("COLUMNS", "300")
    terminal.console.cache_clear()
    yield
    terminal.console.cache_clear()


def called(command: str) -> tuple[int, str]:
    """Return the exit code and the output of a command.

    Raises:
        AssertionError: it ended with a traceback.
    """
    program, *arguments = shlex.split(command)
    if program == "frame":
        return loaded(*arguments)
    result = CliRunner().invoke(app, arguments)
    ended = result.exception is None or isinstance(result.exception, SystemExit)
    assert ended, f"{command}: {result.exception!r}"
    return result.exit_code, result.output


def loaded(name: str) -> tuple[int, str]:
    """Return 0 and the classes of a frame, or 1 and why it is refused.

    Raises:
        AssertionError: it is refused by another library, with its own error.
    """
    try:
        given = getattr(frames, name)()
        data = Data(name="frame", target=None if name == "labels_with_blanks" else "kind")
        return 0, f"classes {', '.join(load(data, 0, given).class_names)}"
    except MlpstudyError as error:
        return 1, str(error)
    except Exception as error:  # a traceback of another library
        raise AssertionError(repr(error)) from error


def pattern(line: str) -> re.Pattern[str]:
    r"""Return what finds a line of the table in an output.

    >>> bool(pattern("^ kind ... decimal comma | point").search("x\n    kind is read with a decimal comma\n"))
    True
    """
    start = r"^\s*" if line.startswith("^") else ""
    parts = ("|".join(map(re.escape, part.strip(" ^").split(" | "))) for part in line.split("..."))
    return re.compile(start + ".*".join(f"(?:{part})" for part in parts), re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_data_as_it_comes(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands end as they should, say what was done, and say nothing that is false."""
    copy = tmp_path / "copy"
    if (HERE / case.folder).is_dir():
        shutil.copytree(HERE / case.folder, copy)
    else:
        copy.mkdir()
    monkeypatch.chdir(copy)
    ended = [called(command) for command in case.commands]
    output = "".join(text for _, text in ended)
    assert [code for code, _ in ended] == [*[0] * (len(ended) - 1), case.exit_code], output
    for line in case.says:
        assert pattern(line).search(output), f"must say: {line}\n{output}"
    for line in TOLD.get(case.folder, ()):
        assert pattern(line).search(output), f"docs/files.md: {line}\n{output}"
    for line in case.never_says:
        assert not pattern(line).search(output), f"must not say: {line}\n{output}"


def test_every_folder_is_a_case() -> None:
    """Each is in the table once, and what is pending is a case."""
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("_")}
    given = {case.folder for case in table.FRAMES if case.commands[0].startswith("frame ")}
    assert folders | given == set(IDS)
    assert len(IDS) == len(set(IDS))


def test_the_page_names_keys_that_there_are() -> None:
    """What decides otherwise is a key of a study file, or said in words."""
    keys = {mark.partition(" ")[0] for row in rows(page("files.md")) for mark in marks(row[3])}
    assert keys > {"header", "decimal", "on_missing_target"}
    assert keys <= {*Data.model_fields, *Training.model_fields}
