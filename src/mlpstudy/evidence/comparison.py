"""Rows of the comparison table: what each architecture reached, over its seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.evidence.estimates.intervals import ANYTHING, NOT_NEGATIVE, SHARE, Interval, Range, mean_interval
from mlpstudy.evidence.estimates.rounding import sd_of
from mlpstudy.records import RunRecord


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and spread of one number over seeds.

    Attributes:
        n: number of seeds.
        mean: arithmetic mean.
        sd: standard deviation over seeds (ddof 1); None for one seed, which has no spread.
        se: standard error of the mean, sd / sqrt(n); None for one seed.
        interval: Student's t interval of the mean; None for one seed, and where all seeds have one value: of how far
            the mean may lie from it they then say nothing, and an interval of no width would say that it is known.
        minimum: lowest.
        maximum: highest.
    """

    n: int
    mean: float
    sd: float | None
    se: float | None
    interval: Interval | None
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One architecture in the comparison table.

    Attributes:
        architecture: its name.
        n_finished: runs that finished; the means are over these.
        n_diverged: runs that diverged: counted here, in no mean.
        n_failed: runs that failed.
        n_running: runs that are still going on.
        accuracy: test accuracy (0 to 1); None where no run finished.
        loss: test loss (nats); None where no run finished.
        n_parameters: all parameters.
        n_trainable: trainable parameters.
        wall_s: mean wall time of a finished run (s); None where no run finished.
    """

    architecture: str
    n_finished: int
    n_diverged: int
    n_failed: int
    n_running: int
    accuracy: Spread | None
    loss: Spread | None
    n_parameters: int
    n_trainable: int
    wall_s: float | None


def spread(values: npt.ArrayLike, confidence: float = 0.95, possible: Range = ANYTHING) -> Spread | None:
    """Return mean, SD (ddof 1), standard error and interval of one number over seeds; None for no number.

    Args:
        values: one a seed.
        confidence: level of the interval.
        possible: what the number can be; the interval ends there.

    >>> s = spread([0.979, 0.981, 0.983])
    >>> s.n, round(s.mean, 4), round(s.sd, 4), round(s.se, 4)
    (3, 0.981, 0.002, 0.0012)
    """
    sample = np.asarray(values, dtype=np.float64).ravel()
    if sample.size == 0:
        return None
    is_one_value = bool(sample.min() == sample.max())
    sd = sd_of(sample) if sample.size > 1 else None
    return Spread(
        n=int(sample.size),
        mean=float(sample[0] if is_one_value else sample.mean()),
        sd=sd,
        se=None if sd is None else sd / math.sqrt(sample.size),
        interval=None if is_one_value else mean_interval(sample, confidence).cut(possible),
        minimum=float(sample.min()),
        maximum=float(sample.max()),
    )


def comparison_rows(
    records: Iterable[RunRecord], *, order: Sequence[str] = (), confidence: float = 0.95
) -> tuple[ComparisonRow, ...]:
    """Return one row an architecture, from the records of all its runs.

    Args:
        records: runs of any status, in any order.
        order: names of architectures in the order wanted; those not named follow in the order of the records.
            A named one without any record has no row.
        confidence: level of the intervals of the means.
    """
    by_name: dict[str, list[RunRecord]] = {name: [] for name in order}
    for record in records:
        by_name.setdefault(record.architecture, []).append(record)
    return tuple(_row(name, runs, confidence) for name, runs in by_name.items() if runs)


def _row(name: str, runs: Sequence[RunRecord], confidence: float) -> ComparisonRow:
    """Return the row of one architecture."""
    finished = [run for run in runs if run.status == "finished"]
    count = {status: sum(run.status == status for run in runs) for status in ("diverged", "failed", "running")}
    return ComparisonRow(
        architecture=name,
        n_finished=len(finished),
        n_diverged=count["diverged"],
        n_failed=count["failed"],
        n_running=count["running"],
        accuracy=spread([run.test_accuracy for run in finished if run.test_accuracy is not None], confidence, SHARE),
        loss=spread([run.test_loss for run in finished if run.test_loss is not None], confidence, NOT_NEGATIVE),
        n_parameters=runs[0].n_parameters,
        n_trainable=runs[0].n_trainable,
        wall_s=float(np.mean([run.wall_s for run in finished])) if finished else None,
    )
