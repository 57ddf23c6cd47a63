"""Workbooks: a sheet is the table that its CSV would be, but exact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from datasets.workbooks import DATE, ELAPSED, MAIN, MOMENT, PERCENT, TIME, members, packed, sheet, workbook
from mlpstudy.datasets import load
from mlpstudy.datasets.new_examples import Reader
from mlpstudy.datasets.preprocessing.stored import preprocessing_from_json
from mlpstudy.datasets.readers.excel.package import OLE
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.datasets.tables.table import Table
from mlpstudy.errors import DataError
from mlpstudy.study import Data
from mlpstudy.study.reading import Reading

ROWS: list[list[object]] = [["a", "kind"], *([i / 7, "xy"[i % 2]] for i in range(40))]
OTHER: list[list[object]] = [["b", "c"], [1, "p"], [2, "q"], [4, "p"]]


def read(folder: Path, content: bytes, name: str = "book.xlsx", **reading: Any) -> Table:
    """Write a workbook and read it."""
    (folder / name).write_bytes(content)
    return read_table(folder / name, Reading(**reading), text=frozenset({"text"}))


def cells(folder: Path, *values: object) -> list[object]:
    """Return what a column of these cells becomes, as text."""
    rows: list[Sequence[object]] = [["text", "n"], *([value, i] for i, value in enumerate(values))]
    return read(folder, workbook(*rows)).frame["text"].to_list()


def test_a_sheet_is_read_like_its_csv(tmp_path: Path) -> None:
    """Names, numbers to the last bit, text, and what it was."""
    table = read(tmp_path, workbook(*ROWS))
    assert table.frame.columns == ["a", "kind"]
    assert table.frame["a"].to_list() == [i / 7 for i in range(40)]
    assert table.frame["kind"].to_list() == ["x", "y"] * 20
    assert (table.words, table.warnings) == ('Excel, the sheet "Sheet1"', ())


def test_numbers_are_exact(tmp_path: Path) -> None:
    """Whole ones without a point, others as short as they are the same number; a format changes none."""
    given = (7, 123456789012345, 0.1, 0.1 + 0.2, -1e-7, (0.07, PERCENT), (1.5, ELAPSED))
    written = ("4.3499999999999996", "1E3", "5.0", "12345678901234567")
    assert cells(tmp_path, *given, *(f"<c><v>{number}</v></c>" for number in written)) == [
        *("7", "123456789012345", "0.1", "0.30000000000000004", "-1e-07", "0.07", "1.5"),
        *("4.35", "1000", "5", "12345678901234567"),
    ]


def test_text_stays_what_it_is(tmp_path: Path) -> None:
    """Leading zeros, quotes, delimiters and line breaks; formulas count with their value, errors with their name."""
    given = ("007", 'a "b", c;d\n\te', "ä€", True, False, "#DIV/0!", "a_x000A_b")
    computed = ('<c t="str"><f>A1</f><v>sum</v></c>', "<c><f>1+1</f><v>2</v></c>")
    assert cells(tmp_path, *given, *computed, '<c t="d"><v>2024-01-31T00:00:00</v></c>') == [
        *("007", 'a "b", c;d\n\te', "ä€", "TRUE", "FALSE", "#DIV/0!", "a\nb", "sum", "2", "2024-01-31"),
    ]


def test_dates_are_those_that_excel_shows(tmp_path: Path) -> None:
    """Days since 1900, with its false leap day, or since 1904; times of day; what is no date stays a number."""
    given = ((45322, DATE), (45322.5, MOMENT), (1, DATE), (59, DATE), (61, DATE), (0.25, TIME), (60, DATE), (3e6, DATE))
    assert cells(tmp_path, *given) == [
        *("2024-01-31", "2024-01-31 12:00:00", "1900-01-01", "1900-02-28", "1900-03-01", "06:00:00", "60", "3000000"),
    ]
    rows: list[list[object]] = [["text", "n"], [(43860, DATE), 1], [(43861, DATE), 2]]
    content = packed(members({"a": sheet(rows)}, workbook='<workbookPr date1904="1"/>'))
    assert read(tmp_path, content).frame["text"].to_list() == ["2024-01-31", "2024-02-01"]


def test_shared_texts_and_cells_without_a_place(tmp_path: Path) -> None:
    """As Excel writes texts, and as other programs leave out where a cell stands."""
    rich = f'<sst xmlns="{MAIN}"><si><r><t>te</t></r><r><t>xt</t></r><rPh><t>no</t></rPh></si><si><t>n</t></si></sst>'
    rows = '<c t="s"><v>0</v></c><c t="s"><v>1</v></c>', "<c><v>5</v></c><c><v>6</v></c>", "<c><v>7</v></c><c/>"
    shared = "".join(f"<row>{row}</row>" for row in rows)
    parts = members({"a": f'<worksheet xmlns="{MAIN}"><sheetData>{shared}</sheetData></worksheet>'})
    table = read(tmp_path, packed({**parts, "xl/sharedStrings.xml": rich}))
    assert table.frame.columns == ["text", "n"]
    assert table.frame["text"].to_list() == ["5", "7"]


def test_a_table_may_stand_anywhere_in_its_sheet(tmp_path: Path) -> None:
    """Empty rows and columns around it are no part of it."""
    table = read(tmp_path, workbook([], [], *([None, None, *row] for row in ROWS), [], [" "]))
    assert table.frame.columns == ["a", "kind"]
    assert table.frame.height == 40


def test_the_first_sheet_that_shows_something_is_read_and_the_others_are_said(tmp_path: Path) -> None:
    """A key chooses another, by its name or its number; at predict too."""
    sheets = {"empty": sheet([]), "mine": sheet(ROWS), "other": sheet(OTHER), "hidden": sheet(OTHER)}
    content = packed(members(sheets, hidden=["hidden"]))
    table = read(tmp_path, content)
    assert table.frame.columns == ["a", "kind"]
    (line,) = table.warnings
    assert line.endswith(
        'the sheet "mine" is read; its other sheets are "empty", "other" and "hidden", and sheet = "..." reads another'
    )
    for key in ("other", "OTHER", "hidden", 3, 4):
        chosen = read(tmp_path, content, sheet=key)
        assert (chosen.frame.columns, chosen.warnings) == (["b", "c"], ())
    for key, line in (
        ("none", 'have the sheet "none" of data.sheet, got no such sheet, fix: one of "em'),
        (5, "1 to 4"),
    ):
        with pytest.raises(DataError, match=line):
            read(tmp_path, content, sheet=key)
    with pytest.raises(DataError, match='hold something, got an empty sheet "empty"'):
        read(tmp_path, content, sheet="empty")


def test_a_study_of_a_sheet_predicts_from_workbooks_and_text(tmp_path: Path) -> None:
    """With a test workbook of its own; new rows in a workbook of a single sheet, whatever it is called."""
    for name, sheets in {
        "train.xlsx": {"notes": sheet(OTHER), "rows": sheet(ROWS)},
        "test.xlsx": {"rows": sheet(ROWS[:9]), "notes": sheet(OTHER)},
        "new.xlsx": {"Sheet1": sheet([["a"], [1.5], [0.5]])},
    }.items():
        (tmp_path / name).write_bytes(packed(members(sheets)))
    data = Data(path="train.xlsx", target="kind", test="test.xlsx", sheet="rows").in_folder(tmp_path)
    dataset = load(data, 0)
    assert (len(dataset.test), dataset.class_names) == (8, ("x", "y"))
    reader = Reader(preprocessing_from_json(dataset.preprocessing or {}), dataset.class_names)
    (tmp_path / "new.csv").write_text("a,kind\n1.5,x\n0.5,y\n")
    rows = [reader.read([tmp_path / name]).features.tolist() for name in ("new.xlsx", "new.csv")]
    assert rows[0] == rows[1]


def test_the_hash_is_that_of_the_sheet(tmp_path: Path) -> None:
    """Saving a workbook anew, or changing another sheet, makes no other study; changing a cell does."""
    one = read(tmp_path, packed(members({"a": sheet(ROWS), "b": sheet(OTHER)})))
    two = read(tmp_path, packed(dict(reversed(members({"a": sheet(ROWS), "b": sheet(ROWS)}).items()))))
    three = read(tmp_path, packed(members({"a": sheet([*ROWS, [1, "x"]])})))
    assert one.sha256 == two.sha256 != three.sha256


def test_what_is_missing_of_cells_is_said(tmp_path: Path) -> None:
    """Formulas that nobody computed, and areas of merged cells."""
    rows: list[list[object]] = [["a", "kind"], ["<c><f>1+1</f></c>", "x"], [1, "y"], [2, None]]
    more = '<mergeCells><mergeCell ref="B3:B4"/><mergeCell ref="A1:B1"/></mergeCells>'
    table = read(tmp_path, packed(members({"a": sheet(rows, more)})))
    assert [line.partition(": ")[2] for line in table.warnings] == [
        "1 formula has no value in the file and is missing: save it once in Excel",
        "an area of merged cells over several rows: the value stands in the first row alone",
    ]


WORKBOOK = members({"a": sheet(ROWS)})
LAUGHS = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
FAR = sheet([["a"]]).replace("</row>", '<c r="XFD1048576"><v>1</v></c></row>')
BINARY = {"_rels/.rels": WORKBOOK["_rels/.rels"].replace(".xml", ".bin"), "xl/workbook.bin": "x"}
REFUSED: dict[str, tuple[bytes, str]] = {
    "with a password, or old": (
        OLE + bytes(99),
        "got one of Excel 97 (.xls), or with a password, fix: save it as .xlsx",
    ),
    "OpenDocument": (packed({"mimetype": "a", "content.xml": "<a/>"}), "got an OpenDocument file (.ods), fix: save it"),
    "binary": (packed({**WORKBOOK, **BINARY}), "got a binary one (.xlsb), fix: save it as .xlsx, or as CSV UTF-8"),
    "entities": (packed({**WORKBOOK, "xl/workbook.xml": LAUGHS}), "be a workbook of plain XML, got a document type"),
    "cut XML": (packed({**WORKBOOK, "xl/worksheets/sheet1.xml": sheet(ROWS)[:-99]}), "must be an intact workbook"),
    "no sheet": (packed(members({})), "must have a sheet of cells, got 'none'"),
    "nothing": (packed(members({"a": sheet([])})), 'must have cells that hold something, got an empty sheet "a"'),
    "far cells": (packed(members({"a": FAR})), "must have cells that are near to each other, got 2 among 17179869184"),
    "a cell beyond": (packed(members({"a": sheet([["a"]]).replace("A1", "A9999999")})), "columns, got a cell beyond"),
    "no place": (packed(members({"a": sheet([["a"]]).replace('"A1"', '"1A"')})), "must name its cells as A1, got '1A'"),
    "a text that is not there": (workbook(['<c t="s"><v>9</v></c>']), "got a cell with text 9 of fewer"),
    "no number of a text": (
        workbook(['<c t="s"><v>-1</v></c>']),
        "have whole numbers where they must be, got '-1'",
    ),
    "a way out": (packed({**WORKBOOK, "../x": ""}), "must have a name within the archive"),
    "cut off": (workbook(*ROWS)[:-30], "must end with its directory, got a file that was cut off"),
}


@pytest.mark.parametrize(("content", "line"), REFUSED.values(), ids=REFUSED)
def test_a_workbook_that_is_not_read_is_one_line(content: bytes, line: str, tmp_path: Path) -> None:
    """What it is, and what helps."""
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert line in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["book.csv", "book", "book.xls"])
def test_a_workbook_of_another_name_is_read_all_the_same(name: str, tmp_path: Path) -> None:
    """The bytes tell what it is."""
    assert read(tmp_path, workbook(*ROWS), name).frame.height == 40
