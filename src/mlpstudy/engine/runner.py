"""One run, from initial weights to outcome: the same loop for every engine."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy import streams
from mlpstudy.engine.initial_weights import initial_weights
from mlpstudy.engine.provenance import provenance
from mlpstudy.records import EpochRecord, Outcome, RunRecord, RunResult, divergence_threshold
from mlpstudy.spec import count_parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpstudy.engine.interface import Engine, Trainer
    from mlpstudy.records import Dataset, LayerDiagnostics
    from mlpstudy.spec import Architecture


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


@dataclass(frozen=True, slots=True)
class RunHooks:
    """How a run talks to whoever trains it.

    Attributes:
        on_trainer: called with the trainer, so that it can be asked to stop.
        on_epoch: called after every epoch, with what it recorded of the layers.
        n_threads: says before each epoch how many threads may compute it.
        stopped: says whether the run is to be given up.
    """

    on_trainer: Callable[[Trainer], None]
    on_epoch: Callable[[EpochRecord, tuple[LayerDiagnostics, ...]], None]
    n_threads: Callable[[], int]
    stopped: Callable[[], bool]


def started_record(engine: Engine, task: RunTask, dataset: Dataset) -> RunRecord:
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


def _ended(started: RunRecord, clock: float, epochs: list[EpochRecord], **fields: Any) -> RunRecord:  # noqa: ANN401
    """Return the record of a run that ends now."""
    return replace(started, n_epochs_done=len(epochs), wall_s=time.perf_counter() - clock, **fields)


def train_run(engine: Engine, task: RunTask, dataset: Dataset, started: RunRecord, hooks: RunHooks) -> RunResult | None:
    """Train one run and return what it leaves behind, or None where it was stopped.

    A run has diverged when a loss is not finite (it then ends with that epoch), or when its training loss ends
    above ``divergence_threshold``: worse than guessing.
    """
    clock = time.perf_counter()
    network, training = task.architecture.network, task.architecture.training
    epochs: list[EpochRecord] = []
    diagnostics: list[LayerDiagnostics] = []
    initial = initial_weights(
        network, dataset.n_features, dataset.n_classes, study_seed=task.study_seed, seed=task.seed
    )
    trainer = engine.trainer(
        task.architecture,
        initial,
        n_classes=dataset.n_classes,
        image_shape=dataset.image_shape,
        dropout_key=streams.dropout_key(task.study_seed, task.seed),
    )
    hooks.on_trainer(trainer)
    for epoch in range(1, training.epochs + 1):
        order = streams.batch_order(task.study_seed, task.seed, epoch, len(dataset.train))
        done = None if hooks.stopped() else _epoch(trainer, dataset, epoch, order, hooks.n_threads())
        if done is None:
            return None
        epochs.append(done)
        layers = trainer.diagnostics(epoch)
        diagnostics.extend(layers)
        hooks.on_epoch(done, layers)
        if not (math.isfinite(done.train_loss) and math.isfinite(done.val_loss)):
            break
    final = trainer.weights()
    diverged_epoch = first_diverged_epoch(epochs, dataset.n_classes)
    if diverged_epoch is not None:
        reason = _divergence_reason(epochs[-1], dataset.n_classes)
        ended = _ended(started, clock, epochs, status="diverged", reason=reason, diverged_epoch=diverged_epoch)
        return RunResult(ended, tuple(epochs), None, initial, final, tuple(diagnostics))
    outcome = outcome_on_test(trainer, dataset, hooks.n_threads())
    accuracy = float(outcome.correct(dataset.test.labels).mean())
    test_loss = outcome.log_loss()
    ended = _ended(started, clock, epochs, status="finished", test_loss=test_loss, test_accuracy=accuracy)
    return RunResult(ended, tuple(epochs), outcome, initial, final, tuple(diagnostics))


def _epoch(
    trainer: Trainer, dataset: Dataset, epoch: int, order: np.ndarray[tuple[int], np.dtype[np.int64]], n_threads: int
) -> EpochRecord | None:
    """Train and validate one epoch; None where it was stopped on the way."""
    start = time.perf_counter()
    trained = trainer.train_epoch(dataset.train, order, n_threads)
    middle = time.perf_counter()
    if trained.stopped:
        return None
    validated = trainer.evaluate(dataset.validation, n_threads)
    return EpochRecord(
        epoch=epoch,
        train_loss=trained.loss,
        train_accuracy=trained.accuracy,
        val_loss=validated.loss,
        val_accuracy=validated.accuracy,
        train_s=middle - start,
        val_s=time.perf_counter() - middle,
    )


def outcome_on_test(trainer: Trainer, dataset: Dataset, n_threads: int) -> Outcome:
    """Return what the trained network does on every test example."""
    probabilities = trainer.probabilities(dataset.test.features, n_threads)
    rows = np.arange(len(dataset.test))
    predicted = probabilities.argmax(axis=1).astype(np.int32)
    return Outcome(
        predicted=predicted,
        p_predicted=np.ascontiguousarray(probabilities[rows, predicted]),
        p_true=np.ascontiguousarray(probabilities[rows, dataset.test.labels]),
    )


def first_diverged_epoch(epochs: list[EpochRecord], n_classes: int) -> int | None:
    """Return the first epoch of the divergence that the run ended in, or None where it ended well.

    >>> bad = EpochRecord(2, float("nan"), 0.1, 2.3, 0.1, 1.0, 0.1)
    >>> first_diverged_epoch([EpochRecord(1, 0.5, 0.9, 0.4, 0.9, 1.0, 0.1), bad], 10)
    2
    """
    threshold = divergence_threshold(n_classes)
    first = None
    for done in reversed(epochs):
        lost = not math.isfinite(done.train_loss) or not math.isfinite(done.val_loss) or done.train_loss > threshold
        if not lost:
            break
        first = done.epoch
    return first


def _divergence_reason(last: EpochRecord, n_classes: int) -> str:
    """Say in a few words why a run counts as diverged."""
    if not math.isfinite(last.train_loss):
        return "the training loss is not finite"
    if not math.isfinite(last.val_loss):
        return "the validation loss is not finite"
    limit = divergence_threshold(n_classes)
    return f"the training loss ended at {last.train_loss:.3g}, above {limit:.3g}: worse than guessing"
