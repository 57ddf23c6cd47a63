"""Tables for a paper and frames: the stored numbers, whole in frames, rounded in text."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.results.paper import PaperTable, typeset

STUDY = mlpstudy.Study(
    name="widths",
    title="Two widths & a limit",
    data={"name": "mnist", "train_examples": 640, "test_examples": 256},
    training={"epochs": 2, "batch_size": 64},
    factors={"width": {"w_4": {"hidden": [4]}, "w_16": {"hidden": [16]}}},
    baselines=["majority class", "logistic regression"],
    reported={"w_16": {"test_accuracy": 0.875}},
    reported_by="a paper",
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> mlpstudy.StudyResults:
    """A small study with three seeds."""
    return mlpstudy.run(STUDY, out=tmp_path_factory.mktemp("study") / "s", seeds=3)


def show(results: mlpstudy.StudyResults, *options: str) -> Result:
    """Call ``mlpstudy show``."""
    return CliRunner().invoke(app, ["show", str(results.folder), *options])


def test_comparison_frame_holds_the_means_of_the_runs(results: mlpstudy.StudyResults) -> None:
    """Mean and SD of the frame are those of the runs' own accuracies; what was reported stands beside."""
    frame = results.comparison_frame()
    runs = results.results()
    for row in frame.iter_rows(named=True):
        own = runs.filter(pl.col("architecture") == row["architecture"])["test_accuracy"].to_numpy()
        assert row["accuracy"] == pytest.approx(own.mean())
        assert row["accuracy_sd"] == pytest.approx(own.std(ddof=1))
        assert row["accuracy_low"] < row["accuracy"] < row["accuracy_high"]
        assert row["n_finished"] == 3
    assert frame["reported_accuracy"].to_list() == [None, 0.875]
    assert frame["width"].to_list() == ["w_4", "w_16"]


def test_verdict_frame_is_the_judgement(results: mlpstudy.StudyResults) -> None:
    """A row a metric and pair, the differences those of the judgement, the primary metric marked."""
    frame, judgement = results.verdicts(), results.judge()
    assert frame.height == sum(len(metric.pairs) for metric in judgement.metrics)
    first = frame.row(0, named=True)
    assert (first["metric"], first["primary"], first["a"], first["b"]) == ("accuracy", True, "w_4", "w_16")
    assert first["difference"] == pytest.approx(judgement.primary.pairs[0].difference)
    assert first["verdict"] == judgement.primary.pairs[0].verdict.kind
    assert frame.filter(pl.col("primary"))["metric"].unique().to_list() == ["accuracy"]


def test_csv_reads_back_as_the_frame(results: mlpstudy.StudyResults) -> None:
    """``--format csv`` has the whole numbers of the frame, for every table."""
    for table, frame in (
        ("comparison", results.comparison_frame()),
        ("verdicts", results.verdicts()),
        ("runs", results.results()),
        ("epochs", results.epochs()),
    ):
        rows = list(csv.DictReader(io.StringIO(show(results, "--format", "csv", "--table", table).stdout)))
        assert len(rows) == frame.height
        assert list(rows[0]) == frame.columns
    accuracies = [
        float(row["accuracy"]) for row in csv.DictReader(io.StringIO(show(results, "--format", "csv").stdout))
    ]
    np.testing.assert_array_equal(accuracies, results.comparison_frame()["accuracy"].to_numpy())


def test_markdown_has_a_row_an_architecture_and_the_baselines(results: mlpstudy.StudyResults) -> None:
    """The table says n, means with intervals, the reported value, and the baselines in the last rows."""
    lines = show(results, "--format", "markdown").stdout.splitlines()
    assert lines[0].startswith("Two widths &amp; a limit: 3 seeds an architecture, 256 test examples")
    assert len({line.count("|") for line in lines[2:]}) == 1
    mean = results.comparison_frame()["accuracy"][1]
    assert re.search(rf"\| w_16 \| 16 \| 12,730 \| 3 \| {100 * mean:.2f} \[", "\n".join(lines))
    assert lines[5].endswith("| 87.50 |")
    assert lines[-2].startswith("| (majority class) |")
    assert lines[-1].startswith("| (logistic regression) |")


def test_latex_escapes_what_latex_would_read(results: mlpstudy.StudyResults) -> None:
    """Names and titles are text in LaTeX, environments are closed, every row has every column."""
    text = show(results, "--format", "latex").stdout
    assert r"\caption{Two widths \& a limit" in text
    assert r"w\_16 & 16" in text
    assert text.count(r"\begin{") == text.count(r"\end{") == 2
    body = text.split(r"\midrule")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == 4
    assert len({len(re.findall(r"(?<!\\)&", line)) for line in body}) == 1
    verdicts = show(results, "--format", "latex", "--table", "verdicts").stdout
    assert r"w\_4 & w\_16 & 3 & " in verdicts


def test_html_escapes_markup() -> None:
    """A name that is markup is text in the notebook's table."""
    table = PaperTable("t", "<script>", ("a",), (False,), (("<img src=x>",),))
    assert "<script>" not in typeset(table, "html")
    assert "&lt;img src=x&gt;" in typeset(table, "html")


def test_a_study_shows_itself_in_jupyter(results: mlpstudy.StudyResults) -> None:
    """The HTML of a study is its comparison table."""
    html = results._repr_html_()
    assert "w_16" in html
    assert "Two widths &amp; a limit" in html
    assert "Provisional" not in html


def test_forms_that_do_not_go_together_are_usage_errors(results: mlpstudy.StudyResults) -> None:
    """JSON and a format at once, runs as LaTeX, verdicts in the terminal: exit code 2."""
    for options in (("--json", "--format", "csv"), ("--table", "runs", "--format", "latex"), ("--table", "verdicts")):
        assert show(results, *options).exit_code == 2


def test_curves_and_violins_are_charts(results: mlpstudy.StudyResults) -> None:
    """One run, one architecture or the whole study can be drawn; what is not there is one line."""
    for chart in (
        results.curves(),
        results.curves(("w_4", 0)),
        results.violins(),
        results.violins("w_16"),
        results.violins("w_16", 1),
    ):
        assert chart.to_dict()["$schema"].startswith("https://vega.github.io/schema/vega-lite")
    with pytest.raises(mlpstudy.ResultsError, match="hold a run that has ended, got none of w_16 seed 9"):
        results.violins("w_16", 9)
