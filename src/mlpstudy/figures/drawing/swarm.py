"""Places for dots on a line so that those with nearly the same value stand side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

STEP = 4.0
"""Distance between the levels on which dots stand (pixels)."""


def swarm(places: Sequence[float], diameter: float, reach: float) -> list[float]:
    """Return offsets across a line at which dots do not cover each other, as small as they can be.

    Args:
        places: where the dots are along the line (pixels).
        diameter: of a dot (pixels).
        reach: largest offset (pixels); where a line is full up to it, dots share their places.

    >>> swarm([10.0, 10.0, 50.0], 7.5, 15.0)
    [0.0, 8.0, 0.0]
    """
    levels = [0.0, *(sign * STEP * k for k in range(1, int(max(reach, 0.0) / STEP) + 1) for sign in (1, -1))]
    placed: list[tuple[float, float]] = []
    offsets = [0.0] * len(places)
    for i in sorted(range(len(places)), key=lambda i: places[i]):
        near = [(x, y) for x, y in placed if abs(x - places[i]) < diameter]
        free = (y for y in levels if all(math.hypot(places[i] - at, y - other) >= diameter for at, other in near))
        offsets[i] = next(free, levels[len(near) % len(levels)])
        placed.append((places[i], offsets[i]))
    return offsets
