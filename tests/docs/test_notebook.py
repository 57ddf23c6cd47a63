"""The example notebook: what is committed is what its source makes, and every cell runs."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from helpers import load_tool

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples" / "nine_networks.ipynb"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script that writes the notebook."""
    return load_tool("notebook")


def test_every_cell_runs_at_a_small_size(maker: ModuleType, tmp_path: Path) -> None:
    """With two seeds, two epochs and little data no cell fails, and those that show something do."""
    document = maker.notebook()
    settings = document.cells[1]
    assert settings.source.startswith("SEEDS = ")
    settings.source = "SEEDS = 2\nEPOCHS = 2\nTRAIN_EXAMPLES = 512"
    maker.execute(document, tmp_path)
    code = [cell for cell in document.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in code[2:])
    pictures = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) >= 5


def test_the_committed_notebook_is_a_full_run_of_its_source(maker: ModuleType) -> None:
    """The same cells as the source, each with its output, none an error, five seeds and twenty epochs."""
    committed = nbformat.read(NOTEBOOK, as_version=4)
    assert [cell.source for cell in committed.cells] == [cell.source for cell in maker.notebook().cells]
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [o for cell in code for o in cell.outputs if o.output_type == "error"]
    shown = "".join(str(o.get("data", "")) for cell in code for o in cell.outputs)
    assert "5 seeds an architecture, 10000 test examples" in shown
