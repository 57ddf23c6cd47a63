"""Runs that diverged or failed: what is said of them counts those that ended, and never asks for more of the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.comparison import comparison_rows
from mlpstudy.evidence.lost import lost_runs
from mlpstudy.records import RunResult
from mlpstudy.report import report_html
from mlpstudy.results import StudyResults
from mlpstudy.study import Study
from store import samples

STUDY = samples.tiny_study()
UNSCALED = Study.model_validate(
    {**STUDY.model_dump(mode="json", exclude_unset=True), "data": {"name": "mine", "numeric": "none"}}
)


def finished(n: int) -> list[RunResult]:
    """Return runs of one architecture that finished."""
    return [samples.finished(STUDY, "3", seed) for seed in range(n)]


def diverged(n: int) -> list[RunResult]:
    """Return runs of another that diverged."""
    return [samples.diverged(STUDY, "4", seed) for seed in range(n)]


def line(*runs: RunResult, study: Study = STUDY) -> str | None:
    """Return the line on the runs."""
    lost = lost_runs(study, comparison_rows([run.record for run in runs]))
    return None if lost is None else lost.sentence


def test_nothing_is_said_where_all_have_finished() -> None:
    """No line of runs that finished, nor where none has ended."""
    assert line(*finished(3)) is None
    assert line() is None


def test_the_line_counts_what_ended_and_how() -> None:
    """All of them, one of them, some of them."""
    assert str(line(*diverged(4))).startswith("No run has finished: all 4 diverged. More seeds would mostly end")
    assert str(line(*diverged(1))).startswith("No run has finished: 1 diverged. ")
    assert str(line(*diverged(1), *finished(3))).startswith("Of 4 runs 1 diverged, in no mean. What helps: ")


def test_what_helps_is_scaling_where_numbers_are_not_scaled_else_a_smaller_step() -> None:
    """The keys that settle it, with the value that they have."""
    assert 'leave numeric = "none" out of [data]' in str(line(*diverged(1), study=UNSCALED))
    assert str(line(*diverged(1))).endswith("a smaller learning_rate in [training] (here 0.001).")


@pytest.mark.parametrize("n_finished", [0, 1])
def test_no_command_asks_for_more_seeds_of_what_diverged(n_finished: int, tmp_path: Path) -> None:
    """Where no seed or one of two has finished, nothing is said to hang on the number of seeds."""
    samples.fill(tmp_path / "s", [*finished(n_finished), *diverged(2)])
    for command in ("show", "judge", "plan"):
        output = " ".join(CliRunner().invoke(app, [command, str(tmp_path / "s")]).output.split())
        assert "2 diverged" in output, command
        assert "More seeds would mostly end alike" in output, command
        assert "--seeds 5" not in output, command
        assert "One seed says how" not in output, command
    page = report_html(StudyResults(tmp_path / "s"), weights_mb=0)
    assert "More seeds would mostly end alike" in page
    assert "One seed says how" not in page


def test_predicting_with_what_diverged_is_refused_with_what_helps(tmp_path: Path) -> None:
    """Running the same again would give the same: the line does not ask for it."""
    samples.fill(tmp_path / "s", diverged(2))
    with pytest.raises(ResultsError, match="got 2 that diverged, fix: a smaller learning_rate"):
        mlpstudy.open(tmp_path / "s").model()


def test_where_few_diverged_one_seed_is_still_one_seed(tmp_path: Path) -> None:
    """More seeds are proposed where they would mostly finish, and what was lost is said beside it."""
    study = samples.tiny_study(factors={"width": {str(n): {"hidden": [n]} for n in (3, 4, 5)}})
    runs = [samples.finished(study, "3", 0), samples.finished(study, "5", 0), samples.diverged(study, "4", 0)]
    samples.fill(tmp_path / "s", runs, study)
    output = " ".join(CliRunner().invoke(app, ["show", str(tmp_path / "s")]).output.split())
    assert "See the spread with more seeds, for example --seeds 5. Of 3 runs 1 diverged, in no mean. What" in output
    assert "mostly end alike" not in output


def test_one_finished_seed_of_two_is_not_called_one_seed(tmp_path: Path) -> None:
    """Seeds that were trained and lost are counted among those that there were."""
    study = samples.tiny_study(factors={"width": {str(n): {"hidden": [n]} for n in (3, 4, 5)}})
    runs = [*(samples.finished(study, name, 0) for name in "345"), samples.diverged(study, "4", 1)]
    samples.fill(tmp_path / "s", runs, study)
    output = " ".join(CliRunner().invoke(app, ["show", str(tmp_path / "s")]).output.split())
    assert "No architecture has two finished seeds: how far it scatters is not known. Of 4 runs 1 diverged" in output
    assert "One seed says" not in output
