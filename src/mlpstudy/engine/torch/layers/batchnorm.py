"""Batch normalisation with Keras's moving averages."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mlpstudy.engine.torch.float32 import positive


class BatchNormalization(nn.Module):
    """Normalise each feature over the batch.

        training:   y = gamma (x - mean(x)) / sqrt(var(x) + epsilon) + beta
                    moving <- momentum moving + (1 - momentum) batch statistic
        inference:  y = gamma (x - moving_mean) / sqrt(moving_variance + epsilon) + beta

    ``var`` is the biased variance (division by the batch size), also in the moving variance, as Keras has
    it; ``torch.nn.BatchNorm1d`` puts the unbiased one there and names 1 - momentum momentum.
    Source: Ioffe & Szegedy 2015, Alg. 1 (whose Alg. 2 uses the unbiased variance for inference).

    Args:
        gamma, beta, moving_mean, moving_variance: where they start, shape ``(width,)``.
        momentum: of the moving averages.
        epsilon: added to the variance.

    >>> width_1 = torch.ones(1), torch.zeros(1), torch.zeros(1), torch.ones(1)
    >>> bn = BatchNormalization(*width_1, momentum=0.9, epsilon=1e-3)
    >>> bn(torch.tensor([[-1.0], [1.0]])).shape, bn.moving_variance.item()
    (torch.Size([2, 1]), 1.0)
    """

    moving_mean: Tensor
    moving_variance: Tensor

    def __init__(
        self,
        gamma: Tensor,
        beta: Tensor,
        moving_mean: Tensor,
        moving_variance: Tensor,
        *,
        momentum: float,
        epsilon: float,
    ) -> None:
        super().__init__()
        self.gamma = nn.Parameter(gamma)
        self.beta = nn.Parameter(beta)
        self.register_buffer("moving_mean", moving_mean)
        self.register_buffer("moving_variance", moving_variance)
        self.momentum = momentum
        self.epsilon = positive(epsilon)

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised batch, shape ``(batch, width)``."""
        if self.training:
            variance, mean = torch.var_mean(x, dim=0, correction=0)
            with torch.no_grad():
                self.moving_mean.lerp_(mean, 1 - self.momentum)
                self.moving_variance.lerp_(variance, 1 - self.momentum)
        else:
            mean, variance = self.moving_mean, self.moving_variance
        # The slope of rsqrt, of power -3/2, overflows where neither variance nor epsilon is above 1e-26.
        return (x - mean) / torch.sqrt(variance + self.epsilon) * self.gamma + self.beta
