"""A training step on wide sparse input: rows given sparse, the same rows given dense, and SciPy's products alone.

SciPy's products are those of the first layer, sparse batch times weights and its transpose times the gradient, in
float32 with the batches cut beforehand: no activation, no loss, no optimiser, and no other layer. A whole step of
ours has all of these, among them Adam over every weight of the first layer, lit or not, which alone reads and
writes 24 bytes a weight.

    python -m bench.sparse
    python -m bench.sparse --columns 20000 --lit 0.005 --widths 128 512
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import bench.dense_floor  # noqa: F401  # first: it sets what BLAS reads when it loads

# isort: split

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, random_array

from mlpstudy.arrays import Features
from mlpstudy.engine.native import _kernels

BATCH, N_EXAMPLES, N_CLASSES = 128, 4096, 10


def network(n_columns: int, width: int) -> _kernels.Network:
    """Return a network of one hidden layer with small random weights."""
    rng = np.random.default_rng(0)
    made = _kernels.Network(
        n_inputs=n_columns,
        hidden=[width],
        n_classes=N_CLASSES,
        activation="relu",
        batch_normalisation=False,
        dropout=[0.0],
        batch_size=BATCH,
    )
    made.set_parameters([rng.normal(0, 0.05, p.shape).astype(np.float32) for p in made.parameters()])
    return made


def ours(features: Features, width: int) -> Callable[[], None]:
    """Return an epoch of the engine on features of either form."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, N_CLASSES, N_EXAMPLES).astype(np.int32)
    order = rng.permutation(N_EXAMPLES)
    made = network(features.shape[1], width)
    return lambda: void(made.train_epoch(features, labels, order))


def scipy_products(features: csr_array, width: int) -> Callable[[], None]:
    """Return an epoch of the first layer's two products."""
    rng = np.random.default_rng(1)
    order = rng.permutation(N_EXAMPLES)
    batches = [features[order[i : i + BATCH]] for i in range(0, N_EXAMPLES, BATCH)]
    transposed = [batch.T.tocsr() for batch in batches]
    weights = rng.normal(size=(features.shape[1], width)).astype(np.float32)
    gradient = rng.normal(size=(BATCH, width)).astype(np.float32)

    def epoch() -> None:
        for batch, turned in zip(batches, transposed, strict=True):
            _ = batch @ weights
            _ = turned @ gradient

    return epoch


def void(_: object) -> None:
    """Drop a result."""


def rows(n_columns: int, lit: float) -> csr_array:
    """Return random rows of which a share of the values is lit."""
    drawn: Any = random_array((N_EXAMPLES, n_columns), density=lit, format="csr", dtype=np.float32, rng=0)
    drawn.sort_indices()
    parts = (drawn.data, drawn.indices.astype(np.int32), drawn.indptr.astype(np.int32))
    return csr_array(parts, shape=drawn.shape)


def evaluation(features: csr_array, width: int) -> Callable[[], None]:
    """Return an evaluation of all rows."""
    made, labels = network(features.shape[1], width), np.zeros(N_EXAMPLES, np.int32)
    return lambda: void(made.evaluate(features, labels))


def measured(features: csr_array, dense: npt.NDArray[np.float32], width: int, n_rounds: int) -> dict[str, float]:
    """Return the median time of a step (ms) by each contender; they take turns."""
    contenders = {
        "sparse": ours(features, width),
        "dense": ours(dense, width),
        "scipy": scipy_products(features, width),
        "evaluation": evaluation(features, width),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(n_rounds + 1):
        for name, epoch in contenders.items():
            start = time.perf_counter()
            epoch()
            if turn:  # the first warms up
                seconds[name].append(time.perf_counter() - start)
    return {name: 1e3 * median(times) * BATCH / N_EXAMPLES for name, times in seconds.items()}


def main() -> None:
    """Print a table, a row a share of lit values and a width."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, default=20_000)
    parser.add_argument("--lit", type=float, nargs="+", default=[0.001, 0.005, 0.05])
    parser.add_argument("--widths", type=int, nargs="+", default=[128, 512])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.columns:,} columns, one hidden layer, batch {BATCH}, {_kernels.instruction_set()}, one core; ms")
    print("| lit | width | sparse | dense | sparse / dense | SciPy's two products | evaluating a batch, sparse |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for lit in options.lit:
        features = rows(options.columns, lit)
        dense = features.toarray()
        for width in options.widths:
            ms = measured(features, dense, width, options.rounds)
            cells = [f"{lit:.1%}", f"{width}", f"{ms['sparse']:.2f}", f"{ms['dense']:.2f}"]
            cells += [f"{ms['sparse'] / ms['dense']:.2f}", f"{ms['scipy']:.2f}", f"{ms['evaluation']:.2f}"]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
