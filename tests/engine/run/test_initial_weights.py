"""Initial weights have the distributions that Keras 3 gives them, and come from keyed streams."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mlpstudy.engine.run.initial_weights import draw, initial_weights
from mlpstudy.streams import stream
from mlpstudy.study import Initializer, InitialWeights, Network, load_study, parameter_shapes

SHAPE = (400, 250)
INITIALIZERS = [
    Initializer(kind="normal", scale=0.062),
    Initializer(kind="uniform", scale=0.05),
    Initializer(kind="glorot_uniform"),
    Initializer(kind="glorot_normal"),
    Initializer(kind="he_uniform"),
    Initializer(kind="he_normal"),
    Initializer(kind="lecun_uniform"),
    Initializer(kind="lecun_normal"),
]
# Standard deviations written out from the papers, fan_in 400 and fan_out 250.
SD = {
    "normal": 0.062,
    "uniform": 0.05 / math.sqrt(3),
    "glorot": math.sqrt(2 / 650),
    "he": math.sqrt(2 / 400),
    "lecun": math.sqrt(1 / 400),
}


def _cdf(kind: str) -> Any:
    """The standardised distribution (mean 0, variance 1) of an initializer."""
    if kind.endswith("uniform"):
        return stats.uniform(-math.sqrt(3), 2 * math.sqrt(3))
    if kind == "normal":
        return stats.norm()
    sd = stats.truncnorm(-2, 2).std()
    return stats.truncnorm(-2, 2, scale=1 / sd)


@pytest.mark.parametrize("initializer", INITIALIZERS, ids=lambda i: i.kind)
def test_moments(initializer: Initializer) -> None:
    """Mean, variance and fourth moment of 100,000 weights lie within 4.5 standard errors of the definition's."""
    sample = draw(initializer, SHAPE, stream(0, 0, "initial weights", 7)).astype(np.float64).ravel()
    z = sample / SD[initializer.kind.split("_")[0]]
    reference = _cdf(initializer.kind)
    for power in (1, 2, 4):
        expected, square = reference.moment(power), reference.moment(2 * power)
        standard_error = math.sqrt((square - expected**2) / z.size)
        assert abs((z**power).mean() - expected) < 4.5 * standard_error


@pytest.mark.parametrize("initializer", INITIALIZERS, ids=lambda i: i.kind)
def test_distribution(initializer: Initializer) -> None:
    """A Kolmogorov-Smirnov test finds no difference from the definition's distribution function."""
    sample = draw(initializer, SHAPE, stream(0, 0, "initial weights", 8)).astype(np.float64).ravel()
    z = sample / SD[initializer.kind.split("_")[0]]
    assert stats.kstest(z, _cdf(initializer.kind).cdf).pvalue > 1e-4


def test_truncation() -> None:
    """The named normal initializers have no weight beyond two parent standard deviations; plain normal has."""
    named = draw(Initializer(kind="he_normal"), SHAPE, stream(0, 0, "initial weights"))
    plain = draw(Initializer(kind="normal", scale=0.1), SHAPE, stream(0, 0, "initial weights"))
    bound = 2 * SD["he"] / stats.truncnorm(-2, 2).std()
    assert 0.99 * bound < np.abs(named).max() <= bound * (1 + 1e-6)
    assert np.abs(plain).max() > 0.3


def test_names_shapes_order_and_constants() -> None:
    """Every tensor of the network is there, in order, float32, and those that are not drawn have their constants."""
    network = Network(hidden=(6, 5), batch_normalisation=True, dropout=0.5)
    weights = initial_weights(network, 7, 3, study_seed=1, seed=2)
    assert {name: w.shape for name, w in weights.items()} == parameter_shapes(network, 7, 3)
    assert list(weights) == list(parameter_shapes(network, 7, 3))
    assert all(w.dtype == np.float32 and w.flags.c_contiguous for w in weights.values())
    constants = {"bias": 0, "gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1}
    for name, w in weights.items():
        tensor = name.split(".")[1]
        if tensor != "kernel":
            assert np.all(w == constants[tensor])


def test_each_layer_has_its_initializer() -> None:
    """First hidden, other hidden and output kernels have the standard deviations that the network asks for."""
    distributions = InitialWeights(
        first_hidden=Initializer(kind="normal", scale=0.5),
        other_hidden=Initializer(kind="normal", scale=0.1),
        output=Initializer(kind="normal", scale=0.02),
    )
    network = Network(hidden=(100, 100, 100), initial_weights=distributions)
    weights = initial_weights(network, 100, 100, study_seed=0, seed=0)
    sds = [weights[f"{layer}.kernel"].std() for layer in ("hidden_1", "hidden_2", "hidden_3", "output")]
    assert sds == pytest.approx([0.5, 0.1, 0.1, 0.02], rel=0.05)


def test_the_notebook_starts_where_it_says() -> None:
    """The built-in study's plain networks have standard deviations 0.062 and 0.125, the others 0.039 and 0.55."""
    for architecture in load_study("notebook").architectures:
        weights = initial_weights(architecture.network, 784, 10, study_seed=0, seed=0)
        first, other = (0.062, 0.125) if architecture.name.startswith("plain") else (0.039, 0.55)
        assert weights["hidden_1.kernel"].std() == pytest.approx(first, rel=0.02)
        assert weights["hidden_2.kernel"].std() == pytest.approx(other, rel=0.02)


def test_streams_are_keyed() -> None:
    """Same seed, same weights; another seed, study seed or layer, others; shared shapes share their draws."""
    network = Network(hidden=(8, 8, 8))
    weights = initial_weights(network, 8, 8, study_seed=0, seed=0)
    again = initial_weights(network, 8, 8, study_seed=0, seed=0)
    deeper = initial_weights(Network(hidden=(8, 8, 8, 4), batch_normalisation=True), 8, 2, study_seed=0, seed=0)
    kernels = [w for name, w in weights.items() if name.endswith("kernel")]
    assert all(np.array_equal(weights[name], again[name]) for name in weights)
    assert np.array_equal(weights["hidden_2.kernel"], deeper["hidden_2.kernel"])
    assert not any(np.array_equal(a, b) for i, a in enumerate(kernels) for b in kernels[:i])
    for study_seed, seed in ((1, 0), (0, 1)):
        other = initial_weights(network, 8, 8, study_seed=study_seed, seed=seed)
        assert not np.array_equal(weights["hidden_1.kernel"], other["hidden_1.kernel"])
