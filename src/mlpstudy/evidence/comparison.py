"""Rows of the comparison table: what each architecture reached, over its seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mlpstudy.evidence.estimates.intervals import NOT_NEGATIVE, SHARE
from mlpstudy.evidence.estimates.spread import Spread, spread
from mlpstudy.records import RunRecord


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
