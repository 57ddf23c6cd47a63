"""Every fault at every call that changes a file: ``LD_PRELOAD=faults.so python -m store.faulty_writer FOLDER FAULT``.

For n = 1, 2, ...: a child process records a run of a small study, in which the n-th call goes wrong; then this
process checks what is left, and finishes the study. It ends when a child gets through without its n-th call.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

from mlpstudy.errors import StoreError
from mlpstudy.store import Store
from store import samples

FAULTS = {"EIO": 1, "ENOSPC": 2, "short write": 3, "crash": 4}
STUDY = samples.tiny_study(training={"epochs": 1})
FIRST, SECOND = samples.finished(STUDY, "4", 0), samples.finished(STUDY, "3", 1)
DIED, REFUSED, THROUGH, UNHURT = 77, 3, 0, 4


def record_a_run(folder: Path, promise: int) -> None:
    """Record the second run, writing a byte for every promise that a method made by returning."""
    with samples.write(folder, STUDY) as store:
        os.write(promise, b"o")
        store.forget_unfinished()
        store.begin_run(samples.record(STUDY, "3", 1))
        for epoch in SECOND.epochs:
            store.add_epoch(SECOND.record.run_id, epoch)
            os.write(promise, b"e")
        store.finish_run(SECOND)
        os.write(promise, b"f")


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


def check(folder: Path, promised: str, *, had_first: bool) -> None:
    """Check what a child left: sound, and with all that was promised."""
    if "o" not in promised and not had_first:
        try:
            Store.open(folder).close()
        except StoreError as error:
            if "must hold a study" in str(error):
                return
            raise
    with Store.open(folder) as store:
        assert store.verify() == [], store.verify()
        runs = {run.run_id: run for run in store.runs()}
        assert (FIRST.record.run_id in runs) == had_first
        second = runs.get(SECOND.record.run_id)
        n_epochs = promised.count("e")
        assert n_epochs == 0 or (second is not None and second.n_epochs_done >= n_epochs), promised
        assert "f" not in promised or (second is not None and second.status == "finished"), promised


def go_on(folder: Path, *, had_first: bool) -> None:
    """Finish the study as if nothing had been, and check that each run is there exactly once."""
    with samples.write(folder, STUDY) as store:
        store.forget_unfinished()
        store.finish_run(SECOND)
        assert len(store.runs()) == 1 + had_first
        assert store.verify() == [], store.verify()
        assert len(list((folder / "weights").iterdir())) == 1 + had_first


def main(root: Path, fault: str) -> None:
    """Strike at every call, in a new folder and in one that holds a finished run."""
    template = root / "template"
    samples.fill(template, [FIRST], STUDY)
    for had_first in (False, True):
        codes: list[int] = []
        while UNHURT not in codes:
            nth = len(codes) + 1
            folder = root / f"{had_first}-{nth}"
            if had_first:
                shutil.copytree(template, folder)
            code, promised = one_fault(folder, fault, nth)
            assert code in {DIED, REFUSED, THROUGH, UNHURT}, f"call {nth}: exit code {code}"
            try:
                check(folder, promised, had_first=had_first)
                go_on(folder, had_first=had_first)
            except (StoreError, AssertionError) as error:
                message = f"{fault} at call {nth}, exit code {code}, promised {promised!r}: {error}"
                raise AssertionError(message) from error
            shutil.rmtree(folder)
            codes.append(code)
        counts = " ".join(f"{codes.count(code)}" for code in (DIED, REFUSED, THROUGH))
        sys.stdout.write(f"{len(codes) - 1} calls: {counts}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
