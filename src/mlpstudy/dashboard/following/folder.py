"""Which studies a folder holds: itself one, or a folder of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mlpstudy.dashboard.following.reader import check_size
from mlpstudy.errors import MlpstudyError, StoreError, must
from mlpstudy.store import Store
from mlpstudy.store.failures import DATABASE

if TYPE_CHECKING:
    from mlpstudy.dashboard.state.shown import StudyStatus

MAX_STUDIES = 200
"""Studies that are listed; the ones that changed last."""

Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study in the list.

    Attributes:
        key: name of its folder, which is its address in the dashboard.
        title: the study's title, or its name.
        status: running, finished or stopped; None where it cannot be read.
        n_done: runs that finished or diverged.
        n_failed: runs that failed.
        n_planned: runs of the whole study.
        changed_at: last change, UTC, ISO 8601.
        problem: why it cannot be read, in one line; else None.
    """

    key: str
    title: str
    status: StudyStatus | None
    n_done: int
    n_failed: int
    n_planned: int
    changed_at: str
    problem: str | None = None


class StudyFolder:
    """The folder that is watched: a study's own, or one that holds several."""

    def __init__(self, root: Path) -> None:
        """Check that there is such a folder.

        Raises:
            StoreError: there is none.
        """
        if not root.is_dir():
            found = "something else of that name" if root.exists() else "no such folder"
            fix = "the folder that mlpstudy run printed, or mlpstudy run first"
            raise StoreError(must(f"folder {root}", "be there to be watched", found, fix))
        self.root = root
        self._known: dict[str, tuple[Signature, str | None, StudySummary]] = {}

    def studies(self) -> dict[str, Path]:
        """Return the studies' folders by key, the one that changed last first.

        A key is the name of a folder that is there, never a path made of what somebody asked for. Symbolic links,
        hidden folders and names that are no text are passed over.
        """
        if (self.root / DATABASE).is_file():
            return {self.root.resolve().name or "study": self.root}
        found: list[tuple[int, str]] = []
        try:
            with os.scandir(self.root) as entries:
                for entry in entries:
                    is_shown = _is_text(entry.name) and not entry.name.startswith(".")
                    if is_shown and entry.is_dir(follow_symlinks=False):
                        signature = _signature(Path(entry.path))
                        if signature is not None:
                            found.append((max(signature[0], signature[2]), entry.name))
        except OSError:
            return {}  # it may come back
        latest = sorted(found, reverse=True)[:MAX_STUDIES]
        return {name: self.root / name for _, name in latest}

    @property
    def only_key(self) -> str | None:
        """The study's key where the folder is a study's own, else None."""
        return next(iter(self.studies())) if (self.root / DATABASE).is_file() else None

    def summaries(self) -> tuple[StudySummary, ...]:
        """Return one line a study; a study's folder is opened only where it changed."""
        found = {}
        for key, folder in self.studies().items():
            signature = _signature(folder)
            if signature is None:
                continue
            writer = _writer(folder)
            before = self._known.get(key)
            if before is not None and before[:2] == (signature, writer):
                found[key] = before
            else:
                found[key] = (signature, writer, _summary(key, folder, signature))
        self._known = found
        return tuple(summary for _, _, summary in found.values())


def _is_text(name: str) -> bool:
    """Say whether a folder's name can stand in an address."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _signature(folder: Path) -> Signature | None:
    """Return what changes with every commit, None where there is no study."""
    try:
        database = (folder / DATABASE).lstat()
    except OSError:
        return None
    try:
        log = (folder / f"{DATABASE}-wal").lstat()
    except OSError:
        return database.st_mtime_ns, database.st_size, 0, 0
    return database.st_mtime_ns, database.st_size, log.st_mtime_ns, log.st_size


def _writer(folder: Path) -> str | None:
    """Return who writes a study; None also where it cannot be said, which opening the study then explains."""
    from mlpstudy.store.lock import writer_of  # noqa: PLC0415  # without opening the database

    try:
        return writer_of(folder)
    except (OSError, StoreError):
        return None


def _summary(key: str, folder: Path, signature: Signature) -> StudySummary:
    """Read a study's line."""
    changed_at = _written(max(signature[0], signature[2]) / 1e9)
    try:
        with Store.open(folder) as store, store.snapshot():
            check_size(store)
            study = store.study()
            statuses = [record.status for record in store.runs()]
            writer = store.writer()
    except MlpstudyError as error:
        return StudySummary(key, key, None, 0, 0, 0, changed_at, str(error))
    except Exception as error:  # noqa: BLE001  # one study of a stranger's must not hide all others
        return StudySummary(key, key, None, 0, 0, 0, changed_at, f"{type(error).__name__}: {error}")
    n_done = statuses.count("finished") + statuses.count("diverged")
    n_planned = len(study.architectures) * study.seeds
    status: StudyStatus = "finished" if n_done >= n_planned else "running" if writer else "stopped"
    return StudySummary(key, study.title or study.name, status, n_done, statuses.count("failed"), n_planned, changed_at)


def _written(since_epoch_s: float) -> str:
    """Write a time; those that no calendar of ours has, which files may carry too, become the last one that it has.

    >>> _written(0), _written(1e18)
    ('1970-01-01T00:00:00+00:00', '9999-12-31T23:59:59+00:00')
    """
    try:
        return datetime.fromtimestamp(since_epoch_s, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC).isoformat(timespec="seconds")
