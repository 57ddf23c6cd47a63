"""Figures written by processes of their own: the same files, and one line where a file cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from figures.samples import run_curves
from mlpstudy.errors import ResultsError, StoreError
from mlpstudy.figures import loss_curves, save
from mlpstudy.figures.converting import Converters


def test_processes_write_what_save_writes(tmp_path: Path) -> None:
    """Every chart becomes the files that ``save`` makes of it, byte for byte."""
    charts = {name: loss_curves.figure(run_curves(seed=seed)) for name, seed in (("a", 1), ("b", 2), ("c", 3))}
    with Converters(2) as converters:
        paths = [path for name, chart in charts.items() for path in converters.save(chart, tmp_path / "many" / name)]
    assert [path.name for path in paths] == ["a.svg", "a.png", "b.svg", "b.png", "c.svg", "c.png"]
    for name, chart in charts.items():
        for path in save(chart, tmp_path / "single" / name):
            assert (tmp_path / "many" / path.name).read_bytes() == path.read_bytes()


def test_what_cannot_be_written_is_said_at_the_end(tmp_path: Path) -> None:
    """A file where the folder should be is one line, and the other figures are there."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match="be writable"), Converters(1) as converters:
        _ = [converters.save(loss_curves.figure(run_curves()), tmp_path / folder / "c") for folder in ("taken", "free")]
    assert (tmp_path / "free" / "c.png").is_file()


def test_a_failing_block_leaves_no_process_behind(tmp_path: Path) -> None:
    """An unknown format is refused at once, and the error is the block's own."""
    with pytest.raises(ResultsError, match="format"), Converters(1) as converters:
        converters.save(loss_curves.figure(run_curves()), tmp_path / "curves", ("gif",))
    assert not list(tmp_path.iterdir())
