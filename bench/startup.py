"""Start-up times and memory: ``import mlpstudy``, ``mlpstudy --help``, and the peak of ``mlpstudy run notebook``.

    python -m bench.startup
    python -m bench.startup --no-run      # without the run

Times are medians of fresh processes after one that warms the file cache, and include starting Python. Memory is the
peak resident set of the process that trains, with one thread a core.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

from mlpstudy.engine.provenance import cpu_name
from mlpstudy.machine.cores import n_cores

N_TIMES = 11
MAX_IMPORT_S, MAX_HELP_S, MAX_MEMORY_GB = 0.2, 0.5, 1.5


def median_s(arguments: list[str]) -> float:
    """Return the median wall time of a fresh Python process, the first one left out."""
    times: list[float] = []
    for _ in range(N_TIMES + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own command
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def peak_memory_gb(arguments: list[str]) -> float:
    """Return the peak resident set of a Python process (GB of 10^9 bytes)."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)  # noqa: S603  # our own command
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} must end well, got exit code {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kibibytes
    return usage.ru_maxrss * unit / 1e9


def main() -> None:
    """Measure, print, and fail where a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-run", action="store_true", help="measure start-up alone")
    parser.add_argument("--epochs", type=int, default=2, help="epochs of the run; its memory does not grow with them")
    options = parser.parse_args()
    python_s = median_s(["-c", "pass"])
    rows = [
        (
            "import mlpstudy, without Python's own start",
            median_s(["-c", "import mlpstudy"]) - python_s,
            MAX_IMPORT_S,
            "s",
        ),
        ("mlpstudy --help", median_s(["-m", "mlpstudy", "--help"]), MAX_HELP_S, "s"),
    ]
    if not options.no_run:
        with tempfile.TemporaryDirectory() as folder:
            run = ["-m", "mlpstudy", "run", "notebook", "--epochs", str(options.epochs), "--out", f"{folder}/study"]
            rows.append(("mlpstudy run notebook, peak memory", peak_memory_gb(run), MAX_MEMORY_GB, "GB"))
    print(f"{cpu_name()}, {n_cores()} cores, Python {platform.python_version()} (starts in {python_s:.3f} s)\n")
    print("| | measured | limit |\n|---|---:|---:|")
    for title, value, limit, unit in rows:
        print(f"| {title} | {value:.3f} {unit} | {limit} {unit} |")
    if any(value > limit for _, value, limit, _ in rows):
        sys.exit("a limit is exceeded")


if __name__ == "__main__":
    main()
