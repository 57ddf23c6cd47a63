"""What a page knows of a study: frozen values, which become JSON as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mlpstudy.evidence.plain import Plain

StudyStatus = Literal["running", "finished", "stopped"]
"""A study with runs missing is running while somebody writes it, and stopped otherwise."""

RunStatus = Literal["running", "finished", "diverged", "failed", "interrupted"]
"""A run that its store calls running is interrupted where nobody writes the study."""

Point = tuple[float | None, float | None, float | None, float | None]
"""What one epoch measured: training loss and accuracy, validation loss and accuracy."""


@dataclass(frozen=True, slots=True)
class ArchitectureState:
    """An architecture in the page: its name, its levels by factor, epochs a run."""

    name: str
    levels: tuple[tuple[str, str], ...]
    n_epochs: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the study is.

    Attributes:
        n_planned: runs of the whole study.
        n_finished: runs that finished.
        n_diverged: runs that diverged.
        n_failed: runs that failed.
        n_running: runs that are being trained now.
        n_interrupted: runs that were being trained when their writer died.
        share: work that is done, 0 to 1.
        left_s: seconds left, None where that is not known.
        trained_s: wall time of all runs that have ended, one after the other (s).
    """

    n_planned: int
    n_finished: int
    n_diverged: int
    n_failed: int
    n_running: int
    n_interrupted: int
    share: float
    left_s: float | None
    trained_s: float


@dataclass(frozen=True, slots=True)
class MetricState:
    """The declared metric in the page: how its numbers are written, and which end is good."""

    factor: float
    digits: int
    of_values: str
    in_full: str
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """An architecture's finished runs so far.

    Attributes:
        n: finished runs.
        value: mean of the declared metric, None without any, or where the judgement alone knows it.
        accuracy: mean test accuracy (0 to 1), None without any.
        low: lower limit of the mean's interval, None with fewer than two.
        high: upper limit.
        loss: mean test loss (nats).
        wall_s: mean wall time of a run (s).
    """

    n: int
    value: float | None
    accuracy: float | None
    low: float | None
    high: float | None
    loss: float | None
    wall_s: float | None


@dataclass(frozen=True, slots=True)
class Head:
    """What the page shows of the study as a whole."""

    name: str
    title: str
    status: StudyStatus
    writer: str | None
    validation_source: str
    metric: MetricState
    confidence: float
    seeds: int
    factors: tuple[str, ...]
    architectures: tuple[ArchitectureState, ...]
    progress: Progress
    table: tuple[TableRow, ...]
    baselines: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class RunState:
    """A run in the page; ``architecture`` is an index."""

    architecture: int
    seed: int
    status: RunStatus
    reason: str | None
    n_epochs_done: int
    diverged_epoch: int | None
    test_accuracy: float | None
    test_loss: float | None
    wall_s: float
    started_at: str


@dataclass(frozen=True, slots=True)
class JudgingState:
    """What the page is to make of the verdict.

    Attributes:
        is_present: it is of the very runs that the page shows; else it is older, or there is none.
        problem: why there is none of them, in one line; None where there is one, or it is still to come.
    """

    is_present: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class StudyState:
    """All that a page knows of a study.

    Attributes:
        head: the study as a whole.
        runs: its runs by id, in the order of the architectures, then by seed.
        curves: what each epoch of a run measured, by run id; in a very large study of the latest runs only.
        key: tells the runs that have ended from those of another state.
        verdict: the newest verdict, None before the first one.
        judging: whether that is the verdict of these runs.
    """

    head: Head
    runs: Mapping[str, RunState]
    curves: Mapping[str, tuple[Point, ...]]
    key: str
    verdict: Plain = None
    judging: JudgingState = JudgingState()
