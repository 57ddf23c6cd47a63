"""What is rounding and what is a number: no decision may hang on the last bits of a sum."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ROUNDING = 1e-12
"""Share of the numbers that went into a sum below which its result is rounding: float64 leaves some 1e-16 of it a
step, and the smallest difference that a study can show, one example in a hundred million, is 1e-8."""


def cleared(value: float, scale: float) -> float:
    """Return a value, or 0 where it is nothing but rounding of numbers of a given size.

    >>> cleared(1.4e-16, 0.97), cleared(0.001, 0.97)
    (0.0, 0.001)
    """
    return 0.0 if abs(value) <= ROUNDING * abs(scale) else value


def sd_of(values: npt.ArrayLike) -> float:
    """Return the standard deviation (ddof 1) of two or more values, exactly 0 where they are all the same.

    >>> float(np.std([0.97] * 3, ddof=1)) > 0, sd_of([0.97] * 3)
    (True, 0.0)
    """
    sample = np.asarray(values, dtype=np.float64)
    return cleared(float(sample.std(ddof=1)), float(np.abs(sample).max()))
