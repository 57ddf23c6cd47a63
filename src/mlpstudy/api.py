"""The two functions that most programs need: run a study, open its results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlpstudy.machine.lazy import Lazy
from mlpstudy.results import StudyResults

if TYPE_CHECKING:
    from mlpstudy.running import equipment, listening, workflow
    from mlpstudy.running.listeners import cell, plain_lines
    from mlpstudy.running.listening import Listener
    from mlpstudy.study import Study
else:  # They load the engine, which opening a study does not need.
    equipment = Lazy("mlpstudy.running.equipment")
    listening = Lazy("mlpstudy.running.listening")
    workflow = Lazy("mlpstudy.running.workflow")
    cell = Lazy("mlpstudy.running.listeners.cell")
    plain_lines = Lazy("mlpstudy.running.listeners.plain_lines")


def run(
    study: Study | str | Path = "notebook",
    *,
    out: str | Path | None = None,
    seeds: int | None = None,
    epochs: int | None = None,
    engine: str = "native",
    n_threads: int | None = None,
    progress: bool | None = None,
    listener: Listener | None = None,
    data: object | None = None,
) -> StudyResults:
    """Train every run of a study that its folder does not hold yet, and return its results.

    Args:
        study: a Study, the path of a TOML file, or the name of a built-in study.
        out: the study's folder; ``runs/<study name>`` where it is None.
        seeds: number of seeds, instead of the study's own; those that are there already are kept.
        epochs: number of epochs, instead of the study's own.
        engine: ``"native"`` or ``"torch"``.
        n_threads: threads in all; the number of cores where it is None.
        progress: show how far it is: bars in a notebook's cell, a line an epoch and a run elsewhere. Where None:
            in a notebook only.
        listener: who wants to see it run, instead of ``progress``.
        data: what the study is run on, instead of files: a pair of features and labels (arrays, or a sparse matrix),
            a data frame with the target as a column, or a dict of such with ``"train"``, and at will ``"test"`` and
            ``"validation"``. The study's ``data`` then has a name of your choice, and says all else.

    Returns:
        The results, opened for reading.

    Raises:
        StudyError: the study is at fault.
        DataError: its data are at fault.
        EngineError: the engine is unknown or missing.
        StoreError: the folder cannot be used, or belongs to another study.

    >>> import tempfile
    >>> from mlpstudy import Study
    >>> study = Study(
    ...     name="width",
    ...     data={"name": "mnist", "train_examples": 512, "test_examples": 256},
    ...     training={"epochs": 1},
    ...     factors={"width": {"8": {"hidden": [8]}, "16": {"hidden": [16]}}},
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     results = run(study, out=f"{folder}/width")
    ...     print(results.results()["status"].to_list())
    ['finished', 'finished']
    """
    chosen = listener or _progress(wanted=progress) or listening.Warner()
    folder = workflow.run_study(
        study,
        out=out,
        seeds=seeds,
        epochs=epochs,
        equipment=equipment.Equipment(engine, n_threads),
        listener=chosen,
        data=data,
    )
    return StudyResults(folder)


def _progress(*, wanted: bool | None) -> Listener | None:
    """Return who shows the progress, if anybody."""
    if wanted is not False and cell.in_notebook():
        return cell.NotebookCell()
    return plain_lines.PlainLines() if wanted else None


def open_study(folder: str | Path) -> StudyResults:
    """Open a study's folder for reading, also while the study is still running.

    Raises:
        StoreError: there is no study there, or it cannot be read.
    """
    return StudyResults(folder)
