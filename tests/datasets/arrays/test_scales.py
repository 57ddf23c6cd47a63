"""Test examples of another type than the training examples are on their scale, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mlpstudy.datasets import Given, load
from mlpstudy.errors import DataError
from mlpstudy.study import Data

BYTES = (np.arange(60 * 12) * 7 % 256).astype(np.uint8).reshape(60, 3, 4)
Y = np.arange(60) % 2
FIX = r"\(255 \* x\)\.round\(\)\.astype\(numpy\.uint8\)"


def loaded(train: npt.NDArray[Any], test: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the test examples of a study, scaled."""
    given = Given.of({"train": (train, Y), "test": (test, Y)})
    return np.asarray(load(Data(name="mine"), 0, given).test.features)


@pytest.mark.parametrize("kind", ["i8", "f8", "f4", "u2"])
def test_whole_levels_of_any_type_are_bytes_beside_bytes(kind: str) -> None:
    """They give the features that the bytes give."""
    np.testing.assert_array_equal(loaded(BYTES, BYTES.astype(kind)), loaded(BYTES, BYTES))
    np.testing.assert_allclose(loaded(BYTES.astype(kind), BYTES), loaded(BYTES.astype(kind), BYTES.astype(kind)))


REFUSED: dict[str, tuple[npt.NDArray[Any], npt.NDArray[Any], str]] = {
    "fractions beside bytes": (BYTES, BYTES / 255, rf"of 0 to 255, as the .*, got numbers of 0 to 1, fix: {FIX}"),
    "noughts and ones beside bytes": (BYTES, (BYTES > 9) * 1.0, rf"got numbers of 0 to 1, fix: {FIX}"),
    "more than bytes beside bytes": (BYTES, BYTES * 2.0, "got numbers of 0 to 510, fix: the type of the training"),
    "bytes beside fractions": (
        BYTES / 255,
        BYTES,
        "hold numbers of 0 to 1, as the .*, got bytes of 0 to 255, fix: x / 255",
    ),
}


@pytest.mark.parametrize(("train", "test", "line"), REFUSED.values(), ids=REFUSED)
def test_another_scale_is_refused(train: npt.NDArray[Any], test: npt.NDArray[Any], line: str) -> None:
    """One line with the ranges and what makes them the same."""
    with pytest.raises(DataError, match=line) as caught:
        loaded(train, test)
    assert str(caught.value).startswith('data["test"] must hold')


def test_the_fixes_bring_them_on_one_scale() -> None:
    """Each does what its line promises."""
    fractions = BYTES / 255
    np.testing.assert_array_equal(loaded(BYTES, (255 * fractions).round().astype(np.uint8)), loaded(BYTES, BYTES))
    np.testing.assert_array_equal(loaded(fractions, BYTES / 255), loaded(fractions, fractions))
