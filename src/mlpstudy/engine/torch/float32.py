"""Settings as float32 holds them, at the ends of its range."""

from __future__ import annotations

import math

import torch

_RANGE = torch.finfo(torch.float32)


def held(value: float) -> float:
    """Return a number beyond float32's range as infinity, which it becomes there: PyTorch itself raises RuntimeError.

    >>> held(1e-3), held(1e300)
    (0.001, inf)
    """
    return value if value <= _RANGE.max else math.inf


def positive(epsilon: float) -> float:
    """Return an epsilon that is not flushed to zero: at least float32's smallest normal number.

    Studies are refused that ask for less, but there are folders that have one.

    >>> positive(1e-7), 0 < positive(1e-300) < 1.2e-38
    (1e-07, True)
    """
    return max(epsilon, _RANGE.tiny)
