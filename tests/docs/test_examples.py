"""The three examples, as docs/examples.md walks through them: init, run, judge, report, predict, nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from helpers import load_tool
from mlpstudy.cli.app import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def example_data() -> ModuleType:
    """The script that writes the data of two of the examples."""
    return load_tool("example_data")


def call(*arguments: object) -> str:
    """Run a command, which must end well."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def walk(data: str, name: str, *options: object) -> None:
    """Go from a file to a report, at a small size."""
    assert f"mlpstudy run {name}.toml" in call("init", data, "-o", f"{name}.toml", *options)
    assert "For scale, on the same test examples: majority class" in call(
        "run", f"{name}.toml", "--seeds", 2, "--epochs", 3, "--no-figures"
    )
    assert "declared comparisons" in call("judge", f"runs/{name}")
    call("report", f"runs/{name}")
    page = Path(f"runs/{name}/report.html").read_text(encoding="utf-8")
    assert "logistic regression" in page


def predicted(name: str, *inputs: object) -> list[dict[str, object]]:
    """Predict new examples, as JSON."""
    rows: list[dict[str, object]] = json.loads(call("predict", f"runs/{name}", *inputs, "--json"))["predictions"]
    return rows


def test_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with categories and missing values; new rows lack the target, and some values."""
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "studies" / "penguins.csv").read_text(encoding="utf-8")
    Path("penguins.csv").write_text(text, encoding="utf-8")
    walk("penguins.csv", "penguins", "--target", "species")
    columns = text.splitlines()[0].split(",")[1:]
    Path("new.csv").write_text(
        f"{','.join(columns)}\nBiscoe,46.1,13.2,211,4500,female,2007\nDream,,,195,,,2008\n", encoding="utf-8"
    )
    rows = predicted("penguins", "new.csv")
    assert len(rows) == 2
    assert {row["class"] for row in rows} <= {"Adelie", "Chinstrap", "Gentoo"}


def test_folder_of_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example_data: ModuleType) -> None:
    """A folder of images, a folder a class; new pictures are predicted by their class's name."""
    monkeypatch.chdir(tmp_path)
    example_data.write_pictures(Path("pictures"), 40)
    walk("pictures", "pictures")
    pictures = sorted(Path("pictures/five").glob("*.png"))[:3]
    rows = predicted("pictures", *pictures)
    assert len(rows) == 3
    assert {row["class"] for row in rows} <= {"three", "five", "eight"}


def test_sparse_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example_data: ModuleType) -> None:
    """A sparse set in libsvm's format, 20,000 columns; new rows in the same format."""
    monkeypatch.chdir(tmp_path)
    example_data.write_words(Path("words.svm"), 200)
    walk("words.svm", "words")
    Path("new.svm").write_text("".join(Path("words.svm").read_text().splitlines(keepends=True)[:3]), encoding="utf-8")
    rows = predicted("words", "new.svm")
    assert len(rows) == 3
    assert {row["class"] for row in rows} <= set(example_data.TOPICS)


@pytest.mark.parametrize("name", ["penguins", "pictures", "words"])
def test_committed_studies_are_studies(name: str) -> None:
    """The study files beside the examples can be loaded."""
    from mlpstudy import load_study  # noqa: PLC0415  # the commands load it themselves

    assert len(load_study(ROOT / "studies" / f"{name}.toml").architectures) == 6
