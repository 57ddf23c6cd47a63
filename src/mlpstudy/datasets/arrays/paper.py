"""Grey values of one picture: what a transparent one lies on, its border, its rows in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

Grey = npt.NDArray[np.uint8]
"""Grey values 0-255, shape ``(rows, columns)``."""

_Number = TypeVar("_Number", np.uint8, np.float64)
_BLOCK_PIXELS = 1 << 20


def on_paper(grey: Grey, alpha: Grey) -> Grey:
    """Lay a transparent picture on paper: ``floor((Y a + P (255 - a) + 127) / 255)``.

    The paper ``P`` continues the border (the outermost ring of pixels): its mean grey value weighted by alpha,
    rounded half up, where the border's alpha adds up to at least half of what it can. Else the paper contrasts
    with the drawing: 255 where the mean grey value of the whole picture, weighted by alpha, is under 127.5, else 0.

    Args:
        grey: ``Y``, shape ``(rows, columns)``, uint8.
        alpha: ``a``, the same shape, uint8; 0 is transparent.

    >>> ink = np.zeros((3, 3), np.uint8)
    >>> on_paper(ink, np.diag([0, 255, 0]).astype(np.uint8)).tolist()
    [[255, 255, 255], [255, 0, 255], [255, 255, 255]]
    """
    edge, edge_alpha = border(grey).astype(np.int64), border(alpha).astype(np.int64)
    total = int(edge_alpha.sum())
    if 2 * total >= 255 * edge_alpha.size:
        paper = (2 * int((edge * edge_alpha).sum()) + total) // (2 * total)
    else:
        weighted = sum(int((grey[i].astype(np.uint32) * alpha[i]).sum(dtype=np.int64)) for i in blocks(grey))
        paper = 255 if 2 * weighted < 255 * int(alpha.sum(dtype=np.int64)) else 0
    laid = np.empty_like(grey)
    for i in blocks(grey):
        opacity = alpha[i].astype(np.uint32)
        laid[i] = (grey[i] * opacity + paper * (255 - opacity) + 127) // 255
    return laid


def blocks(values: Grey) -> Iterator[slice]:
    """Yield blocks of rows of about a million pixels: wider types for a whole large picture would take a gigabyte."""
    n_rows = max(_BLOCK_PIXELS // max(values.shape[1], 1), 1)
    for start in range(0, len(values), n_rows):
        yield slice(start, start + n_rows)


def border(values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Return the outermost ring of pixels, each once.

    >>> border(np.arange(9, dtype=np.uint8).reshape(3, 3)).tolist()
    [0, 1, 2, 6, 7, 8, 3, 5]
    """
    rows, columns = values.shape
    ends = values[:1] if rows == 1 else values[[0, -1]]
    sides = values[1:-1, :1] if columns == 1 else values[1:-1][:, [0, -1]]
    return np.concatenate([ends.ravel(), sides.ravel()])
