"""The weights that a run starts from, drawn from keyed streams: the same for every engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.streams import stream
from mlpstudy.study import layers

if TYPE_CHECKING:
    from mlpstudy.arrays import Float32Array, FloatArray, Weights
    from mlpstudy.study import Initializer, Network
    from mlpstudy.study.network.initial import Shape

TRUNCATED_SD = 0.87962566103423978
"""Standard deviation of a standard normal distribution truncated to [-2, 2]."""


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
    for layer in layers(network, n_features, n_classes):
        for tensor in layer.tensors:
            if isinstance(tensor.start, float):
                weights[tensor.name] = np.full(tensor.shape, tensor.start, dtype=np.float32)
            else:
                rng = stream(study_seed, seed, "initial weights", n_kernels)
                weights[tensor.name] = draw(tensor.start, (tensor.shape[0], tensor.shape[1]), rng)
                n_kernels += 1
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
    return SHAPES[initializer.distribution.shape](sd, shape, rng).astype(np.float32)


def _normal(sd: float, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    return rng.normal(0.0, sd, shape)


def _uniform(sd: float, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    half_width = sd * math.sqrt(3.0)
    return rng.uniform(-half_width, half_width, shape)


def _truncated_normal(sd: float, shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Normal numbers within two standard deviations of the parent distribution: those outside are drawn again."""
    sample = rng.standard_normal(shape)
    while (outside := np.abs(sample) > 2.0).any():  # noqa: PLR2004  # the 2 of the definition
        sample[outside] = rng.standard_normal(int(outside.sum()))
    return sample * (sd / TRUNCATED_SD)


SHAPES: dict[Shape, Callable[[float, tuple[int, int], np.random.Generator], FloatArray]] = {
    "normal": _normal,
    "uniform": _uniform,
    "truncated normal": _truncated_normal,
}
