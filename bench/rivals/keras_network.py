"""A network of a study as a compiled Keras model: layer by layer what the notebook wrote by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlpstudy.study import Architecture, Initializer


def initializer(setting: Initializer) -> Any:  # noqa: ANN401  # Keras has no types
    """Return the Keras initializer of a setting."""
    import keras  # noqa: PLC0415  # the backend is chosen before Keras is imported

    if setting.kind == "normal":
        return keras.initializers.RandomNormal(stddev=setting.scale)
    if setting.kind == "uniform":
        return keras.initializers.RandomUniform(-(setting.scale or 0.0), setting.scale)
    return keras.initializers.get(setting.kind)


def keras_model(architecture: Architecture, n_features: int, n_classes: int) -> Any:  # noqa: ANN401  # Keras has no types
    """Return the model, compiled with Adam's and the loss's defaults, as the notebook did."""
    import keras  # noqa: PLC0415  # the backend is chosen before Keras is imported

    network, training = architecture.network, architecture.training
    distributions = network.initial_weights
    model = keras.Sequential([keras.Input((n_features,))])
    for i, width in enumerate(network.hidden):
        kernel = distributions.other_hidden if i else distributions.first_hidden
        model.add(keras.layers.Dense(width, activation=network.activation, kernel_initializer=initializer(kernel)))
        if network.batch_normalisation:
            model.add(keras.layers.BatchNormalization(momentum=network.bn_momentum, epsilon=network.bn_epsilon))
        if network.dropout > 0:
            model.add(keras.layers.Dropout(network.dropout))
    output = initializer(distributions.output)
    model.add(keras.layers.Dense(n_classes, activation="softmax", kernel_initializer=output))
    adam = keras.optimizers.Adam(
        training.learning_rate, beta_1=training.beta_1, beta_2=training.beta_2, epsilon=training.epsilon
    )
    model.compile(optimizer=adam, loss="categorical_crossentropy", metrics=["accuracy"])
    return model
