"""The whole ``notebook`` study: mlpstudy against everything else that could train it, on this machine.

    python -m bench.study             # all nine networks, 20 epochs; three quarters of an hour, in parts if need be
    python -m bench.study --quick     # three networks, 3 whole epochs, without scikit-learn; under four minutes

Each rival is one process for all its fits. The rivals take turns, step by step: the set-up of a network, then one
epoch with its validation, each alone on the machine, in an order that rotates. Ours is the command ``mlpstudy run
notebook``, from the start of its process to its tables, at least three times, spread over the session. Compile time
is what a first epoch takes longer than the median of the later ones, and what the set-up of a network takes.

Whatever is measured is kept in ``build/bench.jsonl`` until the table is written: an interrupted session goes on with
the networks that are missing.

The dense floor is the time of the study's matrix products alone on all cores (``bench/dense_floor.py``).
Writes ``docs/results/bench.csv`` and ``.md`` (``--quick``: ``bench-quick``).
"""

from __future__ import annotations

import argparse
import fcntl
import json
import math
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.ours import Ours, run_ours
from bench.parts import Parts
from bench.rival import RIVALS, Rival
from bench.tables import Row, markdown, write_csv

from mlpstudy.engine.provenance import cpu_name, package_version
from mlpstudy.machine.cores import n_cores
from mlpstudy.study import load_study

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results"
QUICK_NETWORKS = ("plain-2", "batchnorm-3", "batchnorm-dropout-5")
QUICK_EPOCHS, QUICK_SLOW_EPOCHS, QUICK_OUR_EPOCHS = 3, 2, 4
N_EPOCHS = 20
STEPS_AN_EPOCH = 60_000 / 128
HOLD_S = 100.0


class Lock:
    """An exclusive lock on a file, so that other work on this machine that heeds it waits while the session measures.

    It is let go between two turns once it has been held for a while, so that the others get on as well.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else path.open("a")
        self._since = math.inf

    def __enter__(self) -> None:
        """Wait for the lock, unless it is held already."""
        if self._file is not None and math.isinf(self._since):
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        """Let go if it is time."""
        if time.monotonic() - self._since > HOLD_S:
            self.release()

    def release(self) -> None:
        """Let go."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._since = math.inf


def session(
    rivals: list[Rival],
    networks: tuple[str, ...],
    n_epochs: int,
    lock: Lock,
    parts: Parts,
    *,
    n_ours: int,
    our_epochs: int,
) -> None:
    """Let rivals and ours take turns with the networks that are missing; the rivals and the parts keep the times."""
    parts.restore(rivals)
    missing = tuple(network for network in networks if not parts.done(network))
    needed = [rival for rival in rivals if any(rival.knows(network) for network in missing)]
    for rival in needed:
        rival.networks = missing
        with lock:
            rival.start()
        print(f"started: {rival.title}, {rival.start_up_s:.1f} s", flush=True)
    pauses = [round(i * (len(networks) - 1) / max(n_ours - 1, 1)) for i in range(n_ours)]
    for i, network in enumerate(networks):
        while len(parts.ours) < sum(pause <= i for pause in pauses):
            with lock, tempfile.TemporaryDirectory() as folder:
                parts.add_ours(run_ours(Path(folder), our_epochs))
            print(f"mlpstudy: {parts.ours[-1].total_s:.1f} s for {our_epochs} epochs of the nine", flush=True)
        for step in range(n_epochs + 1) if network in missing else ():
            with lock:
                for k in range(len(rivals)):
                    rivals[(k + i + step) % len(rivals)].take_turn(network, step)
        if network in missing:
            parts.add_network(network, rivals)
        print(f"{network}: " + ", ".join(f"{r.epoch_s(network):.2f}" for r in rivals if r.knows(network)), flush=True)
    for rival in needed:
        rival.close()


def dense_floor(lock: Lock, n_rounds: int, n_steps: int) -> tuple[float, str]:
    """Return the seconds that the study's products take on all cores, and the BLAS that was fastest."""
    command = [sys.executable, str(ROOT / "bench" / "dense_floor.py"), "--json", "--runs", str(n_cores())]
    command += ["--rounds", str(n_rounds), "--steps", str(n_steps)]
    with lock:
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  # our own script
    rows: list[dict[str, Any]] = json.loads(output)["rows"]
    seconds = sum(row["floor_ms"] for row in rows) * STEPS_AN_EPOCH * N_EPOCHS / n_cores() / 1e3
    return seconds, " and ".join(sorted({row["blas"] for row in rows}))


def rows(rivals: list[Rival], ours: list[Ours], floor: tuple[float, str], *, quick: bool, our_epochs: int) -> list[Row]:
    """Return the rows of the table, ours first."""
    mine = [o.scaled(N_EPOCHS / our_epochs) for o in ours]
    total_s = statistics.median(o.total_s for o in mine)
    figures_s = statistics.median(o.figures_s for o in mine)
    first = Row(
        title="mlpstudy, `mlpstudy run notebook`",
        start_up_s=statistics.median(o.start_up_s for o in mine),
        compile_s=0.0,
        training_s=statistics.median(o.training_s for o in mine),
        tables_s=statistics.median(o.tables_s for o in mine),
        total_s=total_s,
        ratio=1.0,
        n=len(mine),
        accuracy=statistics.median(o.accuracy for o in mine),
        note=f"{min(o.total_s for o in mine):.1f} to {max(o.total_s for o in mine):.1f} s; figures: {figures_s:.0f} s",
    )
    table = [first]
    for rival in rivals:
        row = rival.row(N_EPOCHS, network_factor=3.0 if quick else 1.0)
        share = 1.0 if rival.is_complete else statistics.median(o.plain_share for o in ours)
        row.ratio = row.total_s / (share * total_s)
        table.append(row)
    seconds, blas = floor
    training = statistics.median(o.training_s for o in mine) / seconds
    note = f"{blas}, {n_cores()} cores; our training and validation / floor = {training:.2f}"
    table.append(Row("dense floor: the products alone", 0, 0, seconds, 0, seconds, seconds / total_s, 1, None, note))
    return table


def main() -> None:
    """Run the session and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under four minutes; totals are extrapolated")
    parser.add_argument("--epochs", type=int, default=N_EPOCHS, help="totals of fewer are extrapolated to 20")
    parser.add_argument("--slow-epochs", type=int, default=N_EPOCHS, help="epochs of Keras on PyTorch and scikit-learn")
    parser.add_argument("--only", default="", help="rivals whose names contain one of these, comma-separated")
    parser.add_argument("--ours", type=int, default=3, help="how often ours is run")
    parser.add_argument("--lock", type=Path, help="file to lock during the turns")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the table")
    options = parser.parse_args()
    n_epochs = QUICK_EPOCHS if options.quick else options.epochs
    slow_epochs = min(n_epochs, QUICK_SLOW_EPOCHS if options.quick else options.slow_epochs)
    our_epochs = QUICK_OUR_EPOCHS if options.quick else N_EPOCHS
    networks = QUICK_NETWORKS if options.quick else tuple(a.name for a in load_study("notebook").architectures)
    wanted = [spec for spec in RIVALS if any(part in spec.title for part in options.only.split(","))]
    chosen = [spec for spec in wanted if not (options.quick and spec.plain_only)]
    rivals = [Rival(spec, networks, slow_epochs if spec.slow else n_epochs) for spec in chosen]
    lock = Lock(options.lock)
    name = "bench-quick" if options.quick else "bench"
    settings = {"epochs": n_epochs, "slow_epochs": slow_epochs, "rivals": [rival.title for rival in rivals]}
    parts = Parts(ROOT / "build" / f"{name}.jsonl", settings)
    session(rivals, networks, n_epochs, lock, parts, n_ours=options.ours, our_epochs=our_epochs)
    ours = parts.ours
    floor = dense_floor(lock, *((3, 10) if options.quick else (7, 40)))
    lock.release()
    table = rows(rivals, ours, floor, quick=options.quick, our_epochs=our_epochs)
    versions = {"mlpstudy": package_version(), "NumPy": ours[0].numpy}
    for rival in rivals:
        versions |= rival.versions
    head = [
        f"{cpu_name()}, {n_cores()} cores, {ours[0].instruction_set}; {platform.platform()}",
        ", ".join(f"{key} {value}" for key, value in versions.items()),
        "`python -m bench.study" + (" --quick`" if options.quick else f" --epochs {n_epochs}`"),
        f"Our last epoch / first epoch: {statistics.median(o.last_to_first for o in ours):.2f} (median of the runs).",
    ]
    text = markdown(table, head, quick=options.quick, n_epochs=n_epochs)
    print(text)
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / f"{name}.md").write_text(text, encoding="utf-8")
    write_csv(table, options.results / f"{name}.csv")
    parts.finish()


if __name__ == "__main__":
    main()
