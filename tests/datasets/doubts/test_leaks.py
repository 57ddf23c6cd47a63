"""Columns that give the class away are found, and identifiers, chance and honest predictors are not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlpstudy.datasets import Given, load
from mlpstudy.datasets.doubts.leaks import Leak, find_leaks
from mlpstudy.study import Data

N = 400
RANDOM = np.random.default_rng(0)
LABELS = (RANDOM.random(N) < 0.3).astype(np.int32)


def leaks(**columns: object) -> tuple[Leak, ...]:
    """Return the leaks of such columns among all rows."""
    frame = pl.DataFrame(columns, strict=False)
    return find_leaks(frame, np.arange(frame.height), LABELS[: frame.height], frame.columns)


def test_a_copy_in_other_words_is_found_whatever_its_type() -> None:
    """Text, numbers, truth values, and several values a class."""
    found = leaks(
        text=["yes" if label else "no" for label in LABELS],
        number=LABELS * 2.5,
        truth=LABELS == 1,
        finer=[f"{label} {i % 3}" for i, label in enumerate(LABELS)],
        unrelated=RANDOM.integers(0, 4, N),
    )
    assert [leak.column for leak in found] == ["text", "number", "truth", "finer"]
    assert [leak.n_values for leak in found] == [2, 2, 2, 6]


def test_a_few_exceptions_are_counted_and_more_are_no_leak() -> None:
    """One in twenty of the rarer class's examples may differ; where more than one in a hundred does, it is not sure."""
    n_rare = int(np.bincount(LABELS).min())
    wrong = {"one": 1, "some": n_rare // 25, "many": n_rare // 12}
    columns = {name: np.where(np.arange(N) < n, 1 - LABELS, LABELS) for name, n in wrong.items()}
    one, some = leaks(**columns)
    assert (one.column, one.n_exceptions, one.is_sure) == ("one", 1, True)
    assert (some.column, some.is_sure) == ("some", False)
    assert "but for 1 of 400 training examples" in one.warning("t.csv")


def test_a_value_that_is_missing_where_the_class_is_known_is_found() -> None:
    """A date of death says by being there who died."""
    day = [f"19{i % 90 + 10}-01-{i % 28 + 1:02}" if label else None for i, label in enumerate(LABELS)]
    (leak,) = leaks(died=day)
    assert leak.is_by_missing
    assert "where its value is missing tells it" in leak.warning("t.csv")


@pytest.mark.parametrize(
    "column",
    [
        np.arange(N),
        RANDOM.normal(size=N),
        [f"name {i}" for i in range(N)],
        np.where(RANDOM.random(N) < 0.9, LABELS, 1 - LABELS),
        RANDOM.integers(0, 100, N),
        np.zeros(N),
    ],
)
def test_identifiers_numbers_and_honest_predictors_are_none(column: object) -> None:
    """What never repeats gives every class away and says nothing; a strong predictor is no copy."""
    assert leaks(x=column) == ()


def test_with_hardly_an_example_of_the_rare_class_nothing_is_said() -> None:
    """Four examples prove no rule."""
    labels = np.zeros(N, np.int32)
    labels[:4] = 1
    frame = pl.DataFrame({"copy": labels})
    assert find_leaks(frame, np.arange(N), labels, ["copy"]) == ()


def test_more_rows_than_the_first_look_takes() -> None:
    """Rows sorted by class, so many that a sample of them is looked at first, and an identifier among them."""
    n = 40_000
    labels = np.repeat([0, 1], n // 2).astype(np.int32)
    frame = pl.DataFrame({"copy": labels + 7, "id": np.arange(n), "noise": RANDOM.integers(0, 9, n)})
    assert [leak.column for leak in find_leaks(frame, np.arange(n), labels, frame.columns)] == ["copy"]


def test_loading_a_study_warns_of_the_training_examples_alone() -> None:
    """A copy among the training rows is named at load, and not where the column is dropped."""
    rows = pl.DataFrame({"x": RANDOM.normal(size=N), "copy": ["ab"[k] for k in LABELS], "y": LABELS})
    dataset = load(Data(name="mine", target="y"), 0, Given.of(rows))
    assert dataset.leaking == ("copy",)
    assert any('column "copy" gives the class away' in warning for warning in dataset.warnings)
    assert load(Data(name="mine", target="y", drop=("copy",)), 0, Given.of(rows)).leaking == ()
