"""Faults at the calls of a whole study.

    LD_PRELOAD=faults.so python -m reliability.faulty_study FOLDER FAULT EVERY

For n = first, first + EVERY, ...: a child process trains a small real study with checkpoints after every epoch, in
which the n-th call that changes a file goes wrong. Then another run finishes the study; each architecture and seed must
be there once, with the bits of a study to which nothing happened. It ends when a child gets through without its n-th
call.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import blobs
from mlpstudy.errors import StoreError
from mlpstudy.running import workflow
from mlpstudy.running.equipment import Equipment
from mlpstudy.store import Store, verify
from mlpstudy.study import Study
from store.faulty_writer import DIED, FAULTS, REFUSED, THROUGH, UNHURT, first_call

if TYPE_CHECKING:
    from mlpstudy.records import Dataset

STUDY = Study(
    name="faulty",
    data={"name": "mnist"},
    seeds=2,
    training={"epochs": 3, "batch_size": 64},
    factors={"network": {"regularised": {"hidden": [6], "batch_normalisation": True, "dropout": 0.4}}},
)
DATA = blobs()


def run(folder: Path) -> None:
    """Train what is missing, on one thread: the calls come in the same order each time."""
    workflow.run_study(STUDY, out=folder, equipment=Equipment(n_threads=1, checkpoint_s=0.0))


def contents(folder: Path) -> list[object]:
    """Return all that training decides, in order; check that all is sound."""
    with Store.open(folder) as store:
        assert verify(store) == [], verify(store)
        assert list((folder / "checkpoints").glob("*")) == []
        found: list[object] = []
        for record in store.runs():
            epochs = [replace(epoch, train_s=0.0, val_s=0.0) for epoch in store.epochs(record.run_id)]
            weights = (folder / "weights" / f"{record.run_id}.safetensors").read_bytes()
            outcome = store.outcome(record.run_id)
            arrays = [array.tobytes() for array in (outcome.predicted, outcome.p_predicted, outcome.p_true)]
            found.append((record.architecture, record.seed, record.status, record.test_loss, epochs, arrays, weights))
        return found


def child(folder: Path, fault: str, nth: int) -> int:
    """Train with a fault; return how it ended."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    shim.faults_arm(os.fsencode(folder), ctypes.c_int(FAULTS[fault]), ctypes.c_long(nth))
    try:
        run(folder)
    except StoreError as error:
        return REFUSED if "\n" not in str(error) else 1
    return THROUGH if shim.faults_count() >= nth else UNHURT


def one_fault(folder: Path, fault: str, nth: int) -> int:
    """Let a child process run into a fault; return its exit code."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            code = child(folder, fault, nth)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main(root: Path, fault: str, every: int) -> None:
    """Strike at one call in ``every``."""

    def load(*_: object, **__: object) -> Dataset:
        return DATA

    vars(workflow)["load"] = load  # the study's data are made, not read
    run(root / "straight")
    expected = contents(root / "straight")
    assert len(expected) == STUDY.seeds * len(STUDY.architectures)
    codes: list[int] = []
    for nth in itertools.count(first_call(fault, every), every):
        folder = root / f"{nth}"
        code = one_fault(folder, fault, nth)
        assert code in {DIED, REFUSED, THROUGH, UNHURT}, f"call {nth}: exit code {code}"
        try:
            run(folder)
            assert contents(folder) == expected, "other results"
        except (StoreError, AssertionError) as error:
            message = f"{fault} at call {nth}, exit code {code}: {error!r}"
            raise AssertionError(message) from error
        shutil.rmtree(folder)
        if code == UNHURT:
            break
        codes.append(code)
    counts = " ".join(f"{codes.count(code)}" for code in (DIED, REFUSED, THROUGH))
    sys.stdout.write(f"{len(codes)} calls: {counts}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
