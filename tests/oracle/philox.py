"""Philox4x32-10 and the dropout masks made of it, in plain Python integers and NumPy.

Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WORD = 0xFFFFFFFF


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the four 32-bit words of a counter under a key."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & WORD, (first >> 32) ^ c3 ^ k1, first & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


def dropout_mask(  # the arguments of the counter
    key: int, step: int, layer: int, n_rows: int, width: int, rate: float
) -> npt.NDArray[np.bool_]:
    """Return which elements of a layer's output are kept, shape ``(n_rows, width)``.

    Counter (layer << 20 | block, row, step low, step high); the least of 8, 16, 32 bits an element in which
    the rate is exact; an element is kept when its bits, as an integer, are at least rate * 2^bits.
    """
    bits = next((b for b in (8, 16) if (rate * 2**b).is_integer()), 32)
    per_block = 128 // bits
    dtype = {8: np.uint8, 16: np.uint16, 32: np.uint32}[bits]
    kept = np.zeros((n_rows, -(-width // per_block) * per_block), np.bool_)
    for row in range(n_rows):
        for block in range(kept.shape[1] // per_block):
            counter = (layer << 20 | block, row, step & WORD, step >> 32)
            words = np.array(philox(counter, (key & WORD, key >> 32)), dtype="<u4")
            kept[row, block * per_block : (block + 1) * per_block] = words.view(dtype) >= round(rate * 2**bits)
    return kept[:, :width]
