"""Numbers that reach the networks as they are, and are too large for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mlpstudy.arrays import FloatArray

LARGE = 100.0
"""From there on a first step of a usual size can throw weights of a usual size far off."""


def scale_warning(numbers: FloatArray, what: str) -> str | None:
    """Return a warning of numbers that are far from the range of weights, None elsewhere.

    >>> scale_warning(np.array([0.0, 99_900.0]), 'x.csv, column "a"')
    'x.csv, column "a" is 0 to 99,900, and numeric = "none" leaves it so: ...
    """
    present = numbers[~np.isnan(numbers)]
    if not present.size or float(np.abs(present).max()) < LARGE:
        return None
    low, high = float(present.min()), float(present.max())
    return (
        f'{what} is {low:,.6g} to {high:,.6g}, and numeric = "none" leaves it so: on numbers of that size most networks'
        ' diverge or hardly learn; numeric = "standardise" scales them'
    )
