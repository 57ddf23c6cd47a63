"""What is to be trained: plain records, so that they can be sent to another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlpstudy.records import Resumption
    from mlpstudy.study import Architecture


@dataclass(frozen=True, slots=True)
class RunTask:
    """What is to be run.

    Attributes:
        run_id: hash of everything that decides the result.
        architecture: the architecture.
        seed: the seed.
        study_seed: the study's own seed.
    """

    run_id: str
    architecture: Architecture
    seed: int
    study_seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Runs of one architecture that are to be trained together, and all that is to be known of them.

    Attributes:
        tasks: the runs.
        found: what each of them goes on from.
        maker: who may go on from their checkpoints.
        checkpoint_s: seconds of work between two of these.
    """

    tasks: tuple[RunTask, ...]
    found: tuple[Resumption, ...]
    maker: str
    checkpoint_s: float
