"""Data of Python that people have, one function each."""

from __future__ import annotations

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it

from mlpstudy.datasets import Given

A = [36 + i % 7 for i in range(60)]
KINDS = ["no", "yes"] * 30


def boolean_target_with_a_gap() -> Given:
    """A nullable truth value as target, the first one missing."""
    kinds = pd.array([None, *[True, False] * 29, True], dtype="boolean")
    return Given.of(pd.DataFrame({"a": A, "kind": kinds}))


def one_name_twice() -> Given:
    """Two columns of one name."""
    frame = pd.DataFrame({"a": A, "b": A, "kind": KINDS})
    frame.columns = pd.Index(["a", "a", "kind"])
    return Given.of(frame)


def one_and_text_one() -> Given:
    """A column whose name is the number 1, and one whose name is its text."""
    return Given.of(pd.DataFrame({1: A, "1": A[::-1], "kind": KINDS}))


def nullable_numbers() -> Given:
    """Nullable whole numbers, the first one missing."""
    return Given.of(pd.DataFrame({"a": pd.array([None, *A[1:]], dtype="Int64"), "kind": KINDS}))


def labels_with_blanks() -> Given:
    """Arrays with labels that stray blanks surround."""
    return Given.of((np.c_[A, A[::-1]], [" yes", "yes", "no"] * 20))
