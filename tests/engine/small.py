"""A small network and its data, for tests of what every engine promises."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers import blobs
from mlpstudy import streams
from mlpstudy.arrays import Float32Array
from mlpstudy.engine.interface import Engine, Trainer
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.study import Architecture, Network, Training

DATA = blobs()
X = np.asarray(DATA.train.features, np.float32)
N = len(DATA.train)
ORDER = streams.batch_order(0, 0, 1, N)
FALLING = np.geomspace(0.1, 0.001, 13)
"""A step size of each of the 13 steps, the last of them of 16 examples."""


def trainer(
    engine: Engine,
    changes: Mapping[str, Float32Array] | None = None,
    training: Training = Training(batch_size=20),  # noqa: B008  # it is frozen
    **network: object,
) -> Trainer:
    """Return a trainer of a small network, with changes to its initial weights."""
    settings = Network.model_validate({"hidden": (8,)} | network)
    architecture = Architecture(name="a", levels=(), network=settings, training=training)
    weights = initial_weights(settings, DATA.n_features, DATA.n_classes, study_seed=0, seed=0)
    return engine.trainer(
        architecture,
        {**weights, **(changes or {})},
        n_classes=DATA.n_classes,
        image_shape=None,
        dropout_key=5,
    )


def bits(one: Trainer) -> dict[str, bytes]:
    """All that training goes on from."""
    state = one.state()
    return {"steps": str(state.n_steps).encode()} | {k: v.tobytes() for k, v in state.tensors.items()}
