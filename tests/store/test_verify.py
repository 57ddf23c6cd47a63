"""Verify finds every change to a finished study and names the part of the run that it hit."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mlpstudy.store import Store, recording, verify
from store import samples
from store.breaking import execute, said

if TYPE_CHECKING:
    from pathlib import Path

STUDY = samples.tiny_study()
RESULT = samples.finished(STUDY)
RUN = f"run {RESULT.record.run_id} (4, seed 0)"


def findings(folder: Path) -> list[str]:
    """Return what verify finds, as text."""
    with Store.open(folder) as store:
        return [str(finding) for finding in verify(store)]


def filled(folder: Path) -> Path:
    """Make a study with two finished runs, a diverged, a failed and a running one."""
    with samples.write(folder, STUDY.with_changes(seeds=3)) as store:
        store.finish_run(RESULT)
        store.finish_run(samples.finished(STUDY, "3", 0))
        store.finish_run(samples.diverged(STUDY, "4", 1))
        store.fail_run(samples.failed(STUDY, "3", 1))
        store.begin_run(samples.record(STUDY, "4", 2))
        store.add_epoch(samples.record(STUDY, "4", 2).run_id, samples.epoch(1))
    return folder


def test_a_sound_study_has_no_findings(tmp_path: Path) -> None:
    """Runs of every status, as they are written, are as they must be."""
    assert findings(filled(tmp_path)) == []


@pytest.mark.parametrize(
    ("statement", "part", "problem"),
    [
        ("UPDATE runs SET wall_s = wall_s + 1", "record", "it or its epochs are not as they were written"),
        ("UPDATE runs SET test_loss = test_loss * 1.01", "outcome", "recorded as"),
        ("UPDATE runs SET test_accuracy = 0.5", "outcome", "recorded as 0.5"),
        ("UPDATE runs SET n_epochs_done = 2", "epochs", "3 epochs recorded of 2 done"),
        ("UPDATE runs SET n_epochs_done = 400", "record", "400 epochs done of 3"),
        ("UPDATE runs SET seed = 77", "record", "of seed 77, of 2 that were ever asked for"),
        ("UPDATE runs SET seed = 1", "record", "the hash of what decides its result"),
        ("UPDATE runs SET architecture = '5'", "record", "which is no architecture of the study"),
        ("UPDATE runs SET status = 'diverged'", "record", "not as they were written"),
        ("UPDATE runs SET n_parameters = 7", "weights", "7 parameters recorded"),
        ("UPDATE runs SET weights_sha256 = 'f'", "record", "'f' in the column weights_sha256"),
        ("UPDATE runs SET weights_sha256 = sha256", "weights", "another content than was written"),
        ("UPDATE runs SET weights_sha256 = NULL", "weights", "must be finished to have weights"),
        ("UPDATE epochs SET val_loss = val_loss + 1e-12 WHERE epoch = 2", "record", "not as they were written"),
        ("DELETE FROM epochs WHERE epoch = 2", "epochs", "2 epochs recorded of 3 done, epoch 2 missing"),
        ("DELETE FROM outcomes", "outcome", "must be finished to have an outcome"),
        ("UPDATE outcomes SET p_true = zeroblob(44)", "outcome", "another outcome of run"),
        ("UPDATE outcomes SET p_true = x''", "outcome", "0 bytes instead of 44"),
        ("UPDATE provenance SET cpu = 'another'", "record", "not as they were written"),
    ],
)
def test_a_changed_run_is_found(tmp_path: Path, statement: str, part: str, problem: str) -> None:
    """Whatever is changed in a run's rows is found, and said of that run and that part."""
    with samples.write(tmp_path) as store:
        store.finish_run(RESULT)
    execute(tmp_path, statement)
    with Store.open(tmp_path) as store:
        found = verify(store)
    assert {finding.run_id for finding in found} == {RESULT.record.run_id}
    assert any(f.what.startswith(f"{part} of run {RESULT.record.run_id}") and problem in f.problem for f in found)


def test_every_column_of_a_finished_run_is_sealed(tmp_path: Path) -> None:
    """No value of the study, of a finished run with its parts, or of a baseline can change unnoticed."""
    with samples.write(tmp_path) as store:
        store.finish_run(RESULT)
        store.put_baseline(samples.baseline())
        columns = {
            table: [row["name"] for row in store.database.query(f"PRAGMA table_info({table})")]
            for table in ("study", "provenance", "runs", "epochs", "outcomes", "layers", "baselines")
        }
    sound = (tmp_path / "study.db").read_bytes()
    assert sum(len(names) for names in columns.values()) == 20 + 10 + 17 + 8 + 5 + 9 + 6
    internal = {("provenance", "id"), ("runs", "provenance_id"), ("study", "id")}
    for table, names in columns.items():
        for name in names:
            if (table, name) in internal:
                continue
            (tmp_path / "study.db").write_bytes(sound)
            cases = f"WHEN 'text' THEN {name} || 'x' WHEN 'blob' THEN zeroblob(44) ELSE coalesce({name}, 0) + 4711"
            execute(tmp_path, f"UPDATE {table} SET {name} = CASE typeof({name}) {cases} END")  # noqa: S608  # our names
            assert findings(tmp_path), f"{table}.{name}"


@pytest.mark.parametrize("statement", ["UPDATE study SET study_seed = 1", "UPDATE study SET n_train = 21"])
def test_a_changed_study_is_found(tmp_path: Path, statement: str) -> None:
    """A change to the study's row is found as such."""
    filled(tmp_path)
    if "study_seed" in statement:
        statement = "UPDATE study SET fields = replace(fields, '\"epochs\":3', '\"epochs\":4')"
    execute(tmp_path, statement)
    assert "the study: its record is not as it was written" in findings(tmp_path)


def test_every_byte_of_weights_counts(tmp_path: Path) -> None:
    """A flipped bit anywhere in a file of weights, header or tensors, is found."""
    with samples.write(tmp_path) as store:
        store.finish_run(RESULT)
    file = tmp_path / "weights" / f"{RESULT.record.run_id}.safetensors"
    sound = file.read_bytes()
    for position in range(0, len(sound), 37):
        flipped = bytearray(sound)
        flipped[position] ^= 0x10
        file.write_bytes(bytes(flipped))
        (finding,) = findings(tmp_path)
        assert finding.startswith(f"weights of {RUN}: ")
        assert "another content than was written" in finding


def test_missing_weights_and_stray_files_are_found(tmp_path: Path) -> None:
    """A file too few and a file too many are both named; a file of another kind is nobody's business."""
    filled(tmp_path)
    (tmp_path / "weights" / f"{RESULT.record.run_id}.safetensors").rename(
        tmp_path / "weights" / "00000000000000ff.safetensors"
    )
    (tmp_path / "weights" / "notes.txt").write_text("mine")
    missing, stray = findings(tmp_path)
    assert missing.startswith(f"weights of {RUN}: ")
    assert "no such file" in missing
    assert stray == "the file weights/00000000000000ff.safetensors: no run recorded that it belongs to"


def test_outcomes_must_be_possible(tmp_path: Path) -> None:
    """Probabilities outside 0 to 1 and classes that do not exist are not written, and found with hashes that fit."""
    assert RESULT.outcome is not None
    classes = dataclasses.replace(RESULT.outcome, predicted=np.full(samples.N_TEST, 3, np.int32))
    shares = dataclasses.replace(RESULT.outcome, p_predicted=np.full(samples.N_TEST, np.nan, np.float32))
    said_of = (
        (classes, "must predict classes 0 to 2", "a class outside 0 to 2 in the column predicted"),
        (shares, "must have probabilities 0 to 1", "a probability outside 0 to 1 in the column p_predicted"),
    )
    with samples.write(tmp_path) as store:
        store.finish_run(RESULT)
        for outcome, refused, found in said_of:
            another = dataclasses.replace(samples.finished(STUDY, "4", 1), outcome=outcome)
            assert refused in said(store.finish_run, another)
            store.database.query("DELETE FROM outcomes")
            recording.put_outcome(store.database, RESULT.record.run_id, outcome)
            assert any(f"outcome of {RUN}: " in finding and found in finding for finding in findings(tmp_path))


def test_labels_must_be_possible(tmp_path: Path) -> None:
    """A test label without a class is found."""
    with samples.write(tmp_path) as store:
        labels = np.full(samples.N_TEST, 3, "<i4").tobytes()
        store.database.query("UPDATE study SET test_labels = ?", (labels,))
        recording.seal_study(store.database)
    (found,) = findings(tmp_path)
    assert "a class outside 0 to 2 in the column test_labels" in found


def test_one_damaged_run_does_not_hide_another(tmp_path: Path) -> None:
    """Every damaged run is reported, each with its own id."""
    filled(tmp_path)
    execute(tmp_path, "UPDATE runs SET started_at = x'00' WHERE run_id = ?", (RESULT.record.run_id,))
    other = samples.record(STUDY, "3", 0).run_id
    (tmp_path / "weights" / f"{other}.safetensors").unlink()
    with Store.open(tmp_path) as store:
        found = {finding.run_id for finding in verify(store)}
    assert found == {RESULT.record.run_id, other}
