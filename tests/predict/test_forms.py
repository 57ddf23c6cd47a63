"""Whatever form examples have in Python, a model reads them as it reads its study's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import polars as pl
import pytest
from scipy.sparse import coo_array, csr_array

import mlpstudy
from mlpstudy.errors import DataError
from mlpstudy.predict.model import Model
from mlpstudy.running.listening import Silence

TRAINING = {"epochs": 2, "batch_size": 32}
NETWORK = {"width": {"8": {"hidden": [8]}}}


class ArrowOnly:
    """A data frame of some package that has nothing but Arrow's interface."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: Any = None) -> object:
        """Hand the columns on."""
        return self._frame.__arrow_c_stream__(requested_schema)


def people(n: int = 160) -> pl.DataFrame:
    """A table with numbers, a category, a truth value, a date, missing values, and a column to drop."""
    random = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "id": np.arange(n),
            "age": [None if i % 9 == 4 else float(i % 50 + 20) for i in range(n)],
            "job": [["smith", "baker", "king"][k] for k in random.integers(0, 3, n)],
            "member": random.random(n) < 0.5,
            "rich": [["no", "yes"][k] for k in random.integers(0, 2, n)],
        }
    ).with_columns(hired=pl.date(2020, 1, 1) + pl.duration(days=pl.col("id") % 28))


def trained(folder: Path, data: object, **fields: object) -> Model:
    """Return a model that was trained on such data."""
    study = mlpstudy.Study(name="mine", data={"name": "mine", **fields}, training=TRAINING, factors=NETWORK)
    return mlpstudy.run(study, out=folder / "s", data=data, seeds=2, listener=Silence()).model("8")


@pytest.fixture(scope="module")
def of_table(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of a table."""
    return trained(tmp_path_factory.mktemp("table"), people(), target="rich", drop=("id",))


def _pandas(rows: pl.DataFrame) -> pd.DataFrame:
    """Return a frame of pandas with its own types for missing values, dates and categories."""
    frame = pd.DataFrame(rows.to_dict(as_series=False))
    return frame.assign(
        age=frame["age"].astype("Float64"),
        job=frame["job"].astype("category"),
        member=frame["member"].astype("boolean"),
        hired=pd.to_datetime(frame["hired"]),
    )


USED = ["age", "job", "member", "hired"]
TABLE_FORMS: dict[str, Callable[[pl.DataFrame], object]] = {
    "pandas": _pandas,
    "lazy": lambda rows: rows.lazy(),
    "arrow": ArrowOnly,
    "other order, unused columns": lambda rows: rows.select(reversed(rows.columns)),
    "used columns alone": lambda rows: rows.select(USED),
    "dicts": lambda rows: rows.to_dicts(),
    "rows": lambda rows: [list(row) for row in rows.select(USED).rows()],
    "tuples": lambda rows: rows.select(USED).rows(),
    "array of objects": lambda rows: np.array(rows.select(USED).rows(), dtype=object),
}


@pytest.mark.parametrize("form", TABLE_FORMS)
def test_rows_of_a_table_in_any_form(of_table: Model, form: str) -> None:
    """By name where columns have names, else by position: the probabilities of the Polars frame, to the bit."""
    rows = people().head(30)
    wanted = of_table.predict_proba(rows)
    given = TABLE_FORMS[form](rows)
    np.testing.assert_array_equal(of_table.predict_proba(given), wanted)
    np.testing.assert_array_equal(of_table.predict(given), wanted.argmax(axis=1))


@pytest.mark.parametrize("form", TABLE_FORMS)
def test_a_row_by_itself_is_read_as_among_others(of_table: Model, form: str) -> None:
    """Also where its value is missing, so that a column has no value that shows its type."""
    rows = people().head(12).with_columns(job=pl.when(pl.col("id") == 5).then(None).otherwise(pl.col("job")))
    wanted = of_table.predict_proba(rows)
    single = [of_table.predict_proba(TABLE_FORMS[form](rows[i])) for i in range(rows.height)]
    np.testing.assert_array_equal(np.concatenate(single), wanted)


def test_nan_is_a_missing_text(of_table: Model) -> None:
    """As the values of a pandas frame write it, whatever the rows beside have."""
    row = [30.0, np.nan, True, "2020-01-05"]
    wanted = of_table.predict_proba([[30.0, None, True, "2020-01-05"]])
    np.testing.assert_array_equal(of_table.predict_proba(np.array([row], dtype=object)), wanted)


def test_rows_of_a_table_in_files(of_table: Model, tmp_path: Path) -> None:
    """A path, as text or not, or several of them."""
    rows = people().head(30)
    rows.write_csv(tmp_path / "rows.csv")
    rows.write_parquet(tmp_path / "rows.parquet")
    wanted = of_table.predict_proba(rows)
    for given in (str(tmp_path / "rows.csv"), tmp_path / "rows.parquet"):
        np.testing.assert_array_equal(of_table.predict_proba(given), wanted)
    both = of_table.predict_proba([tmp_path / "rows.csv", tmp_path / "rows.parquet"])
    np.testing.assert_array_equal(both, np.concatenate([wanted, wanted]))


def changed_index(rows: csr_array) -> csr_array:
    """Let the last value stand in a column that is not there."""
    rows.indices[-1] = 9
    return rows


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (np.zeros((2, 5)), "row 1 of the rows must name its columns, or have these 4 values in this order: age, job, "),
        (np.zeros((2, 4)), 'value 2 of each row, column "job", must be a text such as baker, king, smith, got numbers'),
        ([[1, "smith", True, "2020-01-01"], [1]], "row 2 of the rows must name its columns, .* got 1 values without"),
        (people().head(2).drop("age").to_dicts(), 'the rows must have the column "age", got no such column'),
        (
            [{"age": 1, "job": "king"}, {"age": 1}],
            'row 2 must have the columns of the first row, got none "job"',
        ),
        (
            [{"age": 1}, {"age": 1, "jbo": "king"}],
            'row 2 must have the columns of the first row, got one "jbo"',
        ),
        (
            pd.DataFrame([[1, 2]], columns=["age", "age"]),
            'must have columns with a name of their own each, got "age" twice',
        ),
        (
            people().head(2).rename({"job": "jbo"}),
            'must have the column "job", .* fix: rename the column "jbo"',
        ),
        (people().to_dicts()[0], r"the rows must be .*, got 'dict', fix: \[row\]"),
        (pd.DataFrame(people().head(2).to_dicts()).iloc[0], "the rows must"),
        (coo_array((10**12, 4)), "the rows, as a dense array, must fit into memory, got 2.* GiB where"),
        (changed_index(csr_array(np.eye(4))), "the rows must hold indices that lie inside it, got an index of 9"),
        (7, "row 1 of the rows must|the rows must"),
        (None, "the rows must"),
        ("none.csv", "none.csv"),
    ],
)
def test_rows_that_do_not_fit_a_table_get_one_line(of_table: Model, given: object, line: str) -> None:
    """What has no names and another number of values is not guessed at; nor is a name that is not known."""
    with pytest.raises(DataError, match=line) as caught:
        of_table.predict_proba(given)
    assert "\n" not in str(caught.value)


def numbers(n: int = 120, kind: str = "f") -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return features, mostly 0, and labels."""
    random = np.random.default_rng(1)
    x = random.integers(0, 9, (n, 6)) * (random.random((n, 6)) < 0.5)
    return x.astype(kind), np.arange(n) % 2


ARRAY_FORMS: dict[str, Callable[[npt.NDArray[Any]], object]] = {
    "list": lambda x: x.tolist(),
    "whole numbers": lambda x: x.astype(np.int16),
    "pandas": pd.DataFrame,
    "pandas with types of its own": lambda x: pd.DataFrame(x).convert_dtypes(),
    "polars": pl.DataFrame,
    "arrow": lambda x: ArrowOnly(pl.DataFrame(x)),
    "csr": csr_array,
    "coo": coo_array,
}


@pytest.mark.parametrize("form", ARRAY_FORMS)
@pytest.mark.parametrize("kind", ["numbers", "sparse", "bytes"])
def test_rows_of_numbers_in_any_form(tmp_path: Path, kind: str, form: str) -> None:
    """Dense or sparse as the study was, or not: the probabilities of the array, to the bit."""
    x, y = numbers(kind="u1" if kind == "bytes" else "f8")
    model = trained(tmp_path, (csr_array(x) if kind == "sparse" else x, y))
    np.testing.assert_array_equal(model.predict_proba(ARRAY_FORMS[form](x[:20])), model.predict_proba(x[:20]))


@pytest.mark.parametrize("kind", ["f4", "u1", "?"])
def test_what_a_study_learned_from_is_what_its_model_takes(tmp_path: Path, kind: str) -> None:
    """Images of numbers or of bytes, with a channel of their own, and truth values."""
    x, y = numbers(kind=kind)
    images = x.reshape(-1, 2, 3)
    model = trained(tmp_path, (images, y))
    wanted = model.predict_proba(x[:20])
    np.testing.assert_array_equal(model.predict_proba(images[:20]), wanted)
    np.testing.assert_array_equal(model.predict_proba(images[:20, :, :, None]), wanted)


@pytest.mark.parametrize("kind", ["u1", "i8", "f4"])
def test_images_in_colour_are_predicted_as_they_were_learned(tmp_path: Path, kind: str) -> None:
    """In Python and in files, channels first or last, of the type of the training examples or another; with a line."""
    images = np.random.default_rng(0).integers(0, 256, (160, 4, 5, 3)).astype(kind)
    model = trained(tmp_path, (images, np.arange(160) % 2))
    some = images[:20]
    np.save(tmp_path / "x.npy", some)
    np.savez(tmp_path / "x.npz", images=np.moveaxis(some, 3, 1))
    red, green, blue = (some[..., i].astype(np.int64) for i in range(3))
    wanted = model.predict_proba((19595 * red + 38470 * green + 7471 * blue + 32768) // 65536)
    for form in (some, np.moveaxis(some, 3, 1), some.tolist(), tmp_path / "x.npy", tmp_path / "x.npz"):
        with pytest.warns(UserWarning, match="all 20 images have colours and are made grey"):
            np.testing.assert_array_equal(model.predict_proba(form), wanted)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ([[1, 2], [3]], "the values must be rows of one length"),
        (np.zeros((3, 5)), r"the values must have the shape \(n, 6\), got the shape \(3, 5\)"),
        (pd.DataFrame({c: ["a"] for c in "abcdef"}), 'the values, column "a" must hold numbers'),
        (np.array([["a"] * 6]), "the values must be numbers"),
        (np.full((1, 6), np.nan), "the value in row 0, column 0 must be a finite number"),
        (csr_array(np.eye(6) * 1j), "the values must hold numbers"),
        (None, "the values must"),
    ],
)
def test_values_that_do_not_fit_get_one_line(tmp_path: Path, given: object, line: str) -> None:
    """Ragged rows, another width, text, what is not finite."""
    model = trained(tmp_path, numbers())
    with pytest.raises(DataError, match=line):
        model.predict_proba(given)


def test_a_study_runs_on_dicts_and_on_pandas_own_types_as_on_polars(tmp_path: Path) -> None:
    """What a study learns from takes the same forms."""
    rows = people()
    fields = {"target": "rich", "drop": ("id",)}
    wanted = trained(tmp_path / "polars", rows, **fields).predict_proba(rows)
    for name, given in {"dicts": rows.to_dicts(), "pandas": _pandas(rows), "arrow": ArrowOnly(rows)}.items():
        np.testing.assert_array_equal(trained(tmp_path / name, given, **fields).predict_proba(rows), wanted, name)


def test_running_in_python_warns_of_what_was_done_to_the_data(tmp_path: Path) -> None:
    """Where no listener says it, warnings of Python's do, a line each, but for what the study itself declares."""
    rows = people().with_columns(copy=pl.col("rich").str.to_uppercase(), price=pl.format("{} EUR", pl.col("age")))
    fields = {"name": "mine", "target": "rich", "validation": "test"}
    with pytest.warns(UserWarning, match="column") as caught:
        mlpstudy.run(
            mlpstudy.Study(name="mine", data=fields, training=TRAINING, factors=NETWORK),
            out=tmp_path / "s",
            data=rows,
            seeds=1,
        )
    lines = [str(warning.message) for warning in caught]
    for said in ('column "copy" gives the class away', "the unit EUR"):
        assert len([line for line in lines if said in line]) == 1, lines
    assert not [line for line in lines if "validation" in line]
    assert {warning.filename for warning in caught} == {__file__}


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("rows.csv", r'got the path rows.csv, fix: data = \{"path": ...\} in the study'),
        (([[1, 2], [3]], [0, 1]), "data, features must be rows of one length"),
        ((np.eye(2), [[0], [1, 2]]), "data, labels must be rows of one length"),
        ((_pandas(people(4)), [0, 1, 0]), "data, labels must hold one label for each of the 4 rows of the features"),
    ],
)
def test_data_that_cannot_be_learned_from_get_one_line(tmp_path: Path, data: object, line: str) -> None:
    """With the way that it can be done."""
    with pytest.raises(DataError, match=line):
        trained(tmp_path, data)
