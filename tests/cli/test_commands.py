"""The command line as a user meets it: output, exit codes, one line where something is wrong."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

from cli.calling import call
from mlpstudy.results import StudyResults
from mlpstudy.results.gallery import study_accuracies
from patience import end_of
from store import samples

SMALL = """
name = "small"
data = { name = "mnist", train_examples = 640, test_examples = 256 }
reported_by = "a paper"
[training]
epochs = 2
batch_size = 64
[factors.normalisation.none]
batch_normalisation = false
[factors.normalisation.batchnorm]
batch_normalisation = true
[factors.width.8]
hidden = [8]
[factors.width.16]
hidden = [16]
[reported]
none-8 = { test_accuracy = 0.9123, test_loss = 0.3456 }
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A small study file."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def one_line(result: Result, code: int = 1) -> str:
    """Return the one line that a failing command printed."""
    assert result.exit_code == code, result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    return lines[0]


@pytest.mark.parametrize("command", [[], ["run"], ["summary"], ["show"], ["data"], ["data", "show"]])
def test_every_command_has_help(command: list[str]) -> None:
    """``--help`` explains a command, with an example."""
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert re.search(r"Example|Start with", result.output)


def test_version() -> None:
    """``--version`` prints name and version."""
    assert re.fullmatch(r"mlpstudy \d+\.\d+\.\d+\S*\n", call("--version").output)


def test_summary_prints_layers_and_totals() -> None:
    """The layer tables hold the notebook's parameter counts."""
    output = call("summary", "notebook").output
    for total in ("218,058", "567,434", "576,810", "219,338", "571,018", "580,778"):
        assert f"Total parameters: {total}" in output
    for trainable, rest in (("218,698", "640"), ("569,226", "1,792"), ("578,794", "1,984")):
        assert output.count(f"trainable: {trainable}   not trainable: {rest}\n") == 2
    assert re.search(r"hidden_1 +Dense +\(batch, 256\) +200,960", output)


def test_summary_as_json() -> None:
    """``--json`` gives the same for machines."""
    summary = json.loads(call("summary", "notebook", "--json").output)
    assert [a["n_parameters"] for a in summary["architectures"]][:3] == [218_058, 567_434, 576_810]
    assert summary["architectures"][3]["n_not_trainable"] == 640


def test_run_prints_epochs_tables_and_an_honest_line(study: Path, tmp_path: Path) -> None:
    """A run shows each epoch, then the tables with the reported values, then what one seed cannot say."""
    result = call("run", study, "--out", tmp_path / "s", "--no-figures")
    assert result.exit_code == 0, result.output
    assert re.search(r"none-8 seed 0  epoch 2/2 +[\d.]+ us/sample  loss [\d.]+  accuracy", result.output)
    assert "normalisation: none" in result.output
    assert "normalisation: batchnorm" in result.output
    assert "a paper" in result.output
    assert "91.23 %" in result.output
    assert "0.3456" in result.output
    assert "One seed says how these runs ended, not which architecture is better" in result.output


def test_the_honest_line_is_of_runs_that_have_finished(tmp_path: Path) -> None:
    """Without a finished run nothing is said of how runs ended; one architecture that diverged does not hide seeds."""
    made = samples.tiny_study()
    samples.fill(tmp_path / "none", [samples.diverged(made, "4", 0)])
    samples.fill(tmp_path / "some", [samples.diverged(made, "4", 0), *(samples.finished(made, "3", s) for s in (0, 1))])
    samples.fill(tmp_path / "empty", [])
    assert "No run has finished: nothing is compared yet." in call("show", tmp_path / "empty").output
    assert "No run has finished: 1 diverged." in call("show", tmp_path / "none").output
    assert "2 seeds: " in call("show", tmp_path / "some").output


def test_values_reported_after_other_epochs_are_marked(study: Path, tmp_path: Path) -> None:
    """With ``--epochs`` the reported values say that they are not comparable, in every table; no figure has them."""
    run = call("run", study, "--out", tmp_path / "s", "--no-figures", "--epochs", 1)
    markdown = call("show", tmp_path / "s", "--format", "markdown")
    for part in ("after 2 epochs,", "here 1:", "not comparable"):
        assert part in run.output
        assert part in markdown.output
    results = StudyResults(tmp_path / "s")
    chart = study_accuracies(results.store, results.study, results.runs(), results.comparison())
    assert "reported" not in str(chart.to_dict())


def test_several_seeds_show_their_spread(study: Path, tmp_path: Path) -> None:
    """With seeds the tables show mean and SD, and the line says how far one architecture scatters."""
    result = call("run", study, "--out", tmp_path / "s", "--no-figures", "--seeds", 3, "--threads", 2)
    assert result.output.count("SD ") >= 8
    assert "3 seeds: the accuracy of one architecture scatters by up to" in result.output


def test_run_as_json_is_one_event_a_line(study: Path, tmp_path: Path) -> None:
    """``--json`` prints every event as a line of JSON, the results last."""
    lines = call("run", study, "--out", tmp_path / "s", "--no-figures", "--json").output.splitlines()
    events = [json.loads(line) for line in lines]
    kinds = [event["event"] for event in events]
    assert (kinds[0], kinds[-1]) == ("planned", "study_ended")
    assert (kinds.count("run_started"), kinds.count("epoch_ended"), kinds.count("run_finished")) == (4, 8, 4)
    assert {run["status"] for run in events[-1]["runs"]} == {"finished"}


def test_show_repeats_the_tables(study: Path, tmp_path: Path) -> None:
    """``show`` prints what ``run`` printed at its end, also as JSON."""
    ran = call("run", study, "--out", tmp_path / "s", "--no-figures").output
    shown = call("show", tmp_path / "s").output
    assert shown in ran
    machine = json.loads(call("show", tmp_path / "s", "--json").output)
    assert [row["architecture"] for row in machine["comparison"]] == [
        "none-8",
        "none-16",
        "batchnorm-8",
        "batchnorm-16",
    ]


def test_a_diverged_run_is_in_the_tables(tmp_path: Path) -> None:
    """The tables say how many runs diverged, and the command ends well."""
    path = tmp_path / "rates.toml"
    path.write_text(
        'name = "rates"\ndata = { name = "mnist", train_examples = 320, test_examples = 64 }\n'
        "[training]\nepochs = 2\n[network]\nhidden = [16, 16]\n"
        "[factors.rate.sane]\nlearning_rate = 0.001\n[factors.rate.insane]\nlearning_rate = 1e6\n",
        encoding="utf-8",
    )
    result = call("run", path, "--out", tmp_path / "s", "--no-figures")
    assert result.exit_code == 0
    assert "diverged at epoch 1: the training loss ended at" in result.output
    assert "1 diverged" in result.output


def test_wrong_study_gets_one_line(study: Path, tmp_path: Path) -> None:
    """No such study, a bad study, bad data: exit code 1 and one line."""
    assert 'fix: write "notebook"' in one_line(call("run", "notebok"))
    study.write_text(SMALL.replace("hidden = [8]", "hidden = [0]"), encoding="utf-8")
    assert "factors.width.8.hidden[0] must be at least 1, got 0" in one_line(call("run", study))
    study.write_text(SMALL.replace('"mnist"', '"mnits"'), encoding="utf-8")
    assert 'fix: write "mnist"' in one_line(call("summary", study))
    assert "must" in one_line(call("show", tmp_path / "nothing"))


def test_wrong_usage_ends_with_two() -> None:
    """An unknown option or a seed count of zero is a usage error."""
    assert call("run", "--sedes", 3).exit_code == 2
    assert call("run", "--seeds", 0).exit_code == 2
    assert call("rnu").exit_code == 2


def test_unknown_engine_gets_one_line(study: Path) -> None:
    """An engine that does not exist is named, with those that do."""
    assert "engine must be native or torch, got 'tensorflow'" in one_line(call("run", study, "--engine", "tensorflow"))


def test_folder_of_another_study_gets_one_line(study: Path, tmp_path: Path) -> None:
    """A folder that belongs to another study is refused."""
    call("run", study, "--out", tmp_path / "s", "--no-figures")
    assert "--out" in one_line(call("run", study, "--epochs", 3, "--out", tmp_path / "s"))


def test_a_file_in_place_of_the_folder_gets_one_line(study: Path, tmp_path: Path) -> None:
    """An output path that is a file cannot hold a study."""
    (tmp_path / "s").write_text("a file", encoding="utf-8")
    assert str(tmp_path / "s") in one_line(call("run", study, "--out", tmp_path / "s"))


def spawn(*arguments: object) -> subprocess.Popen[str]:
    """Start the command line as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "mlpstudy", *(str(argument) for argument in arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(study: Path, tmp_path: Path) -> None:
    """Ctrl-C ends a long study soon, with exit code 130; finished runs stay and the same command goes on."""
    folder = tmp_path / "s"
    with spawn("run", study, "--seeds", 2000, "--out", folder, "--no-figures") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if "test accuracy" in line:
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        message = process.stderr.read()
        assert end_of(process) == 130
    assert "everything done so far is kept, the same command goes on from there" in message
    assert "Traceback" not in message
    shown = json.loads(call("show", folder, "--json").output)
    finished = [run for run in shown["runs"] if run["status"] == "finished"]
    assert 1 <= len(finished) < 8000
    assert "Provisional" in call("show", folder).output


def test_importing_and_help_load_nothing_heavy() -> None:
    """Start-up stays fast because frames, statistics, figures and engines are imported only when used."""
    code = "import sys, mlpstudy, mlpstudy.cli.app as cli\nsys.argv[1:] = ['--help']\n"
    code += "try: cli.app()\nfinally: print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "mlpstudy.cli.run" in loaded
    assert not loaded & {"polars", "scipy", "altair", "torch", "pydantic", "numpy", "sqlite3"}


def test_a_study_of_images_starts_without_frames_and_statistics(tmp_path: Path) -> None:
    """Its first run starts early: Polars, SciPy, Altair and Rich are loaded only for what needs them."""
    code = f"""
import sys
from mlpstudy.cli.run import run
from mlpstudy.running.listeners.json_lines import JsonLines
from mlpstudy.running.stopping import Stop
from mlpstudy.running.workflow import run_study
class Ending(JsonLines):
    def happened(self, event):
        stop.request()
stop = Stop()
try:
    run_study("notebook", epochs=1, out={str(tmp_path / "study")!r}, listener=Ending(), stop=stop)
except KeyboardInterrupt:
    print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    planned, loaded = done.stdout.splitlines()
    assert json.loads(planned)["n_missing"] == 9
    assert "mlpstudy.engine.native.engine" in loaded.split()
    assert not set(loaded.split()) & {"polars", "scipy", "altair", "jinja2", "rich", "pyarrow", "pandas", "torch"}


def test_figures_that_cannot_be_drawn_hide_nothing(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are printed, then one line says what is missing; nothing is listed that is not there."""
    monkeypatch.setattr(sys, "executable", "/nope/python")
    ran = call("run", study, "--out", tmp_path / "s")
    assert re.search(r"figure \S+ and 10 more must be drawn, got no process", one_line(ran))
    assert "none-8" in ran.stdout
    shown = call("show", tmp_path / "s", "--figures")
    assert "must be drawn" in one_line(shown)
    assert "none-8" in shown.stdout
    assert ".svg" not in shown.stdout


def test_figures_of_runs_are_drawn_where_wanted(study: Path, tmp_path: Path) -> None:
    """A study of one seed gets figures of every run; with more seeds the study's alone, all of them on request."""
    call("run", study, "--out", tmp_path / "s")
    drawn = tmp_path / "s" / "figures"
    assert len(list((drawn / "runs").glob("*.svg"))) == 2 * 4
    shutil.rmtree(drawn)
    call("run", study, "--out", tmp_path / "s", "--seeds", 2)
    assert sorted(p.stem for p in drawn.rglob("*.svg")) == ["loss-curves", "test-accuracy", "weight-violins"]
    listed = call("show", tmp_path / "s", "--run-figures").stdout
    assert len(list((drawn / "runs").glob("*.svg"))) == 2 * 8
    assert listed.count(".svg") == 2 * 8 + 3
