"""Frames of any package: every kind of column that people have is read as what it is, or refused by its name."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import polars as pl
import pytest

from datasets.writing import dense, same
from mlpstudy.datasets import Given, load, preprocessing_from_json
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.tables.columns import TablePreprocessing
from mlpstudy.errors import DataError
from mlpstudy.records import Dataset
from mlpstudy.study import Data

N = 60
KIND = ["no", "no", "yes"] * 20
DATA = Data(name="mine", target="kind", numeric="none")


def loaded(cells: Any) -> Dataset:
    """Return the data set of a frame of pandas with a column of some cells."""
    return load(DATA, 0, Given.of(pd.DataFrame({"c": cells, "kind": KIND})))


def names(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the features."""
    made = preprocessing_from_json(dataset.preprocessing or {})
    assert isinstance(made, TablePreprocessing)
    return made.feature_names


def cells(dataset: Dataset) -> list[float]:
    """Return the distinct values of the first feature, of all splits."""
    splits = (dataset.train, dataset.validation, dataset.test)
    return sorted({float(value) for split in splits for value in dense(split)[:, 0]})


DAY = pd.Timestamp("2020-01-01")
IN_DAYS = 18262.0
LIST = [i % 5 for i in range(N)]
GAP = [None, *LIST[1:]]

AS_NUMBERS: dict[str, tuple[Any, list[float]]] = {
    "whole": (pd.array(LIST, dtype="Int64"), [0, 1, 2, 3, 4]),
    "nullable": (pd.array(GAP, dtype="Int64"), [0, 1, 2, 3, 4]),
    "nullable fractions": (pd.array(GAP, dtype="Float64"), [0, 1, 2, 3, 4]),
    "objects": (pd.Series(GAP, dtype=object), [0, 1, 2, 3, 4]),
    "missing words of pandas": (pd.Series([pd.NA, *LIST[1:]], dtype=object), [0, 1, 2, 3, 4]),
    "scalars of NumPy": (pd.Series([np.int64(i) for i in LIST], dtype=object), [0, 1, 2, 3, 4]),
    "decimals": ([decimal.Decimal(i) / 4 for i in LIST], [0, 0.25, 0.5, 0.75, 1]),
    "sparse": (pd.arrays.SparseArray([float(i) for i in LIST]), [0, 1, 2, 3, 4]),
    "truth values": (pd.array([None, *[i % 2 == 1 for i in range(1, N)]], dtype="boolean"), [0, 1]),
    "durations": (pd.to_timedelta([6 * i for i in LIST], unit="h"), [0, 0.25, 0.5, 0.75, 1]),
    "times of day": ([dt.time(6 * (i % 4)) for i in LIST], [0, 0.25, 0.5, 0.75]),
    "days": ([dt.date(2020, 1, 1 + i) for i in LIST], [IN_DAYS + i for i in range(5)]),
    "days of NumPy": (
        pd.Series([np.datetime64(f"2020-01-0{i + 1}") for i in LIST], dtype=object),
        [IN_DAYS + i for i in range(5)],
    ),
    "days beside moments": (
        pd.Series(
            [dt.date(2020, 1, 1 + i) if i % 2 else DAY.to_pydatetime() + dt.timedelta(i) for i in LIST], dtype=object
        ),
        [IN_DAYS + i for i in range(5)],
    ),
    "moments": ([DAY + pd.Timedelta(days=i) for i in LIST], [IN_DAYS + i for i in range(5)]),
    "moments with a gap": ([pd.NaT, *[DAY + pd.Timedelta(days=i) for i in LIST[1:]]], [IN_DAYS + i for i in range(5)]),
    "an offset": (
        [DAY.tz_localize("UTC").tz_convert("Asia/Tokyo") + pd.Timedelta(days=i) for i in LIST],
        [IN_DAYS + i for i in range(5)],
    ),
    "several offsets": (
        pd.Series(
            [
                (DAY + pd.Timedelta(days=i % 5)).tz_localize("UTC").tz_convert(zone)
                for i, zone in enumerate(["UTC", "Asia/Tokyo"] * 30)
            ],
            dtype=object,
        ),
        [IN_DAYS + i for i in range(5)],
    ),
    "periods": (pd.PeriodIndex([f"2020-01-0{i + 1}" for i in LIST], freq="D"), [IN_DAYS + i for i in range(5)]),
}


@pytest.mark.parametrize(("column", "wanted"), AS_NUMBERS.values(), ids=AS_NUMBERS)
def test_a_column_becomes_the_numbers_that_it_means(column: Any, wanted: list[float]) -> None:
    """Missing values are missing; moments are days since 1970 in UTC, durations days, times parts of a day."""
    dataset = loaded(column)
    assert names(dataset)[0] == "c"
    found = [value for value in cells(dataset) if value in {float(np.float32(each)) for each in wanted}]
    assert found == [float(np.float32(value)) for value in wanted]


@pytest.mark.parametrize(
    ("column", "levels"),
    [
        (pd.Categorical([i % 3 for i in range(N)]), ("0", "1", "2")),
        (pd.Categorical([i % 3 for i in range(N)], ordered=True), ("0", "1", "2")),
        (pd.Categorical([i % 3 + 0.5 for i in range(N)]), ("0.5", "1.5", "2.5")),
        (pd.Categorical([str(i % 3) for i in range(N)]), ("0", "1", "2")),
        (pd.Categorical([None, *[f"k{i % 3}" for i in range(1, N)]]), ("k0", "k1", "k2")),
        (pd.cut(pd.Series(range(N)), [-1, 30, 60]), ("(-1, 30]", "(30, 60]")),
        (pd.array([None, *["ab"[i % 2] for i in range(1, N)]], dtype="string"), ("a", "b")),
    ],
)
def test_declared_categories_are_categories(column: Any, levels: tuple[str, ...]) -> None:
    """Even where their levels are numbers: whoever made them categories said so; new rows may have the numbers."""
    dataset = loaded(column)
    assert names(dataset)[: len(levels)] == tuple(f"c = {level}" for level in levels)
    made = preprocessing_from_json(dataset.preprocessing or {})
    assert made.kind == "table"
    if levels == ("0", "1", "2"):
        wanted = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
        for new in (pl.Series("c", [1, 0]), pl.Series("c", ["1", "0"]), pl.Series("c", [1.0, 0.0])):
            assert made.transform(pl.DataFrame([new])).tolist() == wanted


UNFIT: dict[str, tuple[Any, str]] = {
    "complex numbers": (np.arange(N) * 1j, 'column "c" must hold .*, got values of type complex, fix: drop'),
    "lists": ([[i] for i in range(N)], r'column "c" must hold .*, got .*List\(Int64\).*, fix: drop'),
    "bytes": ([b"a"] * N, 'column "c" must hold .*Binary'),
    "objects": ([object() for _ in range(N)], 'column "c" must hold .*, got values of type object'),
    "intervals": (pd.arrays.IntervalArray.from_breaks(range(N + 1)), "got values of type Interval"),
    "an infinite number": ([float("inf"), *LIST[1:]], 'row 1, column "c" must be a finite number, got inf'),
    "days among numbers": (
        pd.Series([dt.date(2020, 1, 1), *LIST[1:]], dtype=object),
        r'column "c" must hold values of one kind, got 1 \(int\) and 2020-01-01 \(date\)|got 2020-01-01 \(date\) and 1',
    ),
    "times beside days": (
        pd.Series([dt.date(2020, 1, 1), dt.time(3)] * 30, dtype=object),
        r'column "c" must hold values of one kind, got 03:00:00 \(time\) and 2020-01-01 \(date\)',
    ),
    "levels of one name": (pd.Categorical([1, "1"] * 30), 'column "c" must have levels of different names, got "1"'),
}


@pytest.mark.parametrize(("column", "line"), UNFIT.values(), ids=UNFIT)
def test_what_no_network_can_be_given_is_refused_by_name(column: Any, line: str) -> None:
    """One line with the column, and never an error of another library; as a target too, but for one that has a name."""
    with pytest.raises(DataError, match=line) as caught:
        loaded(column)
    assert "\n" not in str(caught.value)
    if "finite" not in line:
        with pytest.raises(DataError):
            load(DATA, 0, Given.of(pd.DataFrame({"c": LIST, "kind": column})))


def _renamed(*columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame(dict.fromkeys(range(len(columns) - 1), LIST) | {"kind": KIND})
    frame.columns = pd.Index(columns, dtype=object, tupleize_cols=False)
    return frame


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        (_renamed("a", "a", "kind"), '"a" twice'),
        (_renamed("a", "a", "a", "b", "b", "kind"), '"a" three times .* and "b" twice'),
        (_renamed(1, "1", "kind"), '"1" twice'),
        (_renamed("a", "kind", "kind"), '"kind" twice'),
        (_renamed(None, "None", "kind"), '"None" twice'),
        ([{1: i, "1": i, "kind": KIND[i]} for i in range(N)], '"1" twice'),
    ],
)
def test_names_that_are_one_are_refused(frame: Any, found: str) -> None:
    """No column is lost: two of one name, or whose names are written alike, are named."""
    with pytest.raises(DataError, match=f"must have columns with a name of their own each, got .*{found}"):
        Given.of(frame)


def test_names_of_several_levels_and_an_index_are_told() -> None:
    """Levels of names are joined, an index that says something is left out; each in one line."""
    wide = pd.DataFrame({("a", "x"): LIST, ("a", "y"): LIST[::-1], ("kind", ""): KIND})
    dataset = load(DATA, 0, Given.of(wide))
    assert names(dataset) == ("a.x", "a.y")
    assert "names of columns with several levels have points between them: a.x" in dataset.warnings[0]
    frame = pd.DataFrame({"who": [f"p{i}" for i in range(N)], "k": range(N), "c": LIST, "kind": KIND})
    for index, called in ((["who"], '"who"'), (["who", "k"], '"who, k"')):
        dataset = load(DATA, 0, Given.of(frame.set_index(index)))
        assert any(f"the index {called} is no column and left out" in warning for warning in dataset.warnings)
        assert "who" not in str(names(dataset))
    plain = load(DATA, 0, Given.of(frame[frame["c"] != 1]))
    assert not any("index" in warning for warning in plain.warnings)


COLUMNS = {"a": [i % 7 for i in range(N)], "job": ["baker", "smith", None] * 20}
X = pd.DataFrame(COLUMNS)
Y = pd.Series(KIND, name="kind")
TABLE = Data(name="mine", target="kind")
APART: dict[str, Callable[[], Any]] = {
    "a column of pandas": lambda: (X, Y),
    "in a list": lambda: [X, Y],
    "a frame of one column": lambda: (X, Y.to_frame()),
    "one-hot columns": lambda: (X, pd.get_dummies(Y)),
    "a list": lambda: (X, KIND),
    "an array": lambda: (X, np.array(KIND)),
    "an array of one column": lambda: (X, np.array(KIND)[:, None]),
    "a column of Polars": lambda: (pl.DataFrame(COLUMNS), pl.Series("kind", KIND)),
    "a lazy frame": lambda: (pl.LazyFrame(COLUMNS), KIND),
    "rows": lambda: (X.to_dict("records"), Y),
    "another index on one": lambda: (X.set_axis(range(100, 160)), Y),
}


@pytest.mark.parametrize("pair", APART.values(), ids=APART)
def test_a_frame_and_its_target_may_be_given_apart(pair: Callable[[], Any]) -> None:
    """The same features and classes as in one frame, whatever the labels are."""
    wanted = load(TABLE, 0, Given.of(X.assign(kind=KIND)))
    found = load(Data(name="mine"), 0, Given.of(pair()))
    assert found.class_names == wanted.class_names
    assert names(found) == names(wanted)
    for split in ("train", "validation", "test"):
        np.testing.assert_array_equal(dense(getattr(found, split)), dense(getattr(wanted, split)))
        np.testing.assert_array_equal(getattr(found, split).labels, getattr(wanted, split).labels)
    said = "data, labels: they are taken by position, since their index is not that of the features"
    is_said = isinstance(pair()[0], pd.DataFrame) and isinstance(pair()[1], pd.Series) and pair()[0].index[0] > 0
    assert (said in found.warnings) == is_said
    if isinstance(pair()[1], pd.Series):
        assert load(TABLE, 0, Given.of(pair())).sha256 == found.sha256


def test_test_examples_are_given_apart_too() -> None:
    """Their labels may have another name, or none."""
    found = load(Data(name="mine"), 0, Given.of({"train": (X, Y), "test": (X.head(9), Y.head(9).rename("other"))}))
    assert len(found.test) == 9
    assert names(found) == ("a", "job = baker", "job = smith", "job = (missing)")


def test_a_frame_of_numbers_stays_what_it_was() -> None:
    """Finite numbers alone are arrays, as they were in the first version: their hash is that of the array."""
    numbers = pd.DataFrame({"a": X["a"], "b": X["a"] * 2.5})
    named = load(Data(name="mine"), 0, Given.of((numbers, Y)))
    unnamed = load(Data(name="mine"), 0, Given.of((numbers.to_numpy(), KIND)))
    assert named.sha256 == unnamed.sha256
    same(replace(named, preprocessing={k: v for k, v in (named.preprocessing or {}).items() if k != "names"}), unnamed)


def test_columns_of_a_frame_of_numbers_may_be_named() -> None:
    """Where a study names columns, numbers given apart from their target are a table too."""
    numbers = pd.DataFrame({"a": X["a"], "b": X["a"] * 2.5, "id": range(N)})
    dropped = load(Data(name="mine", drop=("id",)), 0, Given.of((numbers, Y)))
    assert names(dropped) == ("a", "b")
    named = load(
        Data(name="mine", target="kind", group="id"), 0, Given.of({"train": (numbers, Y), "test": (numbers, Y)})
    )
    assert names(named) == ("a", "b")
    with pytest.raises(DataError, match=r"data\.drop must be left out, since the data are no table"):
        load(Data(name="mine", drop=("id",)), 0, Given.of((numbers.to_numpy(), Y)))


def test_numbers_in_another_order_than_their_labels_are_refused() -> None:
    """Also where they are arrays: the rows are not put beside other labels without a word."""
    with pytest.raises(DataError, match="data, labels must have the index of the features, got one in another order"):
        Given.of((X[["a"]], Y.sample(frac=1, random_state=1)))


def test_columns_of_a_frame_of_numbers_are_known_by_their_names(tmp_path: Path) -> None:
    """Test examples, and rows to predict, whose columns stand in another order are not taken as they stand."""
    x, y = pd.DataFrame({"a": LIST, "b": [100.0 + i for i in range(N)]}), pd.Series(KIND)
    turned = x[["b", "a"]].assign(c=1)
    same_data, turned_data = ({"train": (x, y), "test": (other, y)} for other in (x, turned))
    wanted, found = (load(Data(name="mine"), 0, Given.of(given)) for given in (same_data, turned_data))
    assert np.array_equal(dense(found.test), dense(wanted.test))
    assert any("features: not used, since the training examples have no such column: c" in w for w in found.warnings)
    reader = Reader(preprocessing_from_json(found.preprocessing or {}), found.class_names)
    with pytest.warns(UserWarning, match="the values: not used, since .*: c"):
        assert np.array_equal(reader.transform(turned), reader.transform(x))
    turned.to_csv(tmp_path / "new.csv", index=False)
    of_file = reader.read([tmp_path / "new.csv"])
    assert of_file.warnings == (
        f"{tmp_path / 'new.csv'}: not used, since the training examples have no such column: c",
    )
    assert np.array_equal(of_file.features, reader.transform(x))
    assert np.array_equal(reader.transform(x.to_numpy()), reader.transform(x.rename(columns={"a": "u", "b": "v"})))
    turned.to_csv(tmp_path / "new.csv", index=False)
    read = reader.read([tmp_path / "new.csv"])
    assert np.array_equal(np.asarray(read.features), reader.transform(x))
    assert [line.removeprefix(f"{tmp_path}/") for line in read.warnings] == [
        "new.csv: not used, since the training examples have no such column: c"
    ]
    with pytest.raises(DataError, match="the values must have the column b, got the columns a, c, fix: add what is"):
        reader.transform(x.rename(columns={"b": "c"}))


BAD_APART: dict[str, tuple[Callable[[], Any], str]] = {
    "fewer labels": (lambda: (X, KIND[:5]), "data, labels must hold one label for each of the 60 rows .*, got 5"),
    "two columns": (lambda: (X, X), "data, labels must hold one label an example, got .*, fix: one column of them"),
    "a name of a feature": (lambda: (X, Y.rename("a")), "data, labels must have a name that no feature has, got .*a"),
    "another order": (
        lambda: (X, Y.sample(frac=1, random_state=1)),
        "have the index of the features, got one in anoth",
    ),
    "features in another order": (lambda: (X.sample(frac=1, random_state=1), Y), "must have the index of the features"),
    "other rows": (lambda: (X.iloc[3:40], Y.iloc[20:57]), "have the index of the features, got one of other rows"),
    "a number": (lambda: (X, 3), r"data, labels must be a column, got 'int'"),
    "a gap": (lambda: (X, [None, *KIND[1:]]), 'column "target" must name a class in every row, got none in 1 row'),
    "an array to test": (
        lambda: {"train": (X, Y), "test": (X.to_numpy(), Y)},
        r'data\["test"\], features must be \(features, labels\), a data frame',
    ),
    "no pair to test": (lambda: {"train": (X, Y), "test": X}, r'data\["test"\] must be \(features, labels\), as'),
    "no rows": (lambda: (X.head(0), []), "data must have rows and columns, got 0 rows"),
}


@pytest.mark.parametrize(("given", "line"), BAD_APART.values(), ids=BAD_APART)
def test_what_does_not_fit_together_is_refused(given: Callable[[], Any], line: str) -> None:
    """Rows and labels that may not belong to each other are asked for, never guessed."""
    with pytest.raises(DataError, match=line):
        load(Data(name="mine"), 0, Given.of(given()))
    with pytest.raises(DataError, match=r"data\.target must be left out, since the labels are given apart"):
        load(Data(name="mine", target="a"), 0, Given.of((X, Y)))


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA], ids=str)
def test_truth_values_with_a_gap_are_the_classes_false_and_true(gap: object) -> None:
    """Whatever stands for a missing label, truth values of Python are never numbers."""
    frame = pd.DataFrame({"c": LIST, "kind": pd.Series([gap, *[i % 2 == 1 for i in range(1, N)]], dtype=object)})
    data = DATA.model_copy(update={"on_missing_target": "drop"})
    assert load(data, 0, Given.of(frame)).class_names == ("false", "true")


def test_spaces_around_the_words_of_a_frame_are_told() -> None:
    """Words that differ in spaces alone become one, which is said of the columns that have such."""
    frame = pd.DataFrame({"c": ["u", "v"] * 30, "job": ["a", " a"] * 30, "kind": ["no", "no ", "yes"] * 20})
    found = load(DATA, 0, Given.of(frame))
    assert 'data: spaces around text are left out: "job", "kind"' in found.warnings
    assert found.class_names == ("no", "yes")


def test_one_table_is_the_same_in_every_form(tmp_path: Path) -> None:
    """CSV, Parquet, frames of Polars and pandas and rows give the same classes, features and predictions' input."""
    frame = pl.DataFrame(
        {
            "n": [None if i % 9 == 4 else i % 5 for i in range(N)],
            "x": [i / 7 for i in range(N)],
            "flag": [None if i % 11 == 3 else i % 3 == 0 for i in range(N)],
            "when": [dt.date(2020, 1, 1) + dt.timedelta(days=i * 37 % 400) for i in range(N)],
            "at": [dt.datetime(2020, 1, 1, 12) + dt.timedelta(hours=i * 37 % 400) for i in range(N)],  # noqa: DTZ001
            "job": [None if i % 13 == 5 else ["baker", "smith"][i * i % 3 % 2] for i in range(N)],
            "kind": [i % 3 == 0 for i in range(N)],
        }
    )
    pandas = pd.DataFrame(frame.to_dict(as_series=False))
    (tmp_path / "polars.csv").write_text(frame.write_csv())
    (tmp_path / "pandas.csv").write_text(pandas.to_csv(index=False))
    frame.write_parquet(tmp_path / "t.parquet")
    wanted = load(Data(path=str(tmp_path / "t.parquet"), target="kind"), 0)
    files = [load(Data(path=str(tmp_path / name), target="kind"), 0) for name in ("polars.csv", "pandas.csv")]
    nullable = pandas.convert_dtypes()
    frames: tuple[Any, ...] = (frame, frame.lazy(), pandas, nullable, frame.to_dicts())
    given = [load(Data(name="mine", target="kind"), 0, Given.of(each)) for each in frames]
    apart = load(Data(name="mine"), 0, Given.of((pandas.drop(columns="kind"), pandas["kind"])))
    for found in (*files, *given, apart):
        same(found, wanted)
    reader = Reader(preprocessing_from_json(wanted.preprocessing or {}), wanted.class_names)
    read = reader.read([tmp_path / "t.parquet"])
    for name in ("polars.csv", "pandas.csv"):
        np.testing.assert_array_equal(reader.read([tmp_path / name]).features, read.features)
        np.testing.assert_array_equal(reader.read([tmp_path / name]).labels, read.labels)
    for each in frames:
        np.testing.assert_array_equal(reader.transform(each), read.features)
    with pytest.raises(DataError, match="a frame; of one row"):
        reader.transform(pandas.iloc[0])
    np.testing.assert_array_equal(reader.transform(pandas.iloc[[0]]), read.features[:1])


def test_times_of_a_zone_are_told_to_be_read_in_utc() -> None:
    """The zone is named; UTC needs no word."""
    for zone, is_said in (("Asia/Tokyo", True), ("UTC", False)):
        times = [(DAY + pd.Timedelta(days=i)).tz_localize(zone) for i in LIST]
        said = f"its times are those of {zone} and are read in UTC"
        assert any(said in warning for warning in loaded(times).warnings) == is_said
