"""Categorical cross-entropy as Keras computes it from probabilities."""

from __future__ import annotations

import torch
from torch import Tensor

from mlpstudy.records import PROBABILITY_CLIP


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of each example, shape ``(batch,)``.

        p = softmax(logits);   loss = -ln(clip(p_true, 1e-7, 1 - 1e-7))

    Where the clip is active the gradient is zero, as on Keras's JAX and PyTorch backends. (Its TensorFlow
    backend finds the logits behind the softmax and does not clip.)

    Args:
        logits: shape ``(batch, n_classes)``.
        labels: class indices, shape ``(batch,)``, int64.

    >>> cross_entropy(torch.tensor([[0.0, 0.0], [0.0, 50.0]]), torch.tensor([0, 0]))
    tensor([ 0.6931, 16.1181])
    """
    p_true = torch.softmax(logits, dim=1).gather(1, labels[:, None]).squeeze(1)
    return -torch.log(torch.clamp(p_true, PROBABILITY_CLIP, 1 - PROBABILITY_CLIP))
