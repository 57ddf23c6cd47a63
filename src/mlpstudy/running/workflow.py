"""Running a study: the only place where engine and store meet."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from mlpstudy.baselines.menu import baseline
from mlpstudy.datasets import Given, load
from mlpstudy.engine import RunTask, get_engine
from mlpstudy.engine.events import CheckpointTaken, EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.engine.places.place import Checkpoints
from mlpstudy.engine.places.threads import Threads
from mlpstudy.engine.run.state import maker
from mlpstudy.errors import StoreError
from mlpstudy.running.equipment import Equipment
from mlpstudy.running.listening import Plan, Silence
from mlpstudy.running.stopping import Stop
from mlpstudy.store import WritableStore, checkpoint_size_at_most
from mlpstudy.study import Study, check_float32, count_parameters, load_study, run_id

if TYPE_CHECKING:
    from mlpstudy.engine.interface import Origin
    from mlpstudy.engine.places.place import RunsInTraining
    from mlpstudy.records import Dataset, Resumption
    from mlpstudy.running.listening import Listener

DEFAULT_FOLDER = Path("runs")


def resolve_study(study: Study | str | Path, *, seeds: int | None = None, epochs: int | None = None) -> Study:
    """Return a study from an object, a TOML file or the name of a built-in one, with changes applied."""
    resolved = study if isinstance(study, Study) else load_study(study)
    check_float32(resolved)
    if seeds is None and epochs is None:
        return resolved
    return resolved.with_changes(seeds=seeds, epochs=epochs)


def run_study(
    study: Study | str | Path,
    *,
    out: str | Path | None = None,
    seeds: int | None = None,
    epochs: int | None = None,
    equipment: Equipment = Equipment(),  # noqa: B008  # it is frozen
    listener: Listener | None = None,
    data: object | None = None,
    stop: Stop | None = None,
) -> Path:
    """Train every run of a study that its folder does not hold yet, and return the folder: ``mlpstudy.run`` says more.

    Every finished run is stored at once, and running ones write checkpoints: after an interruption the same call
    goes on, to the same results. A run that diverges or fails is recorded as such, and the others go on; failed
    runs are tried once more at the end, and by the next call.

    Args:
        study: what is run; ``out``, ``seeds``, ``epochs``, ``data``: as ``mlpstudy.run`` takes them.
        out: the study's folder.
        seeds: number of seeds.
        epochs: number of epochs.
        equipment: what it is trained with.
        listener: who wants to see it run.
        data: what it is run on (``Given.of``).
        stop: whoever holds it may ask the study to stop.

    Raises:
        KeyboardInterrupt: it was interrupted, or asked to stop; what it has done is kept.
        MlpstudyError: as ``mlpstudy.run`` says.
    """
    resolved = resolve_study(study, seeds=seeds, epochs=epochs)
    engine = get_engine(equipment.engine)
    dataset = load(resolved.data, resolved.study_seed, None if data is None else Given.of(data))
    folder = Path(out) if out is not None else DEFAULT_FOLDER / resolved.name
    listener = listener or Silence()
    with WritableStore.create_or_open(folder, resolved, dataset, equipment.engine) as store:
        store.forget_unfinished()
        tasks = _tasks(resolved, equipment.engine, dataset)
        done = store.completed_run_ids()
        missing = tuple(task for task in tasks if task.run_id not in done)
        _fit_baselines(store, resolved, dataset)
        listener.planned(Plan(resolved, folder, dataset, missing, len(tasks)))
        checkpoints = _checkpoints(store, engine, dataset, equipment.checkpoint_s)
        place = Threads(equipment.n_threads)
        with closing(place.train(engine, missing, dataset, checkpoints)) as runs:
            _follow(runs, store, listener, stop or Stop())
    return folder


def _checkpoints(store: WritableStore, engine: Origin, dataset: Dataset, interval_s: float) -> Checkpoints:
    """Return where runs find what they go on from."""
    made_by = maker(engine)

    def find(task: RunTask) -> Resumption:
        network, training = task.architecture.network, task.architecture.training
        n_parameters, _ = count_parameters(network, dataset.n_features, dataset.n_classes)
        at_most = checkpoint_size_at_most(n_parameters, len(training.slots), training.epochs, len(network.hidden) + 1)
        return store.find_checkpoint(task.run_id, made_by, at_most)

    return Checkpoints(find, store.checkpointed_run_ids(), made_by, interval_s)


def _follow(runs: RunsInTraining, store: WritableStore, listener: Listener, stop: Stop) -> None:
    """Write down what happens, then tell the listener; after an interruption write down what is left.

    Raises:
        KeyboardInterrupt: it was interrupted, or asked to stop.
    """
    event: Event | None = None
    stop.heeded_by(runs.request_stop)
    try:
        for event in runs:
            _record(store, event)
            listener.happened(event)
    except StoreError:
        raise
    except BaseException:
        runs.request_stop()
        # The event in hand may not have been written; writing it twice does no harm.
        for left in ([] if event is None else [event]), runs:
            for event in left:
                _record(store, event)
        raise
    finally:
        stop.heeded_by(None)
    if stop.is_requested:
        raise KeyboardInterrupt


def _tasks(study: Study, engine: str, dataset: Dataset) -> tuple[RunTask, ...]:
    """Return all runs of a study, seed by seed."""
    return tuple(
        RunTask(
            run_id(study, architecture, seed, engine=engine, data_sha256=dataset.sha256),
            architecture,
            seed,
            study.study_seed,
        )
        for seed in range(study.seeds)
        for architecture in study.architectures
    )


def _fit_baselines(store: WritableStore, study: Study, dataset: Dataset) -> None:
    """Fit the baselines that the study names and its folder lacks."""
    there = {one.name for one in store.baselines()}
    for name in study.baselines:
        if name not in there:
            store.put_baseline(baseline(name, dataset))


def _record(store: WritableStore, event: Event) -> None:
    """Write down what happened."""
    match event:
        case RunStarted(record, resumed):
            if resumed is None:
                store.begin_run(record)
            else:
                store.resume_run(record, resumed)
        case EpochEnded(run, epoch, diagnostics):
            store.add_epoch(run, epoch, diagnostics)
        case CheckpointTaken(checkpoint):
            store.save_checkpoint(checkpoint)
        case RunEnded(result):
            store.finish_run(result)
        case RunFailed(record):
            store.fail_run(record)
