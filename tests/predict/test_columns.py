"""Rows to predict, and test examples, whose columns are fewer or more than the study's: what is missing decides."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import polars as pl
import pytest

import mlpstudy
from mlpstudy.datasets import load
from mlpstudy.datasets.new_examples import NewExamples
from mlpstudy.errors import DataError
from mlpstudy.predict.model import Model
from mlpstudy.study import Data

STUDY = {"training": {"epochs": 1}, "factors": {"width": {"4": {"hidden": [4]}}}}
N = 80


def table() -> pl.DataFrame:
    """A table of a number, a category, an identifier to drop, and a class."""
    return pl.DataFrame(
        {
            "id": range(N),
            "size": [float(i * 7 % 31) for i in range(N)],
            "kind": ["abc"[i * 5 % 3] for i in range(N)],
            "y": ["no", "yes"] * (N // 2),
        }
    )


def trained(folder: Path, frame: pl.DataFrame, **fields: object) -> Model:
    """Return a model of a table in a file."""
    frame.write_csv(folder / "train.csv")
    data = {"path": str(folder / "train.csv"), "target": "y", **fields}
    study = mlpstudy.Study(name="columns", data=data, **STUDY)
    return mlpstudy.run(study, out=folder / "s").model("4")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of both columns."""
    return trained(tmp_path_factory.mktemp("whole"), table(), drop=["id"])


@pytest.fixture(scope="module")
def of_size(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of the number alone."""
    return trained(tmp_path_factory.mktemp("size"), table().select("size", "y"))


@pytest.fixture(scope="module")
def of_kind(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of the category alone."""
    return trained(tmp_path_factory.mktemp("kind"), table().select("kind", "y"))


def read(model: Model, folder: Path, content: str | pl.DataFrame, name: str = "new.csv") -> NewExamples:
    """Return what a model makes of a file."""
    if isinstance(content, str):
        (folder / name).write_bytes(content.encode())
    else:
        content.write_parquet(folder / name)
    return model.read([folder / name])


@pytest.mark.parametrize(
    "content", ["size\n5\n12\n", "size\r\n5\r\n12", '"size"\n"5"\n"12"\n', " size \n5 \n 12\n", "\ufeffsize\n5\n\n12\n"]
)
def test_a_file_of_the_only_column_is_a_table(of_size: Model, content: str, tmp_path: Path) -> None:
    """It needs no delimiter, however its lines end, and gives what the same numbers give as a frame."""
    found = read(of_size, tmp_path, content)
    np.testing.assert_array_equal(found.features, of_size.reader.transform(pl.DataFrame({"size": [5, 12]})))


def test_a_file_of_the_only_column_may_have_any_sign_in_its_cells(of_kind: Model, tmp_path: Path) -> None:
    """A comma, semicolon or quote in a cell is no delimiter where there is nothing to part."""
    found = read(of_kind, tmp_path, 'kind\na\n"b"\nc;d\ne,f\n')
    rows = pl.DataFrame({"kind": ["a", "b", "c;d", "e,f"]})
    np.testing.assert_array_equal(found.features, of_kind.reader.transform(rows))
    parquet = read(of_kind, tmp_path, rows, "new.parquet")
    np.testing.assert_array_equal(found.features, parquet.features)


def test_arrays_of_one_column_are_predicted_from_a_file_of_one(tmp_path: Path) -> None:
    """Where the study has no names, the column may have any."""
    x, y = np.arange(N, dtype=float)[:, None], ["no", "yes"] * (N // 2)
    study = mlpstudy.Study(name="arrays", data={"name": "mine"}, **STUDY)
    model = mlpstudy.run(study, out=tmp_path / "s", data=(x, y)).model("4")
    assert len(read(model, tmp_path, "anything\n5\n12\n").features) == 2


def test_one_column_of_several_is_still_no_table(whole: Model, tmp_path: Path) -> None:
    """A delimiter that is none is told as such, a column that is missing as that."""
    with pytest.raises(DataError, match="must have at least two columns, got the one column"):
        read(whole, tmp_path, "size:kind\n5:a\n")
    with pytest.raises(DataError, match='must have the column "kind", got no such column'):
        read(whole, tmp_path, "size\n5\n")


def test_further_columns_are_ignored_and_said(whole: Model, tmp_path: Path) -> None:
    """One or several, in CSV and Parquet, before and behind: named in one line, and the rest is predicted alike."""
    plain = table().select("size", "kind")
    expected = whole.reader.transform(plain)
    more = plain.select(pl.lit("x").alias("note"), pl.all(), pl.lit(None).alias("empty"))
    by_csv = read(whole, tmp_path, more.write_csv())
    by_parquet = read(whole, tmp_path, more.with_columns(empty=pl.lit(1.0)), "new.parquet")
    for found, name in ((by_csv, "new.csv"), (by_parquet, "new.parquet")):
        np.testing.assert_array_equal(found.features, expected)
        line = f"{tmp_path / name}: the columns note, empty are ignored: the study has none of these names"
        assert found.warnings == (line,)
    one = read(whole, tmp_path, more.drop("empty").write_csv())
    assert one.warnings[0].endswith('the column "note" is ignored: the study has none of that name')
    assert read(whole, tmp_path, table().write_csv()).warnings == ()  # the target, and what the study leaves out


@pytest.mark.parametrize("package", [pl.DataFrame, pd.DataFrame, lambda columns: pl.DataFrame(columns).to_dicts()])
def test_further_columns_of_a_frame_are_ignored_with_a_warning(whole: Model, package: type) -> None:
    """In Python too, of Polars, pandas and lists of dicts."""
    rows = {"size": [5.0, 6.0], "kind": ["a", "b"]}
    expected = whole.predict_proba(package(rows))
    with pytest.warns(UserWarning, match='the rows: the column "note" is ignored'):
        found = whole.predict_proba(package({**rows, "note": ["x", "y"]}))
    np.testing.assert_array_equal(found, expected)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole.predict_proba(package({**rows, "id": [1, 2], "y": ["no", "yes"]}))


def test_a_frame_is_told_what_a_file_of_its_rows_is_told(whole: Model, tmp_path: Path) -> None:
    """Numbers of the rows, further columns, other words for the classes; and of pandas, what its index is."""
    rows = pd.DataFrame({"Unnamed: 0": [0, 1], "size": [5.0, 6.0], "kind": ["a", "b"], "note": "x", "y": ["0", "1"]})
    of_file = read(whole, tmp_path, rows.to_csv(index=False)).warnings
    assert len(of_file) == 3
    with pytest.warns(UserWarning, match="the rows") as caught:
        whole.predict(rows.set_index(pd.Index(["r", "s"])))
    of_index, *said = [str(warning.message) for warning in caught]
    assert "the index is no column and left out" in of_index
    assert tuple(said) == tuple(line.replace(str(tmp_path / "new.csv"), "the rows") for line in of_file)
    assert {warning.filename for warning in caught} == {__file__}


def test_a_needed_column_that_is_misspelt_is_named_with_the_nearest(whole: Model, tmp_path: Path) -> None:
    """A further column is not ignored where it looks like one that is missing."""
    with pytest.raises(
        DataError, match='must have the column "size", got no such column, fix: rename the column "sise"'
    ):
        read(whole, tmp_path, "sise,kind,note\n5,a,x\n")


@pytest.mark.parametrize("part", ["test", "validation"])
def test_a_test_file_may_have_further_columns_and_lack_those_left_out(part: str, tmp_path: Path) -> None:
    """Said in a line; ``drop``, ``group`` and ``time`` need not be there; a needed one that is missing is refused."""
    table().write_csv(tmp_path / "train.csv")
    fields = {"path": str(tmp_path / "train.csv"), "target": "y", "drop": ("id",)}

    def loaded(other: pl.DataFrame) -> tuple[np.ndarray, tuple[str, ...]]:
        other.write_csv(tmp_path / "other.csv")
        dataset = load(Data.model_validate({**fields, part: str(tmp_path / "other.csv")}), 0)
        return np.asarray(getattr(dataset, part).features), dataset.warnings

    plain, said = loaded(table())
    assert not [line for line in said if "ignored" in line]
    more, said = loaded(table().drop("id").with_columns(note=pl.lit("x")))
    np.testing.assert_array_equal(more, plain)
    assert [line for line in said if "ignored" in line] == [
        f'{tmp_path / "other.csv"}: the column "note" is ignored: {tmp_path / "train.csv"} has none of that name'
    ]
    with pytest.raises(DataError, match=r'other\.csv must have the column "kind", got no such column'):
        loaded(table().drop("kind"))
