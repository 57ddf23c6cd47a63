"""Diagnostics from the study file to the figure."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlpstudy
from helpers import small_study
from mlpstudy.errors import ResultsError
from mlpstudy.results.gallery import study_diagnostics
from mlpstudy.results.saved_figures import save_figures


def test_a_study_records_stores_and_draws_them(tmp_path: Path) -> None:
    """Every layer of every epoch of every run is in the store, and each architecture gets its figure."""
    study = small_study(seeds=2, training={"epochs": 2, "batch_size": 64, "diagnostics": True})
    results = mlpstudy.run(study, out=tmp_path / "s")
    records, store = results.runs(), results.store
    for record in records:
        layers = [(row.epoch, row.layer) for row in store.diagnostics(record.run_id)]
        assert layers == [(epoch, layer) for epoch in (1, 2) for layer in ("hidden_1", "output")]
    drawn = study_diagnostics(store, study, records, "8").to_dict()
    assert "Mean of 2 seeds" in str(drawn["title"]["subtitle"])
    saved = save_figures(store, study, records, results.comparison(), tmp_path / "figures")
    assert {path.name for path in saved if path.parent.name == "layers"} == {"8.svg", "8.png", "16.svg", "16.png"}


def test_a_study_without_them_has_no_such_figure(tmp_path: Path) -> None:
    """Nothing is saved, and asking for it names the setting."""
    study = small_study(seeds=1)
    results = mlpstudy.run(study, out=tmp_path / "s")
    records, store = results.runs(), results.store
    saved = save_figures(store, study, records, results.comparison(), tmp_path / "figures")
    with pytest.raises(ResultsError, match="diagnostics = true"):
        study_diagnostics(store, study, records, "8")
    assert not [path for path in saved if path.parent.name == "layers"]
