"""Classes: the probabilities that a network gives them, and what these cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpstudy.machine.lazy import Lazy
from mlpstudy.tasks.losses import PROBABILITY_CLIP

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
else:
    np = Lazy("numpy")


def softmax(logits: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return class probabilities, shape ``(n, n_classes)``, computed in float64.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    z = logits.astype(np.float64)
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def cross_entropy(p_true: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return -ln(p) of the probabilities of the true classes, clipped as in training (nats), computed in float64.

    >>> cross_entropy(np.array([0.5, 0.0])).round(4).tolist()
    [0.6931, 16.1181]
    """
    clipped = np.clip(p_true.astype(np.float64), PROBABILITY_CLIP, 1 - PROBABILITY_CLIP)
    return np.asarray(-np.log(clipped))
