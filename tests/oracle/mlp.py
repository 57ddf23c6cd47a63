"""A multilayer perceptron in plain NumPy, float64, written from the equations: the yardstick of the kernels.

It shares no code with the product. Rows are examples; a layer computes, in this order,

    z = x W + b;  h = f(z);  n = (h - mean) / sqrt(variance + epsilon);  y = gamma n + beta;  y = y * mask / (1 - rate)

where mean and (biased) variance are the batch's in training and moving averages in inference, and the last
layer is softmax(x W + b). Loss: -log(clip(p_true, 1e-7, 1 - 1e-7)), mean over the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
CLIP = 1e-7


@dataclass
class Norm:
    """Parameters of one batch normalisation."""

    gamma: Array
    beta: Array
    moving_mean: Array
    moving_variance: Array


@dataclass
class Layer:
    """Parameters of one layer."""

    kernel: Array
    bias: Array
    norm: Norm | None = None


@dataclass
class Memory:
    """What the backward pass of a layer needs from its forward pass."""

    x: Array
    z: Array
    h: Array
    normal: Array = field(default_factory=lambda: np.empty(0))
    scale: Array = field(default_factory=lambda: np.empty(0))
    mask: Bools | None = None


@dataclass
class Mlp:
    """A network, its hyperparameters and its optimiser's state."""

    layers: list[Layer]
    activation: str = "relu"
    dropout: list[float] = field(default_factory=list)
    momentum: float = 0.99
    bn_epsilon: float = 1e-3
    learning_rate: float = 1e-3
    optimiser: str = "adam"
    settings: dict[str, float] = field(default_factory=dict)
    """The optimiser's, where they are not those of its entry."""
    step: int = 0
    slots: dict[str, list[Array]] = field(default_factory=dict)
    """What the optimiser keeps beside each trained tensor."""
    seen: list[Memory] = field(default_factory=list)
    """What the last forward pass saw, per layer."""

    def forward(self, x: Array, *, training: bool, masks: list[Bools] | None = None) -> tuple[Array, list[Memory]]:
        """Return class probabilities and, per layer, what backward needs; training moves the moving averages."""
        memories = []
        for i, layer in enumerate(self.layers[:-1]):
            z = self.product(x, layer.kernel) + layer.bias
            memory = Memory(x=x, z=z, h=activation(self.activation).value(z))
            y = memory.h
            if layer.norm is not None:
                y = self._normalise(layer.norm, memory, training=training)
            if training and masks is not None and self.dropout[i] > 0:
                memory.mask = masks[i]
                y = np.where(masks[i], y / (1 - self.dropout[i]), 0.0)
            memories.append(memory)
            x = y
        last = self.layers[-1]
        z = self.product(x, last.kernel) + last.bias
        memories.append(Memory(x=x, z=z, h=z))
        self.seen = memories
        return softmax(memories[-1].h), memories

    def product(self, a: Array, b: Array) -> Array:
        """The matrix product a b: with the means, where rounding matters most."""
        result: Array = a @ b
        return result

    def mean(self, a: Array) -> Array:
        """The mean over the rows."""
        result: Array = a.mean(0)
        return result

    def _normalise(self, norm: Norm, memory: Memory, *, training: bool) -> Array:
        mean, variance = norm.moving_mean, norm.moving_variance
        if training:
            mean = self.mean(memory.h)
            variance = self.mean((memory.h - mean) ** 2)
            norm.moving_mean = norm.moving_mean * self.momentum + mean * (1 - self.momentum)
            norm.moving_variance = norm.moving_variance * self.momentum + variance * (1 - self.momentum)
        memory.scale = 1 / np.sqrt(variance + self.bn_epsilon)
        memory.normal = (memory.h - mean) * memory.scale
        return norm.gamma * memory.normal + norm.beta

    def gradients(
        self, x: Array, labels: npt.NDArray[np.int32], masks: list[Bools] | None = None
    ) -> tuple[Array, list[Array]]:
        """Return the loss of each example and the gradient of their mean with respect to each trainable tensor."""
        p, memories = self.forward(x, training=True, masks=masks)
        true = p[np.arange(len(x)), labels]
        inside = (true >= CLIP) & (true <= 1 - CLIP)
        dz = p.copy()
        dz[np.arange(len(x)), labels] -= 1
        dz *= inside[:, None] / len(x)
        result: list[list[Array]] = []
        for i in reversed(range(len(self.layers))):
            layer, memory = self.layers[i], memories[i]
            small: list[Array] = []
            if i < len(self.layers) - 1:
                dz, small = self._backward(layer, memory, dz, self.dropout[i] if self.dropout else 0.0)
            result.append([self.product(memory.x.T, dz), self.product(np.ones_like(dz[:, :1]).T, dz)[0], *small])
            dz = self.product(dz, layer.kernel.T)
        return cross_entropy(p, labels), [g for tensors in reversed(result) for g in tensors]

    def _backward(self, layer: Layer, memory: Memory, dy: Array, rate: float) -> tuple[Array, list[Array]]:
        """From the gradient of a hidden layer's output to that of z, and of gamma and beta where there are any."""
        small: list[Array] = []
        if memory.mask is not None:
            dy = np.where(memory.mask, dy / (1 - rate), 0.0)
        if layer.norm is not None:
            n = memory.normal
            small = [(dy * n).sum(0), dy.sum(0)]
            dn = dy * layer.norm.gamma
            dy = memory.scale * (dn - self.mean(dn) - n * self.mean(dn * n))
        return dy * activation(self.activation).slope(memory.h), small

    def train_step(self, x: Array, labels: npt.NDArray[np.int32], masks: list[Bools] | None = None) -> Array:
        """Do one step of the optimiser on one batch; return the loss of each example before it."""
        if self.optimiser not in OPTIMISERS:
            message = f"the oracle must know the optimiser, got {self.optimiser}, fix: write its equations here"
            raise NotImplementedError(message)
        loss, gradients = self.gradients(x, labels, masks)
        self.step += 1
        optimiser = OPTIMISERS[self.optimiser]
        settings = optimiser.settings | self.settings
        tensors = self.trainable()
        if not self.slots:
            self.slots = {slot: [np.zeros_like(t) for t in tensors] for slot in optimiser.slots}
        for i, (tensor, g) in enumerate(zip(tensors, gradients, strict=True)):
            kept = optimiser.kept(settings, g, *(slot[i] for slot in self.slots.values()))
            for slot, new in zip(self.slots.values(), kept, strict=True):
                slot[i] = new
            tensor[...] -= optimiser.change(settings, self.learning_rate, self.step, *kept)
        return loss

    def trainable(self) -> list[Array]:
        """The tensors that the optimiser moves, in Keras's order."""
        return [t for a in self.layers for t in (a.kernel, a.bias, *((a.norm.gamma, a.norm.beta) if a.norm else ()))]

    def parameters(self) -> list[Array]:
        """All tensors, in Keras's order."""
        result = []
        for a in self.layers:
            result += [a.kernel, a.bias]
            if a.norm is not None:
                result += [a.norm.gamma, a.norm.beta, a.norm.moving_mean, a.norm.moving_variance]
        return result


def build(sizes: list[int], rng: np.random.Generator, *, normalise: bool = False) -> list[Layer]:
    """Layers of the given sizes (inputs, hidden widths, classes) with random parameters, none of them trivial."""
    layers = []
    for i, (n_in, n_out) in enumerate(pairwise(sizes)):
        layer = Layer(rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_out)), rng.normal(0, 0.1, n_out))
        if normalise and i < len(sizes) - 2:
            gamma, beta = rng.uniform(0.5, 1.5, n_out), rng.normal(0, 0.3, n_out)
            layer.norm = Norm(gamma, beta, rng.normal(0, 0.3, n_out), rng.uniform(0.5, 1.5, n_out))
        layers.append(layer)
    return layers


Settings = dict[str, float]


class Optimiser(NamedTuple):
    """What it keeps, by name, and with which settings; all that it does is one tensor at a time.

    kept: the new slots, of settings, gradient and slots.
    change: what step t takes off the weights, of settings, learning rate, t and new slots.
    """

    slots: tuple[str, ...]
    settings: Settings
    kept: Callable[..., tuple[Array, ...]]
    change: Callable[..., Array]


def _moments(of: Settings, g: Array, m: Array, v: Array) -> tuple[Array, ...]:
    """Adam's: m' = m b1 + g (1 - b1), v' = v b2 + g^2 (1 - b2)."""
    b1, b2 = of["beta_1"], of["beta_2"]
    return m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)


def _adam(of: Settings, learning_rate: float, t: int, m: Array, v: Array) -> Array:
    """Adam's: alpha m' / (sqrt(v') + epsilon)."""
    alpha = learning_rate * np.sqrt(1 - of["beta_2"] ** t) / (1 - of["beta_1"] ** t)
    change: Array = alpha * m / (np.sqrt(v) + of["epsilon"])
    return change


OPTIMISERS = {
    "adam": Optimiser(("m", "v"), {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}, _moments, _adam),
}


class Activation(NamedTuple):
    """f(z), f'(z) from h = f(z), and the largest f'."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    steepest: float


ACTIVATIONS = {
    "relu": Activation(lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(h.dtype), 1.0),
    "tanh": Activation(np.tanh, lambda h: 1 - h * h, 1.0),
    "sigmoid": Activation(lambda z: 1 / (1 + np.exp(-z)), lambda h: h * (1 - h), 0.25),
    "linear": Activation(lambda z: z, np.ones_like, 1.0),
}


def activation(name: str) -> Activation:
    """The equations of an activation."""
    if name not in ACTIVATIONS:
        message = f"the oracle must know the activation, got {name}, fix: write its equations here"
        raise NotImplementedError(message)
    return ACTIVATIONS[name]


def softmax(z: Array) -> Array:
    """Probabilities of each row."""
    e = np.exp(z - z.max(1, keepdims=True))
    p: Array = e / e.sum(1, keepdims=True)
    return p


def cross_entropy(p: Array, labels: npt.NDArray[np.int32]) -> Array:
    """Loss of each example."""
    return -np.log(np.clip(p[np.arange(len(p)), labels], CLIP, 1 - CLIP))
