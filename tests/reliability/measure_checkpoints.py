"""What checkpoints cost: ``PYTHONPATH=tests python -m reliability.measure_checkpoints`` prints a line a network.

CPU time of copying a state and of writing it, medians of seven, on the smallest and the largest network of the study
``notebook``, as shares of an epoch (a state is copied after each) and of ten seconds (it is written after as many).
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mlpstudy.datasets import load
from mlpstudy.engine import get_engine
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.engine.run.pace import INTERVAL_S
from mlpstudy.records import Checkpoint, EpochRecord
from mlpstudy.store.checkpoints import CheckpointFiles
from mlpstudy.study import count_parameters, load_study

RUN_ID = "0123456789abcdef"


def cpu_s(call: Callable[[], object]) -> float:
    """Return the CPU time of this thread that a call takes, the median of seven."""
    taken = []
    for _ in range(7):
        start = time.thread_time()
        call()
        taken.append(time.thread_time() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    study = load_study("notebook")
    data = load(study.data, 0)
    by_size = sorted(study.architectures, key=lambda one: count_parameters(one.network, 784, 10)[0])
    for architecture in (by_size[0], by_size[-1]):
        weights = initial_weights(architecture.network, 784, 10, study_seed=0, seed=0)
        trainer = get_engine("native").trainer(
            architecture, weights, n_classes=10, image_shape=data.image_shape, dropout_key=1
        )
        start = time.thread_time()
        trainer.train_epoch(data.train, np.arange(len(data.train)), 1)
        epoch_s = time.thread_time() - start
        epochs = tuple(EpochRecord(i, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0) for i in range(1, 21))
        checkpoint = Checkpoint(RUN_ID, "m" * 64, "2026-01-01T00:00:00+00:00", 1.0, epochs, (), trainer.state())
        with tempfile.TemporaryDirectory() as folder:
            files = CheckpointFiles(Path(folder))
            copy_s, write_s = cpu_s(trainer.state), cpu_s(lambda: files.save(checkpoint))  # noqa: B023  # called at once
            size = max(path.stat().st_size for path in files.folder.iterdir())
        shares = (
            f"{100 * copy_s / epoch_s:.2f} % of an epoch and {100 * write_s / INTERVAL_S:.2f} % of {INTERVAL_S:.0f} s"
        )
        print(  # noqa: T201  # its claim
            f"{architecture.name}: {size / 1e6:.1f} MB; copied in {1e3 * copy_s:.1f} ms, written in "
            f"{1e3 * write_s:.1f} ms: {shares}"
        )


if __name__ == "__main__":
    main()
