"""The menu of formats is the only list of them: files are recognised by it, help and documentation agree with it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from datasets.writing import write
from mlpstudy.cli.app import app
from mlpstudy.datasets import load
from mlpstudy.datasets.readers.choosing import find_format, format_of
from mlpstudy.datasets.readers.menu import FORMATS, Format
from mlpstudy.errors import DataError
from mlpstudy.study import Data
from mlpstudy.study.loading import DATA_ENDINGS

DOCS = Path(__file__).parents[3] / "docs"
FILES = [known for known in FORMATS if known.endings]


def row(known: Format) -> str:
    """Return the row of a format in docs/formats.md."""
    of_names = [", ".join(f"`{ending}`" for ending in endings) for endings in (known.endings, known.perhaps) if endings]
    files = "two" if known.n_files == (2,) else "one or two" if len(known.n_files) > 1 else "one"
    predicts = "yes" if known.holds == "table" or known.read_rows else "no"
    return f"| {known.title} | {'; '.join(of_names)} | {files} | {known.holds} | {predicts} |"


def test_the_documentation_lists_the_formats_of_the_menu_and_no_others() -> None:
    """The table in docs/formats.md is the menu, row by row, and docs/data.md names every ending."""
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    table = re.search(r"^\| format \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert table is not None
    assert table[1].splitlines() == [row(known) for known in FILES]
    data = (DOCS / "data.md").read_text(encoding="utf-8")
    for known in FILES:
        for ending in known.endings + known.perhaps:
            assert f"`{ending}`" in data or not ending.startswith("."), ending
    for known in FORMATS:
        assert known in FILES or known.title.removeprefix("a folder ") in text


def test_help_and_documentation_of_predict_name_what_holds_rows() -> None:
    """Both name every format whose rows can be predicted, and none besides."""
    text = CliRunner().invoke(app, ["predict", "--help"], env={"COLUMNS": "200"}).output
    page = (DOCS / "predict.md").read_text(encoding="utf-8")
    for known in FILES:
        for title in known.title.split(", "):
            is_read = known.holds == "table" or known.read_rows is not None
            assert (title in page) == is_read, title
            assert (title in text) == (is_read and known.holds != "sparse rows"), title


def test_a_file_of_data_given_for_a_study_is_known_by_the_same_endings() -> None:
    """What ``run`` answers with ``mlpstudy init`` is what the readers read."""
    assert set(DATA_ENDINGS) == {ending for known in FILES for ending in known.endings if ending.startswith(".")}


@pytest.mark.parametrize("end", ["", ".gz"])
def test_every_ending_finds_its_format(end: str) -> None:
    """Whatever case it is in, and whether or not the file is compressed."""
    for known in FILES:
        for ending in known.endings:
            assert format_of(Path(f"some/X{ending.upper()}{end}")) is known


def test_a_name_that_says_nothing_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    """Each format that has first bytes of its own; text is libsvm where the first line is, else CSV."""
    cases = {b"PAR1": "parquet", b"\0\0\x08\x01": "idx", b"+1 3:0.5 17:2 # x\n": "libsvm", b"a,b\n1,2\n": "csv"}
    for content, name in cases.items():
        assert format_of(write(tmp_path, content, "x.dat")).name == name


def test_labels_beside_a_folder_are_refused(tmp_path: Path) -> None:
    """A folder of images has its labels: a second file would be passed over."""
    (tmp_path / "pictures" / "cat").mkdir(parents=True)
    np.save(tmp_path / "y.npy", np.arange(3))
    with pytest.raises(DataError, match=r"y\.npy must be left out, got labels beside a folder, which has its own"):
        find_format([tmp_path / "pictures", tmp_path / "y.npy"])


def test_every_file_is_found_before_one_is_read(tmp_path: Path) -> None:
    """A wrong path of the test examples is said at once, not after the training examples were read."""
    write(tmp_path, "no table at all", "train.csv")
    for test, message in (("none.csv", "none.csv must exist"), ("x.npz", "x.npz must be a table, as the training")):
        write(tmp_path, "", "x.npz")
        with pytest.raises(DataError, match=message):
            load(Data(path="train.csv", target="y", test=test).in_folder(tmp_path), 0)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("pets.zip", "unpack it, and name the file or folder that comes out"),
        ("pets.7z", "unpack it, and name the file or folder that comes out"),
        ("pets.tar.gz", "unpack it, and name the file or folder that comes out"),
        ("cat.JPG", "a folder, with a folder in it of the pictures of each class"),
        ("report.docx", "save its table as CSV there"),
        ("rows.backup", "a name that ends in one of .csv, "),
    ],
)
def test_what_is_no_data_is_told_what_would_be(tmp_path: Path, name: str, fix: str) -> None:
    """An archive is to be unpacked, a picture to be put into the folder of its class."""
    (tmp_path / name).write_bytes(b"\0\1\2")
    with pytest.raises(DataError, match=rf"must be CSV.*, fix: {re.escape(fix)}"):
        find_format([tmp_path / name])


@pytest.mark.parametrize(
    "head", ["ORC,FEA1,kind", "FEA1;ARROW1;kind", "MATLAB 5,b,kind", "version,https,kind", "$FL,%PDF,kind"]
)
def test_names_of_columns_are_no_magic_bytes(tmp_path: Path, head: str) -> None:
    """A table whose first name begins like a file of another format is a table."""
    mark = ";" if ";" in head else ","
    write(tmp_path, "\n".join([head, *(mark.join((str(i), str(i * 3 % 7), "ny"[i % 2])) for i in range(40))]), "t.csv")
    assert len(load(Data(path="t.csv", target="kind").in_folder(tmp_path), 0).class_names) == 2


@pytest.mark.parametrize(
    ("start", "instead"),
    [
        (b"ARROW1\0\0", "read_feather"),
        (b"FEA1\0\0\0\0", "read_feather"),
        (b"ORC\x08\x03", "read_orc"),
        (b"MATLAB 5.0 MAT-file, Platform: GLNXA64", "loadmat"),
        (b"\x89HDF\r\n\x1a\n", "h5py"),
        (b"$FL2@(#) SPSS DATA FILE", "read_spss"),
        (b"\x80\x04\x95", "numpy.savez"),
        (b"%PDF-1.7", "CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "CSV"),
        (b"SQLite format 3\0", "read_sql"),
        (b"Rar!\x1a\x07\x01\0", "unpack it"),
        (b"\x89PNG\r\n\x1a\n", "of the pictures of each class"),
        (b"\n<?xml version='1.0'?><a/>", "read_xml"),
        (b'[\n  {\n    "a": 1', "read_json(path)"),
        (b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n', "lines=True"),
    ],
)
@pytest.mark.parametrize("name", ["rows.csv", "rows.unknown", "rows"])
def test_other_formats_are_known_by_their_bytes(tmp_path: Path, name: str, start: bytes, instead: str) -> None:
    """Whatever the file is called, the line says what would make one of it that is read."""
    (tmp_path / name).write_bytes(start + bytes(300))
    with pytest.raises(DataError, match=rf"{name} must be .*, fix: .*{re.escape(instead)}"):
        load(Data(path=f"./{name}", target="kind").in_folder(tmp_path), 0)
