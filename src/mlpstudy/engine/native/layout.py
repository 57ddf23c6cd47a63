"""Which input columns are likely to be zero together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

TILE = 2
"""Side of a pixel tile: the kernels take columns in groups of four."""


def column_groups(n_features: int, image_shape: tuple[int, int] | None = None) -> npt.NDArray[np.int32]:
    """Order the input columns so that four neighbours in the order tend to be zero together.

    The first layer's weight gradient skips an example for four columns at a time, where all four are zero.
    In an image of even sides these are the pixels of a 2 x 2 tile (on MNIST 26 % of such groups are lit);
    otherwise the columns stay in their natural order.

    Args:
        n_features: number of input columns.
        image_shape: rows and columns of pixels, where an example is an image.

    Returns:
        A permutation of ``range(n_features)``, int32; each consecutive four form a group.

    >>> column_groups(16, (4, 4)).tolist()
    [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]
    >>> column_groups(5).tolist()
    [0, 1, 2, 3, 4]
    """
    natural = np.arange(n_features, dtype=np.int32)
    if image_shape is None or image_shape[0] * image_shape[1] != n_features:
        return natural
    height, width = image_shape
    if height % TILE or width % TILE:
        return natural
    tiles = natural.reshape(height // TILE, TILE, width // TILE, TILE)
    return np.ascontiguousarray(tiles.transpose(0, 2, 1, 3).reshape(-1))
