"""Categorical cross-entropy as Keras computes it from probabilities, and what counts as a hit."""

from __future__ import annotations

import torch
from torch import Tensor

from mlpstudy.tasks.losses import PROBABILITY_CLIP


def cross_entropy(p: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of each example, shape ``(batch,)``.

        loss = -ln(clip(p_true, 1e-7, 1 - 1e-7))

    Where the clip is active the gradient is zero, as on Keras's JAX and PyTorch backends. (Its TensorFlow
    backend finds the logits behind the softmax and does not clip.)

    Args:
        p: class probabilities, shape ``(batch, n_classes)``.
        labels: class indices, shape ``(batch,)``, int64.

    >>> cross_entropy(torch.tensor([[0.5, 0.5], [0.0, 1.0]]), torch.tensor([0, 0]))
    tensor([ 0.6931, 16.1181])
    """
    p_true = p.gather(1, labels[:, None]).squeeze(1)
    return -torch.log(torch.clamp(p_true, PROBABILITY_CLIP, 1 - PROBABILITY_CLIP))


def hits(p: Tensor, labels: Tensor) -> Tensor:
    """Return where the first of the largest probabilities is that of the class, shape ``(batch,)``.

    NaN is no hit: ``argmax`` would take it for the largest.

    >>> nan = float("nan")
    >>> hits(torch.tensor([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [nan, nan, nan]]), torch.tensor([0, 1, 0]))
    tensor([ True, False, False])
    """
    return (p.argmax(dim=1) == labels) & ~p.isnan().any(dim=1)
