"""Rows without a class, and classes of a single example: counted, named, and never lost without a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datasets.writing import load_text
from mlpstudy.datasets import Given, load
from mlpstudy.errors import DataError
from mlpstudy.study import Data

HEAD = "x,y\n"
ROWS = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40))
GAPS = "7,\n8,?\n9,NA\n"


def test_missing_classes_are_counted_with_their_first_rows(tmp_path: Path) -> None:
    """One line says how many rows of how many name no class, which the first are, and what settles it."""
    with pytest.raises(DataError, match=r"got none in 3 rows of 43 \(rows 1, 2, 3\), fix: write them, or on_missing"):
        load_text(tmp_path, HEAD + GAPS + ROWS, target="y")


def test_rows_without_a_class_are_left_out_where_the_study_says_so(tmp_path: Path) -> None:
    """The examples are those of the file without the rows, and a line says which are gone."""
    dropped = load_text(tmp_path, HEAD + ROWS + GAPS, target="y", on_missing_target="drop")
    whole = load_text(tmp_path, HEAD + ROWS, target="y")
    for split in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(dropped, split).features, getattr(whole, split).features)
    (told,) = (line for line in dropped.warnings if "left out" in line)
    assert told.endswith('table.csv, column "y" names no class in 3 rows of 43 (rows 41, 42, 43): left out')


def test_so_they_are_in_a_test_table_and_with_groups() -> None:
    """A test table's rows are left out too, and groups count the rows that remain."""
    rows = pl.DataFrame({"x": range(40), "g": [i // 4 for i in range(40)], "y": [*"ab" * 19, None, None]})
    data = Data(name="t", target="y", on_missing_target="drop")
    assert len(load(data, 0, Given.of({"train": rows, "test": rows.tail(4)})).test) == 2
    by_group = load(data.model_copy(update={"group": "g"}), 0, Given.of(rows))
    assert len(by_group.train) + len(by_group.validation) + len(by_group.test) == 38


def test_a_column_without_any_class_is_refused_also_then(tmp_path: Path) -> None:
    """Nothing would be left."""
    with pytest.raises(DataError, match=r"none in 3 rows of 3 .*fix: write them, or another target"):
        load_text(tmp_path, HEAD + GAPS, target="y", on_missing_target="drop")


@pytest.mark.parametrize("as_table", [True, False])
def test_a_class_of_one_example_is_learned_from_and_said_to_be_tested_nowhere(as_table: bool) -> None:  # a parameter
    """The example stays in training whatever the seed, and the class keeps its place."""
    x, y = np.arange(42.0)[:, None], [*"ab" * 20, "rare", "rarer"]
    given = Given.of(pl.DataFrame({"x": x[:, 0], "y": y}) if as_table else (x, y))
    for seed in range(5):
        loaded = load(Data(name="t", target="y" if as_table else None), seed, given)
        assert np.bincount(loaded.train.labels, minlength=4)[2:].tolist() == [1, 1]
    assert any('stays in training and is never tested: "rare", "rarer"' in line for line in loaded.warnings)


@pytest.mark.parametrize("mark", ["-", ".", "--", "#VALUE!"])
def test_a_class_that_is_a_mark_is_doubted_and_the_key_takes_it_for_missing(mark: str, tmp_path: Path) -> None:
    """It is kept as a class, and told; "-" beside "+" is one."""
    content = HEAD + ROWS + f"7,{mark}\n" * 4
    table = load_text(tmp_path, content, target="y")
    assert table.class_names == tuple(sorted((mark, "a", "b")))
    assert any(f'where the class "{mark}" stands for a missing one, missing = ["{mark}"]' in w for w in table.warnings)
    taken = load_text(tmp_path, content, target="y", missing=[mark], on_missing_target="drop")
    assert taken.class_names == ("a", "b")
    signs = load_text(tmp_path, HEAD + ROWS.replace("a", "+").replace("b", "-"), target="y")
    assert not any("missing one" in line for line in signs.warnings)
