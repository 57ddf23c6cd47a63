"""First lines of text tables: names are told from rows, what stands beside them is said, and no example is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.writing import write
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.datasets.tables.table import Expected, Table
from mlpstudy.errors import DataError
from mlpstudy.study.reading import UNSAID, Reading

N = 40
LINES = [f"{36 + i * 0.7 % 5:.1f},{1 + i * 0.13 % 0.9:.2f},{'xy'[i % 2]}" for i in range(N)]
ROWS = "".join(f"{line}\n" for line in LINES)
NAMES = ["a", "b", "kind"]
HEAD = "a,b,kind\n"
NUMBERED = ["column 1", "column 2", "column 3"]


def read(folder: Path, content: str, reading: Reading = UNSAID, expected: Expected | None = None) -> Table:
    """Read a file of that content."""
    return read_table(write(folder, content, "t.csv"), reading, expected=expected)


def told(table: Table) -> str:
    """Return the notes of a table without its name."""
    return " | ".join(warning.split("t.csv: ", 1)[-1] for warning in table.warnings)


def same_rows(table: Table) -> None:
    """Hold a table to the rows that all contents here are made of."""
    assert [f"{a:.1f},{b:.2f},{kind}" for a, b, kind in table.frame.iter_rows()] == LINES


RUNS = ROWS.replace(",", "   ")
INDEXED = "".join(f"{i},{line}\n" for i, line in enumerate(LINES))
NAMED = "".join(f'"r {i}" {line}\n' for i, line in enumerate(RUNS.splitlines()))
ORANGE = "a\tb\tkind\nc\tc\td\n\t\tclass\n" + ROWS.replace(",", "\t")

SAME: dict[str, tuple[str, list[str], str]] = {
    "names": (HEAD + ROWS, NAMES, ""),
    "no names": (ROWS, NUMBERED, "the first line is a row, there is no header: the columns are called column 1 to"),
    "no names below a mark": ("\ufeff" + ROWS, NUMBERED, "there is no header"),
    "a title": ("Report of May\n" + HEAD + ROWS, NAMES, 'line 1, "Report of May", stands above the column names: left'),
    "a title of two cells": ("Report,May 2024\n\n" + HEAD + ROWS, NAMES, 'line 1, "Report,May 2024", stands above'),
    "a padded title": ("Report,,\n,,\n" + HEAD + ROWS, NAMES, 'line 1, "Report,,", stands above'),
    "facts above": ("City,Rome\nFrom,2020-01-01\n\n" + HEAD + ROWS, NAMES, 'line 1, "City,Rome" and line 2'),
    "a title and no names": ("Report of May\n" + ROWS, NUMBERED, "stands above the rows: left out"),
    "a comment": ("# exported\n" + HEAD + ROWS, NAMES, 'line 1 is a comment, "# exported": left out'),
    "many comments": ("% x\n" * 120 + HEAD + ROWS, NAMES, "lines 1, 2, 3, 4, 5, 6 and 114 more are comments"),
    "a comment with a quote": ('# don\'t "quote\n' + HEAD + ROWS, NAMES, "line 1 is a comment"),
    "a comment as wide as the rows": ("# x, y, z\n" + HEAD + ROWS, NAMES, "line 1 is a comment"),
    "a comment that ends the file": (HEAD + ROWS + "// end\n", NAMES, f"line {N + 2} is a comment"),
    "a comment between rows": (HEAD + ROWS.replace("\n", "\n; a, b, c\n", 1), NAMES, "line 3 is a comment"),
    "names in a comment": ("# a b kind\n" + RUNS, NAMES, 'holds the column names: "a", "b" and "kind"'),
    "a validator's line": ("|1x3 Cross validator\n" + ROWS.replace(",", ", "), NUMBERED, "line 1 is a comment"),
    "a named delimiter": ("sep=;\n" + (HEAD + ROWS).replace(",", ";"), NAMES, 'the first line, "sep=;", names'),
    "a total": (HEAD + ROWS + "Total,1500,\n", NAMES, f'line {N + 2} below the rows is no row, "Total,1500,"'),
    "two remarks": (HEAD + ROWS + "\nNote 1: a\nNote 2: b, c\n", NAMES, "below the rows are no rows"),
    "a comment of delimiters": (("# x; y; z; q\n" + HEAD + ROWS).replace(",", ";"), NAMES, "line 1 is a comment"),
    "a remark": (HEAD + ROWS + "\nSource: me\n", NAMES, f'line {N + 3} below the rows is no row, "Source: me"'),
    "a count of rows": (HEAD + ROWS + "(40 rows)\n", NAMES, "below the rows is no row"),
    "units": (HEAD + "kg,m,-\n" + ROWS, NAMES, 'the second line, "kg,m,-", has units or the like'),
    "units in brackets": (HEAD + "[kg],[m],\n" + ROWS, NAMES, "the second line"),
    "types": (HEAD + "float,float,str\n" + ROWS, NAMES, "the second line"),
    "two lines of names": ("A,A,B\nx,y,z\n" + ROWS, ["A x", "A y", "B z"], "the first lines (1 and 2) hold the column"),
    "names and units": ("A,A,B\nx,y,\nkg,m,\n" + ROWS, ["A x", "A y", "B"], 'line 3, "kg,m,", has units'),
    "an index of two lines": (",A,A,B\n,x,y,z\n" + INDEXED, ["A x", "A y", "B z"], "numbers the rows"),
    "files put together": (HEAD + ROWS.replace("\n", f"\n{HEAD}", 1), NAMES, "repeats the column names: left out"),
    "ends in all lines": ((HEAD + ROWS).replace("\n", ",\n"), NAMES, "the last column has no name and is empty"),
    "ends in the rows": (HEAD + ROWS.replace("\n", ",\n"), NAMES, "the last column has no name and is empty"),
    "ends in some rows": (HEAD + ROWS.replace("x\n", "x,\n"), NAMES, "the last column has no name and is empty"),
    "two ends": ((HEAD + ROWS).replace("\n", ",,\n"), NAMES, "the last 2 columns have no name and are empty"),
    "runs of blanks": ("a b kind\n" + RUNS, NAMES, ""),
    "blanks before": ("\n" + "a b kind\n" + RUNS.replace("\n", "\n  ").rstrip(" "), NAMES, ""),
    "runs of tabs": ("a\t\t\tb\tkind\n" + ROWS.replace(",", "\t\t", 9).replace(",", "\t"), NAMES, ""),
    "names of rows": ('"a" "b" "kind"\n' + NAMED, NAMES, "names the rows: it is left out"),
    "numbers of rows": ('"a","b","kind"\n' + INDEXED, NAMES, "numbers the rows: it is left out"),
    "old Macintosh": ((HEAD + ROWS).replace("\n", "\r"), NAMES, ""),
    "psql": (" a | b | kind \n---+---+---\n" + ROWS.replace(",", " | ") + "(40 rows)\n", NAMES, "line 2 is a comment"),
    "Orange's lines": (ORANGE, NAMES, "Orange's lines 2 and 3 say what the columns are, \"kind\" holds the class"),
    "Orange's prefixes": ("C#a,b,cD#kind\n" + ROWS, NAMES, "Orange's prefixes in its names say what the columns are"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "names", "line"), SAME.values(), ids=SAME)
def test_the_same_rows_are_read_whatever_stands_beside_them(
    content: str, names: list[str], line: str, tmp_path: Path
) -> None:
    """No row is lost, no line beside the rows is one, and what was done is said."""
    table = read(tmp_path, content)
    assert table.frame.columns == names
    same_rows(table)
    assert line in told(table)
    assert bool(line) == bool(table.warnings)


@pytest.mark.parametrize("name", ["a comment between rows", "ends in the rows", "runs of blanks", "a remark"])
def test_what_is_found_behind_the_first_rows_is_found_far_below(name: str, tmp_path: Path) -> None:
    """Lines that are no rows, and ends of rows, may come after thousands of rows of another kind."""
    content, names, _ = SAME[name]
    before = 3_000 * (RUNS if name == "runs of blanks" else ROWS)
    head, _, rest = content.partition("\n")
    table = read(tmp_path, f"{head}\n{before}{rest}")
    assert table.frame.columns == names
    assert table.frame.height == 3_001 * N


FIRST: dict[str, tuple[str, str, int]] = {
    "years": ("1990,1991,kind", "{0},{1},{c}", 0),
    "years and a name": ("id,1990,1991", "{0},{1},{2}", 0),
    "wavelengths": ("350.5,351.0,351.5,352.0,kind", "{0},{1},{2},{3},{c}", 0),
    "positions": ("0,1,2,3,4", "{0}.5,{1},{2},{3},{1}", 0),
    "days": ("country,2020-01-22,2020-01-23", "{c},{0},{1}", 0),
    "counts": ("1,2,kind", "{0},{1},{c}", 0),
    "text alone": ("name,kind", "n{0},{c}", 0),
    "dates": ("2024-01-31,3,x", "2024-02-1{1},{0},{c}", 1),
    "numbers alone": ("5,3,1", "{0},{1},{2}", 1),
    "pixels": ("7,0,0,0,128,0", "{0},0,0,0,{1},0", 1),
    "letters": ("p,x,y", "{c},{c},{c}", 1),
    "a gap": ("?,?,x", "{0}.5,{1}.5,{c}", 1),
    "a gap and a number": ("?,1.3,x", "{0}.5,{1}.5,{c}", 1),
    "falling numbers": ("5.1,3.5,1.4,0.2,setosa", "5.{0},3.{1},1.{2},0.{3},{c}", 1),
}


@pytest.mark.parametrize(("first", "row", "n_more"), FIRST.values(), ids=FIRST)
def test_names_are_told_from_rows(first: str, row: str, n_more: int, tmp_path: Path) -> None:
    """By the kinds of the cells, and by text that comes again; years and even steps name columns."""
    numbers = [((i * 7) % 10, (i * 3) % 9, (i * 11) % 8, (i * 5) % 7) for i in range(N)]
    rows = "".join(row.format(*of_row, c="xyp"[i % 3]) + "\n" for i, of_row in enumerate(numbers))
    table = read(tmp_path, f"{first}\n{rows}")
    assert table.frame.height == N + n_more
    assert (table.frame.columns[0] == "column 1") == bool(n_more)


ASKED = {
    "whole numbers and a new class": "5,3,setosa\n" + "1,2,x\n4,5,y\n" * 8,
    "text that is new and text that comes again": "a,q\n" + "a,x\nb,x\nb,y\n" * 8,
    "steps above numbers": "1,2,3\n4,5,6\n",
    "rising numbers": "350.2,351.9,352.1,360.7,kind\n" + "1.5,2.5,3.5,4.5,x\n2.5,3.5,1.5,4.5,y\n" * 8,
}


@pytest.mark.parametrize("content", ASKED.values(), ids=ASKED)
def test_what_could_be_names_or_a_row_is_asked_and_the_answer_holds(content: str, tmp_path: Path) -> None:
    """Neither is guessed; both answers that the line gives make the file one that is read."""
    with pytest.raises(DataError, match=r"be column names or a row, .* fix: header = true .* header = false") as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
    n = content.count("\n")
    as_names, as_row = (read(tmp_path, content, Reading(header=header)) for header in (True, False))
    assert (as_names.frame.height, as_row.frame.height) == (n - 1, n)
    assert as_names.frame.columns == content.partition("\n")[0].split(",")


def test_keys_of_a_study_settle_names_and_comments(tmp_path: Path) -> None:
    """``header`` is a line, ``names`` replace those of the file, ``comment`` is what the study says, or nothing."""
    titled = read(tmp_path, "x,y,z\n" + HEAD + ROWS, Reading(header=2))
    assert titled.frame.columns == NAMES
    same_rows(titled)
    named = read(tmp_path, ROWS, Reading(names=("p", "q", "r")))
    assert named.frame.columns == ["p", "q", "r"]
    same_rows(named)
    assert not named.warnings
    renamed = read(tmp_path, HEAD + ROWS, Reading(names=("p", "q", "r"), header=True))
    assert renamed.frame.columns == ["p", "q", "r"]
    same_rows(renamed)
    colours = "colour,kind\n" + "".join(f"#{i % 7},{'xy'[i % 2]}\n" for i in range(N))
    assert read(tmp_path, colours).frame.height == N
    assert read(tmp_path, "# x\n" + colours).frame.height == N
    marked = HEAD + ROWS.replace("\n", "\n& note\n", 3)
    same_rows(read(tmp_path, marked, Reading(comment="&")))
    hashes = "# a,kind\n" + "".join(f"{i},{'xy'[i % 2]}\n" for i in range(N))
    assert read(tmp_path, hashes, Reading(comment="")).frame.columns == ["# a", "kind"]


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "too few names": (ROWS, {"names": ("p", "q")}, "data.names must be 3 names, one for each column of"),
    "a line that is none": (HEAD + ROWS, {"header": 99}, "data.header must be a line of"),
    "nothing but comments": ("# a\n# b\n", {"comment": "#"}, "got nothing but comments"),
    "a line that ends within": ("a,b\r,kind\n" + ROWS, {}, "end its lines with LF or CR LF, got a CR within its first"),
    "a row that was cut": (
        HEAD + ROWS + "36.1,1.0",
        {},
        "row 41 must have 3 cells, as the first line has, got 2 cells",
    ),
    "a value beyond the names": (
        HEAD + ROWS.replace("x\n", "x,\n", 5).replace("y\n", "y,q\n", 1),
        {},
        "row 2 must have 3 cells, as the first line has, got 4 cells (1 cell too many)",
    ),
    "names twice": (
        "g,s1,call,s2,call\n" + "".join(f"g{i},{i},P,{i},A\n" for i in range(N)),
        {},
        'got "call" twice (columns 3 and 5), fix: rename all but one, or transpose',
    ),
}


@pytest.mark.parametrize(("content", "keys", "line"), WRONG.values(), ids=WRONG)
def test_what_does_not_hold_is_refused_in_one_line(
    content: str, keys: dict[str, Any], line: str, tmp_path: Path
) -> None:
    """What a study says of a file must be so, and a row without its cells is never read."""
    with pytest.raises(DataError) as caught:
        read(tmp_path, content, Reading(**keys))
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rows_count_from_the_first_row_whatever_stands_above(tmp_path: Path) -> None:
    """A line says a row's number among the rows, and the line of the names where that is not the first."""
    content = "Report of May\n\n" + HEAD + ROWS + "1,2,x,4\n" + ROWS
    with pytest.raises(DataError, match=r"row 41 must have 3 cells, as line 3 has, got 4 cells \(1 cell too many\)"):
        read(tmp_path, content)


def test_columns_that_orange_leaves_out_are_none(tmp_path: Path) -> None:
    """Meta and ignored columns are left out, and the class is the column that the file says."""
    lines = "age\tname\trisk\tjob\ncontinuous\tstring\tlow high\tdiscrete\n\tmeta\tclass\tignore\n"
    table = read(tmp_path, lines + "".join(f"{i}\tn{i}\t{('low', 'high')[i % 2]}\tj{i % 3}\n" for i in range(N)))
    assert (table.frame.columns, table.target, table.frame.height) == (["age", "risk"], "risk", N)
    assert "name and job are left out" in told(table)
    names = Reading(names=("p", "q", "r", "s"))
    renamed = read(tmp_path, lines + "".join(f"{i}\tn{i}\tlow\tj{i % 3}\n" for i in range(N)), names)
    assert (renamed.frame.columns, renamed.target) == (["p", "r"], "r")


NEW: dict[str, tuple[str, list[str]]] = {
    "one row": (LINES[0], NUMBERED),
    "two rows": (f"{LINES[0]}\n{LINES[1]}\n", NUMBERED),
    "without the target": ("36.5,1.25\n", NUMBERED[:2]),
    "with names": ("column 1,column 2,column 3\n" + ROWS, NUMBERED),
    "a comment": ("# new\n" + ROWS, NUMBERED),
}


@pytest.mark.parametrize(("content", "names"), NEW.values(), ids=NEW)
def test_new_rows_of_a_file_without_names_are_read_by_position(content: str, names: list[str], tmp_path: Path) -> None:
    """Also a single one, with or without the target; a line of the study's names is none of them."""
    expected = Expected(tuple(NUMBERED), "column 3", are_positions=True)
    table = read(tmp_path, content, expected=expected)
    assert table.frame.columns == names
    assert table.frame.row(0)[0] in {36.0, 36.5}
    with pytest.raises(DataError, match="must have 3 columns, as the study's file has, or 2 without the target, got 4"):
        read(tmp_path, "1,2,3,4\n", expected=expected)


def test_new_rows_of_a_file_with_names_need_them(tmp_path: Path) -> None:
    """They are found below titles and comments, and never made up: the order of columns may be another."""
    expected = Expected(tuple(NAMES), "kind")
    for above in ("", "# x\n", "Report of May\n\n", "1,2,3\n"):
        assert read(tmp_path, f"{above}b,a\n1.5,2.5\n", expected=expected).frame.to_dicts() == [{"b": 1.5, "a": 2.5}]
    with pytest.raises(DataError, match="must have a line of the study's column names, got a first line that is a row"):
        read(tmp_path, ROWS, expected=expected)


CELL = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=4).map(lambda text: f"{text}z")
TABLES = st.lists(st.tuples(st.floats(-1e6, 1e6), CELL, st.sampled_from(["left", "right"])), min_size=4, max_size=12)


@settings(max_examples=15)
@given(rows=TABLES, above=st.sampled_from(["", "# x\n", "Report\n\n"]), below=st.sampled_from(["", "# end\n"]))
def test_every_dialect_gives_the_same_cells(
    rows: list[tuple[float, str, str]], above: str, below: str, scratch: Path
) -> None:
    """Whatever stands between cells and beside rows, with names or without: the cells are those that were written."""
    wanted = pl.DataFrame(rows, schema=["n", "text", "side"], orient="row")
    rows_with = [*rows, *rows]  # so that what is text in one row is in another
    for between, end in ((",", "\n"), (";", ";\n"), ("\t", "\r\n"), ("   ", "\n"), (" \t ", "\n")):
        quote = "" if between.startswith(" \t") else '"'
        lines = [between.join((f"{n!r}", f"{quote}{text}{quote}", side)) for n, text, side in rows_with]
        body = end.join([*lines, ""])
        for head in ("", between.join(wanted.columns) + end):
            found = read_table(
                write(scratch, above + head + body + below, "d.csv"), text=frozenset({"text", "column 2"})
            )
            assert found.frame.height == 2 * wanted.height
            for name, column in zip(wanted.columns, found.frame.columns, strict=True):
                assert found.frame[column].head(wanted.height).to_list() == wanted[name].to_list()


def test_line_ends_and_no_break_spaces_in_names_are_blanks(tmp_path: Path) -> None:
    """Names of two lines, as spreadsheets have them, are read and said, in new rows too."""
    head = '"a\r\n(kg)",b\xa0m,kind\n'
    table = read(tmp_path, head + ROWS)
    assert table.frame.columns == ["a (kg)", "b m", "kind"]
    assert table.frame.height == N
    assert 'line ends in the column names are read as blanks: "a (kg)" and "b m"' in told(table)
    row = read(tmp_path, head + LINES[0] + "\n", expected=Expected(tuple(table.frame.columns), target="kind"))
    assert row.frame.columns == table.frame.columns


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        ("size,size,", ["size a", "size b", "kind"]),
        ("size,,class", ["size a", "size b", "class kind"]),
    ],
)
def test_a_group_reaches_over_others_only_where_it_is_not_repeated(
    groups: str, names: list[str], tmp_path: Path
) -> None:
    """Pandas repeats the group over each of its columns, spreadsheets write it over the first."""
    assert read(tmp_path, f"{groups}\n{HEAD}{ROWS}").frame.columns == names


@pytest.mark.parametrize("cell", ['5"', "5'10\"", 'the 5" pipe', 'a "b" c"'])
def test_quotes_within_cells_are_read_as_they_are(cell: str, tmp_path: Path) -> None:
    """Inches in some rows or in all are part of the cell; a quote that opens and never ends is none."""
    for every in (1, 7):
        rows = [f"{i},{cell if i % every == 0 else 'plain'},{'xy'[i % 2]}" for i in range(40)]
        table = read(tmp_path, "a,size,kind\n" + "\n".join(rows) + "\n")
        assert table.words == "CSV, a comma between cells"
        assert table.frame["size"].to_list() == [cell if i % every == 0 else "plain" for i in range(40)]
    with pytest.raises(DataError):
        read(tmp_path, "a,size,kind\n" + "\n".join([*rows, '1,"open,x']) + "\n")
