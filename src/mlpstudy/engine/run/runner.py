"""One run, from initial weights to outcome: the same loop for every engine."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mlpstudy import streams
from mlpstudy.engine.provenance import provenance
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.run.pace import INTERVAL_S, Pace
from mlpstudy.records import Checkpoint, EpochRecord, Outcome, Resumption, RunRecord, RunResult
from mlpstudy.study import count_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpstudy.engine.interface import Engine, Trainer
    from mlpstudy.records import Dataset, LayerDiagnostics, Weights
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


@dataclass(frozen=True, slots=True)
class RunHooks:
    """How a run talks to whoever trains it.

    Attributes:
        on_trainer: called with the trainer, so that it can be asked to stop.
        find: looks for a checkpoint to go on from.
        on_start: called with the record, the checkpoint that the run goes on from, if any, and why one is not used.
        on_epoch: called after every epoch, with what it recorded of the layers.
        n_threads: says before each epoch how many threads may compute it.
        stopped: says whether the run is to be given up.
        on_checkpoint: called with a checkpoint that is to be written; whoever writes it tells ``Pace.written``.
        checkpoint_s: seconds of work between two checkpoints.
        maker: who may go on from a checkpoint of this run.
    """

    on_trainer: Callable[[Trainer], None]
    on_epoch: Callable[[EpochRecord, tuple[LayerDiagnostics, ...]], None]
    n_threads: Callable[[], int]
    stopped: Callable[[], bool]
    find: Callable[[], Resumption] = Resumption
    on_start: Callable[[RunRecord, Checkpoint | None, str | None], None] = lambda *_: None
    on_checkpoint: Callable[[Checkpoint, Pace], None] = lambda _, pace: pace.written(0.0)
    checkpoint_s: float = INTERVAL_S
    maker: str = ""


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


class _Progress:
    """A run so far: what it has recorded, how long it has worked, and its checkpoints."""

    def __init__(self, started: RunRecord, trainer: Trainer, hooks: RunHooks, resumed: Checkpoint | None) -> None:
        self.epochs = list(resumed.epochs) if resumed else []
        self.diagnostics = list(resumed.diagnostics) if resumed else []
        now = time.perf_counter()
        self._clock = now - (resumed.wall_s if resumed else 0.0)
        self._started, self._trainer, self._hooks = started, trainer, hooks
        self._pace = Pace(hooks.checkpoint_s, now)
        self._copy: Checkpoint | None = None

    def epoch_ended(self, done: EpochRecord, layers: tuple[LayerDiagnostics, ...]) -> None:
        """Remember an epoch and tell of it."""
        self.epochs.append(done)
        self.diagnostics.extend(layers)
        self._hooks.on_epoch(done, layers)

    def save(self) -> None:
        """Copy the state, and hand it over to be written, where either is due."""
        start = time.perf_counter()
        writes = self._pace.writes(start)
        if writes or self._pace.copies(start):
            self._copy = self._checkpoint()
            self._pace.copied(start, time.perf_counter())
        if writes:
            self._hand_over()

    def save_last(self) -> None:
        """Hand the last copy over, where it is not on its way already: the run is being stopped."""
        if self._copy is not None:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._copy is not None:
            self._pace.handed(time.perf_counter())
            self._hooks.on_checkpoint(self._copy, self._pace)
            self._copy = None

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            run_id=self._started.run_id,
            maker=self._hooks.maker,
            started_at=self._started.started_at,
            wall_s=time.perf_counter() - self._clock,
            epochs=tuple(self.epochs),
            diagnostics=tuple(self.diagnostics),
            state=self._trainer.state(),
        )

    def ended(self) -> RunRecord:
        """Return the record of the run, which ends now; its status is the caller's to say."""
        return replace(self._started, n_epochs_done=len(self.epochs), wall_s=time.perf_counter() - self._clock)


def _trainer(
    engine: Engine, task: RunTask, dataset: Dataset, initial: Weights, found: Resumption
) -> tuple[Trainer, Resumption]:
    """Return a trainer as a checkpoint left it, or a new one where there is none that fits."""
    trainer = engine.trainer(
        task.architecture,
        initial,
        n_classes=dataset.n_classes,
        image_shape=dataset.image_shape,
        dropout_key=streams.dropout_key(task.study_seed, task.seed),
    )
    if found.checkpoint is None:
        return trainer, found
    n_epochs = task.architecture.training.epochs
    try:
        if len(found.checkpoint.epochs) >= n_epochs:
            message = f"{len(found.checkpoint.epochs)} epochs of {n_epochs}"
            raise ValueError(message)  # noqa: TRY301  # as if the trainer had refused it
        trainer.restore(found.checkpoint.state)
    except ValueError as error:
        # It may have taken over a part.
        note = f"its checkpoint does not fit ({error})"
        return _trainer(engine, task, dataset, initial, Resumption(note=note))
    return trainer, found


def train_run(engine: Engine, task: RunTask, dataset: Dataset, started: RunRecord, hooks: RunHooks) -> RunResult | None:
    """Train one run, from its checkpoint or its initial weights, and return what it leaves behind.

    A run ends with the first epoch after which it is lost, whichever engine trains it: a loss or a weight is not
    finite. It has diverged where it is lost, where its training loss ends above its loss's ``diverged_above`` (worse
    than guessing), or where its test loss is not finite.

    Returns:
        The result, or None where the run was stopped.
    """
    network, training = task.architecture.network, task.architecture.training
    initial = initial_weights(
        network, dataset.n_features, dataset.n_classes, study_seed=task.study_seed, seed=task.seed
    )
    trainer, found = _trainer(engine, task, dataset, initial, hooks.find())
    resumed = found.checkpoint
    if resumed is not None:
        started = replace(
            started, started_at=resumed.started_at, wall_s=resumed.wall_s, n_epochs_done=len(resumed.epochs)
        )
    hooks.on_trainer(trainer)
    hooks.on_start(started, resumed, found.note)
    progress = _Progress(started, trainer, hooks, resumed)
    lost = None
    for epoch in range(len(progress.epochs) + 1, training.epochs + 1):
        order = streams.batch_order(task.study_seed, task.seed, epoch, len(dataset.train))
        done = None if hooks.stopped() else _epoch(trainer, dataset, epoch, order, hooks.n_threads())
        if done is None:
            progress.save_last()
            return None
        progress.epoch_ended(done.record, trainer.diagnostics(epoch))
        lost = _why_lost(done)
        if lost is not None:
            break
        if epoch < training.epochs:
            progress.save()
    limit = task.architecture.loss.diverged_above(dataset.n_classes)
    return _ended(trainer, dataset, progress, initial, lost, limit, hooks.n_threads())


def _ended(
    trainer: Trainer,
    dataset: Dataset,
    progress: _Progress,
    initial: Weights,
    lost: str | None,
    limit: float,
    n_threads: int,
) -> RunResult:
    """Return the result of a run that has trained all its epochs, or that is lost for a reason.

    The limit is the training loss above which it counts as diverged.
    """
    outcome = outcome_on_test(trainer, dataset, n_threads) if lost is None else None
    final, epochs, diagnostics = trainer.weights(), tuple(progress.epochs), tuple(progress.diagnostics)
    reason = lost if outcome is None else _why_diverged(epochs[-1], outcome, limit)
    if outcome is None or reason is not None:
        diverged_epoch = first_diverged_epoch(epochs, limit) or epochs[-1].epoch
        ended = replace(progress.ended(), status="diverged", reason=reason, diverged_epoch=diverged_epoch)
        return RunResult(ended, epochs, None, initial, final, diagnostics)
    accuracy = float(outcome.correct(dataset.test.labels).mean())
    ended = replace(progress.ended(), status="finished", test_loss=outcome.log_loss(), test_accuracy=accuracy)
    return RunResult(ended, epochs, outcome, initial, final, diagnostics)


class _Epoch(NamedTuple):
    """What an epoch measured, and whether it left all weights finite."""

    record: EpochRecord
    is_finite: bool


def _epoch(
    trainer: Trainer, dataset: Dataset, epoch: int, order: np.ndarray[tuple[int], np.dtype[np.int64]], n_threads: int
) -> _Epoch | None:
    """Train and validate one epoch; None where it was stopped on the way."""
    start = time.perf_counter()
    trained = trainer.train_epoch(dataset.train, order, n_threads)
    middle = time.perf_counter()
    if trained.stopped:
        return None
    validated = trainer.evaluate(dataset.validation, n_threads)
    record = EpochRecord(
        epoch=epoch,
        train_loss=trained.loss,
        train_accuracy=trained.accuracy,
        val_loss=validated.loss,
        val_accuracy=validated.accuracy,
        train_s=middle - start,
        val_s=time.perf_counter() - middle,
    )
    return _Epoch(record, trained.is_finite)


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


def _why_lost(done: _Epoch) -> str | None:
    """Say in a few words why no further epoch can help, None where one may."""
    if not math.isfinite(done.record.train_loss):
        return "the training loss is not finite"
    if not math.isfinite(done.record.val_loss):
        return "the validation loss is not finite"
    return None if done.is_finite else "a weight is not finite"


def _why_diverged(last: EpochRecord, outcome: Outcome, limit: float) -> str | None:
    """Say in a few words why a run that has trained all its epochs counts as diverged, None where it does not."""
    if last.train_loss > limit:
        return f"the training loss ended at {last.train_loss:.3g}, above {limit:.3g}: worse than guessing"
    return None if math.isfinite(outcome.log_loss()) else "the test loss is not finite"
