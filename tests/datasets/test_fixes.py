"""Every fix in a message, when it is done, makes the next step work: what is looked at, proposed and trained."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from datasets import fixes
from datasets.fixes import ROWS, Row, Tray
from mlpstudy.cli.app import app
from mlpstudy.datasets import load
from mlpstudy.errors import MlpstudyError
from mlpstudy.running.workflow import run_study
from mlpstudy.study import Data, Study

FIXES = [(name, words) for name, row in ROWS.items() for words in row.fixes]


def laid(row: Row, folder: Path) -> Tray:
    """Lay the files of a row into a folder."""
    tray = Tray(folder, dict(row.keys))
    for name, content in row.files.items():
        tray.put(name, content)
    return tray


def pattern(says: str) -> str:
    """Return what finds the words of a message."""
    return ".*".join(re.escape(part.strip()) for part in says.split("..."))


def commands(tray: Tray) -> list[list[str]]:
    """Return the next steps: what looks at the data, what proposes a study of them, what runs it."""
    keys = {key: value for key, value in tray.keys.items() if value is not None}
    path, target = keys.pop("path"), keys.pop("target", None)
    paths = [path] if isinstance(path, str) else list(path)
    of = ["--target", target] if target else []
    said = [part for key, value in keys.items() for part in ("--with", f"{key} = {json.dumps(value)}")]
    return [
        ["data", "show", *paths, *of, *said],
        ["init", *paths, *of, *said, "-o", "made.toml"],
        ["run", "made.toml", "--seeds", "1", "--epochs", "1", "--no-figures", "--out", "made"],
    ]


@pytest.mark.parametrize("name", ROWS)
def test_the_input_gets_the_message(name: str, tmp_path: Path) -> None:
    """Or the row of the table would show nothing."""
    tray = laid(ROWS[name], tmp_path)
    with pytest.raises(MlpstudyError, match=pattern(ROWS[name].says)):
        load(Data(**tray.keys).in_folder(tmp_path), 0)


@pytest.mark.parametrize(("name", "words"), FIXES)
def test_the_fix_makes_the_next_step_work(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done as its words say, ``data show``, ``init`` and ``run`` go through."""
    tray = laid(ROWS[name], tmp_path)
    ROWS[name].fixes[words](tray)
    monkeypatch.chdir(tmp_path)
    for command in commands(tray):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, (command, result.output[-600:], result.exception)


def test_a_column_that_is_asked_for_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two columns could hold the class, the option that the line proposes is taken as it stands."""
    rows = "\n".join(f"{i % 7},{'yes' if i % 3 else 'no'},{'ab'[i % 2]}" for i in range(40))
    (tmp_path / "rows.csv").write_text(f"a,survived,species\n{rows}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["init", "rows.csv"])
    assert refused.exit_code == 1
    proposed = shlex.split(re.findall(r"fix: (--target .*), or another column", " ".join(refused.stderr.split()))[0])
    assert CliRunner().invoke(app, ["init", "rows.csv", *proposed]).exit_code == 0


@pytest.mark.parametrize("fix", [["-o", "other.toml"], ["--replace"]])
def test_a_study_file_that_is_there_is_kept_or_replaced(
    fix: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the line says: another name, or --replace."""
    (tmp_path / "rows.csv").write_text(fixes.table(), encoding="utf-8")
    (tmp_path / "rows.toml").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["init", "rows.csv"])
    assert "fix: -o another name, or --replace" in refused.stderr
    assert CliRunner().invoke(app, ["init", "rows.csv", *fix]).exit_code == 0


def test_data_in_the_place_of_a_study_are_answered_with_a_command_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that ``run rows.csv`` proposes writes a study file, and that one runs."""
    (tmp_path / "my rows.csv").write_text(fixes.table(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["run", "my rows.csv"])
    proposed = shlex.split(re.findall(r"fix: .*?mlpstudy (init .*\.csv'?)", refused.stderr)[0])
    made = CliRunner().invoke(app, [*proposed, "-o", "made.toml"])
    assert made.exit_code == 0, (proposed, made.output)
    ended = CliRunner().invoke(app, ["run", "made.toml", "--seeds", "1", "--epochs", "1", "--no-figures"])
    assert ended.exit_code == 0, ended.output


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of the plain table."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "rows.csv").write_text(fixes.table(), encoding="utf-8")
    made = Study(
        name="s",
        data={"path": str(folder / "rows.csv"), "target": "kind"},
        training={"epochs": 1},
        factors={"width": {"4": {"hidden": [4]}}},
    )
    run_study(made, out=folder / "s", seeds=1)
    return folder / "s"


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, row in fixes.NEW.items() for words in row.fixes])
def test_the_fix_of_new_rows_makes_them_predicted(name: str, words: str, study: Path, tmp_path: Path) -> None:
    """``predict`` refuses them with the message, and takes them once its fix is done."""
    row = fixes.NEW[name]
    tray = Tray(tmp_path, {})
    tray.put("new.csv", row.new)
    refused = CliRunner().invoke(app, ["predict", str(study), str(tmp_path / "new.csv")])
    assert refused.exit_code == 1
    assert re.search(pattern(row.says), refused.stderr), refused.stderr
    row.fixes[words](tray)
    done = CliRunner().invoke(app, ["predict", str(study), str(tmp_path / "new.csv")])
    assert done.exit_code == 0, (done.output, done.exception)
