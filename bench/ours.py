"""One run of ``mlpstudy run notebook``, timed from the outside, from the start of the process on."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Ours:
    """Seconds of one run of the study.

    Attributes:
        start_up_s: until the first network begins.
        training_s: from there until the last network ends.
        tables_s: from there until the tables are there.
        figures_s: from there until the figures are drawn and the process ends; not part of the total, as no rival
            draws any.
        plain_share: share of the plain networks in the time of all.
        accuracy: mean test accuracy of the nine.
        last_to_first: median over the runs of last epoch / first epoch.
        instruction_set: of the kernels.
        numpy: version of NumPy.
    """

    start_up_s: float
    training_s: float
    tables_s: float
    figures_s: float
    plain_share: float
    accuracy: float
    last_to_first: float
    instruction_set: str
    numpy: str

    @property
    def total_s(self) -> float:
        """From the start of the process to its tables."""
        return self.start_up_s + self.training_s + self.tables_s

    def scaled(self, factor: float) -> Ours:
        """Return the times with that many times the epochs."""
        return replace(self, training_s=self.training_s * factor)


def run_ours(folder: Path, n_epochs: int) -> Ours:
    """Run the study once, in a process of its own, into an empty folder."""
    command = [sys.executable, "-m", "mlpstudy", "run", "notebook", "--epochs", str(n_epochs), "--json"]
    start = time.perf_counter()
    events: list[tuple[float, dict[str, Any]]] = []
    with subprocess.Popen([*command, "--out", str(folder / "study")], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        events.extend((time.perf_counter() - start, json.loads(line)) for line in process.stdout or ())
    if process.returncode:
        sys.exit(f"mlpstudy run must end well, got exit code {process.returncode}")
    end_s = time.perf_counter() - start
    began_s = min(at for at, event in events if event["event"] == "run_started")
    finished = [(at, event) for at, event in events if event["event"] == "run_finished"]
    ended_s = max(at for at, _ in finished)
    tables_s = next(at for at, event in events if event["event"] == "study_ended")
    epochs: dict[str, list[float]] = {}
    for _, event in events:
        if event["event"] == "epoch_ended":
            epochs.setdefault(event["run_id"], []).append(event["train_s"] + event["val_s"])
    walls = {event["architecture"]: event["wall_s"] for _, event in finished}
    provenance = finished[0][1]["provenance"]
    return Ours(
        start_up_s=began_s,
        training_s=ended_s - began_s,
        tables_s=tables_s - ended_s,
        figures_s=end_s - tables_s,
        plain_share=sum(s for name, s in walls.items() if name.startswith("plain")) / sum(walls.values()),
        accuracy=statistics.fmean(event["test_accuracy"] for _, event in finished),
        last_to_first=statistics.median(s[-1] / s[0] for s in epochs.values()),
        instruction_set=provenance["instruction_set"],
        numpy=provenance["numpy"],
    )
