"""One run: what it is, where it comes from, what its epochs measured and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from mlpstudy.arrays import Weights
from mlpstudy.records.layers import LayerDiagnostics
from mlpstudy.records.outcomes import Outcome

Status = Literal["running", "finished", "diverged", "failed"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a run's numbers come from.

    Attributes:
        mlpstudy: version of this package.
        engine: name of the engine.
        engine_version: version of what computed (this package, or PyTorch).
        instruction_set: of the native engine, or the device of the torch engine.
        python: version of Python.
        numpy: version of NumPy.
        platform: operating system and architecture.
        cpu: name of the processor.
        n_cores: number of cores that the process may use.
    """

    mlpstudy: str
    engine: str
    engine_version: str
    instruction_set: str
    python: str
    numpy: str
    platform: str
    cpu: str
    n_cores: int


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch of one run measured.

    Attributes:
        epoch: 1 for the first.
        train_loss: running mean of the training loss over the epoch, in training mode (nats).
        train_accuracy: running mean of the training accuracy (0 to 1).
        val_loss: loss on the validation examples after the epoch, in inference mode (nats).
        val_accuracy: accuracy on the validation examples (0 to 1).
        train_s: wall time of the training part (s); in a cohort the run's share.
        val_s: wall time of the validation part (s); likewise.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    train_s: float
    val_s: float


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run: an architecture trained with one seed.

    Attributes:
        run_id: hash of everything that decides the result.
        architecture: name of the architecture.
        seed: the seed.
        status: running, finished, diverged or failed.
        reason: why it is diverged or failed, in a few words; else None.
        n_epochs_done: epochs that were completed.
        diverged_epoch: first epoch of the divergence, else None.
        test_loss: mean test loss (nats) of a finished run, else None.
        test_accuracy: test accuracy (0 to 1) of a finished run, else None.
        n_parameters: all parameters, trainable or not.
        n_trainable: trainable parameters.
        wall_s: wall time from start to end (s); of a run that is trained in a cohort, its share of the cohort's.
        started_at: start, UTC, ISO 8601.
        provenance: what computed it.
    """

    run_id: str
    architecture: str
    seed: int
    status: Status
    reason: str | None
    n_epochs_done: int
    diverged_epoch: int | None
    test_loss: float | None
    test_accuracy: float | None
    n_parameters: int
    n_trainable: int
    wall_s: float
    started_at: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, eq=False)
class RunResult:
    """All that a run leaves behind. ``outcome`` is None and the weights may be empty unless it finished.

    ``diagnostics`` are ordered by epoch, then by layer from the first; none where they are off.
    """

    record: RunRecord
    epochs: tuple[EpochRecord, ...]
    outcome: Outcome | None
    initial_weights: Weights = field(default_factory=dict)
    final_weights: Weights = field(default_factory=dict)
    diagnostics: tuple[LayerDiagnostics, ...] = ()
