"""New examples on another scale than the training examples: predicted, and said."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from mlpstudy.datasets import Given, load, preprocessing_from_json
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.study import Data

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 4, 4)).astype(np.uint8)


def reader() -> Reader:
    """Return what reads images for a study of fractions."""
    made = load(Data(name="mine"), 0, Given.of(((IMAGES / 255).astype(np.float32), ["a", "b"] * 30)))
    return Reader(preprocessing_from_json(made.preprocessing or {}), made.class_names)


def test_bytes_for_a_study_of_fractions_are_told(tmp_path: Path) -> None:
    """In Python as a warning, of a file as a line; examples on the right scale are not told, one odd value is not."""
    with pytest.warns(UserWarning, match=r"the values: \d+ % of the values are far from the training examples"):
        reader().transform(IMAGES[:2])
    np.save(tmp_path / "new.npy", IMAGES[:2])
    (line,) = reader().read([tmp_path / "new.npy"]).warnings
    assert line.startswith(f"{tmp_path}/new.npy: ")
    fractions = IMAGES[:2] / 255
    fractions[0, 0, 0] = 255.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reader().transform(fractions)
