"""Activations and their slopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

if TYPE_CHECKING:
    from mlpstudy.study.network.activations import ActivationName


class Activation(NamedTuple):
    """An activation f.

    Attributes:
        value: f(z).
        slope: f'(z) as a function of h = f(z).
        steepest: the largest value of f'.
    """

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]
    steepest: float


ACTIVATIONS: dict[ActivationName, Activation] = {
    "relu": Activation(torch.relu, lambda h: (h > 0).to(h.dtype), 1.0),
    "tanh": Activation(torch.tanh, lambda h: 1 - h * h, 1.0),
    "sigmoid": Activation(torch.sigmoid, lambda h: h * (1 - h), 0.25),
    "linear": Activation(lambda z: z, torch.ones_like, 1.0),
}
