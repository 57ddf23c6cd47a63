"""One training step by phase: where the time goes, at which speed, beside the fastest products seen.

GFLOP/s done counts the arithmetic that was executed; of the first layer's that is less than the dense products,
since zeros are skipped. The share is of the peak: the best speed of a dense product by the fastest BLAS here.

    python -m bench.phases plain-5
"""

from __future__ import annotations

import argparse
import time

from bench.dense_floor import load_data, products  # first: it sets what BLAS reads when it loads

# isort: split

import numpy as np

from mlpstudy import streams
from mlpstudy.engine.native.engine import NativeTrainer
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.study import load_study


def peak_gflops() -> float:
    """Return the best GFLOP/s of the products of the widest layers, by NumPy on one thread."""
    best = 0.0
    for a, b, c in products((512, 512), 512):
        for _ in range(200):
            start = time.perf_counter()
            np.matmul(a, b, out=c)
            best = max(best, 2e-9 * a.shape[0] * a.shape[1] * b.shape[1] / (time.perf_counter() - start))
    return best


def main() -> None:
    """Print the phases of one architecture of the built-in study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architecture", nargs="?", default="plain-5")
    parser.add_argument("--steps", type=int, default=400)
    options = parser.parse_args()
    architecture = load_study("notebook").architecture(options.architecture)
    features, labels, _, _ = load_data(dense=False)
    trainer = NativeTrainer(
        architecture,
        initial_weights(architecture.network, features.shape[1], 10, study_seed=0, seed=0),
        n_classes=10,
        image_shape=(28, 28),
        dropout_key=streams.dropout_key(0, 0),
    )
    order = streams.batch_order(0, 0, 1, len(labels))[: options.steps * architecture.training.batch_size]
    trainer.network.train_epoch(features, labels, order, 1)
    trainer.network.profile(reset=True)
    start = time.perf_counter()
    trainer.network.train_epoch(features, labels, order, 1)
    total_s = time.perf_counter() - start
    peak = peak_gflops()
    print(f"{architecture.name}: {1e3 * total_s / options.steps:.3f} ms a step; best dense product {peak:.0f} GFLOP/s")
    print(f"{'phase':34s} {'ms':>7s} {'share':>7s} {'GFLOP/s':>9s} {'of peak':>8s} {'dense work left':>16s}")
    for phase, seconds, dense, done in trainer.network.profile():
        speed = f"{done / seconds:9.0f} {done / seconds / peak:8.0%} {done / dense:16.0%}" if dense else ""
        print(f"{phase:34s} {1e3 * seconds / options.steps:7.3f} {seconds / total_s:7.1%} {speed}")


if __name__ == "__main__":
    main()
