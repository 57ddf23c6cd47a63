"""What is made small: one entry a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from mlpstudy.engine.torch.losses.cross_entropy import cross_entropy


class Loss(NamedTuple):
    """A loss.

    Attributes:
        outputs: what the last layer's numbers become, shape ``(batch, n_outputs)``.
        of: the loss of each example, of outputs and labels.
    """

    outputs: Callable[[Tensor], Tensor]
    of: Callable[[Tensor, Tensor], Tensor]


LOSSES = {"softmax_cross_entropy": Loss(lambda z: torch.softmax(z, dim=1), cross_entropy)}
