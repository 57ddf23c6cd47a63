"""Scaling and one-hot vectors."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpstudy.datasets import one_hot, scale
from mlpstudy.errors import DataError

BYTES = np.arange(256, dtype=np.uint8)


def test_scale_is_the_nearest_float32_to_the_exact_quotient() -> None:
    """No float32 is nearer to x / 255 than the one returned, for every x."""
    for x, y in zip(range(256), scale(BYTES), strict=True):
        distance = abs(Fraction(float(y)) - Fraction(x, 255))
        for direction in (-np.inf, np.inf):
            neighbour = float(np.nextafter(y, np.float32(direction)))
            assert distance <= abs(Fraction(neighbour) - Fraction(x, 255))


def test_scale_is_numpys_float32_division() -> None:
    """Bit for bit what ``x.astype(float32) / 255`` gives."""
    np.testing.assert_array_equal(scale(BYTES), BYTES.astype(np.float32) / np.float32(255), strict=True)


def test_scale_returns_c_contiguous_float32() -> None:
    """Whatever the order of the input, rows are contiguous in the result, which owns its memory."""
    columns_first = np.asfortranarray(BYTES.reshape(16, 16))
    scaled = scale(columns_first)
    assert scaled.dtype == np.float32
    assert scaled.flags.c_contiguous
    assert scaled[3, 5] == np.float32(53) / np.float32(255)


@pytest.mark.parametrize("shape", [(2**22 // 3 + 1, 3), (3, 2**22 // 3 + 1), (1, 2**22), (2**22 - 1,)])
def test_scale_leaves_no_value_of_a_large_array_out(shape: tuple[int, ...]) -> None:
    """In whatever parts it is scaled, every value is what it is alone, in rows that are contiguous."""
    values = np.resize(BYTES, shape)
    scaled = scale(np.asfortranarray(values))
    assert scaled.flags.c_contiguous
    np.testing.assert_array_equal(scaled, scale(BYTES)[values], strict=True)


@given(labels=st.lists(st.integers(0, 6), max_size=20))
def test_one_hot_has_a_single_one_at_the_label(labels: list[int]) -> None:
    """Rows sum to 1 and their maximum is at the label."""
    rows = one_hot(np.array(labels, dtype=np.int32), 7)
    assert rows.shape == (len(labels), 7)
    assert rows.dtype == np.float32
    assert rows.argmax(axis=1).tolist() == labels
    assert (rows.sum(axis=1) == 1).all()
    assert set(np.unique(rows)) <= {0, 1}


@pytest.mark.parametrize(
    ("labels", "n_classes", "told"),
    [
        ([0, 10], 10, r"labels\[1\] must be in 0 to 9, got 10"),
        ([-1], 10, r"labels\[0\] must be in 0 to 9, got -1"),
        ([0.5], 10, "vector of whole numbers"),
        ([[0, 1]], 10, "vector of whole numbers"),
        ([0], 0, "n_classes must be at least 1, got 0"),
    ],
)
def test_one_hot_refuses_what_is_no_label(labels: list[object], n_classes: int, told: str) -> None:
    """A label out of range, a fraction, a matrix: one line."""
    with pytest.raises(DataError, match=told):
        one_hot(labels, n_classes)  # type: ignore[arg-type]  # wrong on purpose
