"""The weights that a run starts from, drawn from keyed streams: the same for every engine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.streams import stream
from mlpstudy.study import parameter_shapes

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.records import Float32Array, Weights
    from mlpstudy.study import Initializer, InitialWeights, Network

TRUNCATED_SD = 0.87962566103423978
"""Standard deviation of a standard normal distribution truncated to [-2, 2]."""

CONSTANTS = {"bias": 0.0, "gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0}
"""Where the tensors that are not drawn start."""


def initial_weights(network: Network, n_features: int, n_classes: int, *, study_seed: int, seed: int) -> Weights:
    """Return the initial weights of a run.

    Kernel i (counted from 0 over the dense layers, the output last) is drawn from the stream "initial
    weights" number i, so networks that begin with the same shapes begin with the same numbers. Biases
    start at 0, batch normalisation at gamma 1, beta 0, moving mean 0, moving variance 1.

    Args:
        network: the network.
        n_features: number of input features.
        n_classes: number of classes.
        study_seed: the study's own seed.
        seed: the seed of the run.

    Returns:
        Tensors by name, float32, in the order of ``parameter_shapes``; kernels have shape (inputs, width).

    >>> from mlpstudy.study import Network
    >>> weights = initial_weights(Network(hidden=(4,)), 3, 2, study_seed=0, seed=0)
    >>> [(name, tensor.shape) for name, tensor in weights.items()][:2]
    [('hidden_1.kernel', (3, 4)), ('hidden_1.bias', (4,))]
    """
    weights: dict[str, Float32Array] = {}
    n_kernels = 0
    for name, shape in parameter_shapes(network, n_features, n_classes).items():
        layer, tensor = name.split(".")
        if tensor == "kernel":
            rng = stream(study_seed, seed, "initial weights", n_kernels)
            weights[name] = draw(_initializer(network.initial_weights, layer), (shape[0], shape[1]), rng)
            n_kernels += 1
        else:
            weights[name] = np.full(shape, CONSTANTS[tensor], dtype=np.float32)
    return weights


def draw(initializer: Initializer, shape: tuple[int, int], rng: np.random.Generator) -> Float32Array:
    """Draw one kernel of shape (inputs, width), float32.

    As Keras 3: ``normal`` is not truncated, ``uniform`` is U(-scale, scale), the named uniform ones are
    U(-sqrt(3) sd, sqrt(3) sd), and the named normal ones are truncated at two standard deviations of the
    parent distribution, whose standard deviation is enlarged so that ``sd`` is left.

    >>> from mlpstudy.study import Initializer
    >>> draw(Initializer(kind="uniform", scale=0.05), (2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    sd = initializer.standard_deviation(*shape)
    if initializer.kind == "normal":
        sample = rng.normal(0.0, sd, shape)
    elif initializer.kind.endswith("uniform"):
        half_width = sd * math.sqrt(3.0)
        sample = rng.uniform(-half_width, half_width, shape)
    else:
        sample = _truncated_normal(shape, rng) * (sd / TRUNCATED_SD)
    return sample.astype(np.float32)


def _initializer(distributions: InitialWeights, layer: str) -> Initializer:
    """The initializer of a dense layer, by the layer's name."""
    if layer == "output":
        return distributions.output
    return distributions.first_hidden if layer == "hidden_1" else distributions.other_hidden


def _truncated_normal(shape: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Standard normal numbers within [-2, 2]: those outside are drawn again."""
    sample = rng.standard_normal(shape)
    while (outside := np.abs(sample) > 2.0).any():  # noqa: PLR2004  # the 2 of the definition
        sample[outside] = rng.standard_normal(int(outside.sum()))
    return sample
