"""MNIST for the rivals: the IDX files of the package, read here anew, so that no rival pays for our code."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

FOLDER = Path(__file__).resolve().parents[2] / "src" / "mlpstudy" / "datasets" / "named" / "mnist"
N_CLASSES = 10


class Split(NamedTuple):
    """Features scaled to 0-1, shape (n, 784), float32; class indices, shape (n,), int32."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int32]

    def one_hot(self) -> npt.NDArray[np.float32]:
        """Return the labels as one-hot vectors, shape (n, 10)."""
        return np.eye(N_CLASSES, dtype=np.float32)[self.y]


def _idx(name: str, header_bytes: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer(gzip.decompress((FOLDER / name).read_bytes()), dtype=np.uint8, offset=header_bytes)


def load(split: str, share: float = 1.0) -> Split:
    """Return the ``train`` or the ``t10k`` examples, or the first share of them."""
    pixels = _idx(f"{split}-images-idx3-ubyte.gz", 16).reshape(-1, 784)
    labels = _idx(f"{split}-labels-idx1-ubyte.gz", 8)
    n = round(share * len(labels))
    return Split(pixels[:n].astype(np.float32) / 255.0, labels[:n].astype(np.int32))
