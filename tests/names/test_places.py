"""Names in pages, figures, papers and spreadsheets: each place escapes what it would obey."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlpstudy.cli.app import app
from mlpstudy.dashboard.following.channel import message
from mlpstudy.dashboard.following.reader import StudyReader
from mlpstudy.dashboard.state.delta import whole
from mlpstudy.figures.drawing.wording import drawable
from mlpstudy.page.embedding import json_text
from mlpstudy.report import report_html
from mlpstudy.results import StudyResults
from names import hostile


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stranger's folder."""
    return hostile.write_folder(tmp_path_factory.mktemp("runs") / "tiny", hostile.together())


def shown(folder: Path, *options: str) -> str:
    """Return what ``show`` prints."""
    result = CliRunner().invoke(app, ["show", str(folder), *options])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.mark.parametrize("table", ["comparison", "verdicts", "runs"])
def test_a_spreadsheet_computes_nothing(folder: Path, table: str) -> None:
    """No cell of a CSV table begins as a formula, numbers apart, and every row has a cell a column."""
    rows = list(csv.reader(io.StringIO(shown(folder, "--format", "csv", "--table", table))))
    assert len({len(row) for row in rows}) == 1
    formulas = [cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell)]
    assert all(re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell) for cell in formulas)
    assert any(cell.startswith("'=cmd(") for row in rows for cell in row)


def test_latex_obeys_no_name(folder: Path) -> None:
    """In LaTeX no name is a command, mathematics, a comment or a cell's end."""
    text = shown(folder, "--format", "latex")
    assert r"\input" not in text
    assert r"\textbackslash{}input\{/etc/passwd\}" in text
    assert r"\$x\$" in text
    assert r"5 \% of" in text
    assert not re.search(r"^\s*[\[*]", text.split(r"\midrule")[1], re.MULTILINE)


def test_markdown_obeys_no_name(folder: Path) -> None:
    """In Markdown no name is HTML, code, a picture, mathematics or a cell's end."""
    text = shown(folder, "--format", "markdown")
    assert "<" not in text
    assert r"\`x\`" in text
    assert r"![x\](http" in text
    assert r"\$x\$" in text
    head, *rows = [re.sub(r"\\.", "", line).count("|") for line in text.splitlines()[2:]]
    assert set(rows) == {head}


def test_the_report_hides_nothing(folder: Path) -> None:
    """The report's text holds no character that a browser would not show, and its charts hold none."""
    page = report_html(StudyResults(folder), weights_mb=0)
    assert not hostile.hidden(re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL).replace("\t", ""))
    assert "a\\u202egpj.exe" in page
    assert "<script>window.taken" not in page


def test_the_dashboard_sends_nothing_hidden(folder: Path) -> None:
    """What pages of the dashboard are sent holds no hidden character, also once they have read it."""
    state = StudyReader(folder).read()
    assert state is not None
    sent = message("whole", whole(state), "a-1").decode()
    data = json.loads(sent.split("data: ")[1])
    assert not hostile.hidden(json_text(data))
    assert "a\\u202egpj.exe" in json.dumps(data, ensure_ascii=False).replace("\\\\", "\\")


def test_figures_are_drawn_whatever_the_names(folder: Path, tmp_path: Path) -> None:
    """Figures of hostile names are XML that can be read, show them as text, and no two are one file."""
    paths = StudyResults(folder).save_figures(tmp_path)
    drawings = [path for path in paths if path.suffix == ".svg"]
    assert len({str(path).casefold() for path in paths}) == len(paths)
    for path in drawings:
        assert path.is_relative_to(tmp_path)
        text = path.read_text(encoding="utf-8")
        ET.fromstring(text)  # noqa: S314  # our own
        assert not hostile.hidden(text)
    assert drawable(hostile.ATTACKS["a colour"]) in (tmp_path / "test-accuracy.svg").read_text(encoding="utf-8")


def test_python_shows_nothing_hidden(folder: Path) -> None:
    """What a notebook or a prompt writes of a folder's objects is printable."""
    assert repr(StudyResults(folder)).isprintable()
