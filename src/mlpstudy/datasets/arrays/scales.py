"""Bytes beside other numbers: examples of another file are on the scale of the training examples, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from mlpstudy.arrays import Float32Array
    from mlpstudy.datasets.raw import Values

_MOST = 255
_FAR = 100
_MANY = 0.1
"""Share of far values: features that are hardly ever other than 0 have small spreads, and are few."""
_TO_BYTES = "(255 * x).round().astype(numpy.uint8)"


def on_scale_of(train: Values, values: Values, what: str) -> Values:
    """Return values of the kind that the training examples are: bytes where these are bytes.

    Args:
        train: raw features of the training examples.
        values: those of other examples, of as many features.
        what: their file, for messages.

    Raises:
        DataError: the ones are bytes, and the others can be none, or are on a scale of 0 to 1.

    >>> on_scale_of(np.array([[0, 9]], np.uint8), np.array([[255.0, 3.0]], np.float32), "x.npy")
    array([[255,   3]], dtype=uint8)
    """
    if not isinstance(train, np.ndarray) or not isinstance(values, np.ndarray) or train.dtype == values.dtype:
        return values
    low, high = float(values.min()), float(values.max())
    if train.dtype == np.uint8:
        are_levels = 0 <= low <= high <= _MOST and bool((values == np.floor(values)).all())
        if are_levels and (high > 1 or train.max() <= 1):
            return values.astype(np.uint8)
        be = "hold whole numbers of 0 to 255, as the training examples do"
        fix = _TO_BYTES if low >= 0 and high <= 1 else "the type of the training examples, unsigned bytes"
        raise DataError(must(what, be, f"numbers of {low:g} to {high:g}", fix))
    most = float(train.max())
    if most <= 1 < high:
        be = f"hold numbers of {float(train.min()):g} to {most:g}, as the training examples do"
        raise DataError(must(what, be, f"bytes of {low:g} to {high:g}", "x / 255"))
    return values


def far_line(features: Float32Array, what: str) -> str | None:
    """Return a line on new examples that are on another scale than the training examples, None elsewhere.

    Args:
        features: in spreads of the training examples, shape ``(n, d)``.
        what: the examples, for the line.

    >>> far_line(np.array([[0.5, 700.0]], np.float32), "x.npy")
    'x.npy: 50 % of the values are far from the training examples (over 100 times their spread): ...
    """
    share = float((np.abs(features) > _FAR).mean()) if features.size else 0.0
    if share <= _MANY:
        return None
    far = f"{share:.0%}".replace("%", " %")
    is_far = f"are far from the training examples (over {_FAR} times their spread)"
    return f"{what}: {far} of the values {is_far}: where they are bytes, and these were not, x / 255 mends it"
