"""Tables: every column becomes what its training cells say, and nothing is learned from any other row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.writing import csv, dense, load_text, people, write
from mlpstudy.arrays import Float32Array
from mlpstudy.datasets import load, preprocessing_from_json
from mlpstudy.datasets.overview.description import describe_data
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.datasets.tables.cells.meanings import find
from mlpstudy.datasets.tables.columns import CategoryColumn, NumberColumn, TablePreprocessing
from mlpstudy.datasets.tables.fitting import fit_table
from mlpstudy.errors import DataError
from mlpstudy.records import Dataset
from mlpstudy.study import Data

RICH: dict[str, Any] = {"target": "rich", "drop": ["family"]}


def fitted(dataset: Dataset) -> TablePreprocessing:
    """Return the preprocessing of a table."""
    assert dataset.preprocessing is not None
    made = preprocessing_from_json(dataset.preprocessing)
    assert isinstance(made, TablePreprocessing)
    return made


def rows_of(dataset: Dataset) -> Float32Array:
    """Return the features of all splits together."""
    return np.concatenate([dense(dataset.train), dense(dataset.validation), dense(dataset.test)])


def test_types_are_found_and_features_named(tmp_path: Path) -> None:
    """Numbers, dates, truth values and categories, with indicators and levels for what is missing."""
    dataset = load_text(tmp_path, csv(people()), **RICH)
    assert fitted(dataset).feature_names == (
        "age",
        "age (missing)",
        "weight",
        "job = baker",
        "job = smith",
        "job = (missing)",
        "hired",
        "member",
    )
    assert dataset.class_names == ("no", "yes")
    assert dataset.n_features == 8
    assert [len(dataset.train), len(dataset.validation), len(dataset.test)] == [86, 10, 24]


def test_standardised_numbers_have_mean_0_and_deviation_1_over_the_training_examples(tmp_path: Path) -> None:
    """Missing values do not count; they become the median."""
    frame = people()
    dataset = load_text(tmp_path, csv(frame), **RICH)
    features = dense(dataset.train)
    present = features[:, 1] == 0
    assert abs(features[present, 0].mean()) < 1e-6
    assert abs(features[present, 0].std() - 1) < 1e-6
    assert abs(features[:, 2].mean()) < 1e-6
    column = fitted(dataset).columns[0]
    assert isinstance(column, NumberColumn)
    imputed = np.float32((column.fill - column.shift) / column.scale)
    np.testing.assert_array_equal(features[~present, 0], imputed)
    assert np.isin(features[:, 3:6], (0, 1)).all()
    np.testing.assert_array_equal(features[:, 3:6].sum(axis=1), 1)


def test_numbers_between_0_and_1_span_exactly_that(tmp_path: Path) -> None:
    """With numeric = "0-1" the smallest training value is 0 and the largest 1."""
    dataset = load_text(tmp_path, csv(people()), numeric="0-1", **RICH)
    weight = dense(dataset.train)[:, 2]
    assert (weight.min(), weight.max()) == (0, 1)


def test_numbers_are_left_alone_where_asked_for(tmp_path: Path) -> None:
    """With numeric = "none" features are the numbers of the file."""
    frame = people()
    dataset = load_text(tmp_path, csv(frame), numeric="none", **RICH)
    np.testing.assert_array_equal(np.sort(rows_of(dataset)[:, 2]), np.sort(frame["weight"].to_numpy()))


def test_dates_are_days_since_1970(tmp_path: Path) -> None:
    """ISO dates in text, and dates of Parquet, give the same days."""
    frame = people()
    dates = frame.with_columns(pl.col("hired").str.to_date())
    path = tmp_path / "table.parquet"
    dates.write_parquet(path)
    of_text = load_text(tmp_path, csv(frame), numeric="none", **RICH)
    of_parquet = load(Data(path=str(path), numeric="none", target="rich", drop=("family",)), 0)
    np.testing.assert_array_equal(of_text.train.features, of_parquet.train.features)
    assert rows_of(of_text)[:, 6].min() == (dates["hired"].to_physical().min())


def test_csv_parquet_and_other_delimiters_hold_the_same_table(tmp_path: Path) -> None:
    """The format of a file changes nothing of what is in it."""
    frame = people()
    frame.write_parquet(tmp_path / "t.parquet")
    wanted = load(Data(path=str(tmp_path / "t.parquet"), target="rich"), 0)
    for delimiter, word in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")):
        found = load_text(tmp_path, csv(frame, separator=delimiter), target="rich")
        np.testing.assert_array_equal(found.train.features, wanted.train.features)
        np.testing.assert_array_equal(found.test.labels, wanted.test.labels)
        assert read_table(tmp_path / "table.csv").words == f"CSV, a {word} between cells"


def test_a_byte_order_mark_windows_lines_quotes_and_spaces_are_read(tmp_path: Path) -> None:
    """What spreadsheets write: the mark before the first name, CR LF, quoted cells with line breaks, spaces."""
    lines = [' 1.5 ,"say ""a"",\nb",no' if i % 2 else "2.5, c ,yes" for i in range(40)]
    dataset = load_text(tmp_path, "\ufeffx,z,y\r\n" + "\r\n".join(lines) + "\r\n\r\n", numeric="none")
    assert dataset.class_names == ("no", "yes")
    assert fitted(dataset).feature_names == ("x", "z = c", 'z = say "a",\nb')
    assert len(rows_of(dataset)) == 40
    np.testing.assert_array_equal(dataset.test.features[:, 0], np.where(dataset.test.labels == 0, 1.5, 2.5))


def test_all_the_words_for_missing_are_missing(tmp_path: Path) -> None:
    """A cell that says NA, ?, null and so on is no number and no level."""
    words = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A", "?", " ?", " NA "]
    cells = [words[i % len(words)] if i % 3 == 0 else str(i) for i in range(90)]
    content = "x,c,y\n" + "".join(
        f"{cell},{cell if cell.strip() in words else 'a'},{'no' if i % 2 else 'yes'}\n" for i, cell in enumerate(cells)
    )
    dataset = load_text(tmp_path, content)
    assert fitted(dataset).feature_names == ("x", "x (missing)", "c = a", "c = (missing)")
    np.testing.assert_array_equal(dense(dataset.train)[:, 1], dense(dataset.train)[:, 3])
    assert rows_of(dataset)[:, 1].sum() == 30


def test_text_far_below_a_thousand_numbers_is_found(tmp_path: Path) -> None:
    """Types are not guessed from the first rows: a column with text at its end is one of text."""
    content = "x,y\n" + "".join(
        f"{i % 7 if i < 1500 else 'b' + str(i % 3)},{'no' if i % 2 else 'yes'}\n" for i in range(3000)
    )
    dataset = load_text(tmp_path, content)
    assert fitted(dataset).feature_names == tuple(f"x = {n}" for n in [*range(7), "b0", "b1", "b2"])


def test_numbers_can_be_categories(tmp_path: Path) -> None:
    """``categorical`` keeps the text of the cells: 01 is another level than 1."""
    content = "zip,y\n" + "".join(f"{['01', '1', '2'][i % 3]},{'no' if i % 2 else 'yes'}\n" for i in range(60))
    assert fitted(load_text(tmp_path, content, categorical=["zip"])).feature_names == ("zip = 01", "zip = 1", "zip = 2")


def test_rare_levels_are_pooled_and_unseen_ones_join_them() -> None:
    """A level in fewer than five training examples has no feature of its own; an unseen one is treated like it."""
    frame = pl.DataFrame({"job": ["a"] * 20 + ["b"] * 5 + ["c"] * 4 + ["d"], "y": ["no", "yes"] * 15})
    made, _ = fit_table(frame, np.arange(30), Data(path="x.csv", target="y"), "table")
    assert made.feature_names == ("job = a", "job = b", "job = (other)")
    rows = made.transform(pl.DataFrame({"job": ["c", "d", "never seen", "b", None]}))
    assert rows.tolist() == [[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 1, 0], [0, 0, 1]]


def test_unseen_levels_are_all_zeros_where_nothing_was_rare() -> None:
    """Without rare levels there is no feature for an unseen one, nor for a value that is missing for the first time."""
    frame = pl.DataFrame({"job": ["a", "b"] * 10, "y": ["no", "yes"] * 10})
    made, _ = fit_table(frame, np.arange(20), Data(path="x.csv", target="y"), "table")
    assert made.transform(pl.DataFrame({"job": ["new", None, "a"]})).tolist() == [[0, 0], [0, 0], [1, 0]]


def test_constant_and_identifying_columns_are_told(tmp_path: Path) -> None:
    """A constant column, and text that differs everywhere, are left out; numbers of rows are kept, with a warning."""
    frame = people().with_columns(
        pl.lit("x").alias("const"),
        pl.Series("id", range(120)),
        pl.Series("name", [f"n{i}" for i in range(120)]),
    )
    dataset = load_text(tmp_path, csv(frame), **RICH)
    told = [warning.removeprefix(f"{tmp_path}/table.csv, ") for warning in dataset.warnings]
    assert told == [
        'column "const" is "x" in every training example: it is left out',
        'column "id" looks like an identifier, it numbers the rows: drop = ["id"] leaves it out',
        'column "name" looks like an identifier, no value is in more than 4 of 86 training examples: it is left out',
    ]
    assert {"const", "name"} <= set(fitted(dataset).ignored)
    assert "id" in fitted(dataset).feature_names


def test_many_constant_columns_are_told_in_one_line(tmp_path: Path) -> None:
    """The pixels at the border of images are hundreds of columns of one value; those with a gap are none of them."""
    border = [pl.lit(0).alias(f"p{i}") for i in range(40)]
    frame = people().with_columns(*border, pl.Series("gap", [None, *[7] * 119]))
    dataset = load_text(tmp_path, csv(frame), **RICH)
    line = (
        f'{tmp_path}/table.csv: 40 columns are the same in every training example and left out: "p0", "p1", "p2", ...'
    )
    assert list(dataset.warnings) == [line]
    assert {f"p{i}" for i in range(40)} <= set(fitted(dataset).ignored)
    assert "gap" in fitted(dataset).feature_names


def test_what_is_said_of_many_columns_alike_is_said_once(tmp_path: Path) -> None:
    """Fifteen columns with decimal commas have one line, the first, with the number of the others; three have three."""
    varied = [pl.Series(f"c{i}", [f"{k % 9},{i + 1}" for k in range(120)]) for i in range(15)]
    dataset = load_text(tmp_path, csv(people().with_columns(*varied)), **RICH)
    (line,) = [line for line in dataset.warnings if "decimal commas" in line]
    assert line.startswith(f'{tmp_path}/table.csv, column "c0": its numbers have decimal commas: 0,1 is read as 0.1; ')
    assert line.endswith('; the same of 14 more columns: "c1", "c2", "c3", ...')
    few = load_text(tmp_path, csv(people().with_columns(*varied[:3])), **RICH)
    assert sum("decimal commas" in line for line in few.warnings) == 3


@pytest.mark.parametrize(
    ("head", "doubt"),
    [("x,1e5,y", "1e5"), ("2019,2020,class", ""), ("x,nan,y", "")],
)
def test_a_first_line_that_looks_like_a_row_is_doubted(head: str, doubt: str, tmp_path: Path) -> None:
    """A file without names would lose its first row without a word; whole numbers, such as years, may be names."""
    table = read_table(write(tmp_path, head + "\n" + "4.9,3,b\n5.0,1,a\n"))
    assert len(table.warnings) == bool(doubt)
    assert not doubt or f'column names, one of them "{doubt}"; where it is a row, write' in table.warnings[0]


def test_blank_lines_are_left_out_and_told(tmp_path: Path) -> None:
    """A blank line is no row; a row in which some cells are missing is one."""
    dataset = load_text(tmp_path, csv(people()).replace("\n", "\n\n", 3), **RICH)
    assert dataset.warnings[0].endswith("table.csv: 3 blank lines are left out")
    assert len(rows_of(dataset)) == 120


@pytest.mark.parametrize("split", ["validation", "test"])
def test_nothing_is_learned_from_validation_and_test_rows(split: str, tmp_path: Path) -> None:
    """Wild values, new levels and new gaps in other splits change no statistic, no level and no training feature."""
    frame = people().with_columns(pl.Series("row", range(120)))
    keys = {**RICH, "numeric": "standardise"}
    plain = load_text(tmp_path, csv(frame), **(keys | {"numeric": "none"}))
    position = fitted(plain).feature_names.index("row")
    where = dense(getattr(plain, split))[:, position].astype(int)
    is_other = pl.Series(np.isin(np.arange(120), where))
    wild = frame.with_columns(
        pl.when(is_other).then(10_000.0).otherwise("age").alias("age"),
        pl.when(is_other).then(None).otherwise("weight").alias("weight"),
        pl.when(is_other).then(pl.lit("king")).otherwise("job").alias("job"),
        pl.when(is_other).then(pl.lit("2100-01-01")).otherwise("hired").alias("hired"),
    )
    before, after = load_text(tmp_path, csv(frame), **keys), load_text(tmp_path, csv(wild), **keys)
    assert json.dumps(before.preprocessing) == json.dumps(after.preprocessing)
    np.testing.assert_array_equal(before.train.features, after.train.features)
    assert (getattr(before, split).features != getattr(after, split).features).any()
    assert before.warnings == after.warnings
    # The same change in training rows does change what is learned, so that the test above can fail.
    of_train = pl.Series(np.isin(np.arange(120), dense(plain.train)[:5, position].astype(int)))
    other = frame.with_columns(pl.when(of_train).then(10_000.0).otherwise("age").alias("age"))
    assert load_text(tmp_path, csv(other), **keys).preprocessing != before.preprocessing


def test_stored_preprocessing_gives_the_features_of_the_run(tmp_path: Path) -> None:
    """What ``predict`` does with the file of the test examples gives the bits that the networks were tested on."""
    path = write(tmp_path, csv(people(40, seed=3)), "test.csv")
    dataset = load_text(tmp_path, csv(people()), test=str(path), **RICH)
    made = fitted(dataset)
    rows = read_table(path, text=made.text_columns).frame
    np.testing.assert_array_equal(made.transform(rows), dataset.test.features, strict=True)
    np.testing.assert_array_equal(made.transform(rows.drop("rich", "family")), dataset.test.features)
    np.testing.assert_array_equal(made.transform(rows.select(reversed(rows.columns))), dataset.test.features)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            people().rename({"age": "agee"}),
            'the rows must have the column "age", got no such column, fix: rename the column "agee"',
        ),
        (
            people().drop("age"),
            'the rows must have the column "age", got no such column, fix: add it; a missing value is an empty cell',
        ),
    ],
)
def test_a_row_that_does_not_fit_is_refused_by_name(changed: pl.DataFrame, line: str) -> None:
    """Columns that are missing or renamed; columns that the study ignored may come or be missing."""
    made, _ = fit_table(people(), np.arange(120), Data(path="x.csv", target="rich", drop=("family",)), "table")
    with pytest.raises(DataError) as caught:
        made.transform(changed)
    assert str(caught.value) == line


def test_a_cell_that_does_not_fit_is_refused_by_name() -> None:
    """Text in a column of numbers, numbers in a column of dates, with row and column."""
    frame = people()
    made, _ = fit_table(frame, np.arange(120), Data(path="x.csv", target="rich", drop=("family",)), "table")
    wrong = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("heavy")).otherwise("weight").alias("weight")
    )
    with pytest.raises(DataError, match="row 8, column \"weight\" must be a number, got 'heavy'"):
        made.transform(wrong)
    with pytest.raises(DataError, match=r'row 1, column "hired" must be a date such as 2024-01-31 .*, got 1'):
        made.transform(frame.with_columns(pl.lit(1).alias("hired")))
    with pytest.raises(DataError, match='row 1, column "member" must be true or false, got 2'):
        made.transform(frame.with_columns(pl.lit(2).alias("member")))


@pytest.mark.parametrize(
    ("cells", "meaning"),
    [
        (["1", "2.5", "-3e4", None], "number"),
        (["true", "False"], "boolean"),
        (["2024-01-31", "2024-01-31 12:00", "2024-01-31T12:00:00Z"], "date"),
        (["red", "blue"], None),
        (["1", "red"], None),
        ([1, 2], "number"),
        ([True, None], "boolean"),
    ],
)
def test_what_a_column_means(cells: list[object], meaning: str | None) -> None:
    """The rule of the module's docstring, case by case."""
    assert find(pl.Series("x", cells, strict=False)).meaning == meaning


FINITE = st.floats(-1e6, 1e6)
COLUMNS = st.one_of(
    st.builds(
        NumberColumn,
        name=st.just("x"),
        meaning=st.just("number"),
        shift=FINITE,
        scale=st.floats(1e-3, 1e6),
        fill=FINITE,
        indicator=st.booleans(),
    ),
    st.builds(
        CategoryColumn,
        name=st.just("x"),
        levels=st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=5).map(tuple),
        missing=st.booleans(),
        other=st.sampled_from([True]),
    ),
)


@given(column=COLUMNS, data=st.data())
def test_json_keeps_every_bit(column: NumberColumn | CategoryColumn, data: st.DataObject) -> None:
    """A preprocessing made again from its JSON text transforms to the same bits."""
    cells = FINITE if column.kind == "number" else st.text("abc", max_size=3)
    values = data.draw(st.lists(st.none() | cells, min_size=1, max_size=20))
    made = TablePreprocessing(target="y", scaling="standardise", columns=(column,))
    again = preprocessing_from_json(json.loads(json.dumps(made.to_json())))
    assert again == made
    dtype = pl.Float64 if column.kind == "number" else pl.String
    frame = pl.DataFrame({"x": values}, schema={"x": dtype})
    assert isinstance(again, TablePreprocessing)
    np.testing.assert_array_equal(again.transform(frame), made.transform(frame), strict=True)


@given(n_numbers=st.integers(0, 40), n_levels=st.integers(0, 30))
def test_features_stand_where_their_names_say(n_numbers: int, n_levels: int) -> None:
    """Columns are written some at a time: any number of them ends up in its place."""
    numbers = tuple(
        NumberColumn(name=f"x{i}", meaning="number", shift=0, scale=1, fill=0, indicator=i % 3 == 0)
        for i in range(n_numbers)
    )
    levels = tuple(f"l{i}" for i in range(n_levels))
    category = CategoryColumn(name="c", levels=levels, missing=True, other=False)
    columns: tuple[NumberColumn | CategoryColumn, ...] = (
        *numbers[: n_numbers // 2],
        category,
        *numbers[n_numbers // 2 :],
    )
    made = TablePreprocessing(target="y", scaling="none", columns=columns)
    frame = pl.DataFrame({f"x{i}": [i + 1.0, None] for i in range(n_numbers)} | {"c": [None, "l0"]}, strict=False)
    features = made.transform(frame)
    for j, name in enumerate(made.feature_names):
        wanted = {
            "c = (missing)": [1, 0],
            "c = l0": [0, 1],
        }.get(name, [0, 0] if name.startswith("c") else None)
        if wanted is None:
            wanted = [0, 1] if name.endswith("(missing)") else [int(name[1:]) + 1, 0]
        assert features[:, j].tolist() == wanted


def test_the_labels_of_a_test_table_are_those_of_the_training_classes(tmp_path: Path) -> None:
    """Whatever class comes first there, and where some do not occur at all."""
    content = "x,y\n" + "".join(f"{i},{'abc'[i % 3]}\n" for i in range(60))
    path = write(tmp_path, "x,y\n1,c\n2,a\n3,c\n", "test.csv")
    for key in ("test", "validation"):
        keys: dict[str, Any] = {key: str(path)}
        dataset = load_text(tmp_path, content, **keys)
        assert dataset.class_names == ("a", "b", "c")
        assert getattr(dataset, key).labels.tolist() == [2, 0, 2]


def test_a_wrong_cell_among_chosen_rows_is_named_by_its_row_in_the_file() -> None:
    """Only the chosen rows are looked at, and the line counts as the file does."""
    frame = pl.DataFrame({"x": ["bad", "1", "2", "worse"]})
    column = NumberColumn(name="x", meaning="number", shift=0, scale=1, fill=0, indicator=False)
    made = TablePreprocessing(target="y", scaling="none", columns=(column,))
    assert made.transform(frame, np.array([1, 2])).tolist() == [[1], [2]]
    with pytest.raises(DataError, match="row 4, column \"x\" must be a number, got 'worse'"):
        made.transform(frame, np.array([2, 3]))
    far = pl.DataFrame({"x": [1e300, 1.0, 1e300]})
    with pytest.raises(DataError, match='row 3, column "x" must be within what a float32 holds once scaled'):
        made.transform(far, np.array([1, 2]))


def test_decimal_commas_are_read_said_and_expected_of_new_rows() -> None:
    """A column whose numbers all have decimal commas is one of numbers, in one line, and new rows are read alike."""
    frame = pl.DataFrame({"x": [f"{i},5" for i in range(40)], "y": ["a", "b"] * 20})
    made, told = fit_table(frame, np.arange(40), Data(name="t", target="y"), "t.csv")
    assert told[0].startswith('t.csv, column "x": its numbers have decimal commas: ')
    stored = preprocessing_from_json(made.to_json())
    assert isinstance(stored, TablePreprocessing)
    new = pl.DataFrame({"x": ["0,5", "39,5"]})
    np.testing.assert_array_equal(stored.transform(new), made.transform(frame)[[0, 39]])


def test_missing_words_of_a_study_hold_in_its_file_and_are_kept_for_new_ones(tmp_path: Path) -> None:
    """What the study calls missing has no value, and the preprocessing knows the words when new files are read."""
    text = "x,y\n" + "".join(f"{i if i % 3 else -999},{'ab'[i % 2]}\n" for i in range(40))
    made = fitted(load_text(tmp_path, text, target="y", missing=["-999"]))
    assert made.feature_names == ("x", "x (missing)")
    assert made.reading.missing == ("-999",)


def test_a_class_in_two_forms_of_unicode_is_one(tmp_path: Path) -> None:
    """Composed and decomposed letters name one class of a table, and a line says so."""
    names = ("caf\u00e9", "cafe\u0301", "tea")
    rows = "".join(f"{i},{names[i % 3]}\n" for i in range(60))
    dataset = load_text(tmp_path, f"a,y\n{rows}")
    assert dataset.class_names == ("caf\u00e9", "tea")
    said = [line for line in dataset.warnings if "Unicode form" in line]
    assert len(said) == 1
    assert 'column "y": labels that differ only in their Unicode form are one class: "caf\u00e9"' in said[0]


@pytest.mark.parametrize("name", ["n", "value", "count", "kind"])
def test_a_column_of_text_may_have_any_name(name: str, tmp_path: Path) -> None:
    """Also the names that counts of cells have here."""
    content = f"{name},y\n" + "".join(f"{'abc'[i % 3]},{'no' if i % 2 else 'yes'}\n" for i in range(60))
    assert fitted(load_text(tmp_path, content)).feature_names == tuple(f"{name} = {level}" for level in "abc")
    assert describe_data(tmp_path / "table.csv").columns[0].levels == (("a", 20), ("b", 20), ("c", 20))


def test_a_class_that_a_test_file_lacks_is_named(tmp_path: Path) -> None:
    """Nothing can be measured of it then, which is said; the same of a validation file."""
    rows = [f"{i},{'xyz'[i % 3]}" for i in range(60)]
    for name, kinds in (("train", "xyz"), ("test", "xz"), ("validation", "z")):
        kept = [row for row in rows if row[-1] in kinds]
        write(tmp_path, "\n".join(["a,kind", *kept]), f"{name}.csv")
    train, test, validation = (str(tmp_path / f"{name}.csv") for name in ("train", "test", "validation"))
    lines = load(Data(path=train, target="kind", test=test, validation=validation), 0).warnings
    assert f'{test}: class "y" has no test example, so nothing is measured of it' in lines
    line = f'{validation}: the classes "x" and "y" have no validation examples, so nothing is measured of them'
    assert line in lines


@pytest.mark.parametrize("empty", ["", "?"])
def test_a_column_without_any_value_is_left_out_with_a_line(tmp_path: Path, empty: str) -> None:
    """As a constant one is; new rows may have it, with values or without, or not."""
    rows = "".join(f"{i % 7},{empty},{'no' if i % 2 else 'yes'}\n" for i in range(60))
    dataset = load_text(tmp_path, f"x,z,y\n{rows}", target="y")
    assert any('"z" has no value in any of 43 training examples: it is left out' in line for line in dataset.warnings)
    made = fitted(dataset)
    assert made.feature_names == ("x",)
    for row in ({"x": [1.0]}, {"x": [1.0], "z": [None]}, {"x": [1.0], "z": [5]}):
        assert made.transform(pl.DataFrame(row)).shape == (1, 1)


def test_a_long_name_is_told_its_length(tmp_path: Path) -> None:
    """Survey tools write whole questions into the first line."""
    with pytest.raises(DataError, match=r'got one of 250, "q+\.\.\.", fix: shorten it'):
        load_text(tmp_path, f"x,{'q' * 250},y\n" + "1,2,a\n2,3,b\n" * 20, target="y")


def test_a_word_for_missing_that_no_training_example_has_is_told() -> None:
    """What is read as missing in a row to test on is said as anywhere else."""
    frame = pl.DataFrame({"a": [*map(str, range(20)), "tbd", "#REF!"], "kind": ["x", "y"] * 11})
    _, warnings = fit_table(frame, np.arange(20), Data(name="t", target="kind"), "t.csv")
    assert 't.csv, column "a": #REF! (1) and tbd (1) are read as missing' in warnings
