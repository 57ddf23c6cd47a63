"""``mlpstudy verify``: what is damaged, what can be trained again, and that exactly this is."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from helpers import small_study
from mlpstudy.cli.app import app
from mlpstudy.engine import Event, RunStarted
from mlpstudy.running.listening import Silence
from mlpstudy.running.workflow import run_study
from mlpstudy.store import Store
from store.breaking import execute


def mlpstudy(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, list(arguments))


class Starts(Silence):
    """A listener that remembers what was trained."""

    def __init__(self) -> None:
        self.run_ids: list[str] = []

    def happened(self, event: Event) -> None:
        """Remember starts."""
        if isinstance(event, RunStarted):
            self.run_ids.append(event.record.run_id)


def _damaged(folder: Path) -> str:
    """Run a study and damage the weights of one run; return its id."""
    run_study(small_study(seeds=2), out=folder)
    file = sorted((folder / "weights").iterdir())[1]
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    return file.stem


def test_damage_is_named_repaired_and_trained_again(tmp_path: Path) -> None:
    """Verify names the run and the way out; repair drops it; the next run trains that one and nothing else."""
    run_id = _damaged(tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "weights").iterdir() if path.stem != run_id}
    found = mlpstudy("verify", str(tmp_path))
    assert found.exit_code == 1
    assert f"damaged: weights of run {run_id} (" in found.output
    assert f"1 run can be trained again: mlpstudy verify {tmp_path} --repair, then mlpstudy run" in found.output
    repaired = mlpstudy("verify", str(tmp_path), "--repair")
    assert repaired.exit_code == 0
    assert f"dropped: weights of run {run_id} (" in repaired.output
    assert "mlpstudy run trains this run again." in repaired.output
    starts = Starts()
    run_study(small_study(seeds=2), out=tmp_path, listener=starts)
    assert starts.run_ids == [run_id]
    assert {p.name: p.read_bytes() for p in (tmp_path / "weights").iterdir() if p.stem != run_id} == before
    assert "Nothing is damaged." in mlpstudy("verify", str(tmp_path)).output


def test_for_machines(tmp_path: Path) -> None:
    """The same as JSON."""
    run_id = _damaged(tmp_path)
    found = json.loads(mlpstudy("verify", str(tmp_path), "--json").output)
    assert [finding["remedy"] for finding in found["findings"]] == ["train again"] * len(found["findings"])
    repaired = json.loads(mlpstudy("verify", str(tmp_path), "--repair", "--json").output)
    assert {finding["run_id"] for finding in repaired["dropped"]} == {run_id}
    assert repaired["left"] == []


def test_what_cannot_be_repaired(tmp_path: Path) -> None:
    """Damage to the study itself is said, with what is left to do; nothing is dropped."""
    run_study(small_study(), out=tmp_path)
    with Store.open(tmp_path) as store:
        before = store.runs()
    execute(tmp_path, "UPDATE study SET n_train = n_train + 1")
    repaired = mlpstudy("verify", str(tmp_path), "--repair")
    assert repaired.exit_code == 1
    assert "damaged: the study: its record is not as it was written" in repaired.output
    assert "bring back a copy of the folder, or run the study in another one" in repaired.output
    with Store.open(tmp_path) as store:
        assert store.runs() == before
