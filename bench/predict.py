"""Time of predicting 10,000 images with an ensemble, after loading: medians of 5.

    python -m bench.predict            30 seeds of 784-256-64-10, the promise: under 1 s
    python -m bench.predict DIR        all finished seeds of every architecture of a study

How long it takes does not depend on how well the networks are trained, so that the 30 are trained for one epoch on
2,000 images.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import tempfile
import time

import mlpstudy
from mlpstudy.datasets import find_dataset
from mlpstudy.engine.native import NativeEngine
from mlpstudy.machine.cores import n_cores
from mlpstudy.predict.model import load_model
from mlpstudy.store import Store

N_REPEATS = 5
PROMISED_S = 1.0


def network(folder: str) -> mlpstudy.StudyResults:
    """Train the networks of the promise."""
    study = mlpstudy.Study(
        name="promise",
        seeds=30,
        data={"name": "mnist", "train_examples": 2000, "test_examples": 100},
        training={"epochs": 1},
        factors={"width": {"256-64": {"hidden": [256, 64]}}},
    )
    return mlpstudy.run(study, out=folder)


def measure(store: Store, architecture: str) -> float:
    """Print the line of one architecture, and return its seconds."""
    images = find_dataset("mnist").load().test.values
    start = time.perf_counter()
    model = load_model(store, architecture)
    load_s = time.perf_counter() - start
    times = []
    for _ in range(N_REPEATS):
        start = time.perf_counter()
        model.predict_proba(images)
        times.append(time.perf_counter() - start)
    n_parameters = next(run.n_parameters for run in store.runs() if run.architecture == architecture)
    median = statistics.median(times)
    print(
        f"{architecture}: {len(model.seeds)} seeds of {n_parameters:,} parameters, {len(images):,} images: "
        f"{median:.2f} s ({min(times):.2f} to {max(times):.2f}); loading before that {load_s:.2f} s",
        flush=True,
    )
    return median


def main() -> int:
    """Measure the promise, or a study."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", help="a study's folder")
    folder = parser.parse_args().folder
    cores = n_cores()
    engine = NativeEngine()
    print(f"mlpstudy {engine.version()}, {engine.instruction_set()}, {cores} threads, {platform.machine()}")
    if folder is not None:
        with Store.open(folder) as store:
            for each in store.study().architectures:
                measure(store, each.name)
        return 0
    with tempfile.TemporaryDirectory() as new, network(f"{new}/promise").store as store:
        kept = measure(store, "256-64") < PROMISED_S
    print(f"promised {PROMISED_S:g} s: {'kept' if kept else 'BROKEN'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
