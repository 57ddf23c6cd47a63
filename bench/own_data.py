"""Time and memory of loading a large CSV file: found out, read, split, preprocessed, hashed.

    python -m bench.own_data                     # 1,000,000 rows x 100 columns, 0.9 GB, written to a temporary folder
    python -m bench.own_data --rows 100000
    python -m bench.own_data --file my.csv --target y

The file has 90 columns of numbers with 6 decimals (one with 2 % missing), 5 of whole numbers, 4 of categories, and the
class. The load runs in a process of its own, whose peak memory is printed.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from mlpstudy.datasets import load
from mlpstudy.machine.cores import n_cores
from mlpstudy.study import Data

ROWS = 1_000_000
MISSING = 0.02
PROMISED_S = 15.0
PROMISED_GB = 3.0
N_REPEATS = 3


def write_table(path: Path, n_rows: int) -> None:
    """Write the file that is loaded."""
    rng = np.random.default_rng(0)
    columns: dict[str, pl.Series] = {f"x{j}": pl.Series(rng.standard_normal(n_rows)) for j in range(90)}
    columns["x3"] = columns["x3"].set(pl.Series(rng.random(n_rows) < MISSING), None)
    columns |= {f"i{j}": pl.Series(rng.integers(0, 100_000, n_rows)) for j in range(5)}
    colours = pl.Series(["red", "green", "blue", "violet"])
    columns |= {f"c{j}": colours[rng.integers(0, 4, n_rows)] for j in range(4)}
    columns["class"] = pl.Series(["yes", "no", "maybe"])[rng.integers(0, 3, n_rows)]
    pl.DataFrame(columns).write_csv(path, float_precision=6)


def measure(path: Path, target: str) -> None:
    """Load the file once and print seconds and peak memory."""
    start = time.perf_counter()
    dataset = load(Data(path=str(path), target=target), 0)
    wall_s = time.perf_counter() - start
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    n_rows = len(dataset.train) + len(dataset.validation) + len(dataset.test)
    print(f"{n_rows:>12,} {dataset.n_features:>9} {wall_s:>8.1f} s {peak_gb:>8.2f} GB")


def main() -> int:
    """Write the file and load it a few times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--target", default="class")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        measure(arguments.file, arguments.target)
        return 0
    print(f"{platform.processor() or platform.machine()}, {n_cores()} cores, Polars {pl.__version__}")
    print(f"promised: {PROMISED_S:.0f} s and {PROMISED_GB:.0f} GB for {ROWS:,} rows x 100 columns on two cores")
    print(f"{'rows':>12} {'features':>9} {'time':>10} {'peak':>11}")
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.file or Path(folder) / "table.csv"
        if arguments.file is None:
            write_table(path, arguments.rows)
        for _ in range(N_REPEATS):
            command = [
                sys.executable,
                "-m",
                "bench.own_data",
                "--once",
                "--file",
                str(path),
                "--target",
                arguments.target,
            ]
            subprocess.run(command, check=True)  # noqa: S603  # this interpreter
    return 0


if __name__ == "__main__":
    sys.exit(main())
