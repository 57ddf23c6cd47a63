"""The report of studies of every kind: unfinished, one seed, one architecture, tables, many architectures."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import mlpstudy
from mlpstudy.cli.app import app
from mlpstudy.datasets import load
from mlpstudy.errors import StoreError
from mlpstudy.report import report_html, write_report
from mlpstudy.report.toml_text import toml_text
from mlpstudy.results import StudyResults
from mlpstudy.store import WritableStore
from mlpstudy.study import Study
from mlpstudy.study.loading import parse_study
from mlpstudy.tasks.metrics.menu import METRICS
from store import samples

SECTIONS = ["verdicts", "comparison", "curves", "weights", "factors", "noise", "errors", "layers", "cost", "method"]


def _sections(html: str) -> list[str]:
    return re.findall(r'<section id="([a-z]+)"', html)


def _words(html: str) -> str:
    """Return the text of a page without scripts, styles and tags, in single spaces."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).replace("&#39;", "'").replace("&lt;", "<")


def _tiny(folder: Path, seeds: int = 2, **changes: object) -> StudyResults:
    """Return a finished study of tables with two architectures."""
    study = samples.tiny_study(seeds=seeds, **changes)
    data = samples.tiny_data(image_shape=None)
    with WritableStore.create_or_open(folder, study, data, samples.ENGINE) as store:
        for architecture in study.architectures:
            for seed in range(seeds):
                store.finish_run(samples.finished(study, architecture.name, seed))
    return StudyResults(folder)


def test_sections_stand_in_their_order(tmp_path: Path) -> None:
    """First what is better, last how it was done; a study of tables has nothing to draw on."""
    html = report_html(_tiny(tmp_path / "tiny"))
    assert _sections(html) == SECTIONS
    assert "Draw one yourself" not in html
    words = _words(html)
    assert "Which of 2 architectures, varying width (4, 3), is best on blobs?" in words
    assert "n = 2" in words
    assert "Provisional" not in words


@pytest.mark.parametrize("metric", ["accuracy", "log loss"])
def test_the_first_sentence_is_of_the_declared_metric(metric: str, tmp_path: Path) -> None:
    """The mean that it calls the best is of what decides; where others have the same, it says how many."""
    results = _tiny(tmp_path / "tiny", judging={"metric": metric})
    first, second = results.comparison()
    assert first.loss is not None
    assert (first.loss, first.accuracy) == (second.loss, second.accuracy)
    told = {
        "accuracy": "4 has the best mean, which 1 other shares, a test accuracy of ",
        "log loss": f"4 has the best mean, which 1 other shares, a test log loss of {first.loss.mean:.4f} nats (",
    }
    assert told[metric] in _words(report_html(results))


def test_data_of_ones_own_are_called_by_their_file(tmp_path: Path) -> None:
    """A study of a file has no data set's name: question and method call the data as the study file does."""
    words = _words(report_html(_tiny(tmp_path, data={"path": "tables/wine.csv", "target": "kind"})))
    assert "is best on tables/wine.csv?" in words
    assert re.search(r"Data tables/wine\.csv: [\d,]+ features", words)
    assert "None" not in words


def test_equal_seeds_are_no_certainty(tmp_path: Path) -> None:
    """Where all seeds end with one accuracy, the answer and the tables say so and give no interval of no width."""
    study = samples.tiny_study(seeds=3)
    with WritableStore.create_or_open(tmp_path, study, samples.tiny_data(image_shape=None), samples.ENGINE) as store:
        for architecture in study.architectures:
            for seed in range(3):
                made = samples.finished(study, architecture.name, seed)
                same = samples.finished(study, architecture.name, 0)
                record = dataclasses.replace(made.record, test_accuracy=same.record.test_accuracy)
                store.finish_run(dataclasses.replace(made, record=record, outcome=same.outcome))
    words = _words(report_html(StudyResults(tmp_path)))
    assert re.search(r"a test accuracy of [\d.]+ % \(the same with all 3 seeds: no interval, n = 3\)", words)
    accuracy = re.search(r"a test accuracy of ([\d.]+) %", words)
    assert accuracy is not None
    assert f"[{accuracy[1]}, {accuracy[1]}]" not in words
    shown = CliRunner().invoke(app, ["show", str(tmp_path)]).output
    assert "every architecture reached one accuracy with all its seeds" in " ".join(shown.split())


def test_times_of_fast_runs_have_a_unit_that_shows_them(tmp_path: Path) -> None:
    """Runs of some milliseconds are written in these; no interval of a time begins below zero, or at minus zero."""
    study = samples.tiny_study()
    with WritableStore.create_or_open(tmp_path, study, samples.tiny_data(image_shape=None), samples.ENGINE) as store:
        for architecture in study.architectures:
            for seed, wall_s in enumerate((0.02, 0.05)):
                made = samples.finished(study, architecture.name, seed)
                store.finish_run(dataclasses.replace(made, record=dataclasses.replace(made.record, wall_s=wall_s)))
    words = _words(report_html(StudyResults(tmp_path)))
    assert words.count("35.0 ms [0.0, 225.6] SD 21.2") == 2
    assert "Time of all runs together 140 ms" in words
    assert not re.search(r"[-\N{MINUS SIGN}]0\.0+\b", words)


def test_unfinished_study_is_marked(tmp_path: Path) -> None:
    """With a run missing the page says how many ended, at its top and in every verdict."""
    study = samples.tiny_study(seeds=3)
    with WritableStore.create_or_open(tmp_path, study, samples.tiny_data(image_shape=None), samples.ENGINE) as store:
        for seed in range(2):
            store.finish_run(samples.finished(study, "4", seed))
            store.finish_run(samples.finished(study, "3", seed))
    words = _words(report_html(StudyResults(tmp_path)))
    assert "Provisional: 4 of 6 runs have ended." in words
    assert "report, provisional" in words


def test_study_without_a_finished_run_says_so(tmp_path: Path) -> None:
    """Nothing but the question, the empty tables and the method."""
    with samples.write(tmp_path):
        pass
    html = report_html(StudyResults(tmp_path))
    assert "No run has finished yet" in _words(html)
    assert _sections(html) == ["comparison", "method"]


def test_lost_runs_are_named_with_their_reasons(tmp_path: Path) -> None:
    """Diverged runs are in no mean, and the page says which and why."""
    study = samples.tiny_study()
    with WritableStore.create_or_open(tmp_path, study, samples.tiny_data(image_shape=None), samples.ENGINE) as store:
        store.finish_run(samples.finished(study, "4", 0))
        store.finish_run(samples.finished(study, "4", 1))
        store.finish_run(samples.finished(study, "3", 0))
        store.finish_run(samples.diverged(study, "3", 1))
    words = _words(report_html(StudyResults(tmp_path)))
    assert "Not in any mean: 3 seed 1 diverged: the loss is not finite." in words
    assert "UNSTABLE" in words


def _one_lost(folder: Path) -> StudyResults:
    """Return a study of two seeds one of whose architectures has diverged with both."""
    study = samples.tiny_study()
    with WritableStore.create_or_open(folder, study, samples.tiny_data(image_shape=None), samples.ENGINE) as store:
        for seed in range(2):
            store.finish_run(samples.finished(study, "4", seed))
            store.finish_run(samples.diverged(study, "3", seed))
    return StudyResults(folder)


def test_a_lost_architecture_takes_nothing_from_the_others(tmp_path: Path) -> None:
    """Where one architecture has no finished run, tables have the judgement's tiers; nothing speaks of one seed."""
    results = _one_lost(tmp_path)
    assert results.tiers() == {s.architecture: s.tier for s in results.judge().primary.standings}
    shown = CliRunner().invoke(app, ["show", str(tmp_path)]).output
    assert "2 seeds: " in shown
    for words in (shown, _words(report_html(results))):
        assert "one seed" not in words.lower()


def test_means_by_level_end_where_an_accuracy_does(tmp_path: Path) -> None:
    """Bars of few seeds that scatter reach neither below 0 % nor above 100 %."""
    results = _tiny(tmp_path)
    html = report_html(results)
    (found,) = re.findall(r'id="data-charts">(.*?)</script>', html, flags=re.DOTALL)
    rows = json.loads(found)["means-width"]["datasets"]["means"]
    assert all(0 <= row["low"] <= row["mean"] <= row["high"] <= 100 for row in rows)
    assert any(row["low"] == 0 for row in rows)


def test_one_seed_has_no_interval_and_says_what_it_cannot(tmp_path: Path) -> None:
    """No interval is invented for one seed."""
    words = _words(report_html(_tiny(tmp_path, seeds=1)))
    assert "one seed cannot say which architecture is better" in words
    assert "one seed: no interval" in words


def test_one_architecture_compares_nothing(tmp_path: Path) -> None:
    """Its accuracy, its curves, its errors; no verdicts, no factors."""
    html = report_html(_tiny(tmp_path, factors={"width": {"4": {"hidden": [4]}}}))
    assert _sections(html) == [name for name in SECTIONS if name not in {"verdicts", "factors"}]
    assert "with one architecture nothing is compared" in _words(html)


def test_sixty_architectures_fit(tmp_path: Path) -> None:
    """1,770 pairs: the clearest are drawn, all are in the table, the file stays small."""
    levels = {str(w): {"hidden": [w]} for w in range(1, 61)}
    html = report_html(_tiny(tmp_path, factors={"width": levels}))
    assert len(html) < 4_000_000 + 700_000 * len(METRICS)
    words = _words(html)
    assert "45 of 1770 pairs" in words
    assert len(re.findall(r'<span class="verdict ', html)) == len(METRICS) * 1770


def test_no_chart_holds_its_rows_twice(tmp_path: Path) -> None:
    """However many layers draw the same rows, the page has them once: what is in the data sets is nowhere else."""
    html = report_html(_tiny(tmp_path))
    (found,) = re.findall(r'id="data-charts">(.*?)</script>', html, flags=re.DOTALL)
    charts: dict[str, dict[str, object]] = json.loads(found)
    assert all(chart["datasets"] for chart in charts.values())
    for name, chart in charts.items():
        around = json.dumps({key: value for key, value in chart.items() if key != "datasets"})
        assert not re.findall(r'"values": \[\{', around), name


def test_numbers_come_with_interval_and_n(tmp_path: Path) -> None:
    """Each row of the table of tiers has seeds, mean, interval and spread."""
    results = _tiny(tmp_path)
    words = _words(report_html(results))
    for row in results.comparison():
        assert row.accuracy is not None
        assert row.accuracy.interval is not None
        low, high = 100 * row.accuracy.interval.low, 100 * row.accuracy.interval.high
        mean = f"{100 * row.accuracy.mean:.2f} % [{low:.2f}, {high:.2f}]".replace("-", "\N{MINUS SIGN}")
        assert mean in words


def test_reported_values_stand_beside_ours(tmp_path: Path) -> None:
    """Where the study file has values of somebody else, they have a column."""
    results = _tiny(tmp_path, reported_by="a paper", reported={"4": {"test_accuracy": 0.875, "test_loss": 0.25}})
    words = _words(report_html(results))
    assert "Reported by a paper" in words
    assert "87.50 %" in words


def test_values_reported_after_other_epochs_are_marked(tmp_path: Path) -> None:
    """Their column says after how many epochs they were reported, and that they do not compare."""
    reported = {"4": {"test_accuracy": 0.875}}
    words = _words(report_html(_tiny(tmp_path, reported_by="a paper", reported=reported, reported_epochs=9)))
    assert "Reported by a paper after 9 epochs, here 3: not comparable" in words


def test_method_tells_all_that_reproduces_it(tmp_path: Path) -> None:
    """Data hash, identity, hardware, versions, command, and how often the test set was looked at."""
    results = _tiny(tmp_path / "tiny")
    CliRunner().invoke(app, ["show", str(tmp_path / "tiny")])
    n_looks = len(results.store.looks())
    words = _words(report_html(results))
    for part in (
        results.store.data_sha256,
        results.study.identity(),
        "a processor",
        "NumPy 2.4.6",
        "mlpstudy run study.toml",
    ):
        assert part in words
    assert f"{n_looks} time" in words


def test_study_file_in_the_report_makes_the_same_study() -> None:
    """The TOML in the report gives a study of the same identity, whatever its names."""
    for study in (
        mlpstudy.load_study("notebook"),
        samples.tiny_study(
            title='a "quoted" \\ title', factors={"a b": {"x.y": {"hidden": [4]}, "é": {"hidden": [3]}}}
        ),
    ):
        again = parse_study(toml_text(study.to_fields()))
        assert again.identity() == study.identity()
        assert again.title == study.title


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A folder that is a file stops the report with one line, and leaves nothing behind."""
    results = _tiny(tmp_path / "tiny")
    path = write_report(results)
    assert path == tmp_path / "tiny" / "report.html"
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    (tmp_path / "a file").write_text("x")
    with pytest.raises(StoreError, match="must be writable"):
        write_report(results, tmp_path / "a file" / "study.html")
    assert not list(tmp_path.rglob("*.tmp"))


def test_command_writes_the_file_and_notes_the_look(tmp_path: Path) -> None:
    """``mlpstudy report DIR -o FILE`` prints path and size; the ledger has one look more."""
    results = _tiny(tmp_path / "tiny")
    before = len(results.store.looks())
    done = CliRunner().invoke(app, ["report", str(tmp_path / "tiny"), "-o", str(tmp_path / "out.html"), "--json"])
    assert done.exit_code == 0, done.output
    assert f'"bytes": {(tmp_path / "out.html").stat().st_size}' in done.output
    assert [look.what for look in results.store.looks()][before:] == ["mlpstudy report"]


def test_command_says_what_it_does(tmp_path: Path) -> None:
    """Piped, one line on standard error says that work has begun; with ``--json`` there is none."""
    _tiny(tmp_path / "tiny")
    done = CliRunner().invoke(app, ["report", str(tmp_path / "tiny")])
    assert re.fullmatch(r"writing the report of 4 runs: .*\n", done.stderr)
    assert done.stdout.startswith(str(tmp_path / "tiny" / "report.html"))
    assert CliRunner().invoke(app, ["report", str(tmp_path / "tiny"), "--json"]).stderr == ""


def test_progress_names_each_step(tmp_path: Path) -> None:
    """Whoever writes a report from Python can say what it is doing."""
    said: list[str] = []
    report_html(_tiny(tmp_path / "tiny"), progress=said.append)
    assert said == ["judging", "drawing the figures"]


def test_images_that_are_not_at_hand_leave_tables(tmp_path: Path) -> None:
    """An image study whose data are elsewhere has the examples as numbers, and nothing to draw on."""
    study = samples.tiny_study()
    with samples.write(tmp_path, study) as store:
        for architecture in study.architectures:
            for seed in range(2):
                store.finish_run(samples.finished(study, architecture.name, seed))
    html = report_html(StudyResults(tmp_path))
    assert "<img" not in re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL)
    assert "Draw one yourself" not in html


def test_images_without_grey_values_leave_tables(tmp_path: Path) -> None:
    """Images of other numbers, as those of digits from 0 to 16, are listed where nearly all runs read them wrong."""
    study = Study(
        name="untrained",
        data={"name": "digits"},
        training={"epochs": 1, "learning_rate": 1e-9},
        factors={"width": {"1": {"hidden": [1]}, "2": {"hidden": [2]}}},
    )
    mlpstudy.run(study, out=tmp_path / "digits")
    results = StudyResults(tmp_path / "digits")
    assert results.store.image_shape is not None
    assert "Test examples that nearly all runs get wrong" in _words(report_html(results))


def test_baselines_stand_below_the_networks(tmp_path: Path) -> None:
    """Where the store has baselines, the comparison shows them."""
    results = _tiny(tmp_path)
    study = results.study
    with WritableStore.create_or_open(tmp_path, study, samples.tiny_data(image_shape=None), samples.ENGINE) as store:
        store.put_baseline(samples.baseline("logistic regression"))
    words = _words(report_html(StudyResults(tmp_path)))
    assert "logistic regression" in words


def test_data_of_another_hash_are_not_shown(tmp_path: Path) -> None:
    """MNIST with another seed of the split than the folder's data: its images would be the wrong ones."""
    study = Study(
        name="other",
        data={"name": "mnist", "train_examples": 64, "test_examples": samples.N_TEST},
        training={"epochs": 1},
        factors={"width": {"4": {"hidden": [4]}}},
    )
    dataset = load(study.data, study.study_seed)
    assert dataset.sha256 != samples.tiny_data().sha256
    assert isinstance(dataset.test.features, np.ndarray)
    folder = tmp_path / "other"
    mlpstudy.run(study, out=folder)
    shown = report_html(StudyResults(folder), weights_mb=0.5)
    assert "Draw one yourself" in shown
    assert "Draw one yourself" not in report_html(StudyResults(folder), weights_mb=0)
