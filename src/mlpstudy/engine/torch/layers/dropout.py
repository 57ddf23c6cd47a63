"""Dropout."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Inverted dropout: in training, y = x mask / (1 - rate) with a mask that keeps a unit with 1 - rate.

    Source: Srivastava et al. 2014, scaled in training instead of in inference, as Keras does.

    Args:
        rate: share of units that are dropped.
        generator: where the masks are drawn from, on the module's device.
    """

    def __init__(self, rate: float, generator: torch.Generator) -> None:
        super().__init__()
        self.keep = 1.0 - rate
        self._generator = generator

    def forward(self, x: Tensor) -> Tensor:
        """Return the batch with units dropped, shape ``(batch, width)``."""
        if not self.training:
            return x
        mask = torch.empty_like(x).bernoulli_(self.keep, generator=self._generator)
        return x * mask.div_(self.keep)
