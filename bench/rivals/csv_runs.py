"""The file of finished runs: a line an epoch, a run's lines written together."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FIELDS = ("side", "architecture", "seed", "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "wall_s")


def finished(path: Path, n_epochs: int) -> set[tuple[str, str, int]]:
    """Return (side, architecture, seed) of the runs that the file holds completely."""
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["side"], r["architecture"], int(r["seed"])) for r in rows if int(r["epoch"]) == n_epochs}


def append(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    """Append the lines of one run, with the header where the file is new."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(FIELDS)
        writer.writerows(rows)
