"""What happens to runs, wherever they are trained: plain records, so that they can come from another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlpstudy.records import Checkpoint, EpochRecord, LayerDiagnostics, RunRecord, RunResult


@dataclass(frozen=True, slots=True, eq=False)
class RunStarted:
    """A run begins, or goes on from a checkpoint; ``note`` says why one that is there is not used."""

    record: RunRecord
    resumed: Checkpoint | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """A run has completed an epoch; ``diagnostics`` of its layers, where they are on."""

    run_id: str
    epoch: EpochRecord
    diagnostics: tuple[LayerDiagnostics, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CheckpointTaken:
    """A run can go on from here once this is on disk; by asking for the next event, its reader says that it is."""

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True, eq=False)
class RunEnded:
    """A run is finished or has diverged."""

    result: RunResult


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run could not be trained; the study goes on without it. ``again``: it is tried once more, as the last one."""

    record: RunRecord
    again: bool = False


Event = RunStarted | EpochEnded | CheckpointTaken | RunEnded | RunFailed
