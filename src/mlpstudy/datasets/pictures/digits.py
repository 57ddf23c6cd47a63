"""Pictures to what a network was trained on: MNIST's own preprocessing of a drawn digit, and plain resizing.

All arithmetic is of whole numbers, every quotient rounded as stated, so that the same steps in another language
give the same pixels. ``floor(a / b)`` of the whole numbers here is exact in IEEE double precision, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.datasets.arrays.paper import border
from mlpstudy.datasets.pictures.files import read_grey
from mlpstudy.datasets.pictures.photographs import INK, clean_photograph
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlpstudy.datasets.arrays.paper import Grey

FIELD = 28
"""Side of MNIST's images (pixels)."""
BOX = 20
"""Side of the box in them that a digit is fitted into (pixels)."""
CENTRE = 14
"""Row and column of the pixel whose middle gets the centre of mass."""


def read_digit(path: str | Path) -> Grey:
    """Return the picture of a digit in a file as an image like MNIST's: :func:`digit` of its grey values.

    Raises:
        DataError: the file is no picture that can be read, or nothing is drawn on it; the line names the file.
    """
    return digit(read_grey(path), str(path))


def read_image(path: str | Path, shape: tuple[int, int]) -> Grey:
    """Return the picture in a file as grey values of a given shape: :func:`resized`, nothing else.

    Raises:
        DataError: the file is no picture that can be read.
    """
    return resized(read_grey(path), *shape)


def digit(grey: Grey, what: str = "the picture") -> Grey:
    """Return a drawn digit as an image like MNIST's: white ink on black, fitted into 20 x 20, centred by mass.

    1. *Paper*. ``p`` is the median of the border (the outermost ring of pixels, sorted; of an even number the
       lower of the two in the middle). Where more than half of the border's pixels are exactly ``p`` the paper is
       flat. Else the picture is a photograph: step 2 is
       :func:`~mlpstudy.datasets.pictures.photographs.clean_photograph`, step 3 is left out.
    2. *Ink*. A pixel's ink is how much darker it is than the paper, ``max(p - v, 0)``, where
       ``sum max(p - v, 0)^3 > sum max(v - p, 0)^3`` over all pixels; else how much lighter, ``max(v - p, 0)``.
    3. *As it is*. The ink of a picture of 28 x 28 with ``p`` 0 or 255 already is what a network sees: it is
       returned unchanged.
    4. *Contrast*. With ``m`` the most ink of any pixel: ``v <- floor((255 v + floor(m / 2)) / m)``.
    5. *Box*. The smallest box of rows and columns that holds every pixel of ``v >= 64``, ``h`` rows and ``w``
       columns; all else is cut off.
    6. *Fit*. With ``l = max(h, w)`` the new sides are ``max(1, floor((40 h + l) / (2 l)))`` and the same of
       ``w``: the longer one is 20, the aspect ratio is kept. Resampled by area average, see :func:`resized`.
    7. *Contrast* again, as step 4: a thin line covers a part of each new pixel only.
    8. *Centre*. With ``M = sum v``, ``X = sum x v`` over the columns ``x = 0, 1, ...`` of the box, its left
       column goes to column ``floor((29 M - 2 X) / (2 M))`` of the 28 x 28 field, but at least to 0 and at most
       to ``28 - w``: the centre of mass comes nearest to column 14. The same for rows.

    Args:
        grey: shape ``(rows, columns)``, uint8.
        what: how to name the picture in an error.

    Returns:
        shape ``(28, 28)``, uint8.

    Raises:
        DataError: nothing is drawn.

    Steps 5, 6 and 8 are what was done to MNIST: LeCun, Bottou, Bengio, Haffner 1998 (*Gradient-based learning
    applied to document recognition*, section III.A) and http://yann.lecun.com/exdb/mnist/; that the centre goes
    to pixel 14 was measured on its images. Their originals were black and white, so that steps 1-4 and 7 are ours.

    >>> drawn = np.full((100, 60), 255, np.uint8)
    >>> drawn[10:90, 28:36] = 0
    >>> image = digit(drawn)
    >>> np.argwhere(image).min(axis=0).tolist(), np.argwhere(image).max(axis=0).tolist(), int(image.max())
    ([5, 14], [24, 15], 255)
    """
    if not grey.size:
        raise DataError(must(what, "have pixels", "none"))
    edge = np.sort(border(grey))
    paper = int(edge[(edge.size - 1) // 2])
    is_flat = 2 * int((edge == paper).sum()) > edge.size
    ink = _on_flat_paper(grey, paper) if is_flat else clean_photograph(grey)
    if not ink.any():
        found = "one grey value everywhere" if is_flat else "nothing that stands out from the paper"
        raise DataError(must(what, "show a digit", found, "draw with more contrast"))
    if grey.shape == (FIELD, FIELD) and is_flat and paper in {0, 255}:
        return ink
    return _centred(_stretched(_fitted(_stretched(ink))))


def _on_flat_paper(grey: Grey, paper: int) -> Grey:
    """Return step 2."""
    cubes = (np.arange(256, dtype=np.int64) - paper) ** 3
    is_darker = int((np.bincount(grey.ravel(), minlength=256) * cubes).sum()) < 0
    wide = grey.astype(np.int16)
    return np.maximum(paper - wide if is_darker else wide - paper, 0).astype(np.uint8)


def _stretched(ink: Grey) -> Grey:
    """Return steps 4 and 7."""
    most = int(ink.max())
    return ink if most == 255 else ((255 * ink.astype(np.int64) + most // 2) // most).astype(np.uint8)  # noqa: PLR2004


def _fitted(ink: Grey) -> Grey:
    """Return steps 5 and 6."""
    is_ink = ink >= INK
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    longer = max(box.shape)
    height, width = (max(1, (2 * BOX * side + longer) // (2 * longer)) for side in box.shape)
    return resized(box, height, width)


def _centred(ink: Grey) -> Grey:
    """Return step 8."""
    field = np.zeros((FIELD, FIELD), np.uint8)
    mass = int(ink.sum(dtype=np.int64))
    top, left = (_offset(ink.sum(axis=axis, dtype=np.int64), mass) for axis in (1, 0))
    field[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return field


def _offset(profile: npt.NDArray[np.int64], mass: int) -> int:
    moment = int((profile * np.arange(profile.size)).sum())
    offset = ((2 * CENTRE + 1) * mass - 2 * moment) // (2 * mass)
    return min(max(offset, 0), FIELD - profile.size)


def resized(grey: Grey, rows: int, columns: int) -> Grey:
    """Resample by area average; the aspect ratio is not kept.

    New pixel ``(i, j)`` is the mean of the old picture over the rectangle that it covers:

    ``v'[i, j] = floor((2 S + h w) / (2 h w))``, ``S = sum_{k, l} a[i, k] b[j, l] v[k, l]``

    with ``h x w`` the old and ``h' x w'`` the new size, and how far old row ``k`` lies in new row ``i``, in units
    of ``1 / h'`` of an old row: ``a[i, k] = max(0, min((k + 1) h', (i + 1) h) - max(k h', i h))``; ``b`` the same
    of columns. All sums are whole numbers below 2^53.

    Args:
        grey: shape ``(h, w)``, uint8, of at most 50 million pixels.
        rows: ``h'``.
        columns: ``w'``.

    Returns:
        shape ``(rows, columns)``, uint8; a picture that has this shape already, unchanged.

    >>> resized(np.array([[0, 100, 200]], np.uint8), 1, 2).tolist()
    [[33, 167]]
    """
    height, width = grey.shape
    if (height, width) == (rows, columns):
        return grey
    across = np.stack([grey[:, first:last] @ weights for first, last, weights in _overlaps(width, columns)], axis=1)
    total = np.stack([weights @ across[first:last] for first, last, weights in _overlaps(height, rows)])
    area = height * width
    means: Grey = ((2 * total + area) // (2 * area)).astype(np.uint8)
    return means


def _overlaps(n_old: int, n_new: int) -> list[tuple[int, int, npt.NDArray[np.int64]]]:
    """Return of each new row: the first and last (excluded) old row that it covers, and how far each."""
    found = []
    for i in range(n_new):
        first, last = i * n_old // n_new, -(-(i + 1) * n_old // n_new)
        k = np.arange(first, last, dtype=np.int64)
        found.append((first, last, np.minimum((k + 1) * n_new, (i + 1) * n_old) - np.maximum(k * n_new, i * n_old)))
    return found
