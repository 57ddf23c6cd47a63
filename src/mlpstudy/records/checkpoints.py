"""What an interrupted run goes on from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Float32Array
from mlpstudy.records.layers import LayerDiagnostics
from mlpstudy.records.runs import EpochRecord


@dataclass(frozen=True, slots=True, eq=False)
class TrainerState:
    """All that training goes on from after an epoch, beside what is keyed by seed and epoch.

    Attributes:
        n_steps: steps that the optimiser has taken; the dropout masks of the next one are keyed by it too.
        tensors: parameters (``parameter/<name>``, moving statistics among them), the optimiser's slots (of Adam
            ``m/<name>``, ``v/<name>``), and whatever else an engine draws from.
    """

    n_steps: int
    tensors: Mapping[str, Float32Array | npt.NDArray[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A run after some of its epochs: from here it goes on to the same end, bit for bit.

    Attributes:
        run_id: the run.
        maker: hash of build, instruction set and machine, which alone go on from it.
        started_at: start of the run, UTC, ISO 8601.
        wall_s: wall time so far (s).
        epochs: what the epochs so far measured.
        diagnostics: what they measured of the layers, where diagnostics are on.
        state: what training goes on from.
    """

    run_id: str
    maker: str
    started_at: str
    wall_s: float
    epochs: tuple[EpochRecord, ...]
    diagnostics: tuple[LayerDiagnostics, ...]
    state: TrainerState


@dataclass(frozen=True, slots=True)
class Resumption:
    """How a run goes on: from its checkpoint, or anew without one; ``note`` says why a checkpoint is not used."""

    checkpoint: Checkpoint | None = None
    note: str | None = None
