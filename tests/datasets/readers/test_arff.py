"""ARFF files: what they declare decides what a column is."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from mlpstudy.datasets import load
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.overview.description import describe_data
from mlpstudy.datasets.preprocessing.stored import preprocessing_from_json
from mlpstudy.datasets.readers.choosing import format_of
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.datasets.tables.table import Table
from mlpstudy.errors import DataError
from mlpstudy.study import Data

HEAD = (
    "% made by hand\n\n@RELATION loans\n@Attribute age INTEGER\n@attribute job {clerk, king}\n@attribute risk {0,1}\n"
)
ROWS = "".join(f"{20 + i * i % 17},{('clerk', 'king')[i % 2]},{i // 2 % 2}\n" for i in range(40))


def read(folder: Path, text: str, name: str = "t.arff") -> Table:
    """Write a file and read it."""
    (folder / name).write_text(text, encoding="utf-8")
    return read_table(folder / name)


def test_what_is_declared_decides(tmp_path: Path) -> None:
    """Numbers are numbers; nominal values are categories though they look like numbers."""
    table = read(tmp_path, f"{HEAD}@DATA\n{ROWS}")
    assert table.frame.schema == {"age": pl.Float64, "job": pl.Categorical(), "risk": pl.Categorical()}
    assert table.frame["risk"].to_list()[:4] == ["0", "0", "1", "1"]
    assert (table.words, table.warnings) == ("ARFF", ())
    text = HEAD.replace("job {clerk, king}", "level {1,2}").replace("risk {0,1}", "class {a,b}")
    rows = "".join(f"{i * i % 17},{i % 2 + 1},{'ab'[i // 2 % 2]}\n" for i in range(40))
    read(tmp_path, f"{text}@data\n{rows}", "level.arff")
    columns = {column.name: column.type for column in describe_data(tmp_path / "level.arff").columns}
    assert columns == {"age": "number", "level": "category", "class": "category"}


def test_quotes_escapes_comments_and_blanks(tmp_path: Path) -> None:
    """As Weka writes them, with commas or blanks between."""
    head = """@relation 'a b'
@attribute 'my name' string
@attribute "it's" {'a, b', "c \\"d\\"", 'e\\'f', g} % the last
@attribute when date "yyyy-MM-dd"
@data
"""
    rows = """'x, y' , 'a, b', 2024-01-31
% between
"\\u00e4", "c \\"d\\"", ?
z 'e\\'f' "2024-02-01"
?,g,?
"""
    table = read(tmp_path, head + rows)
    assert table.frame.columns == ["my name", "it's", "when"]
    assert table.frame["my name"].to_list() == ["x, y", "ä", "z", None]
    assert table.frame["it's"].to_list() == ["a, b", 'c "d"', "e'f", "g"]
    assert table.frame["when"].to_list() == ["2024-01-31", None, "2024-02-01", None]


def test_lists_of_values_may_go_on_in_the_next_lines(tmp_path: Path) -> None:
    """And a name may have a brace in it."""
    text = "@relation a\n@attribute 'x{y' real\n@attribute b {p,\n q,\n r}\n@data\n1,q\n2,r\n"
    assert read(tmp_path, text).frame.rows() == [(1.0, "q"), (2.0, "r")]


def test_sparse_rows_leave_out_what_is_zero(tmp_path: Path) -> None:
    """0 of numbers, the first value of nominal attributes; text is missing."""
    text = "@relation a\n@attribute n real\n@attribute b {p,q}\n@attribute c string\n@data\n"
    table = read(tmp_path, text + "{0 1.5, 1 q}\n{}\n{ 2 'a, b' , 0 ? }\n")
    assert table.frame.rows() == [
        (1.5, "q", None),
        (0.0, "p", None),
        (pytest.approx(float("nan"), nan_ok=True), "p", "a, b"),
    ]


def test_weights_of_rows_and_declared_words_for_missing_are_said(tmp_path: Path) -> None:
    """Neither is passed over in silence."""
    text = "@relation a\n@attribute n real\n@attribute b {None,q}\n@data\n1,None,{2}\n2,q\n{0 3, 1 q}, {0.5}\n"
    table = read(tmp_path, text)
    assert table.frame.rows() == [(1.0, None), (2.0, "q"), (3.0, "q")]
    assert [line.rpartition(": ")[2] for line in table.warnings] == [
        "the weights of 2 rows are left out",
        'the value None of attribute "b" is read as missing',
    ]


@pytest.mark.parametrize("name", ["t.arff", "t.arff.gz", "t.txt", "t.csv", "t"])
def test_it_is_known_by_its_first_line_too(name: str, tmp_path: Path) -> None:
    """Whatever its name, compressed or not."""
    content = f"{HEAD}@data\n{ROWS}".encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    assert format_of(path).name in {"arff", "csv"}
    assert read_table(path).frame.height == 40


def test_a_study_tests_and_predicts_from_arff_and_csv(tmp_path: Path) -> None:
    """The same features from either."""
    (tmp_path / "t.arff").write_text(f"{HEAD}@data\n{ROWS}")
    (tmp_path / "t.csv").write_text(f"age,job,risk\n{ROWS}")
    data = Data(path="t.arff", target="risk", test="t.csv").in_folder(tmp_path)
    dataset = load(data, 0)
    assert (dataset.class_names, len(dataset.test)) == (("0", "1"), 40)
    reader = Reader(preprocessing_from_json(dataset.preprocessing or {}), dataset.class_names)
    one, other = (reader.read([tmp_path / name]) for name in ("t.arff", "t.csv"))
    assert one.features.tolist() == other.features.tolist()
    assert one.labels.tolist() == other.labels.tolist()


DATA = "@data\n"
REFUSED = {
    "no rows": (HEAD + DATA, "must have rows below its line @data, got none of them"),
    "no line @data": (HEAD, "must have rows below a line @data, got no such line"),
    "no attributes": ("@relation a\n@data\n1\n", "must declare attributes above its rows"),
    "a line of another kind": (HEAD + "@end\n", "must begin its lines above the rows with @relation, @attribute or"),
    "no type": ("@relation a\n@attribute age\n" + DATA, "must declare attributes as @attribute name type"),
    "relational": ("@relation a\n@attribute b relational\n", "string or a date, got 'relational', fix: one value an"),
    "another type": ("@relation a\n@attribute b blob\n", "must be numeric, nominal, a string or a date, got 'blob'"),
    "an open list": ("@relation a\n@attribute b {x,y\n", "must have a list of values that ends with }"),
    "two of one name": ("@relation a\n@attribute b real\n@attribute b real\n@data\n1,2\n", '"b" twice'),
    "no number": (HEAD + DATA + "4O,king,0\n", "row 1, attribute \"age\" must be a number, got '4O', fix: mend"),
    "an undeclared value": (
        HEAD + DATA + "1,king,0\n2,queen,1\n",
        'row 2, attribute "job" must be one of its declared',
    ),
    "too few": (HEAD + DATA + "1,king\n", "row 1 must have 3 values, got 2, fix: quote a value that has a comma"),
    "too many": (HEAD + DATA + "1,king,0,1\n", "row 1 must have 3 values, got 4"),
    "an open quote": (HEAD + DATA + "1,'king,0\n", "row 1 must be values with commas between"),
    "beyond the attributes": (HEAD + DATA + "{3 1}\n", "row 1 must have attributes 0 to 2, got 3"),
    "an open brace": (HEAD + DATA + "{0 1\n", "row 1 must be values with commas between"),
    "a position that is none": (HEAD + DATA + "{a 1}\n", "row 1 must be values with commas between"),
}


@pytest.mark.parametrize(("text", "line"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_one_line(text: str, line: str, tmp_path: Path) -> None:
    """With the row and the attribute where there are some."""
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert line in str(caught.value)
    assert str(caught.value).isprintable()
