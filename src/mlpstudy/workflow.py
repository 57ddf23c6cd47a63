"""Running a study: the only place where engine and store meet."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mlpstudy.baselines import baseline
from mlpstudy.datasets import load
from mlpstudy.engine import RunEnded, RunFailed, RunStarted, RunTask, get_engine, train_runs
from mlpstudy.engine.pool import EpochEnded, Event
from mlpstudy.errors import StudyError, must
from mlpstudy.spec import Study, load_study, run_id
from mlpstudy.store import Store, WritableStore

if TYPE_CHECKING:
    from mlpstudy.records import Dataset

DEFAULT_FOLDER = Path("runs")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a call of ``run_study`` is about to do.

    Attributes:
        study: the study.
        folder: where its results go.
        dataset: the data, loaded.
        tasks: the runs that are missing.
        n_runs: number of runs of the whole study.
        n_threads: threads in all, or None for the number of cores.
    """

    study: Study
    folder: Path
    dataset: Dataset
    tasks: tuple[RunTask, ...]
    n_runs: int
    n_threads: int | None


class Listener(Protocol):
    """Who wants to see a study run. Called in the thread of ``run_study``, after the store has the event."""

    def planned(self, plan: Plan) -> None:
        """Called once, before anything runs."""
        ...

    def happened(self, event: Event) -> None:
        """Called for everything that happens to a run."""
        ...


class Silence:
    """A listener that does nothing."""

    def planned(self, plan: Plan) -> None:
        """Ignore the plan."""

    def happened(self, event: Event) -> None:
        """Ignore the event."""


def resolve_study(study: Study | str | Path, *, seeds: int | None = None, epochs: int | None = None) -> Study:
    """Return a study from an object, a TOML file or the name of a built-in one, with changes applied."""
    resolved = study if isinstance(study, Study) else load_study(study)
    if seeds is None and epochs is None:
        return resolved
    return resolved.with_changes(seeds=seeds, epochs=epochs)


def run_study(
    study: Study | str | Path,
    *,
    out: str | Path | None = None,
    seeds: int | None = None,
    epochs: int | None = None,
    engine: str = "native",
    n_threads: int | None = None,
    listener: Listener | None = None,
) -> Path:
    """Train every run of a study that its folder does not hold yet, and return the folder.

    Every finished run is stored at once: after an interruption the same call goes on. A run that diverges or
    fails is recorded as such, and the others go on; failed runs are tried again by the next call.

    Args:
        study: a Study, the path of a TOML file, or the name of a built-in study.
        out: the study's folder; ``runs/<study name>`` where it is None.
        seeds: number of seeds, instead of the study's own; those that are there already are kept.
        epochs: number of epochs, instead of the study's own.
        engine: ``"native"`` or ``"torch"``.
        n_threads: threads in all; the number of cores where it is None.
        listener: who wants to see it run.

    Raises:
        StudyError: the study is at fault.
        DataError: its data are at fault.
        EngineError: the engine is unknown or missing.
        StoreError: the folder cannot be used, or belongs to another study.
    """
    resolved = resolve_study(study, seeds=seeds, epochs=epochs)
    if n_threads is not None and n_threads < 1:
        raise StudyError(must("the number of threads", "be at least 1", n_threads))
    chosen = get_engine(engine)
    dataset = load(resolved.data, resolved.study_seed)
    folder = Path(out) if out is not None else DEFAULT_FOLDER / resolved.name
    listener = listener or Silence()
    with Store.create_or_open(folder, resolved, dataset, engine) as store:
        store.forget_unfinished()
        tasks = _tasks(resolved, engine, dataset)
        done = store.completed_run_ids()
        missing = tuple(task for task in tasks if task.run_id not in done)
        _fit_baselines(store, resolved, dataset)
        listener.planned(Plan(resolved, folder, dataset, missing, len(tasks), n_threads))
        with closing(train_runs(chosen, missing, dataset, n_threads=n_threads)) as events:
            for event in events:
                _record(store, event)
                listener.happened(event)
    return folder


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
        case RunStarted(record):
            store.begin_run(record)
        case EpochEnded(run, epoch):
            store.add_epoch(run, epoch)
        case RunEnded(result):
            store.finish_run(result)
        case RunFailed(record):
            store.fail_run(record)
