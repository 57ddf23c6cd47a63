"""Faults at calls that change a file: ``LD_PRELOAD=faults.so python -m store.faulty_writer FOLDER FAULT EVERY``.

For n = first, first + EVERY, ... (``first_call``): a child process records a run of a small study, in which the n-th
call goes wrong; then this process checks what is left, and finishes the study. It ends when a child gets through
without its n-th call.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import sys
from dataclasses import replace
from enum import Enum
from pathlib import Path

from mlpstudy.errors import StoreError
from mlpstudy.records import Checkpoint
from mlpstudy.store import Store, WritableStore, verify
from store import samples

FAULTS = {"EIO": 1, "ENOSPC": 2, "short write": 3, "crash": 4}
N_EPOCHS = 4
STUDY = samples.tiny_study(training={"epochs": N_EPOCHS})
FIRST, SECOND = samples.finished(STUDY, "4", 0), samples.finished(STUDY, "3", 1)
DIED, REFUSED, THROUGH, UNHURT = 77, 3, 0, 4


def first_call(fault: str, every: int) -> int:
    """Return the first call that a fault strikes at, so that with one in four the four faults strike at each call once.

    >>> [first_call(fault, 4) for fault in FAULTS], [first_call(fault, 1) for fault in FAULTS]
    ([1, 2, 3, 4], [1, 1, 1, 1])
    """
    return 1 + (FAULTS[fault] - 1) % every


def record_a_run(folder: Path, promise: int) -> None:
    """Record the second run, from its checkpoint where there is one, writing a byte for every promise that is made."""
    with samples.write(folder, STUDY) as store:
        os.write(promise, b"o")
        store.forget_unfinished()
        n_done = begin_or_resume(store)
        for epoch in SECOND.epochs[n_done:]:
            store.add_epoch(SECOND.record.run_id, epoch, samples.diagnostics(epoch.epoch))
            os.write(promise, b"e")
            if epoch.epoch < N_EPOCHS:
                store.save_checkpoint(samples.checkpoint(STUDY, "3", 1, epoch.epoch))
                os.write(promise, b"c")
        store.finish_run(SECOND)
        os.write(promise, b"f")


def begin_or_resume(store: WritableStore) -> int:
    """Begin the second run as a study does; return the number of its epochs that are done."""
    begun = samples.record(STUDY, "3", 1)
    found = store.find_checkpoint(begun.run_id, samples.MAKER, samples.CHECKPOINT_AT_MOST).checkpoint
    if found is None:
        store.begin_run(begun)
        return 0
    n_done = len(found.epochs)
    assert_same(found, samples.checkpoint(STUDY, "3", 1, n_done))
    store.resume_run(replace(begun, n_epochs_done=n_done), found)
    return n_done


def assert_same(found: Checkpoint, written: Checkpoint) -> None:
    """Check that a checkpoint is what was written, bit by bit."""
    assert str(found.epochs) == str(written.epochs)
    assert list(found.state.tensors) == list(written.state.tensors)
    for name, tensor in written.state.tensors.items():
        assert found.state.tensors[name].tobytes() == tensor.tobytes(), name


def child(folder: Path, fault: str, nth: int, promise: int) -> int:
    """Record the run with a fault; return how it ended."""
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    shim.faults_arm(os.fsencode(folder), ctypes.c_int(FAULTS[fault]), ctypes.c_long(nth))
    try:
        record_a_run(folder, promise)
    except StoreError as error:
        return REFUSED if "\n" not in str(error) else 1
    return THROUGH if shim.faults_count() >= nth else UNHURT


def one_fault(folder: Path, fault: str, nth: int) -> tuple[int, str]:
    """Let a child process run into a fault; return its exit code and what it was promised."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            code = child(folder, fault, nth, writing)
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        promised = pipe.read().decode()
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), promised


def check(folder: Path, promised: str, case: Case) -> None:
    """Check what a child left: sound, and with all that was promised."""
    if "o" not in promised and case == Case.NOTHING:
        try:
            Store.open(folder).close()
        except StoreError as error:
            if "must hold a study" in str(error):
                return
            raise
    with Store.open(folder) as store:
        assert verify(store) == [], verify(store)
        runs = {run.run_id: run for run in store.runs()}
        assert (FIRST.record.run_id in runs) == (case != Case.NOTHING)
        second = runs.get(SECOND.record.run_id)
        n_epochs = promised.count("e")
        assert n_epochs == 0 or (second is not None and second.n_epochs_done >= n_epochs), promised
        assert "f" not in promised or (second is not None and second.status == "finished"), promised


def go_on(folder: Path, promised: str, case: Case) -> None:
    """Finish the study as if nothing had been, and check that each run is there exactly once."""
    with samples.write(folder, STUDY) as store:
        store.forget_unfinished()
        if SECOND.record.run_id not in store.completed_run_ids():
            n_done = begin_or_resume(store)
            n_before = LEFT if case == Case.CHECKPOINT else 0
            assert n_done >= max(promised.count("c") + n_before, n_before), (n_done, promised)
        store.finish_run(SECOND)
        assert len(store.runs()) == 1 + (case != Case.NOTHING)
        assert verify(store) == [], verify(store)
        assert len(list((folder / "weights").iterdir())) == 1 + (case != Case.NOTHING)
        assert store.checkpointed_run_ids() == set()
    assert not (folder / "checkpoints").exists()


class Case(Enum):
    """What a child finds: nothing, a finished run, or also the checkpoint of a killed one."""

    NOTHING = "nothing"
    RUN = "run"
    CHECKPOINT = "checkpoint"


LEFT = 2
"""Epochs in the checkpoint that a killed writer left."""


def make(folder: Path, case: Case) -> None:
    """Make what a child finds."""
    if case == Case.NOTHING:
        return
    with samples.write(folder, STUDY) as store:
        store.finish_run(FIRST)
        if case == Case.CHECKPOINT:
            store.begin_run(samples.record(STUDY, "3", 1))
            for n_epochs in range(1, LEFT + 1):
                store.add_epoch(SECOND.record.run_id, SECOND.epochs[n_epochs - 1])
                store.save_checkpoint(samples.checkpoint(STUDY, "3", 1, n_epochs))


def main(root: Path, fault: str, every: int) -> None:
    """Strike at one call in ``every``: in a new folder, in one with a finished run, and in one with a checkpoint."""
    for case in Case:
        template = root / f"template-{case.value}"
        make(template, case)
        codes: list[int] = []
        for nth in itertools.count(first_call(fault, every), every):
            folder = root / f"{case.value}-{nth}"
            if template.exists():
                shutil.copytree(template, folder)
            code, promised = one_fault(folder, fault, nth)
            assert code in {DIED, REFUSED, THROUGH, UNHURT}, f"call {nth}: exit code {code}"
            try:
                check(folder, promised, case)
                go_on(folder, promised, case)
            except (StoreError, AssertionError) as error:
                message = f"{case}, {fault} at call {nth}, exit code {code}, promised {promised!r}: {error!r}"
                raise AssertionError(message) from error
            shutil.rmtree(folder)
            if code == UNHURT:
                break
            codes.append(code)
        counts = " ".join(f"{codes.count(code)}" for code in (DIED, REFUSED, THROUGH))
        sys.stdout.write(f"{len(codes)} calls: {counts}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
