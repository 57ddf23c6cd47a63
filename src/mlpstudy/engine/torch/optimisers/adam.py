"""Adam with epsilon where Keras has it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from mlpstudy.engine.torch.float32 import held, positive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from mlpstudy.study import Training


class Adam:
    """Adam (Kingma & Ba 2015, the variant at the end of section 2).

    At step t, with gradient g:

        m += (1 - beta_1) (g - m);   v += (1 - beta_2) (g^2 - v)
        w -= alpha m / (sqrt(v) + epsilon),   alpha = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)

    ``torch.optim.Adam`` adds epsilon to the corrected root, sqrt(v / (1 - beta_2^t)): at step 1 its epsilon
    acts as one 32 times smaller would here.

    Args:
        parameters: what is trained.
        training: betas, epsilon.

    Attributes:
        slots: what it keeps, by name: a tensor for each parameter, in their order.
        n_steps: steps that it has done.

    >>> from mlpstudy.study import Training
    >>> w = torch.zeros(1)
    >>> Adam([w], Training()).step([torch.tensor([3.0])], 0.001)
    >>> round(w.item(), 6)
    -0.001
    """

    def __init__(self, parameters: Sequence[Tensor], training: Training) -> None:
        self._parameters = parameters
        self._m = [torch.zeros_like(w) for w in parameters]
        self._v = [torch.zeros_like(w) for w in parameters]
        self.slots: Mapping[str, Sequence[Tensor]] = {"m": self._m, "v": self._v}
        self._training = training
        self._epsilon = positive(training.epsilon)
        self.n_steps, self._learning_rate = 0, math.nan

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor], learning_rate: float) -> None:
        """Apply one step with the gradients of the parameters, in their order."""
        self.n_steps, self._learning_rate = self.n_steps + 1, learning_rate
        t, alpha = self._training, self._alpha()
        for w, g, m, v in zip(self._parameters, gradients, self._m, self._v, strict=True):
            m.lerp_(g, 1 - t.beta_1)
            v.mul_(t.beta_2).addcmul_(g, g, value=1 - t.beta_2)
            w.addcdiv_(m, v.sqrt().add_(self._epsilon), value=-alpha)

    @torch.no_grad()
    def changes(self) -> list[Tensor]:
        """Return what the last step has taken off each parameter, before the difference was rounded."""
        alpha = self._alpha()
        return [alpha * m / (v.sqrt() + self._epsilon) for m, v in zip(self._m, self._v, strict=True)]

    def _alpha(self) -> float:
        """Return the factor of the last step: its learning rate, corrected for moments that began at 0."""
        t = self._training
        alpha = self._learning_rate * math.sqrt(1 - t.beta_2**self.n_steps) / (1 - t.beta_1**self.n_steps)
        return held(alpha)
