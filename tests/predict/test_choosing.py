"""Choosing who predicts where some networks never give a class."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.predict.choosing import choose
from mlpstudy.results import StudyResults
from mlpstudy.running.listening import Silence

SMALL_WEIGHTS = {"first_hidden": {"normal": 0.001}, "output": {"normal": 0.001}}
STILL = {"hidden": [1], "epochs": 2, "initial_weights": SMALL_WEIGHTS}
LOUD = {"hidden": [8], "epochs": 30}


def rare() -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], list[str]]:
    """Return 640 examples, one in 32 of the rare class, half of those easy to tell."""
    x = np.random.default_rng(0).normal(size=(640, 3))
    labels = np.arange(640) % 32 == 0
    x[np.arange(640) % 64 == 0] += 9
    return x, ["yes" if one else "no" for one in labels]


def study(folder: Path, *networks: dict[str, object], seeds: int = 3) -> StudyResults:
    """Run a study of such networks, in the order given."""
    levels = {f"n{i}": network for i, network in enumerate(networks)}
    training = {"batch_size": 32, "learning_rate": 0.01}
    fields = {"name": "rare", "data": {"name": "rare"}, "training": training, "factors": {"network": levels}}
    return mlpstudy.run(mlpstudy.Study(**fields), out=folder / "s", seeds=seeds, data=rare())


def test_a_mute_network_is_passed_over_for_one_that_gives_every_class(tmp_path: Path) -> None:
    """The evidence cannot tell them apart; the smaller never says "yes" and is as accurate as always saying "no"."""
    results = study(tmp_path, STILL, LOUD)
    assert results.class_use().of("n0").is_mute
    assert not results.class_use().of("n1").never
    choice = choose(results.store)
    assert (choice.architecture, choice.passed_over) == ("n1", ("n0",))
    assert results.model().never_predicted == ()
    shown = CliRunner().invoke(app, ["predict", str(results.folder), str(_rows(tmp_path))]).stdout
    assert "Passed over: n0, which never predicts some class" in shown


@pytest.mark.parametrize("seeds", [1, 3])
def test_where_all_are_mute_the_choice_is_made_as_ever_and_said(tmp_path: Path, seeds: int) -> None:
    """The smallest predicts, with a warning in Python, on the terminal and in JSON."""
    results = study(tmp_path, {**STILL, "hidden": [2]}, STILL, seeds=seeds)
    assert choose(results.store).architecture == "n1"
    assert choose(results.store).passed_over == ()
    with pytest.warns(UserWarning, match='n1 never predicted "yes" on the study\'s test examples, in '):
        model = results.model()
    assert model.never_predicted == ("yes",)
    rows = str(_rows(tmp_path))
    assert 'Warning: n1 never predicted "yes"' in CliRunner().invoke(app, ["predict", str(results.folder), rows]).stdout
    answer = json.loads(CliRunner().invoke(app, ["predict", str(results.folder), rows, "--json"]).stdout)
    assert (answer["never_predicted"], answer["passed_over"]) == (["yes"], [])


def test_a_warning_holds_no_hidden_character(tmp_path: Path) -> None:
    """A class that a foreign folder names with a terminal's commands is warned of in Python with their escapes."""
    folder = study(tmp_path, STILL, seeds=1).folder
    with sqlite3.connect(folder / "study.db") as database:
        database.execute("UPDATE study SET class_names = ?", (json.dumps(["no", "\x1b[31myes"]),))
    with pytest.warns(UserWarning, match=r'never predicted "\\x1b\[31myes"'):
        StudyResults(folder).model()


def test_run_show_judge_and_report_say_who_never_gives_a_class(tmp_path: Path) -> None:
    """One line for the silence, one for the accuracy that the commonest class alone would have."""
    results = study(tmp_path, {**STILL, "hidden": [2]}, STILL)
    said = (
        'No architecture ever predicts "yes" in any of 3 seeds.',
        'Always answering "no" has an accuracy of 96.88 % on the 128 test examples; no architecture\'s is higher.',
    )
    for command in ("show", "judge"):
        shown = CliRunner().invoke(app, [command, str(results.folder)]).stdout
        assert all(line in shown for line in said), command
    shown = results._repr_html_().replace("&quot;", '"').replace("&#x27;", "'").replace("&#34;", '"')
    assert all(line in shown.replace("&#39;", "'") for line in said)
    page = tmp_path / "report.html"
    CliRunner().invoke(app, ["report", str(results.folder), "-o", str(page), "--weights-mb", "0"])
    text = page.read_text(encoding="utf-8").replace("&#34;", '"').replace("&#39;", "'")
    assert all(line in text for line in said)


def test_one_test_example_is_enough_to_show_what_is_given(tmp_path: Path) -> None:
    """Two are needed to judge, one to see which classes are given; and an architecture alone needs no judging."""
    x, y = rare()
    levels = {"network": {"8": {"hidden": [8]}}}
    alone = mlpstudy.Study(name="one", data={"name": "one"}, training={"epochs": 1}, factors=levels)
    data = {"train": (x, y), "test": (x[1:2], y[1:2])}
    results = mlpstudy.run(alone, out=tmp_path / "s", data=data, listener=Silence())
    assert (results.class_use().n_examples, results.class_use().share) == (1, 1.0)
    assert results.model().architecture == "8"
    assert CliRunner().invoke(app, ["show", str(results.folder)]).exit_code == 0


def test_architectures_on_one_test_example_are_shown_and_predict_without_verdicts(tmp_path: Path) -> None:
    """What was trained can be used; that nothing can be judged is said where verdicts would stand."""
    x, y = rare()
    levels = {"network": {"8": {"hidden": [8]}, "4": {"hidden": [4]}}}
    both = mlpstudy.Study(name="one", data={"name": "one"}, training={"epochs": 1}, factors=levels)
    data = {"train": (x, y), "test": (x[1:2], y[1:2])}
    results = mlpstudy.run(both, out=tmp_path / "s", seeds=2, data=data, listener=Silence())
    assert results.tiers() == {}
    assert results.model().architecture in levels["network"]
    why = "one test example cannot show a difference"
    assert f"No tiers and no verdicts: {why}." in CliRunner().invoke(app, ["show", str(results.folder)]).stdout
    for command in (["plan"], ["verify"], ["report", "--weights-mb", "0"]):
        called = CliRunner().invoke(app, [*command, str(results.folder)])
        assert called.exit_code == 0, called.output
    assert f"there are no verdicts: {why}." in (results.folder / "report.html").read_text(encoding="utf-8")
    judged = CliRunner().invoke(app, ["judge", str(results.folder)])
    assert judged.exit_code == 1
    assert judged.stderr == "mlpstudy: a judged study must have two or more test examples, got 1\n"


def _rows(folder: Path) -> Path:
    """Write rows to predict."""
    path = folder / "rows.npy"
    np.save(path, rare()[0][:5])
    return path
