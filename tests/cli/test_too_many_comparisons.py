"""A folder of an earlier version whose study declares more comparisons than can be judged."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlpstudy
from cli.calling import call
from mlpstudy.evidence import judge
from mlpstudy.evidence.estimates import families
from mlpstudy.predict.choosing import choose
from mlpstudy.report import report_html
from mlpstudy.study import Study, comparisons
from store import samples

N = 101


def filled(folder: Path, n_architectures: int) -> Path:
    """Make the folder of such a study: two seeds of each architecture."""
    levels = {f"w{i}": {"hidden": [i]} for i in range(1, n_architectures + 1)}
    fields = {"name": "tiny", "data": "blobs", "seeds": 2, "training": {"epochs": 3}, "factors": {"width": levels}}
    study = Study.stored(fields)
    samples.fill(folder, (samples.finished(study, a.name, s) for a in study.architectures for s in (0, 1)), study)
    return folder


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of more architectures than can be judged."""
    return filled(tmp_path_factory.mktemp("runs") / "old", N)


def test_its_means_are_shown(old: Path) -> None:
    """``show`` prints every mean, and in one line why there is no verdict."""
    done = call("show", old)
    assert (done.exit_code, done.stderr) == (0, "")
    assert all(f"w{i}" in done.output for i in range(1, N + 1))
    said = "No tiers and no verdicts: 5050 (all pairs of 101 architectures) cannot be judged together."
    assert said in " ".join(done.output.split())
    assert call("show", old, "--json").exit_code == 0
    assert call("show", old, "--format", "csv").exit_code == 0


@pytest.mark.parametrize("command", ["judge", "plan"])
def test_judging_says_why_not_in_one_line(old: Path, command: str) -> None:
    """What needs the declared comparisons says in one line that they are too many."""
    done = call(command, old)
    assert done.exit_code == 1
    (line,) = done.stderr.strip().splitlines()
    assert "must have at most 5000 comparisons, got 5050" in line


def test_it_can_be_verified_and_predict(old: Path) -> None:
    """Neither verifying nor choosing who predicts needs a verdict."""
    assert mlpstudy.open(old).verify().holds
    assert choose(mlpstudy.open(old).store).reason == "best mean"


def test_it_can_be_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report draws all but the verdicts, and says why there are none."""
    for module in (judge, families, comparisons):
        monkeypatch.setattr(module, "MAX_COMPARISONS", 50)  # a report of 101 architectures takes its time
    text = report_html(mlpstudy.open(filled(tmp_path / "old", 11)), weights_mb=0)
    assert "55 (all pairs of 11 architectures) cannot be judged together" in text
