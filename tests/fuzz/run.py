"""Coverage-guided fuzzing of every reader, bounded: ``python -m fuzz.run --seconds 15 [--target NAME ...]``.

Each target runs in a process of its own, from the seeds in ``corpus/TARGET``. It fails on an exception that is not the
package's own, on an input that takes over 60 s and on more than 1 GiB of memory; the input is then kept in ``--faults``
and named. New inputs that reach new code are kept in ``--keep``, where it is given.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"

FAULTS = Path(tempfile.gettempdir()) / "mlpstudy-fuzz-faults"

INPUT_S = 60
"""One input may take that long before it counts as a hang; far more than any does, also on a busy machine."""
MEMORY_MIB = 1024
START_S = 300
"""Added to the limit of the whole process, for imports on a busy machine."""

_RUNS = re.compile(r"Done (\d+) runs")


def fuzz(target: str, seconds: int, keep: Path | None, faults: Path) -> tuple[bool, str]:
    """Fuzz one target; return whether no fault was found, and one line that says what was done."""
    started = time.monotonic()
    faults.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        folders = [corpus, CORPUS / target]
        if keep is not None and (keep / target).is_dir():
            folders.append(keep / target)
        options = [
            f"-max_total_time={seconds}",
            f"-timeout={INPUT_S}",
            f"-rss_limit_mb={MEMORY_MIB}",
            f"-artifact_prefix={faults}/{target}-",
            "-verbosity=1",
            "-print_final_stats=1",
        ]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "fuzz.one", target, *options, *(str(folder) for folder in folders)],
                capture_output=True,
                check=False,
                errors="replace",
                text=True,
                timeout=seconds + START_S,
                env={
                    **os.environ,
                    "PYTHONPATH": str(HERE.parent),
                    "OPENBLAS_NUM_THREADS": "1",
                    "POLARS_MAX_THREADS": "1",
                },
            )
        except subprocess.TimeoutExpired as error:
            return False, f"FAULT {target:15} did not end within {error.timeout:.0f} s"
        if keep is not None:
            (keep / target).mkdir(parents=True, exist_ok=True)
            for path in corpus.iterdir():
                shutil.copy(path, keep / target)
    runs = _RUNS.search(done.stderr)
    took = time.monotonic() - started
    if done.returncode == 0 and runs:
        return True, f"ok    {target:15} {int(runs[1]):>9,} inputs in {took:.0f} s"
    return False, f"FAULT {target:15} after {took:.0f} s\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def main() -> int:
    """Fuzz all targets, or those that are named, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    names = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
    parser.add_argument("--seconds", type=int, default=15, help="for each target (15)")
    parser.add_argument("--target", action="append", choices=names, help="only this one; may be repeated")
    parser.add_argument("--keep", type=Path, help="folder for inputs that reach new code")
    parser.add_argument("--faults", type=Path, default=FAULTS, help=f"folder for inputs that fail ({FAULTS})")
    arguments = parser.parse_args()
    n_faults = 0
    for target in arguments.target or names:
        is_ok, line = fuzz(target, arguments.seconds, arguments.keep, arguments.faults.resolve())
        n_faults += not is_ok
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
