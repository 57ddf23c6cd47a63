"""Dense layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dense(nn.Module):
    """z = x W + b, with W of shape (inputs, width) as Keras stores it.

    >>> Dense(torch.ones(3, 2), torch.zeros(2))(torch.ones(1, 3))
    tensor([[3., 3.]], grad_fn=<AddmmBackward0>)
    """

    def __init__(self, kernel: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.kernel = nn.Parameter(kernel)
        self.bias = nn.Parameter(bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return z, shape ``(batch, width)``."""
        return torch.addmm(self.bias, x, self.kernel)
