"""Hand-made digits: strokes drawn with Pillow, clean or as a photograph of paper would show them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Picture = npt.NDArray[np.uint8]
Points = list[tuple[float, float]]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Points:
    """Return points on an ellipse, angles in degrees, in a field of 1 x 1 with y downwards."""
    turn = np.radians(np.linspace(start, end, 40))
    return [(x + rx * float(np.cos(t)), y + ry * float(np.sin(t))) for t in turn]


STROKES: dict[int, Points] = {
    0: arc(0.5, 0.5, 0.3, 0.45, -90, 270),
    1: [(0.35, 0.25), (0.55, 0.05), (0.55, 0.95)],
    2: [*arc(0.5, 0.3, 0.28, 0.25, -170, 30), (0.2, 0.93), (0.82, 0.93)],
    3: [*arc(0.45, 0.28, 0.28, 0.23, -150, 90), *arc(0.45, 0.73, 0.3, 0.23, -90, 150)],
    4: [(0.6, 0.95), (0.6, 0.05), (0.15, 0.65), (0.85, 0.65)],
    5: [(0.78, 0.06), (0.3, 0.06), (0.27, 0.45), *arc(0.48, 0.67, 0.3, 0.27, -130, 150)],
    6: [(0.68, 0.05), (0.4, 0.3), *arc(0.5, 0.68, 0.28, 0.27, -190, 170)],
    7: [(0.18, 0.07), (0.82, 0.07), (0.42, 0.95)],
    8: [*arc(0.5, 0.27, 0.22, 0.22, 90, 450), *arc(0.5, 0.72, 0.27, 0.23, -90, 270)],
    9: [*arc(0.48, 0.3, 0.26, 0.25, 0, 360), (0.74, 0.3), (0.62, 0.95)],
}


def drawn(
    digit: int,
    *,
    width: float = 24,
    size: tuple[int, int] = (400, 300),
    scale: float = 0.55,
    centre: tuple[float, float] = (0.5, 0.5),
) -> Picture:
    """Return a digit in white on black.

    Args:
        digit: which.
        width: of the pen (pixels).
        size: columns and rows of the picture.
        scale: height of the digit, as a share of the shorter side.
        centre: of the digit, as shares of columns and rows.
    """
    columns, rows = size
    image = Image.new("L", (2 * columns, 2 * rows), 0)
    pen = ImageDraw.Draw(image)
    side = 2 * scale * min(size)
    points = [
        (2 * columns * centre[0] + side * (x - 0.5) * 0.85, 2 * rows * centre[1] + side * (y - 0.5))
        for x, y in STROKES[digit]
    ]
    pen.line(points, fill=255, width=round(2 * width), joint="curve")
    for x, y in (points[0], points[-1]):
        pen.ellipse([x - width, y - width, x + width, y + width], fill=255)
    return np.array(image.resize(size, Image.Resampling.BOX))


def photographed(ink: Picture, rng: np.random.Generator, *, paper: float = 190, noise: float = 8) -> Picture:
    """Return dark ink on grey paper, lit from one side, with noise."""
    rows, columns = ink.shape
    y, x = np.mgrid[0:rows, 0:columns]
    light = 40 * (x / columns - 0.5) - 30 * (y / rows - 0.5)
    values = paper + light - 120 * (ink / 255.0) + rng.normal(0, noise, ink.shape)
    picture: Picture = np.clip(values, 0, 255).astype(np.uint8)
    return picture
