"""A photographed or scanned drawing to ink on nothing: uneven light, noise and specks removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from mlpstudy.datasets.arrays.paper import border

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.datasets.arrays.paper import Grey

INK = 64
"""Grey value from which a pixel counts as ink, where patches and boxes are made of it: a quarter of full."""
LONGEST = 400
"""A photograph is first shrunk to at most so many pixels a side: noise is averaged away, strokes are not."""
WINDOW_SHARE = 4
"""The window that paper is estimated in is a quarter of the longer side: wider than any stroke."""
STROKE_SHARES = (40, 20, 10, 5)
"""Windows that dark and light ink are told apart with, as parts of the longer side."""
FITS = 5
"""Times that a polynomial is fitted to the border, each time without what is far from the last."""
LEAST_CONTRAST = 12.0
"""Between mean ink and mean paper (grey values); with less there is no ink."""
SPECK_SHARE = 20
"""Patches of ink smaller than a twentieth of the largest are specks."""


def clean_photograph(grey: Grey) -> Grey:
    """Return how much ink is at each pixel of a photograph: 0 on paper, 255 where the ink is full.

    1. Shrunk by a whole factor (mean over blocks) to at most 400 pixels a side; a Gaussian of SD 1 pixel.
    2. The ink is dark where ``sum_w (D_w - L_w) / (D_w + L_w) - 2 R > 0``, else light; two signs that fail in
       different pictures:

       ``D_w`` and ``L_w`` are the sums of the cubes of what stands out dark and light at a width ``w``, by the
       top-hat transforms (Serra 1982) with a square window of side ``w``, a 40th, 20th, 10th and 5th of the longer
       side: ``close(v) - v`` is dark and narrower than ``w``, ``v - open(v)`` light and narrower. Thin strokes are
       narrower than the gaps between them, and neither uneven light nor the edge of a shadow stands out.

       ``R = sum r^3 / sum |r|^3`` with ``r = v - q``, ``q`` the polynomial of second degree in row and column that
       fits the border (the outermost ring of pixels) best by least squares, four times fitted again without the
       pixels farther from it than three median distances. Thick strokes are far from what the border shows.
    3. ``t``, what stands out at a quarter of the longer side, of the one or the other.
    4. Otsu's threshold ``T`` of ``t`` (1979), with means ``m0`` below it and ``m1`` above. With
       ``m1 - m0 < 12`` there is no ink.
    5. ``ink = 255 (t - c) / (m1 - c)``, cut to 0-255, with ``c`` halfway from ``m0`` to ``T``: the noise of paper
       becomes 0.
    6. Patches (8-connected) that touch the picture's edge (a table, a finger) are removed, unless one of them has
       over 20 times as many pixels of ``ink >= 64`` as every other patch has; then patches with less than a
       twentieth of the largest one's.

    Args:
        grey: shape ``(rows, columns)``, uint8.

    Returns:
        uint8, smaller than ``grey`` where that is larger than 400 pixels; all 0 where there is no ink.
    """
    values = ndimage.gaussian_filter(_shrunk(grey), 1.0, mode="nearest")
    stands_out = _standing_out(values, WINDOW_SHARE, dark=_is_dark(values))
    if np.ptp(stands_out) < LEAST_CONTRAST:
        return np.zeros(values.shape, np.uint8)
    threshold, paper, ink = _otsu(stands_out)
    if ink - paper < LEAST_CONTRAST:
        return np.zeros(values.shape, np.uint8)
    cut = (paper + threshold) / 2
    scaled = np.clip(255 * (stands_out - cut) / (ink - cut), 0, 255)
    return _without_dirt(np.rint(scaled).astype(np.uint8))


def _shrunk(grey: Grey) -> npt.NDArray[np.float64]:
    """Return the means of square blocks; what is left over at the right and the bottom is cut off."""
    factor = -(-max(grey.shape) // LONGEST)
    factor = min(factor, *grey.shape)
    rows, columns = grey.shape[0] // factor, grey.shape[1] // factor
    blocks = grey[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    means: npt.NDArray[np.float64] = blocks.mean(axis=(1, 3), dtype=np.float64)
    return means


def _standing_out(values: npt.NDArray[np.float64], share: int, *, dark: bool) -> npt.NDArray[np.float64]:
    """Return a top-hat transform, its window a share of the longer side."""
    window = 2 * (max(3, max(values.shape) // share),)
    if dark:
        return np.asarray(ndimage.grey_closing(values, size=window, mode="nearest") - values)
    return np.asarray(values - ndimage.grey_opening(values, size=window, mode="nearest"))


def _is_dark(values: npt.NDArray[np.float64]) -> bool:
    """Return step 2: whether the ink is darker than the paper."""
    score = -2 * _skewness_from_border(values)
    for share in STROKE_SHARES:
        dark, light = (float((_standing_out(values, share, dark=dark) ** 3).sum()) for dark in (True, False))
        score += (dark - light) / (dark + light) if dark + light else 0.0
    return score > 0


def _skewness_from_border(values: npt.NDArray[np.float64]) -> float:
    """Return ``R`` of step 2."""
    rows, columns = values.shape
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    edge, seen = np.stack([border(term) for term in terms], axis=1), border(values)
    kept = np.ones(seen.size, dtype=np.bool_)
    for _ in range(FITS):
        paper = np.linalg.lstsq(edge[kept], seen[kept], rcond=None)[0]
        distance = np.abs(edge @ paper - seen)
        kept = distance <= 3 * np.median(distance) + 1e-9
    cubes = (values - np.tensordot(paper, terms, axes=1)) ** 3
    size = float(np.abs(cubes).sum())
    return float(cubes.sum()) / size if size else 0.0


def _otsu(values: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the threshold that separates two classes best, and the mean below and above it.

    The values must not all be equal. Of 256 equal bins the threshold maximises the variance between the classes,
    ``w0 w1 (m0 - m1)^2``: Otsu 1979, *A threshold selection method from gray-level histograms*.
    """
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1].astype(np.float64)
    above = values.size - below
    total = np.cumsum(counts * middles)
    mean_below = total[:-1] / below
    # The first bin holds the smallest value and the last one the largest: neither class is empty.
    mean_above = (total[-1] - total[:-1]) / above
    best = int(np.argmax(below * above * (mean_above - mean_below) ** 2))
    return float(edges[best + 1]), float(mean_below[best]), float(mean_above[best])


def _without_dirt(ink: Grey) -> Grey:
    """Return step 6."""
    patches, n = ndimage.label(ink > 0, structure=np.ones((3, 3), np.int8))
    solid = np.bincount(patches[ink >= INK], minlength=n + 1)
    solid[0] = 0
    inside = solid.copy()
    inside[border(patches.astype(np.float64)).astype(np.int64)] = 0
    if inside.max() * SPECK_SHARE >= solid.max():
        solid = inside
    keep = solid * SPECK_SHARE >= max(solid.max(), 1)
    return np.where(keep[patches], ink, 0).astype(np.uint8)
