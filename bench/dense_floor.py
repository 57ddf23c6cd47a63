"""Ours against the dense floor: a whole training step of mlpstudy over its bare dense products at BLAS speed.

The floor of a step is the time of its matrix products alone, same shapes, same order, float32, on one thread,
by the fastest BLAS that can be imported: NumPy's OpenBLAS, SciPy's OpenBLAS, and PyTorch's (MKL on x86-64). For
a layer with K inputs, N outputs and a batch of B these are x W (B K N), x^T dz (K B N) and, but for the first
layer, dz W^T (B N K). Ours is ``train_epoch`` on MNIST: products, activations, batch normalisation, dropout,
loss, Adam and the gathering of the batch.

Ours has trained for an epoch before, as hidden zeros grow in number while a network learns.

All contenders take turns within one process; with ``--runs 2`` two processes do so side by side, in step.

    python bench/dense_floor.py                     # nine networks, one run
    python bench/dense_floor.py --runs 2            # two runs at once
    python bench/dense_floor.py --dense             # every input value non-zero
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.synchronize import Barrier
from pathlib import Path

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
for variable in THREAD_VARIABLES:
    os.environ.setdefault(variable, "1")  # read when the libraries load: before any import of them

if "avx512f" in Path("/proc/cpuinfo").read_text(encoding="utf-8"):
    # Whatever the environment says: OpenBLAS's AVX2 kernels reach half the speed, and a floor must be the lowest.
    os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"
    os.environ.pop("OPENBLAS_L2_SIZE", None)

import numpy as np  # noqa: E402  # after the variables above
import numpy.typing as npt  # noqa: E402  # after the variables above

from mlpstudy.arrays import Float32Array  # noqa: E402  # after the variables above
from mlpstudy.datasets.named.mnist import load_mnist  # noqa: E402  # after the variables above
from mlpstudy.engine.native import _kernels, column_groups  # noqa: E402  # after the variables above

Step = Callable[[], object]

BATCH, N_CLASSES, N_EVALUATED = 128, 10, 10_000
HIDDEN = {"2": (256, 64), "3": (512, 256, 128), "5": (512, 256, 128, 64, 32)}
VARIANTS = {"plain": (False, 0.0), "batchnorm": (True, 0.0), "batchnorm-dropout": (True, 0.5)}


@dataclass(frozen=True)
class Task:
    """What one process measures."""

    hidden: tuple[int, ...]
    batch_normalisation: bool
    dropout: float
    dense: bool
    n_steps: int
    n_rounds: int


def products(
    hidden: tuple[int, ...], n_inputs: int, batch: int = BATCH
) -> list[tuple[Float32Array, Float32Array, Float32Array]]:
    """Operands and result of each dense product of a step, in the order of the step."""
    rng = np.random.default_rng(0)
    sizes = [n_inputs, *hidden, N_CLASSES]
    x = [rng.normal(size=(batch, n)).astype(np.float32) for n in sizes]
    dz = [np.zeros((batch, n), np.float32) for n in sizes]
    w = [rng.normal(size=shape).astype(np.float32) for shape in pairwise(sizes)]
    dw = [np.zeros_like(kernel) for kernel in w]
    last = len(w) - 1
    forward = [(x[i], w[i], x[i + 1]) for i in range(len(w))]
    backward = []
    for i in range(last, -1, -1):
        if i > 0:
            backward.append((dz[i + 1], w[i].T, dz[i]))
        backward.append((x[i].T, dz[i + 1], dw[i]))
    return forward + backward


def numpy_floor(hidden: tuple[int, ...], n_inputs: int, batch: int = BATCH) -> Step:
    """The products by NumPy."""
    todo = products(hidden, n_inputs, batch)
    return lambda: [np.matmul(a, b, out=c) for a, b, c in todo]


def scipy_floor(hidden: tuple[int, ...], n_inputs: int, batch: int = BATCH) -> Step:
    """The products by SciPy's sgemm, which is column-major: C^T = B^T A^T, without a copy."""
    from scipy.linalg.blas import sgemm  # noqa: PLC0415  # timed only where asked for

    calls = []
    for a, b, c in products(hidden, n_inputs, batch):
        left, right = b.T, a.T
        trans_a, trans_b = not left.flags.f_contiguous, not right.flags.f_contiguous
        calls.append((left.T if trans_a else left, right.T if trans_b else right, c.T, trans_a, trans_b))
    return lambda: [sgemm(1.0, a, b, 0.0, c, trans_a=ta, trans_b=tb, overwrite_c=True) for a, b, c, ta, tb in calls]


def torch_floor(hidden: tuple[int, ...], n_inputs: int) -> Step:
    """The products by PyTorch."""
    import torch  # noqa: PLC0415  # optional

    torch.set_num_threads(1)
    todo = [(torch.from_numpy(a), torch.from_numpy(b), torch.from_numpy(c)) for a, b, c in products(hidden, n_inputs)]
    return lambda: [torch.mm(a, b, out=c) for a, b, c in todo]


def our_network(task: Task, n_inputs: int) -> _kernels.Network:
    """Our network of the task, He-initialised."""
    rng = np.random.default_rng(0)
    network = _kernels.Network(
        n_inputs=n_inputs,
        hidden=list(task.hidden),
        n_classes=N_CLASSES,
        activation="relu",
        batch_normalisation=task.batch_normalisation,
        dropout=[task.dropout] * len(task.hidden),
        batch_size=BATCH,
        column_groups=column_groups(n_inputs, (28, 28)),
    )
    start = [
        rng.normal(0, np.sqrt(2 / p.shape[0]), p.shape).astype(np.float32) if p.ndim > 1 else p
        for p in network.parameters()
    ]
    network.set_parameters(start)
    return network


def load_data(*, dense: bool) -> tuple[Float32Array, npt.NDArray[np.int32], Float32Array, npt.NDArray[np.int32]]:
    """MNIST scaled to [0, 1]; dense: zeros become 1/512."""
    source = load_mnist()
    arrays: list[Float32Array] = []
    for examples in (source.train, source.test):
        x = (examples.values / 255).astype(np.float32)
        arrays.append(np.where(x == 0, np.float32(1 / 512), x) if dense else x)
    return arrays[0], source.train.labels.astype(np.int32), arrays[1], source.test.labels.astype(np.int32)


def measure(task: Task, barrier: Barrier) -> dict[str, list[float]]:
    """Seconds per step of each contender, round by round, and of one evaluation of 10,000 examples."""
    x, y, x_test, y_test = load_data(dense=task.dense)
    n_inputs = x.shape[1]
    order = np.random.default_rng(1).permutation(len(x)).astype(np.int64)[: BATCH * task.n_steps]
    network = our_network(task, n_inputs)
    floors = {"numpy": numpy_floor(task.hidden, n_inputs), "scipy": scipy_floor(task.hidden, n_inputs)}
    if importlib.util.find_spec("torch") is not None:
        floors["torch"] = torch_floor(task.hidden, n_inputs)
    network.train_epoch(x, y, np.random.default_rng(2).permutation(len(x)).astype(np.int64))  # hidden zeros grow
    network.prepare(x_test, y_test)
    seconds: dict[str, list[float]] = {name: [] for name in ("ours", *floors, "evaluation")}

    def timed(name: str, work: Step, times: int) -> None:
        barrier.wait()
        start = time.perf_counter()
        for _ in range(times):
            work()
        seconds[name].append((time.perf_counter() - start) / task.n_steps)

    for _ in range(task.n_rounds + 1):  # the first round warms up
        timed("ours", lambda: network.train_epoch(x, y, order), 1)
        for name, step in floors.items():
            timed(name, step, task.n_steps)
        timed("evaluation", network.evaluate_prepared, 1)
    return {name: values[1:] for name, values in seconds.items()}


def report(name: str, task: Task, results: list[dict[str, list[float]]]) -> dict[str, float | str]:
    """One row: milliseconds a step, the floor's, and the median over rounds of their ratio."""
    ours = [statistics.mean(r["ours"][i] for r in results) for i in range(task.n_rounds)]
    floors = {
        key: [statistics.mean(r[key][i] for r in results) for i in range(task.n_rounds)]
        for key in results[0]
        if key not in ("ours", "evaluation")
    }
    best = min(floors, key=lambda key: statistics.median(floors[key]))
    evaluation_s = statistics.median(r["evaluation"][i] * task.n_steps for r in results for i in range(task.n_rounds))
    epoch_s = statistics.median(ours) * (60_000 / BATCH) + evaluation_s
    return {
        "network": name,
        "ours_ms": 1e3 * statistics.median(ours),
        "floor_ms": 1e3 * statistics.median(floors[best]),
        "blas": best,
        "ratio": statistics.median(a / b for a, b in zip(ours, floors[best], strict=True)),
        "evaluation_pct_of_epoch": 100 * evaluation_s / epoch_s,
        **{f"{key}_ms": 1e3 * statistics.median(values) for key, values in floors.items()},
    }


def _worker(task: Task, barrier: Barrier, results: multiprocessing.SimpleQueue[dict[str, list[float]]]) -> None:
    results.put(measure(task, barrier))


def run(task: Task, n_runs: int) -> list[dict[str, list[float]]]:
    """Measure in so many processes at once."""
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(n_runs), context.SimpleQueue()
    processes = [context.Process(target=_worker, args=(task, barrier, queue)) for _ in range(n_runs)]
    for process in processes:
        process.start()
    results = [queue.get() for _ in processes]
    for process in processes:
        process.join()
    return results


def main() -> None:
    """Print one row per network, then the whole study's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1, help="runs at once, each in a process")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=40, help="steps a turn")
    parser.add_argument("--dense", action="store_true", help="no input value is zero")
    parser.add_argument("--only", default="", help="names that contain this, e.g. 784-256-64-10 or dropout")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for hidden in HIDDEN.values():
        for variant, (batch_normalisation, dropout) in VARIANTS.items():
            name = "-".join(map(str, (784, *hidden, N_CLASSES))) + " " + variant
            if options.only not in name:
                continue
            task = Task(hidden, batch_normalisation, dropout, options.dense, options.steps, options.rounds)
            rows.append(report(name, task, run(task, options.runs)))
            if not options.json:
                row = rows[-1]
                print(
                    f"{name:45s} ours {row['ours_ms']:.3f} ms  floor {row['floor_ms']:.3f} ms ({row['blas']})  "
                    f"ratio {row['ratio']:.2f}  evaluation {row['evaluation_pct_of_epoch']:.1f} % of the epoch",
                    flush=True,
                )
    total = sum(float(row["ours_ms"]) for row in rows) / sum(float(row["floor_ms"]) for row in rows)
    if options.json:
        json.dump(
            {"rows": rows, "ratio": total, "instruction_set": _kernels.instruction_set()},
            sys.stdout,
            indent=1,
        )
    else:
        print(f"all: ratio {total:.2f}, {options.runs} run(s) at once, {_kernels.instruction_set()}")


if __name__ == "__main__":
    main()
