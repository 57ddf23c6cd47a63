"""A study's network as a real Keras 3 model, on Keras's PyTorch backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from mlpstudy.arrays import Weights
    from mlpstudy.study import Architecture


def keras_model(architecture: Architecture, weights: Weights) -> Any:
    """Return the model with the given weights, compiled with Keras's own defaults for loss and Adam."""
    network, training = architecture.network, architecture.training
    model = keras.Sequential([keras.Input((weights["hidden_1.kernel"].shape[0],))])
    for width in network.hidden:
        model.add(keras.layers.Dense(width, activation=network.activation))
        if network.batch_normalisation:
            model.add(keras.layers.BatchNormalization())
        if network.dropout:
            model.add(keras.layers.Dropout(network.dropout))
    model.add(keras.layers.Dense(weights["output.bias"].size, activation="softmax"))
    adam = keras.optimizers.Adam(training.learning_rate)
    model.compile(optimizer=adam, loss="categorical_crossentropy", metrics=["accuracy"])
    model.set_weights(list(weights.values()))
    return model
