"""Compact networks: as small as they are said to be, and the same classes as the networks that they stand for."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from javascript.node import evaluated
from mlpstudy.arrays import Float32Array, FloatArray
from mlpstudy.report.draw.choosing import CompactRun
from mlpstudy.report.draw.compact import (
    LEVELS,
    CompactLayer,
    ExactNetwork,
    input_scales,
    probabilities,
)
from mlpstudy.report.draw.section import _blob
from mlpstudy.study import Network, parameter_shapes
from mlpstudy.study.network.activations import ACTIVATIONS, ActivationName
from oracle.mlp import ACTIVATIONS as ORACLE

N_FEATURES, N_CLASSES = 20, 4

PREDICTED = """(() => {
    const bytes = Uint8Array.from(atob(given.blob), (c) => c.charCodeAt(0));
    const [network] = mlpstudy.network.networks(bytes.buffer, given.index);
    return given.examples.map((one) => [...mlpstudy.network.predict(network, one)]);
})()"""


def _weights(network: Network, seed: int = 0) -> dict[str, Float32Array]:
    rng = np.random.default_rng(seed)
    shapes = parameter_shapes(network, N_FEATURES, N_CLASSES)
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    for name, tensor in weights.items():
        if "variance" in name:
            tensor[...] = np.abs(tensor) + 0.1
    return weights


def _features(n: int = 500) -> Float32Array:
    rng = np.random.default_rng(3)
    return (rng.random((n, N_FEATURES)) * (rng.random(N_FEATURES) < 0.7)).astype(np.float32)


def _exact(network: Network, weights: dict[str, Float32Array], x: Float32Array) -> FloatArray:
    """Compute a network by its definition, in float64."""
    h: FloatArray = x.astype(np.float64)
    for i in range(1, len(network.hidden) + 1):
        h = ORACLE[network.activation].value(h @ weights[f"hidden_{i}.kernel"] + weights[f"hidden_{i}.bias"])
        if network.batch_normalisation:
            names = ("gamma", "beta", "moving_mean", "moving_variance")
            gamma, beta, mean, variance = (weights[f"batchnorm_{i}.{name}"].astype(np.float64) for name in names)
            h = gamma * (h - mean) / np.sqrt(variance + network.bn_epsilon) + beta
    z = h @ weights["output.kernel"] + weights["output.bias"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True), dtype=np.float64)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("normalised", [False, True])
def test_compact_network_is_the_network(activation: ActivationName, normalised: bool) -> None:
    """With very fine steps the probabilities are the exact ones: every layer is computed by its definition."""
    network = Network(hidden=(16, 8), activation=activation, batch_normalisation=normalised)
    weights, x = _weights(network), _features()
    made = ExactNetwork.of(weights, network, x, input_scales(x)).compact(8000.0)
    assert np.abs(probabilities(made, x) - _exact(network, weights, x)).max() < 2e-3


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_page_computes_what_python_does(activation: ActivationName) -> None:
    """From the bytes that a page holds its script computes each example's probabilities as Python does."""
    network = Network(hidden=(16, 8), activation=activation, batch_normalisation=True)
    weights, x = _weights(network), _features(20)
    made = ExactNetwork.of(weights, network, x, input_scales(x)).compact()
    blob, index = _blob([CompactRun("a", 0, made, 0, 0.0, 0)])
    given = {"blob": base64.b64encode(blob).decode(), "index": index, "examples": x.tolist()}
    said = evaluated("mlpstudy.report", "network.js", PREDICTED, given)
    assert np.abs(np.array(said) - probabilities(made, x)).max() < 1e-5


def test_error_shrinks_with_the_steps() -> None:
    """Four times finer steps make a clearly smaller error."""
    network = Network(hidden=(32,))
    weights, x = _weights(network), _features()
    exact = _exact(network, weights, x)
    trained = ExactNetwork.of(weights, network, x, input_scales(x))
    errors = [np.abs(probabilities(trained.compact(n), x) - exact).mean() for n in (8.0, 32.0, 128.0)]
    assert errors[0] > 2.5 * errors[1] > 6 * errors[2]


def test_rounding_is_to_the_nearest_step() -> None:
    """No weight is further from its compact form than half a step, whatever its input's scale."""
    network = Network(hidden=(16,))
    weights, x = _weights(network), _features()
    first = ExactNetwork.of(weights, network, x, input_scales(x)).compact()[0]
    half = 0.5 * first.units * first.inputs[:, None] * 1.001
    assert (np.abs(first.kernel - weights["hidden_1.kernel"]) <= half).all()
    assert np.allclose(
        first.units, (weights["hidden_1.kernel"] / first.inputs[:, None]).std(axis=0) / LEVELS, rtol=1e-5
    )


def test_rare_inputs_are_rounded_more() -> None:
    """An input a hundredth as strong has coarser steps, up to the floor of a fiftieth."""
    x = np.ones((10, 2), np.float32)
    x[:, 1] = 0.01
    assert input_scales(x).tolist() == pytest.approx([1.0, 50.0])


def test_planes_hold_negative_and_large_numbers() -> None:
    """Low and high bytes give the numbers back, of either sign."""
    q = np.array([[0, -1], [32767, -32768]], np.int32)
    one = np.ones(2, np.float32)
    layer = CompactLayer(q, one, one, one, one, one, "relu")
    low, high = (np.frombuffer(plane, np.uint8).astype(np.int32) for plane in layer.planes())
    zigzag = low | (high << 8)
    assert ((zigzag >> 1) ^ -(zigzag & 1)).reshape(2, 2).tolist() == q.tolist()


def test_constant_and_wild_kernels_have_steps() -> None:
    """A unit whose weights are all equal, and one with a single huge weight, are still written exactly enough."""
    network = Network(hidden=(3,))
    weights, x = _weights(network), _features()
    kernel = weights["hidden_1.kernel"]
    kernel[:, 0] = 0.0
    kernel[:, 1] = 0.25
    kernel[0, 2] = 1e6
    first = ExactNetwork.of(weights, network, x, np.ones(N_FEATURES, np.float32)).compact()[0]
    assert np.isfinite(first.kernel).all()
    assert np.abs(first.q).max() <= 32767
    assert first.kernel[:, 0].tolist() == [0.0] * N_FEATURES
    assert np.allclose(first.kernel[:, 1], 0.25, rtol=1e-4)
    assert first.kernel[0, 2] == pytest.approx(1e6, abs=float(first.units[2]))
