"""Repairing drops exactly what is damaged; the next run trains exactly that again."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpstudy.store import Store, repair, verify
from store import samples
from store.breaking import execute, said

STUDY = samples.tiny_study()
SOUND, HIT = samples.finished(STUDY, "4", 0), samples.finished(STUDY, "3", 1)


def filled(folder: Path) -> None:
    """Make a study with two finished runs, one that is running, and a baseline."""
    with samples.write(folder, STUDY) as store:
        store.finish_run(SOUND)
        store.finish_run(HIT)
        store.put_baseline(samples.baseline())
        store.begin_run(samples.record(STUDY, "4", 1))
        store.add_epoch(samples.record(STUDY, "4", 1).run_id, samples.epoch(1))
        store.save_checkpoint(samples.checkpoint(STUDY, "4", 1))


def test_a_sound_study_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is dropped where nothing is damaged."""
    filled(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert repair(tmp_path) == ([], [])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE runs SET test_accuracy = 0.5 WHERE run_id = ?",
        "UPDATE runs SET status = 'diverged' WHERE run_id = ?",
        "UPDATE runs SET started_at = x'00' WHERE run_id = ?",
        "UPDATE runs SET architecture = '5' WHERE run_id = ?",
        "DELETE FROM epochs WHERE epoch = 2 AND run_id = ?",
        "UPDATE layers SET weight_norm = 7 WHERE run_id = ?",
        "UPDATE outcomes SET p_true = x'' WHERE run_id = ?",
    ],
)
def test_a_damaged_run_is_dropped_and_no_other(tmp_path: Path, statement: str) -> None:
    """Afterwards the run is missing, all else is there, and recording it again makes the study whole."""
    filled(tmp_path)
    execute(tmp_path, statement, (HIT.record.run_id,))
    dropped, left = repair(tmp_path)
    assert left == []
    assert {finding.run_id for finding in dropped} == {HIT.record.run_id}
    with samples.write(tmp_path, STUDY) as store:
        assert store.completed_run_ids() == {SOUND.record.run_id}
        assert store.checkpointed_run_ids() == {samples.record(STUDY, "4", 1).run_id}
        assert len(store.baselines()) == 1
        store.finish_run(HIT)
        assert verify(store) == []


def test_damaged_weights(tmp_path: Path) -> None:
    """A run whose weights are damaged, or gone, is dropped with its file."""
    filled(tmp_path)
    (tmp_path / "weights" / f"{HIT.record.run_id}.safetensors").write_bytes(b"x")
    (tmp_path / "weights" / f"{SOUND.record.run_id}.safetensors").unlink()
    dropped, left = repair(tmp_path)
    assert {finding.run_id for finding in dropped} == {HIT.record.run_id, SOUND.record.run_id}
    assert left == []
    assert list((tmp_path / "weights").iterdir()) == []


def test_checkpoints_baselines_and_strays(tmp_path: Path) -> None:
    """What can be made again is dropped: a damaged checkpoint, a damaged baseline, files of nobody's."""
    filled(tmp_path)
    (checkpoint,) = (tmp_path / "checkpoints").iterdir()
    checkpoint.write_bytes(b"x" * 100)
    (tmp_path / "weights" / "00000000000000ff.safetensors").write_bytes(b"x")
    execute(tmp_path, "UPDATE baselines SET test_loss = 7.0")
    dropped, left = repair(tmp_path)
    assert (len(dropped), left) == (3, [])
    assert not checkpoint.exists()
    with Store.open(tmp_path) as store:
        assert store.baselines() == ()
        assert store.completed_run_ids() == {SOUND.record.run_id, HIT.record.run_id}


def test_rows_of_no_run(tmp_path: Path) -> None:
    """Rows that belong to no run, which nothing can find, are dropped."""
    filled(tmp_path)
    execute(tmp_path, "INSERT INTO epochs (run_id, epoch) VALUES ('00000000000000ff', 1)")
    assert repair(tmp_path)[1] == []
    with Store.open(tmp_path) as store:
        assert set(store.all_epochs()) == {record.run_id for record in store.runs()}


def test_a_damaged_study_is_not_repaired(tmp_path: Path) -> None:
    """What the study is cannot be made again; it is said, and nothing is dropped."""
    filled(tmp_path)
    execute(tmp_path, "UPDATE study SET n_train = 21")
    dropped, (finding,) = repair(tmp_path)
    assert dropped == []
    assert (finding.what, finding.remedy) == ("the study", "none")
    with Store.open(tmp_path) as store:
        assert len(store.runs()) == 3


def test_who_may_repair(tmp_path: Path) -> None:
    """Not where there is no study, and not while somebody writes."""
    assert "must hold a study" in said(repair, tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
    filled(tmp_path)
    execute(tmp_path, "UPDATE runs SET wall_s = wall_s + 1")
    with samples.write(tmp_path):
        assert "must have one writer" in said(repair, tmp_path)
