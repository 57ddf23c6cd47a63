"""A run so far: what it has recorded, and the records that it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlpstudy.engine.provenance import provenance
from mlpstudy.records import Checkpoint, RunRecord
from mlpstudy.study import count_parameters

if TYPE_CHECKING:
    from mlpstudy.arrays import Weights
    from mlpstudy.engine.interface import Origin
    from mlpstudy.engine.run.task import RunTask
    from mlpstudy.records import Dataset, EpochRecord, LayerDiagnostics, Status, TrainerState


def started_record(engine: Origin, task: RunTask, dataset: Dataset) -> RunRecord:
    """Return the record of a run that starts now."""
    n_parameters, n_trainable = count_parameters(task.architecture.network, dataset.n_features, dataset.n_classes)
    return RunRecord(
        run_id=task.run_id,
        architecture=task.architecture.name,
        seed=task.seed,
        status="running",
        reason=None,
        n_epochs_done=0,
        diverged_epoch=None,
        test_loss=None,
        test_accuracy=None,
        n_parameters=n_parameters,
        n_trainable=n_trainable,
        wall_s=0.0,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        provenance=provenance(engine),
    )


class Progress:
    """A run that is being trained.

    Args:
        task: the run.
        started: its record, as of now.
        initial: the weights that it has started from, long ago where it goes on.
        resumed: the checkpoint that it goes on from.
    """

    def __init__(self, task: RunTask, started: RunRecord, initial: Weights, resumed: Checkpoint | None) -> None:
        self.task, self.initial = task, initial
        self.epochs = list(resumed.epochs) if resumed else []
        self.diagnostics = list(resumed.diagnostics) if resumed else []
        self._wall_s_before = resumed.wall_s if resumed else 0.0
        started_at = resumed.started_at if resumed else started.started_at
        self.started = replace(
            started, started_at=started_at, wall_s=self._wall_s_before, n_epochs_done=len(self.epochs)
        )

    def epoch_ended(self, done: EpochRecord, layers: tuple[LayerDiagnostics, ...]) -> None:
        """Remember an epoch."""
        self.epochs.append(done)
        self.diagnostics.extend(layers)

    def checkpoint(self, state: TrainerState, *, maker: str, worked_s: float) -> Checkpoint:
        """Return what the run can go on from, after so many seconds of work since it was started here."""
        return Checkpoint(
            run_id=self.task.run_id,
            maker=maker,
            started_at=self.started.started_at,
            wall_s=self._wall_s_before + worked_s,
            epochs=tuple(self.epochs),
            diagnostics=tuple(self.diagnostics),
            state=state,
        )

    def ended(
        self,
        status: Status,
        *,
        worked_s: float,
        reason: str | None = None,
        diverged_epoch: int | None = None,
        test_loss: float | None = None,
        test_accuracy: float | None = None,
    ) -> RunRecord:
        """Return the record of the run, which ends now, after so many seconds of work since it was started here."""
        return replace(
            self.started,
            status=status,
            reason=reason,
            n_epochs_done=len(self.epochs),
            diverged_epoch=diverged_epoch,
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            wall_s=self._wall_s_before + worked_s,
        )
