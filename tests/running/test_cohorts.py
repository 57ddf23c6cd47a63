"""A study whose engine trains cohorts: nothing but the engine knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import small_study
from lockstep import LockstepEngine
from mlpstudy.engine import CheckpointTaken, EpochEnded, Event
from mlpstudy.running import workflow
from mlpstudy.running.equipment import Equipment
from mlpstudy.running.listening import Silence
from mlpstudy.running.workflow import run_study
from runs import contents

STUDY = small_study(seeds=3, network={"batch_normalisation": True, "dropout": 0.3}, training={"epochs": 3})


class Interrupting(Silence):
    """A listener that presses Ctrl-C after the first event of a kind."""

    def __init__(self, kind: type[Event]) -> None:
        self.kind = kind

    def happened(self, event: Event) -> None:
        """End the study."""
        if isinstance(event, self.kind):
            raise KeyboardInterrupt


def test_a_folder_does_not_tell_how_its_runs_were_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one or in cohorts, stopped and gone on or straight: the same rows, outcomes and weights, to the bit."""
    one_by_one = contents(run_study(STUDY, out=tmp_path / "a", equipment=Equipment(n_threads=1)))
    monkeypatch.setattr(workflow, "get_engine", lambda _: LockstepEngine(2))
    assert contents(run_study(STUDY, out=tmp_path / "b", equipment=Equipment(n_threads=2))) == one_by_one
    for kind in (EpochEnded, CheckpointTaken):
        with pytest.raises(KeyboardInterrupt):
            run_study(
                STUDY,
                out=tmp_path / "c",
                equipment=Equipment(n_threads=1, checkpoint_s=0.0),
                listener=Interrupting(kind),
            )
    assert contents(run_study(STUDY, out=tmp_path / "c", equipment=Equipment(n_threads=2))) == one_by_one
