"""Both engines end a study's runs alike, those that diverge above all.

``MLPSTUDY_TEST_TORCH_DEVICE=cuda`` runs it on another device of PyTorch.
"""

from __future__ import annotations

import pytest

from helpers import blobs, engine_named
from mlpstudy.engine import RunEnded, RunTask, train_runs
from mlpstudy.records import RunRecord
from mlpstudy.study import Architecture, Network, Training

DATA = blobs(n_train=120)
EPOCHS = 6
LEARNING_RATES = (1e-3, 1e3, 1e10, 1e20, 1e38, 1e300)


def records(engine: str, network: Network, learning_rates: tuple[float, ...]) -> list[RunRecord]:
    """Train one run at each learning rate; return their records in that order."""
    tasks = [
        RunTask(
            f"run{i}",
            Architecture(
                name=f"{rate:g}",
                levels=(),
                network=network,
                training=Training(epochs=EPOCHS, batch_size=16, learning_rate=rate),
            ),
            0,
            0,
        )
        for i, rate in enumerate(learning_rates)
    ]
    events = train_runs(engine_named(engine), tasks, DATA, n_threads=1)
    ended = {event.result.record.run_id: event.result.record for event in events if isinstance(event, RunEnded)}
    return [ended[task.run_id] for task in tasks]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_engines_end_runs_alike(activation: str, rate: float, *, normalise: bool) -> None:
    """Status, first diverged epoch and number of epochs are the same at learning rates up to 1e300; none fails."""
    network = Network.model_validate(
        {"hidden": (12, 8), "activation": activation, "batch_normalisation": normalise, "dropout": rate}
    )
    native, torch = (
        [(r.architecture, r.status, r.diverged_epoch, r.n_epochs_done) for r in records(name, network, LEARNING_RATES)]
        for name in ("native", "torch")
    )
    assert native == torch
    assert native[0][1] == "finished"
    assert native[-1] == ("1e+300", "diverged", 1, 1)
