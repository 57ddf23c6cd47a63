"""``judge``, ``plan`` and ``verify`` as a user meets them: words, JSON, exit codes, damaged claims."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import mlpstudy
import mlpstudy.judging.claims
import mlpstudy.judging.folder
from cli.calling import call, one_line
from mlpstudy.cli.printing import terminal
from mlpstudy.evidence.judge import judge
from mlpstudy.evidence.judgement import Judgement
from mlpstudy.evidence.sample import StudySample
from mlpstudy.report import report_html
from mlpstudy.store.database import Database
from mlpstudy.study import Judging, Study
from mlpstudy.tasks.metrics.menu import METRICS
from store import samples as store_samples

pytestmark = pytest.mark.usefixtures("wide")

FACTORS = {
    "normalisation": {"none": {"batch_normalisation": False}, "batchnorm": {"batch_normalisation": True}},
    "width": {"2": {"hidden": [2]}, "16": {"hidden": [16]}},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study: two by two architectures, nine seeds, of which width 2 is far worse."""
    study = Study(
        name="small",
        data={"name": "mnist", "train_examples": 512, "test_examples": 300},
        training={"epochs": 1, "batch_size": 32, "learning_rate": 0.01},
        factors=FACTORS,
        seeds=9,
    )
    folder = tmp_path_factory.mktemp("runs") / "small"
    mlpstudy.run(study, out=folder)
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished study that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "small"))


@pytest.mark.parametrize("command", ["judge", "plan", "verify"])
def test_help_has_an_example(command: str) -> None:
    """``--help`` explains each command, with an example."""
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "Example: mlpstudy" in result.output


def test_judge_says_what_is_real(folder: Path) -> None:
    """Tiers, both questions named in words, verdicts with reasons, factors, noise; and claims.json is written."""
    result = call("judge", folder)
    assert result.exit_code == 0, result.output
    for words in ("If retrained,", "On new data", "P(a beats b)", "Tier", "In short", "Noise", "primary metric"):
        assert words in result.output
    assert re.search(r"BETTER none-2 / none-16: none-16 is better than none-2 by \d+\.\d\d points", result.output)
    assert re.search(r"width: 16 instead of 2 +\+\d+\.\d\d", result.output)
    assert "log loss" not in result.output
    assert (folder / "claims.json").exists()
    assert "exploratory" in call("judge", folder, "--explore").output


@pytest.mark.parametrize(
    ("command", "times"), [("judge", 1), ("verify", 0), ("show", 0), ("report", 1), ("predict", 0)]
)
def test_no_command_judges_twice(folder: Path, command: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """``judge`` writes the claims of what it printed, the report chooses by it; the others need no whole judgement."""
    judged: list[int] = []

    def counted(sample: StudySample, judging: Judging, *, n_workers: int = 1) -> Judgement:
        judged.append(n_workers)
        return judge(sample, judging, n_workers=n_workers)

    monkeypatch.setattr(mlpstudy.judging.folder, "judge", counted)
    monkeypatch.setattr(mlpstudy.judging.claims, "judge", counted)
    options = {"report": ["--weights-mb", 0], "predict": ["--test", 0]}.get(command, [])
    assert call(command, folder, *options).exit_code == 0
    assert len(judged) == times


def test_no_table_is_read_once_an_architecture(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Observations and the comparison read the runs and the epochs as often for four architectures as for one."""
    read: list[str] = []

    for name in ("query", "each"):
        method = getattr(Database, name)

        def counted(database: Database, sql: str, *parameters: Any, method: Any = method) -> Any:
            read.append(sql)
            return method(database, sql, *parameters)

        monkeypatch.setattr(Database, name, counted)
    results = mlpstudy.open(folder)
    read.clear()
    results.observations()
    results.comparison()
    results.outcomes()
    counts = {t: sum(re.search(rf"(FROM|JOIN) {t}\b", sql) is not None for sql in read) for t in ("epochs", "outcomes")}
    assert counts == {"epochs": 1, "outcomes": 1}
    assert sum(re.search(r"FROM runs\b", sql) is not None for sql in read) <= 3 + counts["epochs"]


def test_seeds_that_cannot_help_are_not_sold(tmp_path: Path) -> None:
    """Below what new data can show, table and report ask for test data, where they ask for seeds otherwise."""
    store_samples.fill_table(tmp_path / "table")
    results = mlpstudy.open(tmp_path / "table")
    (pair,) = results.judge().primary.pairs
    assert pair.verdict.is_below_new_data
    output = call("judge", tmp_path / "table").output
    assert "more test data" in output
    assert not re.search(r"\+\d+ seeds?\b", output)
    assert "more test data" in report_html(results, weights_mb=0)


def test_examples_are_counted_of_this_test_set_and_called_what_they_are(folder: Path, tmp_path: Path) -> None:
    """A difference is told in images of the 300 tested; in a study of a table, in its examples."""
    judgement = mlpstudy.open(folder).judge()
    n = judgement.primary.pairs[0].test_examples
    assert n == pytest.approx(300 * judgement.primary.pairs[0].difference)
    output = call("judge", folder).output
    assert "Images: of the 300 tested, mean over seeds." in output
    assert re.search(r"[+-]\d+(\.\d)? images", output)
    store_samples.fill_table(tmp_path / "table")
    output = call("judge", tmp_path / "table").output
    assert "Examples: of the 11 tested, mean over seeds." in output
    assert "image" not in output.lower()
    page = report_html(mlpstudy.open(tmp_path / "table"), weights_mb=0)
    assert re.search(r"of 11 examples", page)


@pytest.mark.parametrize("columns", [80, 120])
def test_judge_fits_the_terminal(folder: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In 80 and 120 columns no number of a table is cut off."""
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal.console.cache_clear()
    output = call("judge", folder).output
    table = output[output.index("declared comparisons") : output.index("In short")]
    assert "…" not in table
    assert max(len(line) for line in table.splitlines()) <= columns


def test_judge_json_is_all_of_it(folder: Path) -> None:
    """``--json`` holds every pair, metric, interval, p value, effect, the noise audit and the flips."""
    found = json.loads(call("judge", folder, "--json").stdout)
    assert [m["metric"] for m in found["metrics"]] == list(METRICS)
    pair = found["metrics"][0]["pairs"][0]
    assert set(pair["estimate"]) >= {"same_test_set", "simultaneous", "new_data", "p", "p_adjusted", "components"}
    assert set(pair["verdict"]) >= {"kind", "reason", "more_seeds", "more_s", "provisional"}
    assert pair["a_beats_b"]["n_a"] == 9
    assert len(found["metrics"][0]["effects"]) == 3
    assert len(found["flips"]) == 6
    assert found["noise"][0]["audit"]["sd_finite_test"] > 0


def test_python_and_command_line_say_the_same(folder: Path) -> None:
    """``mlpstudy.open(DIR).judge()`` is what ``judge --json`` prints."""
    judgement = mlpstudy.open(folder).judge()
    printed = json.loads(call("judge", folder, "--json").stdout)
    found = [p["verdict"]["reason"] for p in printed["metrics"][0]["pairs"]]
    assert found == [pair.verdict.reason for pair in judgement.primary.pairs]


def test_a_study_still_running_is_marked(folder: Path) -> None:
    """With more seeds asked for than finished, the judgement is provisional and says so."""
    study = mlpstudy.open(folder).study.with_changes(seeds=10)
    assert "Provisional" not in call("judge", folder).output
    with pytest.raises(KeyboardInterrupt):
        mlpstudy.run(study, out=folder, listener=_Interrupt())
    result = call("judge", folder)
    assert result.exit_code == 0
    assert result.output.startswith("Provisional")


class _Interrupt:
    """A listener that stops a study before anything runs, as a user's Ctrl-C would."""

    def planned(self, plan: object) -> None:
        """Stop."""
        del plan
        raise KeyboardInterrupt

    def happened(self, event: object) -> None:
        """Nothing happens."""


def test_verify_confirms_what_judge_claimed(folder: Path) -> None:
    """After ``judge``, ``verify`` finds nothing damaged, every claim holding, and reports the A/A check."""
    assert "No claims were written yet" in call("verify", folder).output
    call("judge", folder)
    result = call("verify", folder)
    assert result.exit_code == 0, result.output
    assert "Nothing is damaged." in result.output
    assert f"All {6 * len(METRICS)} claims hold." in result.output
    assert "A/A check. Each of 4 architectures against itself" in result.output
    assert json.loads(call("verify", folder, "--json").stdout)["holds"] is True


def test_verify_names_a_claim_that_does_not_hold(folder: Path) -> None:
    """A forged claim is named with what was claimed and what is so, and the exit code is 1."""
    call("judge", folder)
    path = folder / "claims.json"
    claims = json.loads(path.read_text(encoding="utf-8"))
    claims["claims"][0] |= {"verdict": "EQUIVALENT", "winner": None}
    path.write_text(json.dumps(claims), encoding="utf-8")
    result = call("verify", folder)
    assert result.exit_code == 1
    assert "no longer holds: none-2 against none-16, accuracy: claimed EQUIVALENT, now BETTER" in result.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"study": "0" * 16}, "the claims are of another study"),
        ({"data_sha256": "0" * 64}, "the claims are of other data"),
        ({"judging": {"indifference_pp": 5.0}}, "the claims were judged by other rules than the study declares"),
        ({"version": 99}, "must be of version 1 or older"),
    ],
)
def test_verify_refuses_foreign_claims(folder: Path, change: dict[str, object], words: str) -> None:
    """Claims of another study, other data, other rules or a newer layout do not hold."""
    call("judge", folder)
    path = folder / "claims.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    result = call("verify", folder)
    assert result.exit_code == 1
    assert words in " ".join(result.output.split())


def test_verify_notices_changed_outcomes(folder: Path) -> None:
    """Bytes changed in the database make it exit with 1."""
    call("judge", folder)
    path = folder / "study.db"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = bytes(b ^ 0x55 for b in content[middle : middle + 4096])
    path.write_bytes(bytes(content))
    assert call("verify", folder).exit_code == 1


def test_plan_after_rests_on_what_was_observed(folder: Path) -> None:
    """The observed SD, what the finished seeds find, the wall time here; without its study file no false command."""
    result = call("plan", folder, "--detect", "8")
    flat = " ".join(result.output.split())
    assert "with the observed SD over seeds of" in flat
    assert re.search(r"9 seeds *\n.* find *\n", result.output)
    found = json.loads(call("plan", folder, "--detect", "8", "--json").stdout)
    assert found["spread"]["source"] == "observed"
    assert found["spread"]["n_seeds"] == 9
    row = found["rows"][-1]
    assert (row["n_comparisons"], row["is_declared"]) == (6, True)
    assert row["more"] == max(0, row["n_seeds"] - 9)
    assert row["more_s"] >= 0
    assert "STUDY.toml" not in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan", "notebook", "--detect", "1e-300"], "the difference to detect must be above 0.000001"),
        (["judge", "nowhere"], "nowhere"),
        (["verify", "nowhere"], "nowhere"),
        (["plan", "nowhere"], "nowhere"),
        (["plan", "notebook", "--detect", "0"], "the difference to detect must be above 0"),
        (["plan", "notebook", "--sd", "-1"], "the assumed SD must be between 0 and 100 points, got -1 points"),
    ],
)
def test_errors_are_one_line(arguments: list[str], words: str) -> None:
    """No folder, no study, impossible numbers: one clear line and exit code 1."""
    assert words in one_line(call(*arguments))


def test_one_seed_is_judged_honestly(tmp_path: Path) -> None:
    """One seed: no error, every pair UNRESOLVED with what n would do; the plan assumes an SD."""
    study = Study(
        name="one",
        data={"name": "mnist", "train_examples": 256, "test_examples": 64},
        training={"epochs": 1},
        factors=FACTORS,
    )
    mlpstudy.run(study, out=tmp_path / "one")
    result = call("judge", tmp_path / "one")
    assert result.exit_code == 0
    assert result.output.count("One seed says nothing about architectures") == 6
    assert "an assumed SD" in " ".join(call("plan", tmp_path / "one").output.split())
    assert call("verify", tmp_path / "one").exit_code == 0
