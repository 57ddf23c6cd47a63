"""Reading a study's folder, from any thread, also while a writer is writing."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mlpstudy.errors import ResultsError, StoreError, StudyError, damaged, must
from mlpstudy.machine.files import read_exactly
from mlpstudy.store import looks, rows, weights
from mlpstudy.store.connection import open_reading
from mlpstudy.store.facts import Facts, check_epochs, check_layers, check_measured, check_run, facts
from mlpstudy.store.failures import DATABASE, one_line
from mlpstudy.store.lock import writer_of
from mlpstudy.study import Study
from mlpstudy.text.escaping import shell

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    import numpy as np
    import numpy.typing as npt

    from mlpstudy.arrays import Float32Array
    from mlpstudy.records import Baseline, EpochRecord, LayerDiagnostics, Look, Outcome, RunRecord, ValidationSource
    from mlpstudy.store.database import Database
    from mlpstudy.study import Architecture

_MOST_PARAMETERS = 500
"""SQLite takes at least 999 parameters a statement."""


class Store:
    """A study's folder, opened for reading.

    Every method sees what was committed last, so that a store can be followed while it grows; what several
    methods return belongs together only where they are called inside one ``snapshot``. A reader makes no file
    and takes no lock that a writer would feel. A context manager; safe from any thread.

    Attributes:
        folder: the study's folder.
        database: its database, for those that check or mend what is in it.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        # Absolute, so that a later change of the working directory does not lose the files.
        self._weights_folder = folder.absolute() / weights.FOLDER
        self._parsed: tuple[str, Study, Mapping[str, Architecture]] | None = None
        self._checked: tuple[tuple[object, ...], Facts] | None = None

    @classmethod
    def open(cls, folder: str | Path) -> Store:
        """Open a study's folder for reading.

        Raises:
            StoreError: it holds no study, or one that is damaged or of a newer schema.

        >>> Store.open("no/such/folder")
        Traceback (most recent call last):
        mlpstudy.errors.StoreError: folder no/such/folder must hold a study, got no such folder, \
fix: the folder that mlpstudy run printed, or mlpstudy run first
        """
        path = Path(folder)
        return Store(path, open_reading(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; closing twice does no harm."""
        self.database.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Make all reading inside see one and the same state, whatever the writer commits meanwhile.

        For reading alone, not for what is computed from it: other threads wait for this Store until the end, and
        a writer that opens the folder meanwhile waits too, or gives up.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.database.snapshot():
            yield

    def _facts(self) -> Facts:
        """Return the row of the table study; it is checked where it has changed."""
        found = self.database.query("SELECT * FROM study")
        if len(found) != 1:
            raise damaged(self.folder / DATABASE, f"{len(found)} rows in the table study")
        checked = self._checked
        if checked is None or checked[0] != tuple(found[0]):
            checked = self._checked = (tuple(found[0]), facts(found[0]))
        return checked[1]

    def study(self) -> Study:
        """Return the study, with the largest number of seeds that was asked for so far."""
        return self._plan()[0]

    def _plan(self) -> tuple[Study, Mapping[str, Architecture]]:
        """Return the study, and its architectures by name."""
        fields = self._facts().row["fields"]
        parsed = self._parsed
        if parsed is None or parsed[0] != fields:
            study = self._parse(fields)
            parsed = self._parsed = (fields, study, {a.name: a for a in study.architectures})
        return parsed[1:]

    def _parse(self, fields: str) -> Study:
        try:
            return Study.stored(json.loads(fields))
        except (StudyError, ValueError, TypeError, RecursionError) as error:
            raise damaged(self.folder / DATABASE, f"a study that cannot be read ({error})") from error

    @property
    def planned_seeds(self) -> int:
        """Number of seeds that the study is to have."""
        return self.study().seeds

    @property
    def engine(self) -> str:
        """Name of the engine that trains the runs."""
        return str(self._facts().row["engine"])

    @property
    def data_sha256(self) -> str:
        """Hash of the data that the runs were made from."""
        return str(self._facts().row["data_sha256"])

    @property
    def validation_source(self) -> ValidationSource:
        """What the curves were measured on."""
        return "test" if self._facts().row["validation_source"] == "test" else "held out"

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name a class."""
        return self._facts().class_names

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """Rows and columns where the examples are images, else None."""
        return self._facts().image_shape

    @property
    def n_features(self) -> int:
        """Number of input features."""
        return int(self._facts().row["n_features"])

    @property
    def n_examples(self) -> tuple[int, int, int]:
        """Numbers of training, validation and test examples."""
        row = self._facts().row
        return row["n_train"], row["n_validation"], row["n_test"]

    @property
    def semantics_version(self) -> int:
        """Version of the semantics under which the runs were trained."""
        return int(self._facts().row["semantics"])

    def test_labels(self) -> npt.NDArray[np.int32]:
        """Return the true class of every test example, shape ``(n_test,)``."""
        return self._facts().test_labels

    def runs(self) -> tuple[RunRecord, ...]:
        """Return every run that was ever begun, ordered by architecture (as in the study), then seed."""
        found = self.database.query(rows.SELECT_RUNS)
        # The study after its runs: its number of seeds only grows.
        study, architectures = self._plan()
        records = [self._record(row, study.seeds, architectures) for row in found]
        position = {name: i for i, name in enumerate(architectures)}
        return tuple(sorted(records, key=lambda run: (position[run.architecture], run.seed)))

    def _record(self, row: sqlite3.Row, n_seeds: int, architectures: Mapping[str, Architecture]) -> RunRecord:
        record = rows.run_record(row)
        check_run(record, architectures, n_seeds)
        return record

    def size(self) -> tuple[int, int]:
        """Return how many runs there are and how many epochs of all of them, without reading any."""
        row = self.database.query("SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM epochs)")[0]
        return int(row[0]), int(row[1])

    def run(self, run_id: str) -> RunRecord:
        """Return one run.

        Raises:
            ResultsError: there is no such run.
        """
        row = self._run_row(run_id)
        study, architectures = self._plan()
        return self._record(row, study.seeds, architectures)

    def _run_row(self, run_id: str) -> sqlite3.Row:
        found = self.database.query(f"{rows.SELECT_RUNS} WHERE runs.run_id = ?", (run_id,))
        if not found:
            raise ResultsError(must(f"run {run_id}", f"be one of the study in {self.folder}", "no such run"))
        return found[0]

    def completed_run_ids(self) -> frozenset[str]:
        """Return the runs that need no training: finished or diverged."""
        marks = ", ".join("?" for _ in rows.COMPLETED)
        found = self.database.query(f"SELECT run_id FROM runs WHERE status IN ({marks})", rows.COMPLETED)  # noqa: S608  # marks
        return frozenset(str(row["run_id"]) for row in found)

    def epochs(self, run_id: str) -> tuple[EpochRecord, ...]:
        """Return the epochs of a run so far, in order; none where there is no such run."""
        return self._epochs("WHERE runs.run_id = ?", (run_id,)).get(run_id, ())

    def all_epochs(self) -> dict[str, tuple[EpochRecord, ...]]:
        """Return the epochs of every run so far, in order, by run id; runs without any are missing."""
        return self._epochs()

    def _epochs(self, where: str = "", parameters: tuple[str, ...] = ()) -> dict[str, tuple[EpochRecord, ...]]:
        """Return the epochs of some runs, which must be those that the same rows say they have done."""
        found: dict[str, list[EpochRecord]] = {}
        n_done: dict[str, int] = {}
        for *row, n in self.database.each(f"{rows.SELECT_DONE} {where} ORDER BY runs.run_id, epoch", parameters):
            if row[0] not in n_done:
                rows.check_done(row[0], n)
                n_done[row[0]] = n
            if row[1] is not None:
                records = found.setdefault(row[0], [])
                records.append(rows.epoch_record(row))
                if len(records) > n:
                    break
        for run_id, n in n_done.items():
            check_epochs(found.get(run_id, ()), n)
        return {run_id: tuple(records) for run_id, records in found.items()}

    def diagnostics(self, run_id: str) -> tuple[LayerDiagnostics, ...]:
        """Return what was measured of a run's layers, by epoch, in the order of the layers; empty where nothing was."""
        layers: list[LayerDiagnostics] = []
        with self.snapshot():
            run = self.database.one("SELECT n_epochs_done FROM runs WHERE run_id = ?", (run_id,))
            n_done = 0 if run is None else run["n_epochs_done"]
            rows.check_done(run_id, n_done)
            sql = f"{rows.SELECT_LAYERS} WHERE run_id = ? ORDER BY epoch, rowid"
            for row in self.database.each(sql, (run_id,)):
                layers.append(rows.layer_diagnostics(row))
                check_measured(layers, n_done)
        check_layers(layers)
        return tuple(layers)

    def baselines(self) -> tuple[Baseline, ...]:
        """Return what simple methods did on the test examples, in the order in which they were recorded.

        Raises:
            StoreError: a baseline is damaged.
        """
        n_test, n_classes = self.n_examples[2], len(self.class_names)
        found = self.database.query(f"{rows.SELECT_BASELINES} ORDER BY rowid")
        return tuple(rows.baseline(row, n_test, n_classes) for row in found)

    def preprocessing(self) -> Mapping[str, object] | None:
        """Return all that was learned from the training examples to transform others, or None.

        It may come from a foreign file: whoever applies it checks its values.

        Raises:
            StoreError: it is damaged.
        """
        text = self._facts().row["preprocessing"]
        if text is None:
            return None
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise damaged(self.folder / DATABASE, f"a preprocessing that cannot be read ({error})") from error
        if not isinstance(value, dict):
            raise damaged(self.folder / DATABASE, "a preprocessing that is no JSON object")
        return value

    def looks(self) -> tuple[Look, ...]:
        """Return every time that somebody was shown results on the test examples, in order.

        Raises:
            StoreError: the ledger cannot be read.
        """
        with one_line(self.folder, "read the ledger of looks"):
            return looks.read(self.folder)

    def outcome(self, run_id: str) -> Outcome:
        """Return what a finished run did on the test examples.

        Raises:
            ResultsError: the run is not finished.
            StoreError: the outcome is damaged.
        """
        found = self.outcomes([run_id])
        if not found:
            status = self.run(run_id).status
            raise ResultsError(must(f"run {run_id}", "be finished to have an outcome", status, "mlpstudy run"))
        return found[run_id]

    def outcomes(self, run_ids: Iterable[str] | None = None) -> dict[str, Outcome]:
        """Return the outcomes of the given runs, or of all, by run id; unfinished runs are missing.

        The arrays are read only and share the memory that the database handed out.

        Raises:
            StoreError: an outcome is damaged.
        """
        n_test, n_classes = self.n_examples[2], len(self.class_names)
        if run_ids is None:
            return {
                row["run_id"]: rows.outcome(row, n_test, n_classes) for row in self.database.query(rows.SELECT_OUTCOMES)
            }
        wanted = list(run_ids)
        found: dict[str, Outcome] = {}
        for start in range(0, len(wanted), _MOST_PARAMETERS):
            part = wanted[start : start + _MOST_PARAMETERS]
            sql = f"{rows.SELECT_OUTCOMES} WHERE run_id IN ({', '.join('?' for _ in part)})"
            found |= {row["run_id"]: rows.outcome(row, n_test, n_classes) for row in self.database.query(sql, part)}
        return {run_id: found[run_id] for run_id in wanted if run_id in found}

    def weights(self, run_id: str, which: weights.Which) -> dict[str, Float32Array]:
        """Return a run's weights before (``"initial"``) or after training (``"final"``), in the order of the layers.

        Raises:
            ResultsError: the run has none (yet).
            StoreError: the file is missing or damaged.
        """
        row = self._run_row(run_id)
        path = self._weights_folder / weights.file_name(run_id)
        if row["weights_sha256"] is None:
            found = f"the status {row['status']}"
            raise ResultsError(must(f"run {run_id}", "be finished to have weights", found, "mlpstudy run"))
        if not path.exists():
            fix = f"mlpstudy verify {shell(self.folder)} --repair, then mlpstudy run trains it again"
            raise StoreError(must(f"the weights of run {run_id}", "be in the folder", "no such file", fix))
        with one_line(self.folder, "read weights"):
            content = read_exactly(path.parent, path.name, row["weights_bytes"] or 0)
        if weights.sha256(content) != row["weights_sha256"]:
            raise damaged(path, "another content than was written")
        return weights.decode(content, which, path)

    def change_counter(self) -> int:
        """Return a number that changes whenever anything was committed; compare it within one Store only."""
        return self.database.change_counter()

    def writer(self) -> str | None:
        """Return who is writing the study now, or None: then its running runs have been interrupted.

        Raises:
            StoreError: the lock cannot be read.
        """
        with one_line(self.folder, "read who writes it"):
            return writer_of(self.folder)
