"""A metric that is only registered here, an error in cm that is better when lower, goes through everything."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import mlpstudy
from mlpstudy.arrays import FloatArray
from mlpstudy.cli.app import app
from mlpstudy.cli.printing import terminal
from mlpstudy.dashboard.state.verdict import verdict_state
from mlpstudy.errors import StudyError
from mlpstudy.judging.folder import read_moment, tiers
from mlpstudy.predict.choosing import choose
from mlpstudy.report import report_html
from mlpstudy.results import StudyResults
from mlpstudy.results.paper import typeset, verdict_table
from mlpstudy.study import Judging, Study
from mlpstudy.study.loading import parse_study
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.tasks.metrics.metric import Answers, Metric, Unit

CM = Unit("cm", 1.0, "cm", "cm", "cm")


def _distance(answers: Answers) -> FloatArray:
    """Return how far the predicted length is from the true one, both in whole cm."""
    return np.asarray(np.abs(answers.predicted - answers.labels), dtype=np.float64)


LENGTH_ERROR = Metric(
    name="length error",
    formula="sum(|predicted - label|) / N",
    source="these tests",
    unit=CM,
    digits=3,
    higher_is_better=False,
    possible=(0.0, math.inf),
    measure=_distance,
    of_a_share=10.0,
)
STUDY = """
name = "s"
data = "digits"
[factors.width]
2.hidden = [2]
3.hidden = [3]
[judging]
metric = "length error"
"""
NUMBER = r"[+\N{MINUS SIGN}-]?\d+\.\d{3}"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the metric on the menu, and print for 160 columns."""
    monkeypatch.setitem(METRICS, LENGTH_ERROR.name, LENGTH_ERROR)
    monkeypatch.setenv("COLUMNS", "160")
    terminal.console.cache_clear()
    yield
    terminal.console.cache_clear()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    """Return a study of lengths from 0 to 4 cm, of which ``wide``, the larger network, has the far smaller error."""
    rng = np.random.default_rng(0)
    lengths = np.arange(600) % 5
    features = lengths[:, None] * 2.0 + rng.normal(size=(600, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(METRICS, LENGTH_ERROR.name, LENGTH_ERROR)
        study = Study(
            name="lengths",
            data={"name": "lengths"},
            training={"epochs": 8, "batch_size": 32, "learning_rate": 0.01},
            factors={"width": {"narrow": {"hidden": [1], "epochs": 1}, "wide": {"hidden": [16]}}},
            judging={"metric": "length error"},
        )
        folder = tmp_path_factory.mktemp("made-up") / "lengths"
        return mlpstudy.run(study, out=folder, seeds=8, data=(features, lengths.astype(str)))


def _printed(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_it_may_be_declared_and_only_while_it_is_on_the_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A study file may name what the menu has; without it the line says what there is."""
    assert Judging(metric="length error").metric == "length error"
    monkeypatch.delitem(METRICS, LENGTH_ERROR.name)
    with pytest.raises(StudyError, match=r"judging\.metric must be 'accuracy'.* or '.*', got length error"):
        parse_study(STUDY)


def test_the_lower_error_is_better_and_the_reason_is_in_cm(results: StudyResults) -> None:
    """The verdict has the winner right side up, its difference and its band in the unit of the metric."""
    judgement = results.judge()
    metric, (pair,) = judgement.primary, judgement.primary.pairs
    assert (metric.metric, metric.unit) == (LENGTH_ERROR, "cm")
    assert metric.band == pytest.approx(0.01)
    assert (pair.a, pair.verdict.kind, pair.verdict.winner) == ("narrow", "BETTER", "wide")
    assert pair.difference > 0
    assert pair.test_examples is None
    assert pair.a_beats_b is not None
    assert pair.a_beats_b.probability < 0.1
    head = r"wide is better than narrow by \d\.\d{3} cm, adjusted interval of narrow minus wide "
    said = head + rf"\[{NUMBER}, {NUMBER}\]"
    assert re.match(said, pair.verdict.reason)
    assert [standing.architecture for standing in metric.best_first()] == ["wide", "narrow"]
    assert tiers(read_moment(results.store)) == {"narrow": "b", "wide": "a"}


def test_judge_prints_it_best_first_and_its_json_has_its_name(results: StudyResults) -> None:
    """Tables say its name, its unit and three decimals; claims hold, since the menu knows the name."""
    printed = _printed("judge", results.folder, "--explore")
    assert "length error (primary metric)" in printed
    assert re.search(rf"wide a 8 {NUMBER} cm narrow b 8 {NUMBER} cm", " ".join(printed.split()))
    assert "1 declared comparison, length error, cm" in printed
    assert "accuracy (exploratory)" in printed
    found = json.loads(_printed("judge", results.folder, "--json"))["metrics"]
    assert [(one["metric"], one["unit"]) for one in found][:2] == [("length error", "cm"), ("accuracy", "share")]
    assert not results.verify().broken


def test_a_plan_is_in_its_unit(results: StudyResults, tmp_path: Path) -> None:
    """What is typed and what is printed is in cm, with and without runs."""
    printed = " ".join(_printed("plan", results.folder, "--detect", "0.2").split())
    assert "To find a true difference of 0.2 cm with" in printed
    assert re.search(r"the observed SD over seeds of \d\.\d{4} cm \(\d\.\d{4} for", printed)
    found = json.loads(_printed("plan", results.folder, "--detect", "0.2", "--json"))
    assert (found["metric"], found["detect"], found["band"]) == ("length error", 0.2, pytest.approx(0.01))
    file = tmp_path / "s.toml"
    file.write_text(STUDY)
    planned = " ".join(_printed("plan", file).split())
    assert "The SD is an assumption: 0.015 cm, for 0.15 points of accuracy, the middle of" in planned


def test_tables_for_papers_and_frames_have_its_unit(results: StudyResults) -> None:
    """The caption names unit and band, the cells have three decimals."""
    table = typeset(verdict_table(results.judge()), "markdown")
    assert "Differences in length error (a \N{MINUS SIGN} b, cm)" in table
    assert "Differences of at most 0.01 do not matter." in table
    assert re.search(rf"\| narrow \| wide \| 8 \| {NUMBER} \| \\?\[{NUMBER}, {NUMBER}\\?\] \|", table)
    assert results.verdicts()["metric"].to_list()[0] == "length error"


def test_the_dashboard_says_who_leads(results: StudyResults) -> None:
    """The leader has the lower error; the page gets the means, which no record of a run holds."""
    shown = verdict_state(results.judge())
    assert re.fullmatch(rf"wide leads with {NUMBER} cm and is better than the other one\.", shown.sentence)
    narrow, wide = shown.means
    assert narrow is not None
    assert wide is not None
    assert wide < narrow


def test_the_report_answers_in_it(results: StudyResults) -> None:
    """The headline, the tiers, the table of pairs and the figures are of the metric."""
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", report_html(results, weights_mb=0)))
    assert re.search(rf"wide has the best mean, a test length error of {NUMBER} cm \(95 % interval \[{NUMBER}, ", words)
    assert "Differences of at most 0.01 cm do not matter" in words
    assert "Declared comparisons: length error, cm" in words
    assert "difference (cm)" in words


def test_the_better_network_predicts(results: StudyResults) -> None:
    """Of two tiers the one with the lower error is chosen, though its network is larger."""
    chosen = choose(results.store)
    assert (chosen.architecture, chosen.reason) == ("wide", "best tier, fewest parameters")
