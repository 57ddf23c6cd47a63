"""What always answering the commonest class would reach is shown of every study, also where nobody asked."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlpstudy
from cli.calling import call
from mlpstudy.report import report_html
from mlpstudy.results import StudyResults

pytestmark = pytest.mark.usefixtures("wide")
SAID = 'Always answering "no" has an accuracy of 70.00 % on the 40 test examples.'
N = 200


def trained(folder: Path, *, n_yes_of_ten: int, baselines: str = "") -> Path:
    """Return the folder of a study written by hand, of which so many of ten rows are of the second class."""
    rows = [f"{i % 10},{'yes' if i % 10 < n_yes_of_ten else 'no'}" for i in range(N)]
    (folder / "rows.csv").write_text("\n".join(["x,answer", *rows]), encoding="utf-8")
    (folder / "study.toml").write_text(
        f'name = "s"\n{baselines}\n[data]\npath = "rows.csv"\ntarget = "answer"\n'
        "[training]\nepochs = 40\nlearning_rate = 0.03\n[factors.width]\n8.hidden = [8]\n16.hidden = [16]\n",
        encoding="utf-8",
    )
    result = call("run", folder / "study.toml", "--out", folder / "s", "--seeds", 2, "--no-figures")
    assert result.exit_code == 0, result.output
    (folder / "run.txt").write_text(result.output, encoding="utf-8")
    return folder / "s"


def test_a_study_of_ones_own_is_shown_the_commonest_class(tmp_path: Path) -> None:
    """At the end of run, by show, judge, the report and in a notebook: once, though every network beats it."""
    folder = trained(tmp_path, n_yes_of_ten=3)
    shown = [(tmp_path / "run.txt").read_text(encoding="utf-8")]
    shown += [call(command, folder).output for command in ("show", "judge")]
    assert [text.count(SAID) for text in shown] == [1, 1, 1]
    words = SAID.replace('"', "&#34;")
    page = report_html(StudyResults(folder), weights_mb=0)
    assert words in page or SAID in page
    assert "Always answering" in mlpstudy.open(folder)._repr_html_()


def test_it_is_not_said_twice_nor_of_balanced_classes(tmp_path: Path) -> None:
    """Where the study names the majority class, its row says it; of equal classes it says nothing."""
    (tmp_path / "named").mkdir()
    named = call("show", trained(tmp_path / "named", n_yes_of_ten=3, baselines='baselines = ["majority class"]')).output
    assert "majority class 70.00 %" in named
    assert "Always answering" not in named
    (tmp_path / "balanced").mkdir()
    assert "Always answering" not in call("show", trained(tmp_path / "balanced", n_yes_of_ten=5)).output
