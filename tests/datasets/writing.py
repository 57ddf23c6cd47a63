"""Small tables and arrays that the tests of own data share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from scipy.sparse import csr_array

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets import load
from mlpstudy.errors import DataError
from mlpstudy.records import Dataset, Examples
from mlpstudy.study import Data

N_ROWS = 120
MINE = Data(name="mine")


def people(n: int = N_ROWS, seed: int = 0) -> pl.DataFrame:
    """Return a table with a column of every kind, and missing values."""
    rng = np.random.default_rng(seed)
    age = rng.normal(40, 10, n).round(1)
    return pl.DataFrame(
        {
            "age": [None if i % 11 == 3 else float(value) for i, value in enumerate(age)],
            "weight": rng.integers(50, 100, n),
            "job": [None if i % 13 == 5 else str(name) for i, name in enumerate(rng.choice(["smith", "baker"], n))],
            "hired": [f"20{i % 20 + 2:02d}-0{i % 9 + 1}-11" for i in range(n)],
            "member": rng.choice(["true", "false"], n),
            "family": [f"f{i // 6}" for i in range(n)],
            "rich": np.where(np.arange(n) % 3 == 0, "yes", "no"),
        }
    )


def write(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal_of(read: Callable[[Path], object], path: Path) -> str:
    """Return the line with which a reader refuses a file: it names the file."""
    with pytest.raises(DataError) as caught:
        read(path)
    message = str(caught.value)
    assert path.name in message
    assert message.isprintable()
    assert " must " in message
    return message


def load_text(folder: Path, content: str | bytes, *, study_seed: int = 0, **keys: Any) -> Dataset:
    """Write a CSV file and load it."""
    return load(Data(**{"path": str(write(folder, content)), "target": "y", **keys}), study_seed)


def csv(frame: pl.DataFrame, separator: str = ",") -> str:
    """Return a table as CSV."""
    return frame.write_csv(separator=separator)


def dense(examples: Examples) -> Float32Array:
    """Return features that must be dense."""
    assert isinstance(examples.features, np.ndarray)
    return examples.features


def sparse(examples: Examples) -> csr_array:
    """Return features that must be sparse."""
    assert isinstance(examples.features, csr_array)
    return examples.features


def numbers(n: int = 90, d: int = 4) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return features with different means and spreads, and labels of three classes."""
    rng = np.random.default_rng(3)
    return rng.normal(rng.normal(0, 9, d), np.arange(1, d + 1), (n, d)), np.arange(n) % 3


def npy(folder: Path, name: str, values: npt.ArrayLike) -> str:
    """Write an NPY file and return its path."""
    np.save(folder / name, np.asarray(values))
    return str(folder / name)


def same(first: Dataset, second: Dataset) -> None:
    """Check that two data sets hold the same bits in every split."""
    for name in ("train", "validation", "test"):
        one, other = getattr(first, name), getattr(second, name)
        np.testing.assert_array_equal(one.features, other.features, strict=True)
        np.testing.assert_array_equal(one.labels, other.labels, strict=True)
    assert first.class_names == second.class_names
    assert first.preprocessing == second.preprocessing
