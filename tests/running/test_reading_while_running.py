"""Reading a study while another process writes it: what one call returns belongs together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial, partialmethod
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mlpstudy.cli.app import app
from mlpstudy.cli.show import results_as_json
from mlpstudy.dashboard.following.reader import StudyReader
from mlpstudy.judging.claims import verify_store
from mlpstudy.judging.folder import judge_moment, read_moment
from mlpstudy.predict.ensemble import load_ensemble
from mlpstudy.report import report_html
from mlpstudy.results import StudyResults
from mlpstudy.store import WritableStore
from mlpstudy.store.database import Database
from store import samples

STUDY = samples.tiny_study(seeds=16)
NAMES = [architecture.name for architecture in STUDY.architectures]


@pytest.fixture
def growing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to which a writer commits before every single read of a reader: runs begin, train, and finish."""
    store = samples.write(tmp_path / "tiny", STUDY)
    for seed in (0, 1, 2):
        for name in NAMES:
            store.finish_run(samples.finished(STUDY, name, seed))
    coming = (step for seed in range(3, 16) for name in NAMES for step in _steps(store, name, seed))
    is_writing = False

    def before(read: Callable[..., Any], database: Database, *args: Any) -> Any:
        nonlocal is_writing
        if not is_writing and database is not store.database:
            is_writing = True
            next(coming, lambda: None)()
            is_writing = False
        return read(database, *args)

    for name in ("query", "each"):
        monkeypatch.setattr(Database, name, partialmethod(_call, partial(before, getattr(Database, name))))
    yield tmp_path / "tiny"
    store.close()


def _call(database: Database, read: Callable[..., Any], *args: Any) -> Any:
    return read(database, *args)


def _steps(store: WritableStore, name: str, seed: int) -> Iterator[Callable[[], None]]:
    """Yield what a writer does for one run, a commit each."""
    begun = samples.record(STUDY, name, seed)
    yield lambda: store.begin_run(begun)
    for number in (1, 2, 3):
        yield partial(store.add_epoch, begun.run_id, samples.epoch(number))
    yield lambda: store.finish_run(samples.finished(STUDY, name, seed))


CALLS: dict[str, Callable[[StudyResults], Any]] = {
    "repr": repr,
    "html": lambda r: r._repr_html_(),
    "runs": lambda r: r.runs(),
    "run": lambda r: r.run(("3", 1)),
    "results": lambda r: r.results(),
    "epochs": lambda r: r.epochs(),
    "outcomes": lambda r: r.outcomes(),
    "outcome": lambda r: r.outcome(("3", 1)),
    "weights": lambda r: r.weights(("3", 1)),
    "curve": lambda r: r.curve(("3", 1)),
    "comparison": lambda r: r.comparison(),
    "comparison_frame": lambda r: r.comparison_frame(),
    "comparison_with_tiers": lambda r: r.comparison_with_tiers(),
    "observations": lambda r: r.observations(),
    "judge": lambda r: r.judge(),
    "tiers": lambda r: r.tiers(),
    "verdicts": lambda r: r.verdicts(),
    "class_use": lambda r: r.class_use(),
    "baselines": lambda r: r.baselines(),
    "plan": lambda r: r.plan(),
    "model": lambda r: load_ensemble(r.store),
    "write_claims": lambda r: r.write_claims(),
    "verify": lambda r: r.verify(),
    "curves": lambda r: r.curves(),
    "violins": lambda r: r.violins(),
}


def test_every_public_call_is_tried() -> None:
    """A method that StudyResults gets one day is tried here too; the figures' files are, by the command line."""
    public = {name for name in vars(StudyResults) if not name.startswith("_")}
    assert public - {"study", "n_planned", "names_majority", "save_figures"} <= set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_any_call_may_be_made_while_runs_finish(growing: Path, name: str) -> None:
    """Whatever is read, runs that finish between two reads of it lead to no error."""
    CALLS[name](StudyResults(growing))


def test_what_a_call_returns_is_of_one_moment(growing: Path) -> None:
    """Numbers of one call never mix two states: the comparison counts the very runs that are listed beside it."""
    results = StudyResults(growing)
    for _ in range(8):
        found = results_as_json(results)
        listed = Counter((run["architecture"], run["status"]) for run in found["runs"])
        for row in found["comparison"]:
            assert row["n_finished"] == listed[row["architecture"], "finished"]
            assert row["n_running"] == listed[row["architecture"], "running"]


def test_claims_are_of_what_was_judged(growing: Path) -> None:
    """Claims written after runs have finished meanwhile are those of the judgement that was printed."""
    results = StudyResults(growing)
    judged = judge_moment(read_moment(results.store))
    results.runs()
    claims = json.loads(results.write_claims(judged).read_text())
    assert len(claims["seeds"]["4"]) == judged.judgement.noise[0].n_finished
    assert not verify_store(results.store).broken


def test_a_record_and_its_epochs_are_verified_together(growing: Path) -> None:
    """Verifying a study that is running finds no damage in what is merely new."""
    assert verify_store(StudyResults(growing).store).findings == ()


def test_the_dashboard_reads_one_state(growing: Path) -> None:
    """The page's progress and its table count the same runs."""
    state = StudyReader(growing).read()
    assert state is not None
    assert sum(row.n for row in state.head.table) == state.head.progress.n_finished


@pytest.mark.parametrize(
    "arguments",
    [
        ["show"],
        ["show", "--json"],
        ["show", "--format", "markdown"],
        ["show", "--format", "csv", "--table", "epochs"],
        ["judge"],
        ["plan"],
        ["verify"],
    ],
    ids=" ".join,
)
def test_any_command_may_be_given_while_runs_finish(growing: Path, arguments: list[str]) -> None:
    """Every command that reads a study ends well while runs finish between two of its reads."""
    done = CliRunner().invoke(app, [arguments[0], str(growing), *arguments[1:]])
    assert (done.exit_code, done.stderr) == (0, ""), done.exception


def test_a_report_is_of_one_moment(growing: Path) -> None:
    """The report of a study that is running says everywhere the same number of runs."""
    page = report_html(StudyResults(growing), weights_mb=0)
    assert "Provisional: " in page


def test_weights_that_are_gone_are_one_line_with_a_remedy(growing: Path) -> None:
    """A run whose file of weights is not there gets one line that says what brings it back."""
    results = StudyResults(growing)
    (growing / "weights" / f"{results.run(('4', 0)).run_id}.safetensors").unlink()
    done = CliRunner().invoke(app, ["predict", str(growing), "--architecture", "4", "--test", "0"])
    assert done.exit_code == 1
    (line,) = done.stderr.strip().splitlines()
    assert "--repair" in line
