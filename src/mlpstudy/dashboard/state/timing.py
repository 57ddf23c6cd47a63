"""How much of a study is done, and how long the rest takes: from what its runs took so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunWork:
    """How far a run is, or each of several that are equally far.

    Attributes:
        architecture: index of its architecture.
        n_epochs_left: epochs that this session will still train; 0 for a run that has ended.
        n_epochs_done: epochs that are behind it.
        epoch_s: seconds an epoch took on average, None before the first one has ended.
        n_runs: how many runs are as far as this one.
    """

    architecture: int
    n_epochs_left: int
    n_epochs_done: int
    epoch_s: float | None
    n_runs: int = 1


@dataclass(frozen=True, slots=True)
class Work:
    """How far a study is.

    Attributes:
        share: work that is done, 0 to 1.
        left_s: seconds that the rest takes at the present pace; None while nothing is known or nobody trains.
    """

    share: float
    left_s: float | None


def study_work(costs: Sequence[float], runs: Sequence[RunWork], n_workers: int) -> Work:
    """Return how far a study is.

    An architecture's seconds an epoch are the mean over its runs; those of an architecture that no epoch of is
    known yet follow from its cost and the seconds a unit of cost of the others. What is left is shared by the runs that
    train at once, but takes no less than the longest single run.

    Args:
        costs: relative cost of an epoch, one an architecture.
        runs: every planned run.
        n_workers: runs that train at once; 0 where nobody trains.

    >>> done = RunWork(0, 0, 10, 2.0)
    >>> study_work([1.0, 3.0], [done, RunWork(1, 10, 0, None)], 1)
    Work(share=0.25, left_s=60.0)
    """
    seconds = _epoch_seconds(costs, runs)
    known = seconds is not None
    a_unit = seconds if seconds is not None else list(costs)
    done = math.fsum(run.n_runs * a_unit[run.architecture] * run.n_epochs_done for run in runs)
    ahead = [a_unit[run.architecture] * run.n_epochs_left for run in runs if run.n_runs]
    left = math.fsum(run.n_runs * a_unit[run.architecture] * run.n_epochs_left for run in runs)
    share = done / (done + left) if done + left > 0 else 0.0
    if not known or n_workers == 0:
        return Work(share, None)
    return Work(share, max(left / n_workers, max(ahead, default=0.0)))


def _epoch_seconds(costs: Sequence[float], runs: Sequence[RunWork]) -> list[float] | None:
    """Return the seconds that an epoch takes, one an architecture; None where no epoch has ended yet."""
    measured: list[list[float]] = [[] for _ in costs]
    for run in runs:
        if run.epoch_s is not None:
            measured[run.architecture].append(run.epoch_s)
    means = [math.fsum(times) / len(times) if times else None for times in measured]
    rates = [mean / cost for mean, cost in zip(means, costs, strict=True) if mean is not None]
    if not rates:
        return None
    rate = math.fsum(rates) / len(rates)
    return [cost * rate if mean is None else mean for mean, cost in zip(means, costs, strict=True)]
