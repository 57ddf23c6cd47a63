"""A study opened for reading: what its frames hold, and how often its folder is read for them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mlpstudy.errors import ResultsError
from mlpstudy.results import StudyResults
from store import samples

STUDY = samples.tiny_study()


def _open(folder: Path, *, n_runs: int) -> StudyResults:
    """Return a study of so many finished runs, recorded in another order than theirs."""
    runs = [samples.finished(STUDY, name, seed) for name, seed in (("3", 1), ("4", 1), ("4", 0), ("3", 0))]
    samples.fill(folder, runs[:n_runs], STUDY)
    return StudyResults(folder)


def test_runs_stand_in_the_order_of_the_study_then_of_their_seeds(tmp_path: Path) -> None:
    """Records, frames and epochs have one order, whatever the order of recording: that of the store."""
    results = _open(tmp_path, n_runs=4)
    order = [("4", 0), ("4", 1), ("3", 0), ("3", 1)]
    assert [(run.architecture, run.seed) for run in results.runs()] == order
    for frame in (results.results(), results.epochs(), results.outcomes()):
        assert frame.select("architecture", "seed").unique(maintain_order=True).rows() == order


def test_frames_of_a_study_without_runs_have_their_columns(tmp_path: Path) -> None:
    """A study that has only begun has frames of no rows, of the names and types that it will have."""
    none, some = _open(tmp_path / "none", n_runs=0), _open(tmp_path / "some", n_runs=4)
    for name in ("results", "epochs"):
        empty: pl.DataFrame = getattr(none, name)()
        assert empty.height == 0
        assert empty.schema == getattr(some, name)().schema
    with pytest.raises(ResultsError, match="must hold a finished run, got 'none', fix: mlpstudy run"):
        none.outcomes()


@pytest.mark.parametrize("read", ["results", "epochs", "comparison", "observations", "class_use", "outcomes"])
def test_all_runs_are_read_once(read: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many architectures there are, a table reads the runs of all of them together."""
    results = _open(tmp_path, n_runs=4)
    n_reads = 0
    of_store = results.store.runs

    def counted() -> object:
        nonlocal n_reads
        n_reads += 1
        return of_store()

    monkeypatch.setattr(results.store, "runs", counted)
    getattr(results, read)()
    assert n_reads == 1
