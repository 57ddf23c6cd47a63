"""Running studies into folders: only what is missing runs, nothing that is finished is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import mlpstudy
from helpers import small_study
from mlpstudy.engine import EpochEnded, Event, RunStarted
from mlpstudy.errors import DataError, EngineError, ResultsError, StoreError, StudyError
from mlpstudy.running.listening import Plan


class Witness:
    """A listener that remembers everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.plan: Plan | None = None

    def planned(self, plan: Plan) -> None:
        """Remember the plan."""
        self.plan = plan

    def happened(self, event: Event) -> None:
        """Remember the event."""
        self.events.append(event)

    def started(self) -> list[tuple[str, int]]:
        """Return the runs that were started."""
        return sorted((e.record.architecture, e.record.seed) for e in self.events if isinstance(e, RunStarted))


def test_a_study_runs_from_start_to_results(tmp_path: Path) -> None:
    """Every run is there afterwards, with its epochs, outcomes and weights, which agree with each other."""
    results = mlpstudy.run(small_study(seeds=2), out=tmp_path / "s")
    frame = results.results()
    assert frame.select("architecture", "seed", "status").rows() == [
        ("8", 0, "finished"),
        ("8", 1, "finished"),
        ("16", 0, "finished"),
        ("16", 1, "finished"),
    ]
    assert frame["width"].to_list() == ["8", "8", "16", "16"]
    epochs = results.epochs()
    assert epochs.height == 4 * 2
    assert (epochs["us_per_sample"] > 0).all()
    outcomes = results.outcomes()
    assert outcomes.height == 4 * 256
    accuracy = outcomes.group_by("architecture", "seed").agg((pl.col("predicted") == pl.col("label")).mean())
    joined = frame.join(accuracy, on=["architecture", "seed"])
    assert joined["test_accuracy"].to_list() == pytest.approx(joined["predicted"].to_list())
    assert results.weights(("16", 1))["hidden_1.kernel"].shape == (784, 16)
    assert results.weights(results.runs()[0].run_id, "initial")["output.bias"].tolist() == [0.0] * 10


def test_running_again_does_only_what_is_missing(tmp_path: Path) -> None:
    """A second call has nothing to do; more seeds add only the new runs, and leave the old ones as they were."""
    first = mlpstudy.run(small_study(), out=tmp_path / "s")
    before = {record.run_id: record for record in first.runs()}
    idle = Witness()
    mlpstudy.run(small_study(), out=tmp_path / "s", listener=idle)
    assert idle.events == []
    more = Witness()
    results = mlpstudy.run(small_study(), seeds=3, out=tmp_path / "s", listener=more)
    assert more.started() == [("16", 1), ("16", 2), ("8", 1), ("8", 2)]
    assert results.n_planned == 6
    after = {record.run_id: record for record in results.runs()}
    assert {run_id: after[run_id] for run_id in before} == before


def test_fewer_seeds_forget_nothing(tmp_path: Path) -> None:
    """Asking for fewer seeds than are there keeps all of them."""
    mlpstudy.run(small_study(seeds=2), out=tmp_path / "s")
    results = mlpstudy.run(small_study(seeds=1), out=tmp_path / "s")
    assert (len(results.runs()), results.n_planned) == (4, 4)


def test_what_is_shown_while_it_runs_is_stored_already(tmp_path: Path) -> None:
    """A listener hears of an epoch after the store has it, so that a reader sees the same."""
    seen: list[tuple[int, int]] = []

    class Reader(Witness):
        def happened(self, event: Event) -> None:
            if isinstance(event, EpochEnded):
                stored = mlpstudy.open(tmp_path / "s").store.epochs(event.run_id)
                seen.append((event.epoch.epoch, len(stored)))

    mlpstudy.run(small_study(), out=tmp_path / "s", listener=Reader())
    assert len(seen) == 4
    assert all(epoch == n_stored for epoch, n_stored in seen)


def test_a_diverged_run_is_recorded_and_the_others_go_on(tmp_path: Path) -> None:
    """A learning rate of a million diverges; the tables count it and no mean contains it."""
    study = small_study(
        network={"hidden": [16, 16]},
        factors={"rate": {"sane": {"learning_rate": 0.001}, "insane": {"learning_rate": 1e6}}},
    )
    results = mlpstudy.run(study, out=tmp_path / "s")
    assert results.results().select("architecture", "status", "diverged_epoch").rows() == [
        ("sane", "finished", None),
        ("insane", "diverged", 1),
    ]
    sane, insane = results.comparison()
    assert (sane.n_finished, sane.n_diverged) == (1, 0)
    assert (insane.n_finished, insane.n_diverged, insane.accuracy) == (0, 1, None)
    again = Witness()
    mlpstudy.run(study, out=tmp_path / "s", listener=again)
    assert again.events == []


def test_a_folder_of_another_study_is_left_alone(tmp_path: Path) -> None:
    """Another study's folder is refused, with what differs and what to do."""
    mlpstudy.run(small_study(), out=tmp_path / "s")
    with pytest.raises(StoreError, match=r"epochs.*--out"):
        mlpstudy.run(small_study(), epochs=3, out=tmp_path / "s")
    assert len(mlpstudy.open(tmp_path / "s").runs()) == 2


def test_validation_on_a_held_out_share(tmp_path: Path) -> None:
    """A share of the training examples can be held out for the curves; the test set then decides nothing."""
    data = {"name": "mnist", "train_examples": 640, "test_examples": 256, "validation": 0.25}
    results = mlpstudy.run(small_study(data=data), out=tmp_path / "s")
    assert results.store.n_examples == (480, 160, 256)
    last = results.epochs().filter(pl.col("epoch") == 2)
    assert last["val_loss"].to_list() != results.results()["test_loss"].to_list()


def test_bad_requests_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    """Unknown data, an unknown engine or no thread at all: one line, and no folder."""
    with pytest.raises(DataError, match='fix: write "mnist"'):
        mlpstudy.run(small_study(data="mnits"), out=tmp_path / "s")
    with pytest.raises(EngineError, match='fix: write "torch"'):
        mlpstudy.run(small_study(), out=tmp_path / "s", engine="troch")
    with pytest.raises(EngineError, match="engine must be native or torch, got None"):
        mlpstudy.run(small_study(), out=tmp_path / "s", engine=None)  # type: ignore[arg-type]  # as untyped code may
    for wrong in (0, 2.0, "2", float("nan")):
        with pytest.raises(StudyError, match=rf"a whole number of at least 1, got {wrong!r}"):
            mlpstudy.run(small_study(), out=tmp_path / "s", n_threads=wrong)  # type: ignore[arg-type]  # as above
    assert list(tmp_path.iterdir()) == []


def test_results_that_are_not_there(tmp_path: Path) -> None:
    """An unknown run is named; a folder without a study is named."""
    results = mlpstudy.run(small_study(), out=tmp_path / "s")
    with pytest.raises(ResultsError, match="architecture among 8, 16"):
        results.weights(("9", 0))
    with pytest.raises(StoreError):
        mlpstudy.open(tmp_path)


def test_observations_speak_of_every_architecture(tmp_path: Path) -> None:
    """Each architecture gets a sentence from its learning curves."""
    results = mlpstudy.run(small_study(training={"epochs": 6}), out=tmp_path / "s")
    observations = results.observations()
    assert list(observations) == ["8", "16"]
    for seen in observations.values():
        assert "epoch" in seen.sentence


def test_an_epsilon_that_float32_does_not_hold_is_refused_and_old_folders_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything runs; a folder that a version without this bound made is read, its networks predict."""
    tiny = small_study(network={"batch_normalisation": True, "bn_epsilon": 1e-40}, training={"epochs": 1})
    with pytest.raises(StudyError, match=r'^bn_epsilon of "8" must be at least 1\.1754944e-38'):
        mlpstudy.run(tiny, out=tmp_path / "new")
    assert not (tmp_path / "new").exists()
    monkeypatch.setattr("mlpstudy.running.workflow.check_float32", lambda _: None)
    mlpstudy.run(tiny, out=tmp_path / "old")
    monkeypatch.undo()
    results = mlpstudy.open(tmp_path / "old")
    assert results.results()["status"].to_list() == ["finished", "finished"]
    assert results.model("8").predict(np.zeros((1, 784), np.float32)).shape == (1,)
