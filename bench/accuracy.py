"""Real Keras 3 against mlpstudy: the nine networks of the notebook, many seeds on both sides.

    python -m bench.accuracy --seeds 10

Both sides draw their own initial weights, batch orders and dropout masks, as their users would. Every finished run
goes to ``docs/results/keras-accuracy-runs.csv`` at once; what the file holds is not run again. The table compares
mean test accuracy and mean test loss after 5 and after 20 epochs:

    z = (mean_mlpstudy - mean_keras) / sqrt(s_mlpstudy^2 / n + s_keras^2 / n)

No |z| may exceed 3, and pooled over the networks the accuracies may not differ by 0.1 points; else the exit code is 1.
"""

from __future__ import annotations

import argparse
import csv
import math
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.rivals.csv_runs import append, finished

import mlpstudy
from mlpstudy.engine.provenance import cpu_name

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
EPOCHS = (5, 20)
MAX_Z, MAX_POOLED_PP = 3.0, 0.1
Side = Literal["keras", "mlpstudy"]


@dataclass(frozen=True)
class Comparison:
    """One metric of one network after one epoch, on both sides; accuracies in percent, losses in nats."""

    network: str
    epoch: int
    metric: Literal["accuracy", "loss"]
    keras: tuple[float, ...]
    mlpstudy: tuple[float, ...]

    @property
    def difference(self) -> float:
        """Mean of mlpstudy minus mean of Keras."""
        return statistics.fmean(self.mlpstudy) - statistics.fmean(self.keras)

    @property
    def standard_error(self) -> float:
        """Standard error of the difference."""
        return math.sqrt(sum(statistics.variance(side) / len(side) for side in (self.keras, self.mlpstudy)))

    @property
    def z(self) -> float:
        """The difference in standard errors."""
        return self.difference / self.standard_error


def run_keras(runs: Path, n_seeds: int) -> None:
    """Fit what is missing with real Keras 3 on JAX, in a process of its own."""
    command = [sys.executable, "-m", "bench.rivals.keras_accuracy", str(runs), "--seeds", str(n_seeds)]
    subprocess.run(command, check=True)  # noqa: S603  # our own script


def run_ours(runs: Path, n_seeds: int, folder: Path) -> None:
    """Train what is missing with mlpstudy, through its own store."""
    results = mlpstudy.run("notebook", out=folder, seeds=n_seeds, progress=True)
    done = finished(runs, results.study.architectures[0].training.epochs)
    for record in results.runs():
        if ("mlpstudy", record.architecture, record.seed) in done:
            continue
        rows: list[tuple[object, ...]] = []
        for e in results.curve((record.architecture, record.seed)):
            values = (f"{v:.9g}" for v in (e.train_loss, e.train_accuracy, e.val_loss, e.val_accuracy))
            rows.append(("mlpstudy", record.architecture, record.seed, e.epoch, *values, f"{record.wall_s:.2f}"))
        append(runs, rows)


def comparisons(runs: Path) -> list[Comparison]:
    """Read the file of runs and compare the sides."""
    with runs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(dict.fromkeys(row["architecture"] for row in rows))
    found: list[Comparison] = []
    for epoch in EPOCHS:
        for metric, column, scale in (("accuracy", "val_accuracy", 100.0), ("loss", "val_loss", 1.0)):
            for name in names:
                sides = {"keras": [], "mlpstudy": []}  # type: dict[str, list[float]]
                for row in rows:
                    if row["architecture"] == name and int(row["epoch"]) == epoch:
                        sides[row["side"]].append(scale * float(row[column]))
                pair = (tuple(sides["keras"]), tuple(sides["mlpstudy"]))
                found.append(Comparison(name, epoch, "accuracy" if metric == "accuracy" else "loss", *pair))
    return found


def pooled_pp(found: list[Comparison], epoch: int) -> tuple[float, float]:
    """Return the mean over the networks of the accuracies' differences, and its standard error (points)."""
    chosen = [c for c in found if c.epoch == epoch and c.metric == "accuracy"]
    error = math.sqrt(sum(c.standard_error**2 for c in chosen)) / len(chosen)
    return statistics.fmean(c.difference for c in chosen), error


def table(found: list[Comparison]) -> str:
    """Return the table as Markdown."""
    lines: list[str] = []
    for epoch in EPOCHS:
        for metric, unit in (("accuracy", "%"), ("loss", "nats")):
            lines += [
                f"\nTest {metric} ({unit}) after {epoch} epochs\n",
                "| network | n Keras | Keras 3: mean ± sd | n mlpstudy | mlpstudy: mean ± sd | difference | in s.e. |",
                "|---|---:|---:|---:|---:|---:|---:|",
            ]
            digits = 3 if metric == "accuracy" else 4
            for c in found:
                if (c.epoch, c.metric) == (epoch, metric):
                    sides = (
                        f"{len(s)} | {statistics.fmean(s):.{digits}f} ± {statistics.stdev(s):.{digits}f}"
                        for s in (c.keras, c.mlpstudy)
                    )
                    lines.append(f"| {c.network} | {' | '.join(sides)} | {c.difference:+.{digits}f} | {c.z:+.2f} |")
        pooled, error = pooled_pp(found, epoch)
        lines.append(f"\nPooled over the networks, accuracy after {epoch} epochs: {pooled:+.3f} ± {error:.3f} points.")
    return "\n".join(lines)


def write(found: list[Comparison], folder: Path) -> str:
    """Write ``keras-accuracy.csv`` and ``.md``; return the Markdown."""
    with (folder / "keras-accuracy.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("network", "epoch", "metric", "n_keras", "keras", "n_mlpstudy", "mlpstudy", "difference", "z"))
        for c in found:
            means = (len(c.keras), statistics.fmean(c.keras), len(c.mlpstudy), statistics.fmean(c.mlpstudy))
            numbers = (f"{v:.6g}" for v in (*means, c.difference, c.z))
            writer.writerow((c.network, c.epoch, c.metric, *numbers))
    worst = max(found, key=lambda c: abs(c.z))
    text = f"""# Test accuracy and loss: mlpstudy against real Keras 3

`python -m bench.accuracy` on {cpu_name()}, Python {platform.python_version()}; raw runs in `keras-accuracy-runs.csv`.
{table(found)}

Largest difference: {abs(worst.z):.2f} standard errors ({worst.network}, {worst.metric}, epoch {worst.epoch}) among
{len(found)} comparisons.
"""
    (folder / "keras-accuracy.md").write_text(text, encoding="utf-8")
    return text


def main() -> None:
    """Run what is missing, compare, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="seeds of each network on both sides")
    parser.add_argument("--only", choices=("keras", "mlpstudy", "table"), help="do only that part")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the runs and the table")
    parser.add_argument("--store", type=Path, default=Path("runs/keras-accuracy"), help="folder of our study")
    options = parser.parse_args()
    runs = options.results / "keras-accuracy-runs.csv"
    if options.only in {None, "mlpstudy"}:
        run_ours(runs, options.seeds, options.store)
    if options.only in {None, "keras"}:
        run_keras(runs, options.seeds)
    if options.only in {None, "table"}:
        found = comparisons(runs)
        print(write(found, options.results))
        apart = [c for c in found if abs(c.z) > MAX_Z]
        if apart or any(abs(pooled_pp(found, epoch)[0]) >= MAX_POOLED_PP for epoch in EPOCHS):
            sys.exit("mlpstudy and Keras differ by more than chance")


if __name__ == "__main__":
    main()
