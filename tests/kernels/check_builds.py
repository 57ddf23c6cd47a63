"""Build the kernels without Python, under sanitizers or for ARM64, and compare them with the oracle.

    PYTHONPATH=tests python -m kernels.check_builds asan tsan      # AddressSanitizer with UBSan; ThreadSanitizer
    PYTHONPATH=tests python -m kernels.check_builds aarch64        # needs g++-aarch64-linux-gnu and qemu-user

Each build trains every case on every instruction set it has, its features dense and sparse; a report of a sanitizer,
a result beyond rounding of the oracle's, or another bit of the sparse one ends with exit code 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oracle.pair import INSTRUCTION_SETS, Case, Pair, distance, pair_of

ROOT = Path(__file__).resolve().parents[2]

CASES = (
    Case(9, (), 3, 4, 10),
    Case(1, (1,), 2, 1, 3, lit=1.0),
    Case(37, (33, 20), 10, 24, 60, batch_normalisation=True, rate=0.5),
    Case(150, (70, 65), 40, 50, 120, activation="tanh", rate=0.3),
    Case(20, (140, 12), 4, 600, 900, activation="sigmoid", batch_normalisation=True, rate=0.25),
    Case(64, (16, 8, 8, 8), 300, 7, 40, activation="linear"),
    Case(3000, (40,), 4, 30, 70, lit=0.01),
)
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Build:
    """How to configure a build and how to run what comes out of it."""

    options: tuple[str, ...]
    launcher: tuple[str, ...] = ()
    instruction_sets: tuple[str, ...] = tuple(INSTRUCTION_SETS)


BUILDS = {
    "asan": Build(("-DMLPSTUDY_SANITIZE=address,undefined",)),
    "tsan": Build(("-DMLPSTUDY_SANITIZE=thread",)),
    "aarch64": Build(
        (
            "-DCMAKE_SYSTEM_NAME=Linux",
            "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
            "-DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++",
            "-DCMAKE_EXE_LINKER_FLAGS=-static",
        ),
        ("qemu-aarch64",),
        ("neon",),
    ),
}


def compile_runner(build: Build, folder: Path) -> Path:
    """Configure and compile in a folder; return the runner."""
    options = (
        *("-DMLPSTUDY_MODULE=OFF", "-DMLPSTUDY_RUNNER=ON", "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON"),
        *build.options,
    )
    cmake = shutil.which("cmake")
    if cmake is None:
        sys.exit("cmake must be on the PATH, got none, fix: pip install cmake")
    subprocess.run([cmake, "-S", str(ROOT), "-B", str(folder), *options], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([cmake, "--build", str(folder), "--parallel", "2"], check=True, stdout=subprocess.DEVNULL)
    return folder / "mlpstudy_runner"


def write_case(pair: Pair, path: Path, n_threads: int) -> None:
    """Write a case as kernels/runner.cpp reads it."""
    case = pair.case
    integers = [
        *(case.n_inputs, len(case.hidden), *case.hidden, case.n_classes),
        *(case.batch_normalisation, case.batch, case.n_examples, n_threads, 1, case.key),
    ]
    arrays: list[npt.NDArray[Any]] = [
        np.array(integers, np.int64),
        np.array([case.learning_rate, *[case.rate] * len(case.hidden)], np.float64),
        np.arange(case.n_inputs, dtype=np.int32),
        pair.labels,
        pair.order,
        pair.features,
        *pair.network.parameters(),
    ]
    path.write_bytes(case.activation.encode().ljust(16, b"\0") + b"".join(array.tobytes() for array in arrays))


def compare(pair: Pair, result: bytes) -> float:
    """Largest relative distance of a result from the oracle after the same epoch."""
    _, losses = pair.train()
    evaluation, _ = pair.oracle.forward(pair.features.astype(np.float64), training=False)
    loss = np.frombuffer(result[:8], np.float64)[0]
    values = np.frombuffer(result[16:], np.float32)
    worst = [abs(loss - losses.mean()) / losses.mean()]
    for tensors in (pair.oracle.parameters(), *pair.oracle.slots.values(), [evaluation]):
        ours = []
        for tensor in tensors:
            ours.append(values[: tensor.size].reshape(tensor.shape))
            values = values[tensor.size :]
        worst.append(distance(ours, tensors))
    return float(max(worst))


def check(name: str, folder: Path) -> bool:
    """Compile one build and run every case; print a line each."""
    build = BUILDS[name]
    runner = compile_runner(build, folder)
    good = True
    for instruction_set in build.instruction_sets:
        for case in CASES:
            bits = set()
            for n_threads in (1, 3):
                pair = pair_of(case)
                write_case(pair, folder / "case", n_threads)
                environment = os.environ | {"MLPSTUDY_INSTRUCTION_SET": instruction_set}
                command = [*build.launcher, str(runner), str(folder / "case"), str(folder / "result")]
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
                if done.returncode:
                    sys.stderr.write(done.stderr)
                    return False
                result = (folder / "result").read_bytes()
                bits.add(result)
                off = compare(pair, result)
                good = good and off < TOLERANCE
            good = good and len(bits) == 1
            line = f"{name} {instruction_set}: {case.hidden} off by {off:.1e}, {len(bits)} result(s) over threads"
            sys.stdout.write(line + "\n")
    return good


def main() -> int:
    """Check the builds that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("builds", nargs="+", choices=BUILDS)
    parser.add_argument("--keep", type=Path, help="folder for the builds, kept for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        good = [check(name, (options.keep or Path(temporary)) / name) for name in options.builds]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
