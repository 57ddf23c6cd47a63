"""Following one study's folder: what is read, and when."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlpstudy.dashboard.following import reader as module
from mlpstudy.dashboard.following.folder import StudyFolder
from mlpstudy.dashboard.following.reader import StudyReader
from mlpstudy.dashboard.state.shown import StudyState
from mlpstudy.errors import StoreError
from mlpstudy.records import EpochRecord
from mlpstudy.store import Store
from store import samples

STUDY = samples.tiny_study()


def read(reader: StudyReader) -> StudyState:
    """Return the state, which must have changed."""
    state = reader.read()
    assert state is not None
    return state


def test_a_reader_follows_a_writer(tmp_path: Path) -> None:
    """Every commit is seen, and nothing is read where nothing was committed."""
    with samples.write(tmp_path) as writer:
        reader = StudyReader(tmp_path)
        assert read(reader).runs == {}
        assert reader.read() is None
        run = samples.record(STUDY)
        writer.begin_run(run)
        assert read(reader).curves == {}
        for n in (1, 2, 3):
            writer.add_epoch(run.run_id, samples.epoch(n))
            assert len(read(reader).curves[run.run_id]) == n
            assert reader.read() is None
        writer.finish_run(samples.finished(STUDY))
        state = read(reader)
        assert (state.head.status, state.runs[run.run_id].status) == ("running", "finished")
    assert read(reader).head.status == "stopped"
    assert reader.read() is None
    reader.close()


def test_only_epochs_of_runs_that_moved_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished run's epochs are read once."""
    with samples.write(tmp_path) as writer:
        writer.finish_run(samples.finished(STUDY))
        reader = StudyReader(tmp_path)
        read(reader)
        asked: list[str] = []
        assert reader._store is not None
        epochs = reader._store.epochs

        def asking(run_id: str) -> tuple[EpochRecord, ...]:
            asked.append(run_id)
            return epochs(run_id)

        monkeypatch.setattr(reader._store, "epochs", asking)
        run = samples.record(STUDY, "3", 1)
        writer.begin_run(run)
        writer.add_epoch(run.run_id, samples.epoch(1))
        assert len(read(reader).curves) == 2
        assert asked == [run.run_id]
        reader.close()


def test_a_run_that_begins_again_loses_its_curve(tmp_path: Path) -> None:
    """After a kill the next writer drops what was unfinished; the page's curve goes with it."""
    with samples.write(tmp_path) as writer:
        run = samples.record(STUDY)
        writer.begin_run(run)
        writer.add_epoch(run.run_id, samples.epoch(1))
    reader = StudyReader(tmp_path)
    assert read(reader).runs[run.run_id].status == "interrupted"
    with samples.write(tmp_path) as writer:
        writer.forget_unfinished()
        assert run.run_id not in read(reader).runs
        writer.begin_run(run)
        assert read(reader).runs[run.run_id].status == "running"
        reader.close()


def test_a_folder_may_go_and_come_back(tmp_path: Path) -> None:
    """Where the study is gone, reading says so in one line; another one in its place is opened."""
    folder = tmp_path / "study"
    samples.fill(folder, [samples.finished(STUDY)])
    reader = StudyReader(folder)
    assert len(read(reader).runs) == 1
    shutil.rmtree(folder)
    for _ in range(2):
        with pytest.raises(StoreError, match="must hold a study"):
            reader.read()
    samples.fill(folder, [samples.finished(STUDY), samples.finished(STUDY, "3")])
    assert len(read(reader).runs) == 2
    reader.close()


def test_reading_leaves_the_folder_alone(tmp_path: Path) -> None:
    """A finished study's folder holds the same bytes after it was read."""
    samples.fill(tmp_path, [samples.finished(STUDY)])
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    reader = StudyReader(tmp_path)
    read(reader)
    reader.close()
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize(
    ("limit", "most", "said"), [("MAX_RUNS", 1, "1 runs, got 2"), ("MAX_EPOCHS", 5, "5 epochs, got 6")]
)
def test_more_than_memory_holds_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, said: str
) -> None:
    """A study of too many runs or epochs is one line, before any of them is read; one of just so many is shown."""
    samples.fill(tmp_path / "a", [samples.finished(STUDY), samples.finished(STUDY, "3")])
    monkeypatch.setattr(module, limit, most + 1)
    reader = StudyReader(tmp_path / "a")
    assert len(read(reader).runs) == 2
    reader.close()
    monkeypatch.setattr(module, limit, most)
    monkeypatch.setattr(Store, "runs", lambda _: pytest.fail("read"))
    for _ in range(2):
        with pytest.raises(StoreError, match=f"must have at most {said} in "):
            reader.read()
    assert said in str(StudyFolder(tmp_path).summaries()[0].problem)
