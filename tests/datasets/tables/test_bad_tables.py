"""Bad tables: one line each, with file, row, column, value and the fix."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import csv, load_text, people, write
from mlpstudy.datasets import Given, load
from mlpstudy.datasets.readers.csv.cutting import DELIMITERS
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.errors import DataError
from mlpstudy.study import Data

GOOD = "".join(f"{i / 7:.3f},{'abc'[i % 3]},{'no' if i % 2 else 'yes'}\n" for i in range(60))
HEAD = "x,z,y\n"

BAD: dict[str, tuple[str | bytes, dict[str, Any], str]] = {
    "an empty file": ("", {}, "table.csv must have a line of column names and rows below it, got an empty file"),
    "only blank lines": ("\n\n", {}, "table.csv must have a line of column names and rows below it"),
    "only a header": (HEAD, {}, "table.csv must have rows below its line of column names, got none of them"),
    "a header and blank lines": (HEAD + "\n\n", {}, "table.csv must have rows below its line of column names"),
    "names or a row": (
        "1,2,3\n4,5,6\n",
        {},
        "table.csv, first line must be column names or a row, for certain, got 1, 2, 3, fix: header = true where",
    ),
    "a row with too many cells": (
        HEAD + GOOD + "1,a,no,4\n" + GOOD,
        {},
        "table.csv, row 61 must have 3 cells, as the first line has, got 4 cells (1 cell too many), fix: quote a cell",
    ),
    "a row with too few cells": (
        HEAD + GOOD + "1,a\n" + GOOD,
        {},
        "table.csv, row 61 must have 3 cells, as the first line has, got 2 cells (cells are missing), fix: write a",
    ),
    "a quote that does not end": (HEAD + GOOD + '1,"a,no\n', {}, "table.csv must have quotes that end, got"),
    "a missing target": (
        HEAD + GOOD + "1,a,\n",
        {},
        'column "y" must name a class in every row, got none in 1 row of 61 (row 61), fix: write them, or on_missing',
    ),
    "NaN as a class": (
        HEAD + GOOD + "1,a,nan\n",
        {},
        'column "y" must name a class in every row, got none in 1 row of 61',
    ),
    "a constant target": (
        HEAD + "1,a,no\n" * 30,
        {},
        'column "y" must have at least two classes, got "no" in every row, fix: another target',
    ),
    "a target that is a quantity": (
        HEAD + "".join(f"1,a,{i / 7}\n" for i in range(100)),
        {},
        "(mlpstudy learns classes only, no regression), got 100 different values, 100 of them once",
    ),
    "text among numbers": (
        HEAD + GOOD + "abc,a,no\n" + GOOD,
        {},
        """column "x" must be a number, got 'abc', fix: mend the cell, leave it empty, or categorical = ["x"]""",
    ),
    "an infinite number": (
        HEAD + GOOD + "inf,a,no\n",
        {},
        'row 61, column "x" must be a finite number, got inf, fix: mend the cell, leave it empty, or missing = ["inf"]',
    ),
    "thousands or decimals": (
        "x;y\n" + "".join(f"{i % 7 + 1},{100 + i};{'no' if i % 2 else 'yes'}\n" for i in range(60)),
        {},
        'got 1,100, which may be 1100 or 1.100, fix: thousands = "," for 1100, decimal = "," for 1.100, or categoric',
    ),
    "a decimal comma among points": (
        HEAD + GOOD + '"1,25",a,no\n',
        {},
        """row 61, column "x" must be a number, got '1,25', fix: write 1.25 for 1,25, leave it empty, or categorical""",
    ),
    "several slips": (
        HEAD + GOOD + "abc,a,no\n4O,a,no\nabc,a,no\n",
        {},
        'in all rows, got abc (2) and 4O (1) in rows 61, 62, 63, fix: mend the cells, missing = ["4O", "abc"], or cate',
    ),
    "many different slips": (
        HEAD + GOOD * 2 + "".join(f"{i}+,a,no\n" for i in range(10, 18)),
        {},
        'and 4 more in rows 121, 122, 123, 124, 125, 126 and 2 more, fix: mend the cells, or categorical = ["x"]',
    ),
    "many numbers with words between": (
        HEAD + GOOD + "abc,a,no\n<0.01,a,no\n" * 6,
        {},
        'got 60 numbers and 12 other cells, <0.01 (6) and abc (6), fix: missing = ["<0.01", "abc"], or categorical',
    ),
    "two units": (
        "x,y\n" + "".join(f"{i} {'kg' if i % 3 else 'lb'},{'no' if i % 2 else 'yes'}\n" for i in range(60)),
        {},
        'column "x" must have one unit, got kg (40) and lb (20), fix: write all of it in one unit, or categorical',
    ),
    "a date among dates": (
        "x,y\n" + "".join(f"2024-02-{i % 28 + 1:02d},{'no' if i % 2 else 'yes'}\n" for i in range(60)) + "3/1/24,no\n",
        {},
        """row 61, column "x" must be a date such as 2024-01-31 or 2024-01-31 12:00, got '3/1/24'""",
    ),
    "two numbers as names": (
        "2,2,a\n" + GOOD,
        {},
        "table.csv, first line must be column names or a row, for certain, got 2, 2, a, fix: header = true where",
    ),
    "two columns of one name": (
        "x,x,y\n" + GOOD,
        {},
        'with a name of their own each, got "x" twice (columns 1 and 2), fix:',
    ),
    "a column of a long name": ("x" * 201 + ",z,y\n" + GOOD, {}, "table.csv, column 1 must have a name of 1 to 200"),
    "nothing but an index": (",\n1,\n2,\n", {}, "table.csv must have columns beside one that numbers the rows, got"),
    "a position for a name, twice": (",z,column 1\n" + GOOD, {}, 'got "column 1" twice (columns'),
    "a delimiter that is none": (
        "x:z:y\n" + GOOD.replace(",", ":"),
        {},
        'table.csv must have at least two columns, got the one column "x:z:y", fix: put a comma, semicolon, tab or',
    ),
    "UTF-16 that is cut off": (
        (HEAD + GOOD).encode("utf-16")[:-1],
        {},
        "table.csv, after line 61 must be text in UTF-16, got truncated data, fix: save it as UTF-8, or say another",
    ),
    "Latin-1 beside UTF-8": (
        (HEAD + "1,d\u00e9,no\n").encode() + "1,caf\xe9,no\n".encode("latin-1") + GOOD.encode(),
        {},
        "table.csv, line 3 must be text in UTF-8, got the byte 0xe9 (as Latin-1: '1,caf\xe9,no'), fix: mend it, and",
    ),
    "Latin-1 beside UTF-8, far down": (
        (HEAD + "1,d\u00e9,no\n" + GOOD * 700).encode() + "1,caf\xe9,no\n".encode("latin-1") + GOOD.encode(),
        {},
        "table.csv, line 42003 must be text in UTF-8, got the byte 0xe9",
    ),
    "bytes of no encoding": (
        (HEAD + GOOD).encode() + b"1,a\x81\x8d,no\n",
        {},
        "table.csv must be text in UTF-8 or in an encoding that is said, got bytes of another, fix: save it",
    ),
    "a zero byte": (
        HEAD + GOOD + "1,\0,no\n",
        {},
        "table.csv, line 62 must be text, got a zero byte, fix: save",
    ),
    "no gzip file": (b"\x1f\x8b" + b"1" * 100, {}, "table.csv must be an intact gzip file, got error -3 while"),
    "nothing to learn from": (
        "x,y\n" + "".join(f"1,{'no' if i % 2 else 'yes'}\n" for i in range(60)),
        {},
        "table.csv must have a column to learn from beside the target, got none: ",
    ),
    "too many levels": (
        "x,y\n" + "".join(f"level {i % 1100},{'no' if i % 2 else 'yes'}\n" for i in range(22_000)),
        {},
        'column "x" must have at most 1000 levels that are not rare, got 1100 of them, fix: drop = ["x"]',
    ),
    "a target that is no column": (
        HEAD + GOOD,
        {"target": "yy"},
        'table.csv must have the column "yy", got no such column, fix: write "y"',
    ),
    "no target": (
        HEAD + GOOD,
        {"target": None},
        "data.target must name the column of table.csv that holds the class, got 'nothing', fix: target = \"y\", or",
    ),
    "a dropped column that is none": (
        HEAD + GOOD,
        {"drop": ["zz"]},
        'table.csv must have the column "zz", got no such',
    ),
    "one group": (
        "x,z,y\n" + "".join(f"{i},a,{'no' if i % 2 else 'yes'}\n" for i in range(60)),
        {"group": "z"},
        "data.group must have at least two groups to hold examples out for data.test, got 1 group among 60 examples",
    ),
    "a missing group": (HEAD + GOOD + "1,,no\n", {"group": "z"}, 'row 61, column "z" must name a group, got a missing'),
    "a time that is none": (
        HEAD + GOOD + "1,soon,no\n",
        {"time": "z"},
        """row 1, column "z" must be a date such as 2024-01-31 or 2024-01-31 12:00, or a number, got 'a'""",
    ),
    "a missing time": (HEAD + GOOD + ",a,no\n", {"time": "x"}, 'row 61, column "x" must be a number, got'),
    "one time": (
        "x,z,y\n" + "".join(f"1,{'abc'[i % 3]},{'no' if i % 2 else 'yes'}\n" for i in range(60)),
        {"time": "x"},
        "data.time must leave examples from before those of data.test, got the first time in 12 of 60 examples",
    ),
    "a class that only the latest rows have": (
        "x,y\n" + "".join(f"{i},{'no' if i % 2 else 'yes'}\n" for i in range(80)) + "90,new\n91,new\n",
        {"time": "x"},
        'class "new" must be among the training examples, got none of it',
    ),
    "more training examples than there are": (
        HEAD + GOOD,
        {"train_examples": 49},
        "data.train_examples must be 1 to 48, the examples that there are, got 49",
    ),
}


@pytest.mark.parametrize(("content", "keys", "line"), BAD.values(), ids=BAD)
def test_bad_table_gets_one_line(content: str | bytes, keys: dict[str, Any], line: str, tmp_path: Path) -> None:
    """The line names the file, and row, column and value where there are some."""
    with pytest.raises(DataError) as caught:
        load_text(tmp_path, content, **keys)
    told = str(caught.value).replace(f"{tmp_path}/", "")
    assert line in told
    assert "\n" not in told


BAD_TESTS: dict[str, tuple[str, str]] = {
    "a missing column": ("x,y\n1,no\n", 'test.csv must have the column "z", got no such column, fix: add it; a'),
    "a renamed column": (
        "x,zz,y\n1,a,no\n",
        'must have the column "z", got no such column, fix: rename the column "zz"',
    ),
    "an unseen class": (
        HEAD + "1,a,no\n1,a,perhaps\n",
        """test.csv, row 2, column "y" must be a class of the training examples, got 'perhaps', fix: one of no, yes""",
    ),
    "a missing class": (
        HEAD + "1,a,\n",
        'test.csv, column "y" must name a class in every row, got none in 1 row of 1',
    ),
    "text among numbers": (HEAD + "1,a,no\nabc,a,no\n", """test.csv, row 2, column "x" must be a number, got 'abc'"""),
    "an infinite number": (HEAD + "1e999,a,no\n", 'test.csv, row 1, column "x" must be a finite number, got inf'),
    "too far away": (HEAD + "1e300,a,no\n", 'test.csv, row 1, column "x" must be within what a float32 holds once'),
    "no rows": (HEAD, "test.csv must have rows below its line of column names"),
}


@pytest.mark.parametrize(("content", "line"), BAD_TESTS.values(), ids=BAD_TESTS)
@pytest.mark.parametrize("key", ["test", "validation"])
def test_bad_test_or_validation_table_gets_one_line(content: str, line: str, key: str, tmp_path: Path) -> None:
    """A table of test or of validation examples must fit the training table, and is named where it does not."""
    keys: dict[str, Any] = {key: str(write(tmp_path, content, "test.csv"))}
    with pytest.raises(DataError) as caught:
        load_text(tmp_path, HEAD + GOOD, **keys)
    assert line in str(caught.value).replace(f"{tmp_path}/", "")
    assert "\n" not in str(caught.value)


def test_a_path_to_nothing_says_where_it_is_looked_for(tmp_path: Path) -> None:
    """Paths are relative to the study file's folder, and the line shows the whole path."""
    data = Data(path="none.csv", target="y").in_folder(tmp_path)
    with pytest.raises(DataError, match=rf"{tmp_path}/none\.csv must exist, got no such file or folder"):
        load(data, 0)


def test_an_unknown_kind_of_file_is_refused_by_its_ending(tmp_path: Path) -> None:
    """The line lists what is read."""
    path = write(tmp_path, "what is this", "table.xyz")
    with pytest.raises(DataError, match=r"table\.xyz must be CSV, TSV, Parquet, .* got '\.xyz', fix: a name"):
        load(Data(path=str(path), target="y"), 0)


def test_a_file_that_does_not_fit_into_memory_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of the file against what is free, before anything is read."""
    path = write(tmp_path, HEAD + GOOD * 100)
    monkeypatch.setattr("mlpstudy.datasets.opening.memory.available_bytes", lambda: 100_000)
    with pytest.raises(DataError, match=r"table\.csv must fit into memory, got 0\.0 GiB where 0\.0 GiB are free"):
        read_table(path)


def test_a_wide_header_is_refused(tmp_path: Path) -> None:
    """A header of a hundred thousand columns is a mistake, and each would cost a reader memory."""
    path = write(tmp_path, ",".join(f"c{i}" for i in range(20_001)) + "\n" + ",".join(["1"] * 20_001) + "\n")
    with pytest.raises(DataError, match=r"must have at most 20000 columns, got 20001"):
        read_table(path)


@pytest.mark.parametrize(
    ("column", "dtype"),
    [([[1], [2]], "List(Int64)"), ([{"a": 1}, {"a": 2}], "Struct({'a': Int64})"), ([b"1", b"2"], "Binary")],
)
def test_cells_that_are_no_single_value_are_refused(column: list[object], dtype: str) -> None:
    """Lists, structures and bytes in Parquet or a data frame get a line with the column and how to leave it out."""
    frame = pl.DataFrame({"x": column * 20, "z": range(40), "y": ["no", "no", "yes", "yes"] * 10})
    with pytest.raises(
        DataError, match=rf'column "x" must hold numbers, text, .*{re.escape(dtype)}.* fix: drop = \["x"\]'
    ):
        load(Data(name="mine", target="y"), 0, Given.of(frame))


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    """The reader for Parquet checks the file's own claims first."""
    whole = tmp_path / "whole.parquet"
    people().write_parquet(whole)
    path = write(tmp_path, whole.read_bytes()[:-20], "cut.parquet")
    with pytest.raises(DataError, match=r"cut\.parquet must"):
        load(Data(path=str(path), target="rich"), 0)


@pytest.mark.parametrize("key", ["target", "group", "time", "categorical", "drop"])
def test_keys_of_tables_are_refused_for_other_data(key: str) -> None:
    """MNIST has no columns that could be named."""
    value: Any = ["x"] if key in {"categorical", "drop"} else "x"
    with pytest.raises(DataError, match=rf"data\.{key} must be left out, since the data are no table"):
        load(Data(name="mnist", **{key: value}), 0)


def test_a_test_share_is_refused_where_there_are_test_examples() -> None:
    """MNIST has test examples of its own: a share would be ignored."""
    with pytest.raises(DataError, match=r"data\.test must be left out, since mnist has test examples of its own"):
        load(Data(name="mnist", test=0.2), 0)


def test_the_csv_of_the_helpers_is_good(tmp_path: Path) -> None:
    """What the bad tables are made from loads, so that it is the fault that is refused."""
    assert len(load_text(tmp_path, HEAD + GOOD).test) == 12
    assert len(load_text(tmp_path, csv(people()), target="rich").test) == 24


CELLS = st.text(st.sampled_from('01.,;\t|"\n\r aé-_#?'), max_size=6)


@given(lines=st.lists(st.lists(CELLS, min_size=1, max_size=4).map(",".join), max_size=8), tail=st.binary(max_size=4))
def test_no_text_whatever_escapes_as_another_error(lines: list[str], tail: bytes, scratch: Path) -> None:
    """Any bytes are a table or a DataError of one line, nothing else; a table has as many cells in every column."""
    path = write(scratch, "\n".join(lines).encode() + tail, "any.csv")
    try:
        frame = read_table(path).frame
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017  # either outcome is right
        return
    assert frame.height >= 1
    assert frame.width >= 1


ROWS = st.lists(
    st.tuples(st.none() | st.floats(-1e300, 1e300), st.none() | st.text('abc,"; \n', min_size=1)), min_size=1
)


@given(rows=ROWS, separator=st.sampled_from(",;\t|"))
def test_what_is_written_is_read(rows: list[tuple[float | None, str | None]], separator: str, scratch: Path) -> None:
    """Numbers to the last bit, text but for spaces around it, missing cells; whatever quotes and breaks there are."""
    schema = {"number": pl.Float64, "text": pl.String, "last": pl.String}
    frame = pl.DataFrame([(number, text, "z") for number, text in rows], schema=schema, orient="row")
    path = write(scratch, frame.write_csv(separator=separator), "written.csv")
    found = read_table(path, text=frozenset({"text"}))
    assert found.words == f"CSV, a {DELIMITERS[separator]} between cells"
    numbers = (
        found.frame["number"].fill_nan(None) if found.frame["number"].dtype == pl.Float64 else found.frame["number"]
    )
    assert numbers.to_list() == frame["number"].to_list()
    assert found.frame["text"].to_list() == [(text or "").strip() or None for text in frame["text"]]
