"""What belongs together in a study's folder: values that are possible each, and must fit each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mlpstudy.errors import damaged
from mlpstudy.store import rows
from mlpstudy.store.failures import DATABASE
from mlpstudy.store.ranges import MOST_CLASSES, MOST_LAYERS, check, checks

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from mlpstudy.records import EpochRecord, LayerDiagnostics, RunRecord
    from mlpstudy.study import Architecture


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The one row of the table study, checked.

    Attributes:
        row: its values.
        class_names: one name a class.
        test_labels: true class of every test example, shape ``(n_test,)``.
    """

    row: sqlite3.Row
    class_names: tuple[str, ...]
    test_labels: npt.NDArray[np.int32]

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """Rows and columns where the examples are images, else None."""
        return None if self.row["image_rows"] is None else (self.row["image_rows"], self.row["image_columns"])


def facts(row: sqlite3.Row) -> Facts:
    """Return the row of the table study, checked.

    Raises:
        StoreError: a value is impossible, or does not fit the others.
    """
    check(row, checks("study", row.keys()))
    shape = (row["image_rows"], row["image_columns"])
    if shape != (None, None) and (None in shape or shape[0] * shape[1] != row["n_features"]):
        raise damaged(DATABASE, f"images of {shape[0]} rows and {shape[1]} columns with {row['n_features']} features")
    names = _class_names(row["class_names"])
    return Facts(row, names, rows.test_labels(row, len(names)))


def _class_names(text: str) -> tuple[str, ...]:
    try:
        names = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(DATABASE, f"class names that cannot be read ({error})") from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise damaged(DATABASE, "class names that cannot be read (no list of texts)")
    if not 1 <= len(names) <= MOST_CLASSES:
        raise damaged(DATABASE, f"{len(names)} class names")
    return tuple(names)


def check_run(record: RunRecord, architectures: Mapping[str, Architecture], n_seeds: int) -> Architecture:
    """Check that a run is one of its study, and return its architecture.

    Raises:
        StoreError: it is not, or has more epochs than are planned.
    """
    what = f"a run {record.run_id}"
    architecture = architectures.get(record.architecture)
    if architecture is None:
        raise damaged(DATABASE, f"{what} of {record.architecture!r:.60}, which is no architecture of the study")
    if record.seed >= n_seeds:
        raise damaged(DATABASE, f"{what} of seed {record.seed}, of {n_seeds} that were ever asked for")
    n_planned = architecture.training.epochs
    if record.n_epochs_done > n_planned or (record.diverged_epoch or 0) > n_planned:
        raise damaged(DATABASE, f"{what} with {record.n_epochs_done} epochs done of {n_planned}")
    return architecture


def check_epochs(epochs: Sequence[EpochRecord], n_done: int) -> None:
    """Check that the epochs of a run are those that it has done.

    Raises:
        StoreError: one is missing, or there are more.
    """
    gap = next((i for i, epoch in enumerate(epochs, start=1) if epoch.epoch != i), None)
    if len(epochs) != n_done or gap is not None:
        missing = "" if gap is None else f", epoch {gap} missing"
        raise damaged(DATABASE, f"{len(epochs)} epochs recorded of {n_done} done{missing}")


def check_measured(found: Sequence[LayerDiagnostics], n_done: int) -> None:
    """Check, while they are read, that no layers were measured in an epoch that the run has not done, and not too many.

    Raises:
        StoreError: there are.
    """
    if found[-1].epoch > n_done or len(found) > n_done * MOST_LAYERS:
        raise damaged(DATABASE, f"{len(found)} layers measured up to epoch {found[-1].epoch} of {n_done} done")


def check_layers(found: Sequence[LayerDiagnostics]) -> None:
    """Check that the same layers were measured in every epoch of a run.

    Raises:
        StoreError: it is not.
    """
    layers = [tuple(one.layer for one in group) for _, group in groupby(found, key=lambda one: one.epoch)]
    if layers and (len(set(layers)) != 1 or len(layers[0]) > MOST_LAYERS):
        raise damaged(DATABASE, "measured layers that are not the same in every epoch of a run")
