"""CPU time and memory of ``mlpstudy report`` for a study of images: verdicts, figures, and the networks to draw for.

    mlpstudy run notebook --seeds 3 --epochs 3 --no-figures --out runs/short
    python -m bench.report runs/short

Prints one line: CPU seconds of the whole command, of all its threads, what is promised, peak memory and size.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

PROMISED_S = 20.0
"""CPU seconds for the nine networks of the notebook with three seeds."""


def main() -> int:
    """Write the report once and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="a study's folder")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "mlpstudy", "report", folder, "-o", f"{place}/report.html", "--json"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # our own module
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = used.ru_utime + used.ru_stime
    kept = cpu_s < PROMISED_S
    print(
        f"{folder}: {cpu_s:.1f} s of CPU (promised {PROMISED_S:g}: {'kept' if kept else 'BROKEN'}), "
        f"peak {used.ru_maxrss / 2**20:.2f} GiB, {json.loads(done.stdout)['bytes'] / 1e6:.1f} MB"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
