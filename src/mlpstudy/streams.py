"""Keyed random streams: every random number of a study is addressed, never drawn from an ambient state.

A stream is Philox4x64-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") whose
128-bit key is a BLAKE2b hash of (study seed, seed, purpose, index). A stream therefore depends neither on
the order of execution, nor on threads, nor on the other runs of the study.

The key holds no architecture: with one seed, all architectures see the same batch order, and layers of
one shape start from the same draws. Seeds are then blocks, which pair the runs that are compared
(common random numbers), and the two engines can be compared draw by draw.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import numpy as np
import numpy.typing as npt
from numpy.random import Generator, Philox

Purpose = Literal["initial weights", "batch order", "dropout", "validation split", "test split", "subset"]


def _digest(study_seed: int, seed: int, purpose: Purpose, index: int) -> bytes:
    """Hash the address of a stream to 16 bytes."""
    address = f"mlpstudy:{study_seed}:{seed}:{purpose}:{index}"
    return hashlib.blake2b(address.encode(), digest_size=16).digest()


def stream(study_seed: int, seed: int, purpose: Purpose, index: int = 0) -> Generator:
    """Return the generator at one address.

    Args:
        study_seed: the study's own seed.
        seed: the seed of the run.
        purpose: what the numbers are for.
        index: the layer, the epoch, or whatever the purpose counts.

    >>> a = stream(0, 3, "batch order", 1).random()
    >>> a == stream(0, 3, "batch order", 1).random(), a == stream(0, 3, "batch order", 2).random()
    (True, False)
    """
    key = np.frombuffer(_digest(study_seed, seed, purpose, index), dtype=np.uint64)
    return Generator(Philox(key=key))


def batch_order(study_seed: int, seed: int, epoch: int, n_examples: int) -> npt.NDArray[np.int64]:
    """Return the order in which an epoch visits the training examples, shape ``(n_examples,)``.

    >>> batch_order(0, 0, 1, 5).tolist() == sorted(batch_order(0, 0, 1, 5).tolist())
    False
    """
    return stream(study_seed, seed, "batch order", epoch).permutation(n_examples).astype(np.int64, copy=False)


def dropout_key(study_seed: int, seed: int) -> int:
    """Return the 64-bit key from which an engine draws the dropout masks of a run.

    >>> 0 <= dropout_key(0, 0) < 2**64
    True
    """
    return int.from_bytes(_digest(study_seed, seed, "dropout", 0)[:8], "little")
