"""Philox4x32-10 and the dropout masks made of it, in plain NumPy.

Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WORD = 0xFFFFFFFF
HALF, LOW = np.uint64(32), np.uint64(WORD)
Words = npt.NDArray[np.uint64]


def philox(counter: tuple[Words, Words, Words, Words], key: tuple[int, int]) -> tuple[Words, Words, Words, Words]:
    """Return the four 32-bit words of each counter under a key; arrays are of uint64, which holds the products."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c2 = (second >> HALF) ^ c1 ^ np.uint64(k0), (first >> HALF) ^ c3 ^ np.uint64(k1)
        c1, c3 = second & LOW, first & LOW
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


def dropout_mask(  # the arguments of the counter
    key: int, step: int, layer: int, n_rows: int, width: int, rate: float
) -> npt.NDArray[np.bool_]:
    """Return which elements of a layer's output are kept, shape ``(n_rows, width)``.

    Counter (layer << 20 | block, row, step low, step high); the least of 8, 16, 32 bits an element in which
    the rate is exact; an element is kept when its bits, as an integer, are at least rate * 2^bits, or all ones.
    """
    bits = next((b for b in (8, 16) if (rate * 2**b).is_integer()), 32)
    per_block = 128 // bits
    dtype = {8: np.uint8, 16: np.uint16, 32: np.uint32}[bits]
    n_blocks = -(-width // per_block)
    row, block = np.meshgrid(np.arange(n_rows, dtype=np.uint64), np.arange(n_blocks, dtype=np.uint64), indexing="ij")
    low, high = np.full_like(row, step & WORD), np.full_like(row, step >> 32)
    words = np.stack(philox((block | np.uint64(layer << 20), row, low, high), (key & WORD, key >> 32)), axis=-1)
    drawn = words.astype("<u4").reshape(n_rows, -1).view(dtype)[:, :width]
    kept: npt.NDArray[np.bool_] = drawn >= min(round(rate * 2**bits), 2**bits - 1)
    return kept
