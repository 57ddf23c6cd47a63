"""The sample that is judged: what every run of every architecture did on the test examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray
from mlpstudy.errors import ResultsError, must
from mlpstudy.records import Outcome, RunRecord
from mlpstudy.tasks.metrics.metric import Answers, Metric


@dataclass(frozen=True, slots=True, eq=False)
class ArchitectureSample:
    """The finished runs of one architecture, seeds ascending, and the count of the others.

    Attributes:
        name: the architecture.
        levels: pairs of factor and level; empty where the study's factors are not known.
        seeds: seeds of the finished runs, shape ``(n,)``, int64, ascending.
        predicted: predicted classes, shape ``(n, N)``, int32.
        p_predicted: their probabilities, shape ``(n, N)``, float32.
        p_true: probabilities of the true classes, shape ``(n, N)``, float32.
        diverged_seeds: seeds whose run diverged.
        failed_seeds: seeds whose run failed.
        wall_s: mean wall time of a finished run (s); None where it is not known.
    """

    name: str
    levels: tuple[tuple[str, str], ...]
    seeds: npt.NDArray[np.int64]
    predicted: npt.NDArray[np.int32]
    p_predicted: npt.NDArray[np.float32]
    p_true: npt.NDArray[np.float32]
    diverged_seeds: tuple[int, ...] = ()
    failed_seeds: tuple[int, ...] = ()
    wall_s: float | None = None

    @property
    def n(self) -> int:
        """Number of finished runs."""
        return int(self.seeds.size)


@dataclass(frozen=True, eq=False)
class StudySample:
    """All that judging needs of a study.

    Attributes:
        architectures: in the order of the study.
        labels: true classes of the test examples, shape ``(N,)``, int32.
        n_planned: seeds an architecture that the study asks for.
    """

    architectures: tuple[ArchitectureSample, ...]
    labels: npt.NDArray[np.int32]
    n_planned: int

    @property
    def n_examples(self) -> int:
        """Number of test examples, N."""
        return int(self.labels.size)

    @property
    def is_provisional(self) -> bool:
        """Some architecture has fewer finished or diverged runs than planned."""
        return any(a.n + len(a.diverged_seeds) < self.n_planned for a in self.architectures)

    def index(self, name: str) -> int:
        """Return the position of an architecture.

        Raises:
            ResultsError: there is none of that name.
        """
        if name not in self._places:
            raise ResultsError(must("the architecture", f"be one of {', '.join(list(self._places)[:12])}", name))
        return self._places[name]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {a.name: i for i, a in enumerate(self.architectures)}

    def answers(self, architecture: ArchitectureSample) -> Answers:
        """Return what the runs of an architecture answered, as metrics take it."""
        return Answers(self.labels, architecture.predicted, architecture.p_predicted, architecture.p_true)

    def measured(self, metric: Metric) -> tuple[list[FloatArray] | None, list[FloatArray]]:
        """Return a metric of every run on every example, an array ``(n_a, N)`` an architecture, and of every run.

        The first is None where no single example has the metric; the second has an array ``(n_a,)`` an architecture.
        """
        found = [metric.measured(self.answers(architecture)) for architecture in self.architectures]
        cells = [table for table, _ in found if table is not None]
        return cells if len(cells) == len(found) else None, [scores for _, scores in found]

    def scores(self, metric: Metric) -> list[FloatArray]:
        """Return a metric of every run, an array ``(n_a,)`` an architecture."""
        return self.measured(metric)[1]


def collect(
    runs: Iterable[tuple[RunRecord, Outcome | None]],
    labels: npt.ArrayLike,
    architectures: Mapping[str, Sequence[tuple[str, str]]],
    n_planned: int,
) -> StudySample:
    """Return the sample of a study from its runs.

    Args:
        runs: every run of the study with its outcome (None unless it finished), in any order.
        labels: true classes of the test examples, shape ``(N,)``.
        architectures: names, in the order of the study, with their pairs of factor and level.
        n_planned: seeds an architecture that the study asks for.

    Raises:
        ResultsError: a finished run lacks its outcome, an outcome has not one value an example, a run is of
            another study, or a seed appears twice.
    """
    truth = np.asarray(labels, dtype=np.int32)
    if truth.ndim != 1 or not truth.size:
        raise ResultsError(must("the labels", "be one class for each test example", f"shape {truth.shape}"))
    by_name: dict[str, list[tuple[RunRecord, Outcome | None]]] = {name: [] for name in architectures}
    for record, outcome in runs:
        if record.architecture not in by_name:
            raise ResultsError(must("a run's architecture", "be one of the study's", record.architecture))
        by_name[record.architecture].append((record, outcome))
    samples = tuple(_architecture(name, tuple(architectures[name]), by_name[name], truth.size) for name in by_name)
    return StudySample(samples, truth, n_planned)


def _architecture(
    name: str, levels: tuple[tuple[str, str], ...], runs: list[tuple[RunRecord, Outcome | None]], n_examples: int
) -> ArchitectureSample:
    """Return the sample of one architecture."""
    finished: dict[int, tuple[RunRecord, Outcome]] = {}
    for record, outcome in runs:
        if record.status != "finished":
            continue
        if outcome is None or outcome.predicted.shape != (n_examples,):
            found = "none" if outcome is None else f"{outcome.predicted.size} values"
            raise ResultsError(must(f"the outcome of {name}, seed {record.seed}", f"have {n_examples} values", found))
        if record.seed in finished:
            raise ResultsError(must(f"{name}, seed {record.seed}", "have finished once", "two finished runs"))
        finished[record.seed] = (record, outcome)
    seeds = sorted(finished)
    empty = np.empty((0, n_examples))
    outcomes = [finished[seed][1] for seed in seeds]
    return ArchitectureSample(
        name=name,
        levels=levels,
        seeds=np.array(seeds, dtype=np.int64),
        predicted=np.array([o.predicted for o in outcomes], dtype=np.int32) if outcomes else empty.astype(np.int32),
        p_predicted=np.array([o.p_predicted for o in outcomes], dtype=np.float32)
        if outcomes
        else empty.astype(np.float32),
        p_true=np.array([o.p_true for o in outcomes], dtype=np.float32) if outcomes else empty.astype(np.float32),
        diverged_seeds=tuple(sorted(r.seed for r, _ in runs if r.status == "diverged" and r.seed not in finished)),
        failed_seeds=tuple(sorted(r.seed for r, _ in runs if r.status == "failed" and r.seed not in finished)),
        wall_s=float(np.mean([finished[seed][0].wall_s for seed in seeds])) if seeds else None,
    )
