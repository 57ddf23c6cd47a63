"""Time and memory of judging a study: every pair, both questions, factors, noise, flips, all metrics.

    python bench/judge.py

Prints one line a size: architectures x seeds x test examples, seconds (outcomes already in memory), peak memory.
Each size runs in a process of its own, so that one's peak memory is not the other's.
"""

from __future__ import annotations

import argparse
import itertools
import platform
import resource
import subprocess
import sys
import time

import numpy as np
import scipy

from mlpstudy.evidence.judge import judge
from mlpstudy.evidence.sample import ArchitectureSample, StudySample
from mlpstudy.study import Judging

N_EXAMPLES = 10_000
SIZES = ((9, 30, 5.0), (30, 50, 60.0), (100, 8, 60.0))
"""Architectures, seeds and the seconds that are promised; the last are nearly all pairs that may be declared."""
MAX_GB = 4.0


def simulated(n_architectures: int, n_seeds: int) -> StudySample:
    """Return a study like MNIST's: 2 % errors, most on the same hard examples."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, N_EXAMPLES).astype(np.int32)
    difficulty = rng.beta(0.02, 1.0, N_EXAMPLES)
    n_levels = next(n for n in range(int(n_architectures**0.5), 0, -1) if n_architectures % n == 0)
    levels = itertools.product(range(n_architectures // n_levels), range(n_levels))
    samples = []
    for a, (first, second) in enumerate(levels):
        wrong = rng.random((n_seeds, N_EXAMPLES)) < difficulty * (1 + 0.02 * a)
        confidence = rng.uniform(0.9, 1.0, wrong.shape).astype(np.float32)
        samples.append(
            ArchitectureSample(
                name=f"{first}-{second}",
                levels=(("first", str(first)), ("second", str(second))),
                seeds=np.arange(n_seeds),
                predicted=np.where(wrong, (labels + 1) % 10, labels).astype(np.int32),
                p_predicted=confidence,
                p_true=np.where(wrong, 1 - confidence, confidence).astype(np.float32),
                wall_s=10.0,
            )
        )
    return StudySample(tuple(samples), labels, n_seeds)


def measure(n_architectures: int, n_seeds: int, promised_s: float) -> bool:
    """Judge one size, print its line, and say whether it keeps what is promised."""
    sample = simulated(n_architectures, n_seeds)
    start = time.perf_counter()
    judgement = judge(sample, Judging())
    wall_s = time.perf_counter() - start
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    kept = wall_s < promised_s and peak_gb < MAX_GB
    n_pairs = len(judgement.primary.pairs)
    print(
        f"{n_architectures} architectures x {n_seeds} seeds x {N_EXAMPLES} examples, {n_pairs} pairs: "
        f"{wall_s:.2f} s (promised {promised_s:g}), peak {peak_gb:.2f} GiB (promised {MAX_GB:g}): "
        f"{'kept' if kept else 'BROKEN'}",
        flush=True,
    )
    return kept


def main() -> int:
    """Measure every size, each in its own process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=int, help="only this size, counted from 0, in this process")
    size = parser.parse_args().size
    if size is not None:
        return 0 if measure(*SIZES[size]) else 1
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, {platform.machine()}"
    )
    sys.stdout.flush()
    commands = [[sys.executable, __file__, "--size", str(i)] for i in range(len(SIZES))]
    codes = [subprocess.run(command, check=False).returncode for command in commands]  # noqa: S603  # this very file
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
