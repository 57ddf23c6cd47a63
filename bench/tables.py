"""The table of the bench, as Markdown and CSV."""

from __future__ import annotations

import csv
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass
class Row:
    """Seconds for the nine networks x 20 epochs.

    Attributes:
        title: who.
        start_up_s: imports and data.
        compile_s: building and compiling the networks.
        training_s: training and validation.
        tables_s: from the end of the training to the tables.
        total_s: all of them.
        ratio: total over ours.
        n: measured epochs of each network (ours: whole runs of the study).
        accuracy: mean validation accuracy at the end.
        note: what else is to be said.
    """

    title: str
    start_up_s: float
    compile_s: float
    training_s: float
    tables_s: float
    total_s: float
    ratio: float
    n: int
    accuracy: float | None
    note: str


def markdown(rows: Sequence[Row], head: Sequence[str], *, quick: bool, n_epochs: int) -> str:
    """Return a small page with the table."""
    how = (
        "Extrapolated to nine networks and 20 epochs from three networks (each stands for the three of its depth), all "
        "examples and 2 or 3 epochs; mlpstudy from all nine networks and 4 epochs, though its later ones are faster."
        if quick
        else f"mlpstudy: 20 epochs measured. Rivals: {n_epochs} or what the last column says; the others are taken to "
        "cost the median of those after the first."
    )
    lines = ["# The whole notebook study: seconds for nine networks x 20 epochs", "", *(f"- {line}" for line in head)]
    lines += ["", how, ""]
    lines += [
        "| | start-up | compile | train + validate | tables | total s | / mlpstudy | n | accuracy | |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        accuracy = "" if row.accuracy is None else f"{100 * row.accuracy:.2f} %"
        seconds = (row.start_up_s, row.compile_s, row.training_s, row.tables_s, row.total_s)
        cells = (row.title, *(f"{s:.1f}" for s in seconds), f"{row.ratio:.2f}", str(row.n), accuracy, row.note)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def write_csv(rows: Sequence[Row], path: Path) -> None:
    """Write the rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f.name for f in dataclasses.fields(Row)])
        for row in rows:
            writer.writerow([f"{v:.4g}" if isinstance(v, float) else v for v in dataclasses.astuple(row)])
