"""Words for missing values that a study names, and forms that it has learned, hold wherever its rows come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from datasets.writing import dense, write
from mlpstudy.datasets import Given, load, preprocessing_from_json
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.overview.description import describe_data
from mlpstudy.errors import DataError
from mlpstudy.records import Dataset
from mlpstudy.study import Data

ROWS = [("-999" if i % 5 == 0 else f"{i}.5", f"{i * 37 % 90}%", "no" if i % 2 else "yes") for i in range(60)]
TEXT = pl.DataFrame(ROWS, schema=["x", "p", "y"], orient="row")
NUMBERS = TEXT.with_columns(pl.col("x").cast(pl.Float64), pl.col("p").str.strip_suffix("%").cast(pl.Int64))
KEYS: dict[str, Any] = {"target": "y", "missing": ("-999",), "numeric": "none"}


def of_file(folder: Path, frame: pl.DataFrame, name: str, **keys: Any) -> Dataset:
    """Return the data of a study on a table in a file."""
    path = folder / name
    if name.endswith("parquet"):
        frame.write_parquet(path)
    else:
        frame.write_csv(path)
    return load(Data(path=str(path), **{**KEYS, **keys}), 0)


@pytest.mark.parametrize("frame", [TEXT, NUMBERS], ids=["text", "numbers"])
def test_a_word_for_missing_means_it_in_every_format(frame: pl.DataFrame, tmp_path: Path) -> None:
    """In CSV, Parquet and frames, in text and in numbers: the same features, with an indicator."""
    wanted = of_file(tmp_path, TEXT, "t.csv")
    assert dense(wanted.train)[:, 1].sum() == sum(row[0] == "-999" for row in ROWS) - sum(
        int(dense(part)[:, 1].sum()) for part in (wanted.validation, wanted.test)
    )
    for found in (
        of_file(tmp_path, frame, "t.parquet"),
        of_file(tmp_path, frame, "again.csv"),
        load(Data(name="mine", **KEYS), 0, Given.of(frame)),
    ):
        np.testing.assert_array_equal(dense(found.train), dense(wanted.train))
        np.testing.assert_array_equal(dense(found.test), dense(wanted.test))


def test_new_rows_and_test_files_are_read_by_the_words_and_forms_of_the_study(tmp_path: Path) -> None:
    """Also where a file alone would be read otherwise: 1.234 is 1234 beside 1.234.567, in a file of its own too."""
    cells = ["1.234.567", "1.234", "-999", "56"]
    main = "x;y\n" + "".join(f"{cells[i % 4]};{'no' if i % 3 else 'yes'}\n" for i in range(60))
    test = write(tmp_path, "x;y\n1.234;no\n5.678;yes\n-999;no\n#N/A;no\n#REF!;yes\n", "test.csv")
    dataset = load(Data(path=str(write(tmp_path, main)), test=str(test), **KEYS), 0)
    assert dense(dataset.test)[:2, 0].tolist() == [1234, 5678]
    assert dense(dataset.test)[:, 1].tolist() == [0, 0, 1, 1, 1]
    assert dataset.preprocessing is not None
    reader = Reader(preprocessing_from_json(dataset.preprocessing), dataset.class_names)
    np.testing.assert_array_equal(reader.read([test]).features, dense(dataset.test))
    alone = write(tmp_path, "x;y\n1.234;no\n5.678;yes\n", "alone.csv")
    assert reader.read([alone]).features[:, 0].tolist() == [1234, 5678]
    tested = load(Data(path=str(tmp_path / "table.csv"), test=str(alone), **KEYS), 0).test
    assert dense(tested)[:, 0].tolist() == [1234, 5678]
    new = pl.DataFrame({"x": ["1.234", "5.678", "-999", None, "#REF!"]})
    np.testing.assert_array_equal(reader.transform(new), dense(dataset.test))
    np.testing.assert_array_equal(
        reader.transform(pl.DataFrame({"x": [1234, 5678, -999, None, None]})), dense(dataset.test)
    )


def test_a_decimal_comma_that_is_said_holds_for_every_column(tmp_path: Path) -> None:
    """With ``decimal = ","`` a point can only part thousands, also where a column alone would be read with decimals."""
    content = "x;z;y\n" + "".join(f"{i % 7 + 1}.000;{i % 5}.5;{'no' if i % 2 else 'yes'}\n" for i in range(60))
    path = write(tmp_path, content)
    plain = load(Data(path=str(path), target="y", numeric="none"), 0)
    said = load(Data(path=str(path), target="y", numeric="none", decimal=","), 0)
    assert dense(plain.train)[:, 0].max() == 7
    assert dense(said.train)[:, 0].max() == 7000
    np.testing.assert_array_equal(dense(said.train)[:, 1], dense(plain.train)[:, 1])


def test_a_column_that_is_clear_settles_those_that_are_not(tmp_path: Path) -> None:
    """36,5 in one column: 1,234 in another has decimals, and 1.234 thousands; the line says which column shows it."""
    rows = (
        f"{i}{',5' if i % 2 else ''};{i % 7 + 1},{100 + i};{i % 5 + 1}.{200 + i};{'no' if i % 3 else 'yes'}\n"
        for i in range(60)
    )
    path = write(tmp_path, "a;b;c;y\n" + "".join(rows))
    dataset = load(Data(path=str(path), target="y", numeric="none"), 0)
    features = np.concatenate([dense(part) for part in (dataset.train, dataset.validation, dataset.test)])
    assert features[:, 1].max() < 8
    assert features[:, 2].min() >= 1200
    told = [warning for warning in dataset.warnings if 'by what the column "a" shows' in warning]
    assert [name in line for name, line in zip(('column "b"', 'column "c"'), told, strict=True)] == [True, True]
    described = {column.name: column for column in describe_data(path, "y").columns}
    assert described["b"].type == described["c"].type == "number"


def test_columns_that_contradict_each_other_settle_nothing(tmp_path: Path) -> None:
    """36,5 in one column and 1,234.5 in another: 1,234 in a third is asked about still."""
    rows = (f"{i},5;{i % 7 + 1},{100 + i}.5;{i % 5 + 1},{200 + i};{'no' if i % 3 else 'yes'}\n" for i in range(60))
    path = write(tmp_path, "a;b;c;y\n" + "".join(rows))
    with pytest.raises(DataError, match=r'column "c" must hold numbers that can be read in one way'):
        load(Data(path=str(path), target="y"), 0)
