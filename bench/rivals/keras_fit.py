"""Keras 3: ``model.fit`` as the notebook called it, on the backend that is asked for.

python -m bench.rivals.keras_fit --backend jax
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import Any

from bench.rivals.keras_network import keras_model
from bench.rivals.mnist import N_CLASSES, load
from bench.rivals.turns import Turns


def _turn_taker(keras: Any, turns: Turns, network: str) -> Any:  # noqa: ANN401  # Keras has no types
    """Return a callback that waits before each epoch but the first, and reports each."""

    class TurnTaker(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            del logs
            if epoch:
                turns.begin()

        def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
            turns.end(network, f"epoch {epoch + 1}", logs["val_accuracy"])

    return TurnTaker()


def main() -> None:
    """Fit all networks in one process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", choices=("jax", "tensorflow", "torch"), default="jax")
    turns = Turns(parser)
    os.environ["KERAS_BACKEND"] = turns.options.backend
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    if turns.options.backend != "tensorflow":  # Keras imports it where it is installed, which takes 3 s
        sys.modules["tensorflow"] = None  # type: ignore[assignment]  # as importlib says it is not there
    keras = importlib.import_module("keras")
    backend = importlib.import_module(turns.options.backend)
    train, test = load("train", turns.options.share), load("t10k", turns.options.share)
    y_train, y_test = train.one_hot(), test.one_hot()
    turns.ready(Keras=keras.__version__, **{turns.options.backend: backend.__version__})
    for architecture in turns.networks():
        with turns.step(architecture.name, "set-up"):
            keras.backend.clear_session()
            keras.utils.set_random_seed(0)
            model = keras_model(architecture, train.x.shape[1], N_CLASSES)
        turns.begin()
        model.fit(
            train.x,
            y_train,
            batch_size=architecture.training.batch_size,
            epochs=turns.options.epochs,
            validation_data=(test.x, y_test),
            verbose=0,
            callbacks=[_turn_taker(keras, turns, architecture.name)],
        )


if __name__ == "__main__":
    main()
