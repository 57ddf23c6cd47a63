"""Train one network of the notebook with real Keras 3, as the notebook did, once a seed; a CSV line an epoch.

    python -m bench.rivals.keras_accuracy runs.csv --seeds 5

Finished runs in the file are skipped, and a run's lines are written together: interrupting loses one run.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
from bench.rivals.csv_runs import append, finished
from bench.rivals.keras_network import keras_model
from bench.rivals.mnist import N_CLASSES, load

from mlpstudy.study import load_study


def main() -> None:
    """Run what is missing, one seed of all networks after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    arguments = parser.parse_args()
    study = load_study("notebook")
    train, test = load("train"), load("t10k")
    for seed in range(arguments.first_seed, arguments.seeds):
        for architecture in study.architectures:
            n_epochs = architecture.training.epochs
            if ("keras", architecture.name, seed) in finished(arguments.runs, n_epochs):
                continue
            start = time.perf_counter()
            keras.utils.set_random_seed(seed + 1)
            keras.backend.clear_session()
            model = keras_model(architecture, train.x.shape[1], N_CLASSES)
            history = model.fit(
                train.x,
                train.one_hot(),
                batch_size=architecture.training.batch_size,
                epochs=n_epochs,
                validation_data=(test.x, test.one_hot()),
                verbose=0,
            ).history
            wall_s = time.perf_counter() - start
            curves = zip(*(history[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy")), strict=True)
            rows: list[tuple[object, ...]] = [
                ("keras", architecture.name, seed, epoch, *(f"{v:.9g}" for v in values), f"{wall_s:.2f}")
                for epoch, values in enumerate(curves, start=1)
            ]
            append(arguments.runs, rows)
            print(f"{architecture.name} seed {seed}: {history['val_accuracy'][-1]:.4f} in {wall_s:.0f} s", flush=True)


if __name__ == "__main__":
    main()
