"""A run through the runner, stopped after some epochs and gone on from its checkpoint: it ends in the same bits."""

from __future__ import annotations

from dataclasses import astuple, replace

from scipy.sparse import csr_array

from differential.configurations import Configuration, dense
from differential.report import Report
from mlpstudy.engine import EpochEnded, Event, RunTask
from mlpstudy.engine.interface import Engine
from mlpstudy.engine.run.pace import Pace
from mlpstudy.records import Checkpoint, Dataset, Examples, Resumption, RunResult
from runs import run_alone


def check_resuming(configuration: Configuration, engine: Engine) -> Report:
    """Compare a run on one thread with one that begins dense and goes on sparse, on other numbers of threads."""
    report = Report()
    given = configuration.examples(any_scale=bool(configuration.rng(3).integers(2)))
    sparse = Examples(csr_array(dense(given)), given.labels)
    expected, _ = _run(configuration, engine, given, 1)
    n_first = int(configuration.rng(4).integers(1, configuration.training.epochs))
    stopped, checkpoint = _run(configuration, engine, given, 2, n_epochs=n_first)
    if stopped is None:
        report.expect("resuming: a run that is stopped leaves a checkpoint", is_so=checkpoint is not None)
    found = stopped or _run(configuration, engine, sparse, 3, checkpoint=checkpoint)[0]
    if expected is None or found is None:
        report.expect("resuming: a run that nobody stops has a result", is_so=False)
        return report
    for what, ours, plain in zip(WHAT, _numbers(found), _numbers(expected), strict=True):
        report.expect(f"resuming: {what} as without a stop", is_so=ours == plain)
    return report


WHAT = ("status", "epochs", "outcome", "weights", "diagnostics")


def _numbers(result: RunResult) -> tuple[str, ...]:
    """Return all that a run leaves behind but its times, as text: equal for equal bits, and for NaN and NaN."""
    record = replace(result.record, wall_s=0.0, started_at="")
    epochs = [repr(astuple(replace(epoch, train_s=0.0, val_s=0.0))) for epoch in result.epochs]
    o = result.outcome
    outcome = None if o is None else (o.predicted.tobytes(), o.p_predicted.tobytes(), o.p_true.tobytes())
    is_lost = record.reason is not None and "finite" in record.reason
    weights = None if is_lost else [tensor.tobytes() for tensor in result.final_weights.values()]
    return repr(record), repr(epochs), repr(outcome), repr(weights), repr(result.diagnostics)


def _run(
    configuration: Configuration,
    engine: Engine,
    examples: Examples,
    n_threads: int,
    *,
    n_epochs: int | None = None,
    checkpoint: Checkpoint | None = None,
) -> tuple[RunResult | None, Checkpoint | None]:
    """Train a run, from its checkpoint if there is one, for some epochs or to its end."""
    names = tuple(str(k) for k in range(configuration.n_classes))
    dataset = Dataset("drawn", examples, examples, "test", examples, names, configuration.image_shape, "0" * 64)
    task = RunTask("0" * 16, configuration.architecture, 0, configuration.seed)
    done: list[EpochEnded] = []
    taken: list[Checkpoint] = []

    def take(taken_now: Checkpoint, pace: Pace) -> None:
        taken.append(taken_now)
        pace.written(0.0)

    def happened(event: Event) -> None:
        if isinstance(event, EpochEnded):
            done.append(event)

    result = run_alone(
        engine,
        task,
        dataset,
        found=Resumption(checkpoint),
        n_threads=n_threads,
        stopped=lambda: len(done) == n_epochs,
        happened=happened,
        on_checkpoint=take,
        checkpoint_s=0.0,
    )
    return result, taken[-1] if taken else None
