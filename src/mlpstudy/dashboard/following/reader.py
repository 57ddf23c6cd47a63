"""Following one study's folder: what changed is read, once for all pages."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mlpstudy.dashboard.state.shown import StudyState
from mlpstudy.dashboard.state.study_state import RunCurve, StudyFacts, study_state
from mlpstudy.errors import StoreError, must
from mlpstudy.store import Store
from mlpstudy.store.failures import DATABASE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mlpstudy.records import RunRecord

MAX_RUNS = 100_000
"""Runs of a study that is shown: some 3 KB of memory each, with a few epochs."""

MAX_EPOCHS = 5_000_000
"""Epochs of all its runs: some 500 bytes of memory each, while they are read."""

_Key = tuple[str, int, str]


class StudyReader:
    """Reads a study's folder whenever something was committed there.

    Only epochs of runs that moved since the last time are read. The folder is opened anew when another writer
    comes or the database is another file: an older schema is read from a copy, which would not grow.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._store: Store | None = None
        self._identity: tuple[int, int] | None = None
        self._writer: str | None = None
        self._counter = -1
        self._curves: dict[str, tuple[_Key, RunCurve]] = {}
        self._guard = threading.Lock()
        self._is_left = False

    def read(self) -> StudyState | None:
        """Return what the folder holds now, None where nothing changed since the last time.

        Raises:
            StoreError: there is no study (any more), or it cannot be read.
        """
        self._is_left = False
        try:
            with self._guard:
                return self._read()
        finally:
            if self._is_left:
                self.close()

    def close(self) -> None:
        """Let go of the folder without waiting: a thread that reads it does so at its end. ``read`` opens it again."""
        self._is_left = True  # first: so the reading thread, which looks last, cannot miss it
        if self._guard.acquire(blocking=False):
            try:
                self._close()
                self._is_left = False
            finally:
                self._guard.release()

    def _read(self) -> StudyState | None:
        store = self._opened()
        writer = store.writer()
        if writer != self._writer and self._counter >= 0:
            self._close()
            store = self._opened()
        counter = store.change_counter()
        if (writer, counter) == (self._writer, self._counter):
            return None
        with store.snapshot():
            facts, records = _facts(store), store.runs()
            curves = self._read_curves(store, records)
        state = study_state(facts, records, curves, writer)
        # Only now: after an error the next call reads again.
        self._writer, self._counter = writer, counter
        return state

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None
        self._counter = -1
        self._curves.clear()

    def _opened(self) -> Store:
        """Return the store, opened again where the database is another file than before."""
        identity = self._file()
        if self._store is None or identity != self._identity:
            self._close()
            opened = Store.open(self.folder)
            try:
                check_size(opened)
            except BaseException:
                opened.close()
                raise
            self._store, self._identity = opened, identity
        return self._store

    def _file(self) -> tuple[int, int] | None:
        try:
            found = (self.folder / DATABASE).stat()
        except OSError:
            return None  # opening says what is wrong
        return found.st_dev, found.st_ino

    def _read_curves(self, store: Store, records: Sequence[RunRecord]) -> dict[str, RunCurve]:
        """Return the epochs of every run; only those are read whose record says that they moved."""
        keys: dict[str, _Key] = {r.run_id: (r.status, r.n_epochs_done, r.started_at) for r in records}
        known = self._curves
        moved = [run_id for run_id, key in keys.items() if run_id not in known or known[run_id][0] != key]
        epochs = {run_id: store.epochs(run_id) for run_id in moved} if known else store.all_epochs()
        new = {run_id: (keys[run_id], RunCurve.of(epochs.get(run_id, ()))) for run_id in moved}
        self._curves = {run_id: new[run_id] if run_id in new else known[run_id] for run_id in keys}
        return {run_id: curve for run_id, (_, curve) in self._curves.items()}


def check_size(store: Store) -> None:
    """Refuse a study that would take too much memory to be shown, before any of its runs is read.

    Raises:
        StoreError: it has too many runs or epochs.
    """
    for what, n, most in zip(("runs", "epochs"), store.size(), (MAX_RUNS, MAX_EPOCHS), strict=True):
        if n > most:
            found = f"{n:,} in {store.folder}"
            raise StoreError(must("a study in the dashboard", f"have at most {most:,} {what}", found))


def _facts(store: Store) -> StudyFacts:
    """Return what does not change while a study runs."""
    return StudyFacts(
        study=store.study(),
        validation_source=store.validation_source,
        n_features=store.n_features,
        n_classes=len(store.class_names),
        n_train=store.n_examples[0],
        baselines=tuple((one.name, one.test_accuracy) for one in store.baselines()),
    )
