"""A running study in a notebook: in a real kernel, the cell shows progress, and stopping it loses nothing."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient

import mlpstudy
from patience import PATIENCE_S

CODE = """
import mlpstudy
study = mlpstudy.Study(
    name="cell",
    data={"name": "mnist", "train_examples": 640, "test_examples": 128},
    training={"epochs": 2},
    factors={"width": {"8": {"hidden": [8]}, "<b>16": {"hidden": [16]}}},
)
results = mlpstudy.run(study, out="s")
"""


def test_a_cell_shows_progress_and_the_study_itself(tmp_path: Path) -> None:
    """One drawing ends with all runs done, names escaped; the study shows its table."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE), nbformat.v4.new_code_cell("results")])
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, timeout=PATIENCE_S).execute()
    progress, shown = notebook.cells
    drawings = [output for output in progress.outputs if output.output_type == "display_data"]
    assert len(drawings) == 1
    html = drawings[0]["data"]["text/html"]
    assert "2 of 2 runs" in html
    assert "&lt;b&gt;16 seed 0: test loss" in html
    assert re.search(r"<table>.*&lt;b&gt;16", shown.outputs[0]["data"]["text/html"], re.DOTALL)
    assert len(mlpstudy.open(tmp_path / "s").runs()) == 2
