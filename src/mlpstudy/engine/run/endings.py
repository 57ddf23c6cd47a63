"""How a run ends: finished with an outcome, or diverged for a reason. The same for every engine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.records import EpochRecord, Outcome, RunResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from mlpstudy.arrays import Float32Array, Weights
    from mlpstudy.engine.run.progress import Progress


def why_lost(done: EpochRecord, *, is_finite: bool) -> str | None:
    """Say in a few words why no further epoch can help, None where one may.

    Args:
        done: the epoch.
        is_finite: whether it left all weights finite.
    """
    if not math.isfinite(done.train_loss):
        return "the training loss is not finite"
    if not math.isfinite(done.val_loss):
        return "the validation loss is not finite"
    return None if is_finite else "a weight is not finite"


def lost_result(run: Progress, reason: str, final: Weights, *, n_classes: int, worked_s: float) -> RunResult:
    """Return the result of a run that is lost, or has trained all its epochs to no outcome."""
    epochs, limit = tuple(run.epochs), run.task.architecture.loss.diverged_above(n_classes)
    diverged_epoch = first_diverged_epoch(epochs, limit) or epochs[-1].epoch
    record = run.ended("diverged", reason=reason, diverged_epoch=diverged_epoch, worked_s=worked_s)
    return RunResult(record, epochs, None, run.initial, final, tuple(run.diagnostics))


def trained_result(
    run: Progress, probabilities: Float32Array, labels: npt.NDArray[np.int32], final: Weights, *, worked_s: float
) -> RunResult:
    """Return the result of a run that has trained all its epochs: finished, or diverged after all.

    Args:
        run: the run.
        probabilities: of each class for every test example, shape ``(n, n_classes)``.
        labels: class of every test example.
        final: the weights it ends with.
        worked_s: seconds of work since it was started here.
    """
    n_classes = probabilities.shape[1]
    outcome = outcome_of(probabilities, labels)
    reason = _why_diverged(run.epochs[-1], outcome, run.task.architecture.loss.diverged_above(n_classes))
    if reason is not None:
        return lost_result(run, reason, final, n_classes=n_classes, worked_s=worked_s)
    accuracy = float(outcome.correct(labels).mean())
    record = run.ended("finished", test_loss=outcome.log_loss(), test_accuracy=accuracy, worked_s=worked_s)
    return RunResult(record, tuple(run.epochs), outcome, run.initial, final, tuple(run.diagnostics))


def outcome_of(probabilities: Float32Array, labels: npt.NDArray[np.int32]) -> Outcome:
    """Return what a trained network does on every test example, given its probabilities of each class."""
    rows = np.arange(len(labels))
    predicted = probabilities.argmax(axis=1).astype(np.int32)
    return Outcome(
        predicted=predicted,
        p_predicted=np.ascontiguousarray(probabilities[rows, predicted]),
        p_true=np.ascontiguousarray(probabilities[rows, labels]),
    )


def first_diverged_epoch(epochs: Sequence[EpochRecord], limit: float) -> int | None:
    """Return the first of the last epochs whose losses are not finite or above the limit, None for none.

    >>> bad = EpochRecord(2, float("nan"), 0.1, 2.3, 0.1, 1.0, 0.1)
    >>> first_diverged_epoch([EpochRecord(1, 0.5, 0.9, 0.4, 0.9, 1.0, 0.1), bad], 4.3)
    2
    """
    first = None
    for done in reversed(epochs):
        is_good = math.isfinite(done.train_loss) and math.isfinite(done.val_loss) and done.train_loss <= limit
        if is_good:
            break
        first = done.epoch
    return first


def _why_diverged(last: EpochRecord, outcome: Outcome, limit: float) -> str | None:
    """Say in a few words why a run that has trained all its epochs counts as diverged, None where it does not."""
    if last.train_loss > limit:
        return f"the training loss ended at {last.train_loss:.3g}, above {limit:.3g}: worse than guessing"
    return None if math.isfinite(outcome.log_loss()) else "the test loss is not finite"
