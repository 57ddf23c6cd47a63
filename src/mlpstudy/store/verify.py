"""Is everything in a study's folder as it was written? What is not is named precisely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from mlpstudy.errors import MlpstudyError, ResultsError, StoreError
from mlpstudy.machine.files import names
from mlpstudy.store import checkpoints, recording, rows, weights
from mlpstudy.store.checkpoints import GENERATIONS, CheckpointFiles, file_name, size_at_most
from mlpstudy.store.failures import one_line
from mlpstudy.study import SEMANTICS_VERSION, count_parameters, run_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from mlpstudy.records import RunRecord
    from mlpstudy.store.checkpoints import Generation
    from mlpstudy.store.database import Database
    from mlpstudy.store.store import Store

ACCURACY_TOLERANCE = 1e-6
"""An accuracy is a count divided by n; engines may hold it as float32."""
LOSS_TOLERANCE = 1e-4
"""Relative, plus 1e-5 nats: an engine's loss comes from float32 sums, ours from the float32 probabilities."""


Remedy = Literal["train again", "fit again", "remove", "none"]
"""What mends it: training the run or fitting the baseline again, removing the file, or nothing but a copy."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a study's folder that is not as it must be.

    Attributes:
        what: the thing: ``"weights of run 0123456789abcdef (2-plain, seed 0)"``.
        problem: what is wrong with it.
        run_id: the run that it belongs to, or None.
        remedy: what mends it.
        name: name of the file in the folder, or of the baseline.
    """

    what: str
    problem: str
    run_id: str | None = None
    remedy: Remedy = "none"
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.what}: {self.problem}"


def verify(store: Store) -> list[Finding]:
    """Check every hash, every count and every outcome of a study's folder against what was recorded.

    Completed runs are checked whole; of running and failed ones the counts. A writer may be writing meanwhile.

    Returns:
        What is damaged, nothing where all is well.
    """
    findings = [*_collected(_pages(store.database), "the database")]
    if not findings:
        findings += _collected(_study(store), "the study")
        findings += _collected(_runs(store), "the runs")
        findings += _collected(_baselines(store), "the baselines")
        findings += _collected(_checkpoints(store), "the checkpoints")
        findings += _collected(_strays(store), "the folder")
    return findings


def _collected(found: Iterator[Finding], what: str) -> Iterator[Finding]:
    """Yield findings, and as the last one what made it impossible to go on."""
    try:
        yield from found
    except MlpstudyError as error:
        yield Finding(what, str(error))


def _pages(database: Database) -> Iterator[Finding]:
    """Ask SQLite whether its pages, indices and references are sound."""
    for row in database.query("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Finding("the database", str(row[0]))
    for row in database.query("PRAGMA foreign_key_check"):
        yield Finding("the database", f"a row of the table {row[0]} that belongs to no run")


def _study(store: Store) -> Iterator[Finding]:
    with store.database.snapshot():
        study = store.study()
        row = store.database.query("SELECT identity, sha256 FROM study")[0]
        seal = recording.study_seal(store.database)
    if seal != row["sha256"]:
        yield Finding("the study", "its record is not as it was written")
    if store.semantics_version == SEMANTICS_VERSION and study.identity() != row["identity"]:
        yield Finding("the study", "its settings do not have the identity that was recorded")


def _baselines(store: Store) -> Iterator[Finding]:
    """Check every baseline's hash, and its accuracy against its predictions."""
    for row in store.database.query(f"{rows.SELECT_BASELINES} ORDER BY rowid"):
        name = str(row["name"])
        what = f"the baseline {name!r:.60}"
        try:
            baseline = rows.baseline(row, store.n_examples[2], len(store.class_names))
            accuracy = float(np.equal(baseline.predicted, store.test_labels()).mean())
            if abs(accuracy - baseline.test_accuracy) > ACCURACY_TOLERANCE:
                problem = f"accuracy {accuracy:.6f}, recorded as {baseline.test_accuracy}"
                yield Finding(what, problem, None, "fit again", name)
        except MlpstudyError as error:
            yield Finding(what, str(error), None, "fit again", name)


def _checkpoints(store: Store) -> Iterator[Finding]:
    """Check the checkpoints of runs that are not completed; a completed run's wait to be removed."""
    files = CheckpointFiles(store.folder.absolute())
    there = files.run_ids()
    for row in store.database.query(rows.SELECT_RUNS):
        run, architecture = row["run_id"], row["architecture"]
        if row["status"] in rows.COMPLETED or run not in there:
            continue
        for generation in GENERATIONS:
            name = f"{checkpoints.FOLDER}/{file_name(run, generation)}"
            what = f"checkpoint {generation} of run {run} ({architecture}, seed {row['seed']})"
            try:
                _read_checkpoint(store, files, run, generation, _checkpoint_size(store, architecture))
            except MlpstudyError as error:
                yield Finding(what, str(error), run, "remove", name)


def _checkpoint_size(store: Store, name: str) -> int:
    architecture = store.study().architecture(name)
    n_parameters, _ = count_parameters(architecture.network, store.n_features, len(store.class_names))
    training, n_layers = architecture.training, len(architecture.network.hidden) + 1
    return size_at_most(n_parameters, len(training.slots), training.epochs, n_layers)


def _read_checkpoint(store: Store, files: CheckpointFiles, run_id: str, generation: Generation, at_most: int) -> None:
    """Read a checkpoint; once more where it fails, because its writer may just have replaced or removed it."""
    for attempt in (1, 2):
        try:
            with one_line(store.folder, "read a checkpoint"):
                files.read(run_id, generation, at_most)
        except StoreError:
            if attempt == 2:  # noqa: PLR2004  # the second
                raise
        else:
            return


def _runs(store: Store) -> Iterator[Finding]:
    for found in store.database.query("SELECT run_id FROM runs"):
        # One state a run: a record that is read before its newest epoch would count one too few.
        with store.database.snapshot():
            row = store.database.one(f"{rows.SELECT_RUNS} WHERE runs.run_id = ?", (found["run_id"],))
            problems = [] if row is None else list(_run(store, row))
        for part, problem in problems:
            assert row is not None  # noqa: S101  # it has problems
            name = f"run {row['run_id']} ({row['architecture']}, seed {row['seed']})"
            yield Finding(f"{part} of {name}", problem, str(row["run_id"]), "train again")


def _run(store: Store, row: sqlite3.Row) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a run: the part, and the problem."""
    try:
        record = rows.run_record(row)
    except MlpstudyError as error:
        yield "record", str(error)
        return
    is_completed = record.status in rows.COMPLETED
    parts = [("record", _record), ("epochs", _epochs)]
    parts += [("outcome", _outcome), ("weights", _weights)] if is_completed else []
    if is_completed and recording.run_seal(store.database, record.run_id) != row["sha256"]:
        yield "record", "it or its epochs are not as they were written"
    for part, check in parts:
        try:
            yield from ((part, problem) for problem in check(store, record))
        except MlpstudyError as error:
            yield part, str(error)


def _record(store: Store, record: RunRecord) -> Iterator[str]:
    study = store.study()
    store.run(record.run_id)
    architecture = study.architecture(record.architecture)
    if store.semantics_version == SEMANTICS_VERSION:
        expected = run_id(study, architecture, record.seed, engine=store.engine, data_sha256=store.data_sha256)
        if record.run_id != expected:
            yield f"its id must be {expected}, the hash of what decides its result"


def _epochs(store: Store, record: RunRecord) -> Iterator[str]:
    """Read what was measured in its epochs and layers, which is checked on its way."""
    store.epochs(record.run_id)
    store.diagnostics(record.run_id)
    yield from ()


def _outcome(store: Store, record: RunRecord) -> Iterator[str]:
    if record.status != "finished":
        return
    outcome = store.outcome(record.run_id)
    accuracy = float(outcome.correct(store.test_labels()).mean())
    if record.test_accuracy is None or abs(accuracy - record.test_accuracy) > ACCURACY_TOLERANCE:
        yield f"accuracy {accuracy:.6f}, recorded as {record.test_accuracy}"
    loss = outcome.log_loss()
    if record.test_loss is None or not math.isclose(loss, record.test_loss, rel_tol=LOSS_TOLERANCE, abs_tol=1e-5):
        yield f"loss {loss:.6f}, recorded as {record.test_loss}"


def _weights(store: Store, record: RunRecord) -> Iterator[str]:
    which: weights.Which
    for which in ("initial", "final"):
        try:
            tensors = store.weights(record.run_id, which)
        except ResultsError as error:
            if record.status == "finished":
                yield str(error)
            return
        n_values = sum(tensor.size for tensor in tensors.values())
        if n_values not in {0, record.n_parameters}:
            yield f"{n_values} {which} weights, {record.n_parameters} parameters recorded"


def _strays(store: Store) -> Iterator[Finding]:
    """Find weights and checkpoints that no record speaks of; a running run may be about to be recorded."""
    with one_line(store.folder, "read the folder"):
        found = [(weights.FOLDER, name) for name in names(store.folder / weights.FOLDER)]
        kept = [(checkpoints.FOLDER, name) for name in names(store.folder / checkpoints.FOLDER)]
    status = {row["run_id"]: row["status"] for row in store.database.query("SELECT run_id, status FROM runs")}
    for folder, name in (*found, *kept):
        run = name.lstrip(".").split(".")[0]
        is_ours = weights.may_be_leftover(name) or checkpoints.run_id_of(name) is not None
        is_failed = folder == weights.FOLDER and status.get(run) == "failed"
        if is_ours and (run not in status or is_failed):
            file = f"{folder}/{name}"
            yield Finding(f"the file {file}", "no run recorded that it belongs to", None, "remove", file)
