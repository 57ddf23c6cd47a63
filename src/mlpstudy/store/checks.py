"""What a writer refuses: a folder that is not the study's, and records that do not fit it or one another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.errors import StoreError, must
from mlpstudy.store.connection import find_reading
from mlpstudy.store.difference import differences
from mlpstudy.store.store import Store
from mlpstudy.study import SEMANTICS_VERSION, run_id

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.records.checkpoints import Checkpoint
    from mlpstudy.records.examples import Dataset
    from mlpstudy.records.outcomes import Baseline, Outcome
    from mlpstudy.records.runs import RunRecord, RunResult, Status
    from mlpstudy.study import Study


def check_same(folder: Path, study: Study, dataset: Dataset, engine: str) -> None:
    """Check that a folder is free, or belongs to the same study; it is only read.

    Raises:
        StoreError: it belongs to another study, engine or data, and what differs.
    """
    database = find_reading(folder)
    if database is None:
        return
    what, fix = f"folder {folder}", "--out another folder"
    with Store(folder, database) as store:
        there = store.study()
        if store.semantics_version != SEMANTICS_VERSION:
            found = f"the semantics {store.semantics_version}, under which the same study gives other numbers"
            raise StoreError(must(what, f"be of the semantics {SEMANTICS_VERSION}", found, fix))
        if there.identity() != study.identity():
            found = f'another study "{there.name}" with {differences(there, study)}'
            raise StoreError(must(what, f'belong to this study "{study.name}"', found, fix))
        if store.engine != engine:
            raise StoreError(must(what, f'hold runs of the engine "{engine}"', f"runs of {store.engine!r}", fix))
        if store.data_sha256 != dataset.sha256:
            hashes = f"SHA-256 {store.data_sha256[:12]} there, {dataset.sha256[:12]} here"
            be = f"hold runs made from the data {dataset.name} as they are now"
            why = "the file has changed, or this version reads it otherwise"
            raise StoreError(must(what, be, f"runs made from other data: {hashes} ({why})", fix))


def check_belongs(store: Store, record: RunRecord) -> None:
    """Check that a run is one of the study: that its id is the hash of what decides its result.

    Raises:
        StoreError: it has another id.
    """
    study = store.study()
    architecture = study.architecture(record.architecture)
    expected = run_id(study, architecture, record.seed, engine=store.engine, data_sha256=store.data_sha256)
    if record.run_id != expected:
        what = f"the id of the run {record.architecture}, seed {record.seed}"
        raise StoreError(must(what, f"be the hash {expected} of what decides its result", record.run_id))


def check_status(record: RunRecord, *allowed: Status) -> None:
    """Check that a run has a status that can be recorded in this way.

    Raises:
        StoreError: it has another.
    """
    if record.status not in allowed:
        raise StoreError(must(f"the status of run {record.run_id}", f"be {' or '.join(allowed)}", record.status))


def check_failed(record: RunRecord) -> None:
    """Check that a run has failed for a reason.

    Raises:
        StoreError: it has not failed, or says no reason.
    """
    check_status(record, "failed")
    if not record.reason:
        raise StoreError(must(f"the failed run {record.run_id}", "have a reason", "none"))


def check_checkpoint(record: RunRecord, checkpoint: Checkpoint) -> None:
    """Check that a run goes on from a checkpoint of its own.

    Raises:
        StoreError: it is another run's, or after another number of epochs.
    """
    if (checkpoint.run_id, len(checkpoint.epochs)) != (record.run_id, record.n_epochs_done):
        found = f"one of run {checkpoint.run_id} after {len(checkpoint.epochs)} epochs"
        raise StoreError(must(f"the checkpoint of run {record.run_id}", "be its own", found))


def check_parts(result: RunResult, n_test: int, n_classes: int) -> None:
    """Check that the parts of a result fit together, so that nothing is recorded that ``verify`` would refuse.

    Raises:
        StoreError: they do not.
    """
    record = result.record
    what = f"the result of run {record.run_id}"
    if [epoch.epoch for epoch in result.epochs] != list(range(1, record.n_epochs_done + 1)):
        found = f"the epochs {[epoch.epoch for epoch in result.epochs]}"
        raise StoreError(must(what, f"have the epochs 1 to {record.n_epochs_done}", found))
    if any(not 1 <= layer.epoch <= record.n_epochs_done for layer in result.diagnostics):
        found = f"diagnostics of the epochs {sorted({layer.epoch for layer in result.diagnostics})}"
        raise StoreError(must(what, f"have diagnostics of the epochs 1 to {record.n_epochs_done} only", found))
    if record.status != "finished":
        return
    if result.outcome is None or not result.final_weights:
        raise StoreError(must(what, "have an outcome and weights, being finished", "a part that is missing"))
    if not math.isfinite(record.test_loss or 0.0) or record.test_loss is None or record.test_accuracy is None:
        found = f"loss {record.test_loss}, accuracy {record.test_accuracy}"
        raise StoreError(must(what, "have a test loss and a test accuracy, being finished", found))
    lengths = {len(a) for a in (result.outcome.predicted, result.outcome.p_predicted, result.outcome.p_true)}
    if lengths != {n_test}:
        raise StoreError(must(what, f"say what it did on {n_test} test examples", f"lengths {sorted(lengths)}"))
    _check_outcome(result.outcome, what, n_classes)


def _check_outcome(did: Outcome, what: str, n_classes: int) -> None:
    if not np.all((did.predicted >= 0) & (did.predicted < n_classes)):
        raise StoreError(must(what, f"predict classes 0 to {n_classes - 1}", "another class"))
    if not all(np.all((values >= 0) & (values <= 1)) for values in (did.p_predicted, did.p_true)):
        raise StoreError(must(what, "have probabilities 0 to 1", "one outside of them, or none"))


def check_baseline(baseline: Baseline, n_test: int) -> None:
    """Check that what a baseline did fits the test examples.

    Raises:
        StoreError: it does not, or a number is not finite.
    """
    what = f"the baseline {baseline.name!r}"
    lengths = {len(baseline.predicted), len(baseline.p_true)}
    if lengths != {n_test}:
        raise StoreError(must(what, f"say what it did on {n_test} test examples", f"lengths {sorted(lengths)}"))
    if not (math.isfinite(baseline.test_loss) and math.isfinite(baseline.test_accuracy)):
        found = f"loss {baseline.test_loss}, accuracy {baseline.test_accuracy}"
        raise StoreError(must(what, "have a finite test loss and accuracy", found))
