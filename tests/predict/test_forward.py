"""The forward pass in NumPy: what the kernels compute, without them."""

from __future__ import annotations

import numpy as np
import pytest

from mlpstudy.engine.native import NativeEngine
from mlpstudy.predict.forward import forward_layers, probabilities
from mlpstudy.study import Architecture, Network, Training, parameter_shapes
from mlpstudy.study.network.activations import ACTIVATIONS, ActivationName

N_FEATURES, N_CLASSES = 12, 4


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalised", [False, True])
def test_probabilities_are_those_of_the_kernels(activation: ActivationName, normalised: bool) -> None:
    """Dense layers, activation, batch normalisation by its moving statistics, no dropout, softmax."""
    network = Network(hidden=(9, 5), activation=activation, batch_normalisation=normalised, dropout=0.5)
    rng = np.random.default_rng(0)
    shapes = parameter_shapes(network, N_FEATURES, N_CLASSES)
    weights = {name: rng.uniform(0.1, 1, shape).astype(np.float32) for name, shape in shapes.items()}
    weights |= {name: w - np.float32(0.5) for name, w in weights.items() if not name.endswith("moving_variance")}
    trainer = NativeEngine().trainer(
        Architecture(name="a", levels=(), network=network, training=Training()),
        weights,
        n_classes=N_CLASSES,
        image_shape=None,
        dropout_key=0,
    )
    features = rng.normal(size=(50, N_FEATURES)).astype(np.float32)
    said = probabilities(forward_layers(weights, network), features)
    np.testing.assert_allclose(said, trainer.probabilities(features, 1), rtol=1e-4, atol=1e-6)
