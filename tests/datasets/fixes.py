"""The messages of reading data, each with an input that gets it and with its fix, done as its words say.

A row is a message; what it proposes may be several things, joined by "or": each is done by itself.
"""

from __future__ import annotations

import gzip
import io
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # statsmodels brings it
import polars as pl
from PIL import Image

N = 40


@dataclass(slots=True)
class Tray:
    """Files, and what a study says of them.

    Attributes:
        folder: where the files are.
        keys: the study's ``[data]``.
    """

    folder: Path
    keys: dict[str, Any]

    def put(self, name: str, content: str | bytes) -> None:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def edit(self, name: str, old: str, new: str, encoding: str = "utf-8") -> None:
        """Replace a text in a file once."""
        text = (self.folder / name).read_bytes().decode(encoding)
        assert old in text, (old, text[:200])
        self.put(name, text.replace(old, new, 1))

    def say(self, **keys: object) -> None:
        """Write keys into the study."""
        self.keys |= keys


Do = Callable[[Tray], object]


@dataclass(frozen=True, slots=True)
class Row:
    """A message.

    Attributes:
        says: what it says, the fix included: a part of it, ``...`` for anything.
        files: names and contents of the input.
        fixes: what the fix proposes, by its words, and the doing of it.
        keys: the study's ``[data]``.
    """

    says: str
    files: dict[str, str | bytes]
    fixes: dict[str, Do]
    keys: dict[str, Any] = field(default_factory=lambda: {"path": "rows.csv", "target": "kind"})


def table(*changed: str, head: str = "a,b,kind", mark: str = ",", n: int = N) -> str:
    """Return a table as CSV: two numbers and a class; its last rows are the given ones."""
    rows = [f"{i % 7},{i * 3 % 11}.5,{'yes' if i % 3 else 'no'}" for i in range(n)]
    return "\n".join([head, *rows, *changed, ""]).replace(",", mark)


def column(cells: list[str], head: str = "a,b,kind") -> str:
    """Return a table whose second column has these cells."""
    return "\n".join([head, *(f"{i % 7},{cell},{'yes' if i % 3 else 'no'}" for i, cell in enumerate(cells)), ""])


def keyed(**keys: object) -> Do:
    """Write keys into the study."""
    return lambda tray: tray.say(**keys)


def edited(old: str, new: str, name: str = "rows.csv", encoding: str = "utf-8") -> Do:
    """Replace a text in the file."""
    return lambda tray: tray.edit(name, old, new, encoding)


def both(*doings: Do) -> Do:
    """Do several things."""
    return lambda tray: [do(tray) for do in doings]


def written(name: str, content: str | bytes, **keys: object) -> Do:
    """Write a file, and keys into the study."""
    return both(lambda tray: tray.put(name, content), keyed(**keys))


def npy(array: np.ndarray) -> bytes:
    """Return an NPY file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """Return an NPZ file."""
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]  # its own keywords come first
    return file.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    """Return a Parquet file."""
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def png(size: int = 8, shade: int = 7) -> bytes:
    """Return a picture."""
    file = io.BytesIO()
    Image.fromarray(np.full((size, size), shade, np.uint8)).save(file, "PNG")
    return file.getvalue()


def pictures(*folders: str, size: int = 8) -> dict[str, str | bytes]:
    """Return a folder of pictures, eight in each of its folders."""
    return {f"pets/{folder}/{i}.png": png(size, 20 * i) for folder in folders for i in range(8)}


def laid_in(files: dict[str, str | bytes]) -> Do:
    """Write files."""

    def lay(tray: Tray) -> None:
        for name, content in files.items():
            tray.put(name, content)

    return lay


def moved(old: str, new: str) -> Do:
    """Move a file or a folder."""

    def move(tray: Tray) -> None:
        (tray.folder / new).parent.mkdir(parents=True, exist_ok=True)
        (tray.folder / old).rename(tray.folder / new)

    return move


def frame() -> pl.DataFrame:
    """Return the table as a frame."""
    return pl.read_csv(table().encode())


def database() -> bytes:
    """Return a database that holds the table."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table t (a, b, kind)")
        connection.executemany("insert into t values (?, ?, ?)", frame().rows())
        connection.commit()
        return connection.serialize()


def in_python(tray: Tray, read: pd.DataFrame) -> None:
    """Write what pandas read, as the message says."""
    read.to_csv(tray.folder / "rows.csv", index=False)
    tray.say(path="rows.csv")


PETS = {"path": "./pets"}
SIZES = np.random.default_rng(0).normal(size=(N, 3))
NAMES = np.array(["no", "yes"] * (N // 2))
SHARE = {"path": "rows.csv", "target": "kind", "test": 0.2}

TEXT = {
    "no delimiter": Row(
        'must have at least two columns, got the one column "a:b:kind", fix: put a comma, semicolon, tab or',
        {"rows.csv": table(mark=":")},
        {f"put a {mark!r}": written("rows.csv", table(mark=mark)) for mark in (",", ";", "\t", "|")},
    ),
    "a quote that is open": Row(
        'must have quotes that end, got one that is open at the end of the file, fix: close every "',
        {"rows.csv": table('"1,2,no', "1,2,no", "3,4,yes")},
        {'close every "': edited('"1,2,no', '"1",2,no')},
    ),
    "a cell too many": Row(
        "row 41 must have 3 cells ... got 4 cells ... fix: quote a cell that has a comma in it, or mend the row",
        {"rows.csv": table("1,2,n,o")},
        {
            "quote a cell that has a comma in it": edited("1,2,n,o", '1,2,"n,o"'),
            "mend the row": edited("1,2,n,o", "1,2,no"),
        },
    ),
    "a cell missing": Row(
        "row 41 must have 3 cells ... got 2 cells ... fix: write a comma for each that is missing, or mend the row",
        {"rows.csv": table("1,no")},
        {
            "write a comma for each that is missing": edited("1,no", "1,,no"),
            "mend the row": edited("1,no", "1,2,no"),
        },
    ),
    "two columns of one name": Row(
        'got "a" twice ... rename all but one',
        {"rows.csv": table(head="a,a,kind")},
        {"rename all but one": edited("a,a", "a,a2")},
    ),
    "a name that cannot be seen": Row(
        "column 2 must have a name of 1 to ... fix: write one into the first line",
        {"rows.csv": table(head="a,\x07,kind")},
        {"write one into the first line": edited("a,\x07", "a,b")},
    ),
}

HEADS = {
    "a first line that may be a row": Row(
        "must be column names or a row, for certain ... fix: header = true where they are names, header = false where",
        {
            "rows.csv": "\n".join(
                ["red,blue,kind", *(f"{'red' if i % 2 else 'green'},{'abc'[i % 3]},{'xy'[i % 2]}" for i in range(N))]
            )
        },
        {"header = true": keyed(header=True), "header = false": keyed(header=False, target="column 3")},
    ),
    "names of another number": Row(
        "data.names must be 3 names, one for each column",
        {"rows.csv": table()},
        {"3 names": keyed(names=["size", "weight", "kind"])},
        {"path": "rows.csv", "target": "kind", "names": ["size", "weight", "kind", "more"], "header": 1},
    ),
    "a line of names that is none of the file": Row(
        "data.header must be a line of ... that has column names ... fix: count lines from 1",
        {"rows.csv": table()},
        {"count from 1": keyed(header=1)},
        {"path": "rows.csv", "target": "kind", "header": 900},
    ),
    "bytes of another encoding in the midst of UTF-8": Row(
        "rows.csv, line 43 must be text in UTF-8 ... fix: ",
        {"rows.csv": table(f"1,2,{'nö'}").encode() + b"1,2,n\xf6\n" + table(n=3)[9:].encode()},
        {"save it as UTF-8": written("rows.csv", table("1,2,nö", "1,2,nö"))},
    ),
}

CELLS = {
    "text among numbers": Row(
        'row 41, column "b" must be a number, got ... fix: mend the cell, leave it empty, or categorical = ["b"]',
        {"rows.csv": table("1,4O,no")},
        {
            "mend the cell": edited("4O", "40"),
            "leave it empty": edited("4O", ""),
            "categorical": keyed(categorical=["b"]),
        },
    ),
    "an infinite number": Row(
        'column "b" must be a finite number ... fix: mend the cell, leave it empty, or missing = ["inf"]',
        {"rows.csv": table("1,inf,no")},
        {
            "mend the cell": edited("inf", "9"),
            "leave it empty": edited("inf", ""),
            "missing": keyed(missing=["inf"]),
        },
    ),
    "text among dates": Row(
        'column "b" must be a date ... fix: mend the cell, leave it empty, or categorical = ["b"]',
        {"rows.csv": column([*(f"2024-01-{1 + i % 28:02}" for i in range(N)), "soon"])},
        {
            "mend the cell": edited("soon", "2024-02-01"),
            "leave it empty": edited("soon", ""),
            "categorical": keyed(categorical=["b"]),
        },
    ),
    "a test cell too far away": Row(
        'column "b" must be within what a float32 holds once scaled ... fix: check its unit, or leave the column out',
        {"rows.csv": table(), "test.csv": table("1,1e300,no", n=4)},
        {
            "check its unit": edited("1e300", "3", "test.csv"),
            "leave the column out": keyed(drop=["b"]),
        },
        {"path": "rows.csv", "target": "kind", "test": "test.csv"},
    ),
}

ROLES = {
    "a target that is misspelt": Row(
        'must have the column "kinds", got no such column, fix: write "kind"',
        {"rows.csv": table()},
        {'write "kind"': keyed(target="kind")},
        {"path": "rows.csv", "target": "kinds"},
    ),
    "a dropped column that is not there": Row(
        'must have the column "zzz", got no such column, fix: one of a, b, kind',
        {"rows.csv": table()},
        {"one of a, b, kind": keyed(drop=["a"])},
        {"path": "rows.csv", "target": "kind", "drop": ["zzz"]},
    ),
    "a target of one class": Row(
        'must have at least two classes, got "no" in every row, fix: another target',
        {"rows.csv": table().replace("yes", "no").replace("\n1,", "\n2,")},
        {"another target": keyed(target="a")},
    ),
    "a target that is a quantity": Row(
        "fix: another target, or their values in bins",
        {
            "rows.csv": "\n".join(
                ["a,price,kind", *(f"{i % 5},{i * 1.37:.2f},{'no' if i % 3 else 'yes'}" for i in range(N))]
            )
        },
        {
            "another target": keyed(target="kind"),
            "their values in bins": written(
                "rows.csv",
                "\n".join(["a,price,kind", *(f"{i % 5},bin{i // 10},{'no' if i % 3 else 'yes'}" for i in range(N))]),
            ),
        },
        {"path": "rows.csv", "target": "price"},
    ),
    "rows without a class": Row(
        'must name a class in every row ... fix: write them, or on_missing_target = "drop"',
        {"rows.csv": table("1,2,", "3,4,")},
        {
            "write them": both(edited("1,2,\n", "1,2,no\n"), edited("3,4,\n", "3,4,yes\n")),
            "on_missing_target": keyed(on_missing_target="drop"),
        },
    ),
    "a row without its group": Row(
        'column "b" must name a group, got a missing value, fix: remove the row, or write its group',
        {"rows.csv": table("1,,no")},
        {"remove the row": edited("1,,no\n", ""), "write its group": edited("1,,no", "1,3.5,no")},
        {"path": "rows.csv", "target": "kind", "group": "b"},
    ),
    "one group": Row(
        "data.group must have at least two groups ... fix: another column, or a file for data.test",
        {
            "rows.csv": column(["only,3", "only,5", "only,4"] * 14, "a,b,c,kind"),
            "test.csv": column(["other,3"] * 8, "a,b,c,kind"),
        },
        {
            "another column": keyed(group="a"),
            "a file": keyed(test="test.csv", group=None),
        },
        {**SHARE, "group": "b"},
    ),
    "a row without its time": Row(
        'column "b" must be ... fix: mend or remove the row',
        {"rows.csv": column([*(f"2024-01-{1 + i % 28:02}" for i in range(N)), "soon"])},
        {
            "mend the row": edited("soon", "2024-02-01"),
            "remove the row": edited(f"{N % 7},soon,yes\n", ""),
        },
        {**SHARE, "time": "b"},
    ),
    "a share of nothing": Row(
        "must hold out at least one example ... fix: a larger share",
        {"rows.csv": table()},
        {"a larger share": keyed(test=0.2)},
        {"path": "rows.csv", "target": "kind", "test": 0.001},
    ),
}

OTHERS = {
    "a test file without a column": Row(
        'test.csv must have the column "b", got no such column, fix: add it; a missing value is an empty cell',
        {"rows.csv": table(), "test.csv": "a,kind\n1,no\n2,yes\n"},
        {"add it": written("test.csv", "a,kind,b\n1,no,\n2,yes,\n")},
        {"path": "rows.csv", "target": "kind", "test": "test.csv"},
    ),
    "a test file whose column is named otherwise": Row(
        'test.csv must have the column "kind", got no such column, fix: rename the column "kin"',
        {"rows.csv": table(), "test.csv": table(head="a,b,kin", n=4)},
        {"rename the column": edited("kin", "kind", "test.csv")},
        {"path": "rows.csv", "target": "kind", "test": "test.csv"},
    ),
    "a test file with a class of its own": Row(
        'column "kind" must be a class of the training examples ... fix: one of no, yes',
        {"rows.csv": table(), "test.csv": table("1,2,maybe", n=4)},
        {"one of no, yes": edited("maybe", "yes", "test.csv")},
        {"path": "rows.csv", "target": "kind", "test": "test.csv"},
    ),
}

FILES = {
    "a file that is not there": Row(
        "must exist, got no such file or folder, fix: put it",
        {"other.csv": table()},
        {"put it there": written("rows.csv", table())},
    ),
    "gzip twice": Row(
        "rows.csv.gz must ... got a compressed file inside gzip, fix: unpack it first",
        {"rows.csv.gz": gzip.compress(gzip.compress(table().encode()))},
        {"unpack it first": written("rows.csv.gz", gzip.compress(table().encode()))},
        {"path": "rows.csv.gz", "target": "kind"},
    ),
    "columns within columns": Row(
        'column "a" must hold one value a row, got lists or columns within it, fix: write the file without it, or one',
        {"rows.parquet": parquet(pl.DataFrame({"a": [[1, 2]] * N, "kind": NAMES}))},
        {
            "write the file without it": written("rows.parquet", parquet(pl.DataFrame({"b": range(N), "kind": NAMES}))),
            "one column a value": written(
                "rows.parquet", parquet(pl.DataFrame({"a": [1] * N, "b": range(N), "kind": NAMES}))
            ),
        },
        {"path": "rows.parquet", "target": "kind"},
    ),
    "a folder of tables": Row(
        "must be a file, or a folder of folders of images, got a folder of files of data: new.csv, train.csv, fix: ",
        {"folder/train.csv": table(), "folder/new.csv": table()},
        {"folder/train.csv": keyed(path="folder/train.csv")},
        {"path": "./folder", "target": "kind"},
    ),
    "a table of labels beside a table": Row(
        "y.csv must be left out ... fix: its labels as a column of the other; a file of test examples is named as test",
        {"x.csv": "a,b\n" + "1,2.5\n2,1.5\n4,3.5\n" * 14, "y.csv": "kind\n" + "no\nyes\nno\n" * 14},
        {
            "a column of the other": written(
                "x.csv", "a,b,kind\n" + "1,2.5,no\n2,1.5,yes\n4,3.5,no\n" * 14, path="x.csv"
            )
        },
        {"path": ["x.csv", "y.csv"], "target": "kind"},
    ),
    "test examples beside a table": Row(
        "y.csv must be left out ... a file of test examples is named as test, not beside it",
        {"x.csv": table(), "y.csv": table(n=9)},
        {"named as test": keyed(path="x.csv", test="y.csv")},
        {"path": ["x.csv", "y.csv"], "target": "kind"},
    ),
    "an address": Row(
        "must exist, got no such file or folder, fix: download it, and name the file: addresses are not read",
        {},
        {"download it": written("rows.csv", table(), path="rows.csv")},
        {"path": "https://example.org/rows.csv", "target": "kind"},
    ),
    "labels that are no NPY": Row(
        'labels.txt must be an NPY file ... fix: numpy.save("labels.npy", [...]) makes one',
        {"x.npy": npy(SIZES), "labels.txt": "\n".join(NAMES)},
        {"numpy.save": written("labels.npy", npy(NAMES), path=["x.npy", "labels.npy"])},
        {"path": ["x.npy", "labels.txt"]},
    ),
    "a file of one column": Row(
        'must have at least two columns, got the one column "kind", fix: beside it the columns to learn from',
        {"rows.csv": "kind\n" + "no\nyes\n" * 20},
        {"beside it the columns": written("rows.csv", table())},
    ),
    "a time that is none": Row(
        'column "b" must be a date ... fix: another column of the time',
        {"rows.csv": column(["soon", "later", "now"] * 14)},
        {"another column": keyed(time="a")},
        {**SHARE, "time": "b"},
    ),
    "features without labels": Row(
        'data.path must be two NPY files, features and labels ... fix: ["x.npy", "labels.npy"] in a study file',
        {"x.npy": npy(SIZES)},
        {'["x.npy", "labels.npy"]': written("labels.npy", npy(NAMES), path=["x.npy", "labels.npy"])},
        {"path": "x.npy"},
    ),
    "labels of another number": Row(
        "must hold one label for each of the 40 examples in",
        {"x.npy": npy(SIZES), "y.npy": npy(NAMES[:-1])},
        {"one label for each": written("y.npy", npy(NAMES))},
        {"path": ["x.npy", "y.npy"]},
    ),
    "a feature that is not finite": Row(
        "must be a finite number in float32 ... fix: ",
        {"x.npy": npy(np.where(np.eye(N, 3), np.nan, SIZES)), "y.npy": npy(NAMES)},
        {"fill it in": written("x.npy", npy(SIZES))},
        {"path": ["x.npy", "y.npy"]},
    ),
    "objects in an array": Row(
        "must hold numbers or short text ... fix: ",
        {"x.npy": npy(SIZES), "y.npy": npy(NAMES.astype(object))},
        {"as NumPy's text": written("y.npy", npy(NAMES))},
        {"path": ["x.npy", "y.npy"]},
    ),
    "arrays of other names": Row(
        "must hold features and labels ... got the arrays eins, zwei, fix: numpy.savez(path, x=..., y=...)",
        {"rows.npz": npz(eins=SIZES, zwei=NAMES)},
        {"x and y": written("rows.npz", npz(x=SIZES, y=NAMES))},
        {"path": "rows.npz"},
    ),
    "libsvm's features out of order": Row(
        "fix: sort the features, each once",
        {"rows.libsvm": "1 2:1 1:1\n" + "0 1:1\n1 2:1\n" * 20},
        {"sort the features": edited("1 2:1 1:1", "1 1:1 2:1", "rows.libsvm")},
        {"path": "rows.libsvm"},
    ),
    "libsvm's ranking data": Row(
        "got a qid of ranking data, fix: remove qid:...",
        {"rows.libsvm": "1 qid:3 1:1\n" + "0 1:1\n1 2:1\n" * 20},
        {"remove qid": edited("qid:3 ", "", "rows.libsvm")},
        {"path": "rows.libsvm"},
    ),
}

FOREIGN = {
    "JSON": Row(
        "got a file of JSON, fix: in Python: pandas.read_json(path).to_csv",
        {"rows.json": frame().write_json()},
        {"in Python": lambda tray: in_python(tray, pd.read_json(tray.folder / "rows.json"))},
        {"path": "rows.json", "target": "kind"},
    ),
    "JSON in the name of CSV": Row(
        "must be a table, got a file of JSON, fix: in Python: pandas.read_json(path).to_csv",
        {"rows.csv": frame().write_json()},
        {"in Python": lambda tray: in_python(tray, pd.read_json(tray.folder / "rows.csv"))},
    ),
    "JSON, an object a line": Row(
        "got a file of JSON, an object a line, fix: in Python: pandas.read_json(path, lines=True).to_csv",
        {"rows.jsonl": frame().write_ndjson()},
        {"in Python": lambda tray: in_python(tray, pd.read_json(tray.folder / "rows.jsonl", lines=True))},
        {"path": "rows.jsonl", "target": "kind"},
    ),
    "a database": Row(
        'got a database of SQLite, fix: in Python: pandas.read_sql("select * from ...", sqlite3.connect(path)).to_csv',
        {"rows.db": database()},
        {
            "in Python": lambda tray: in_python(
                tray, pd.read_sql("select * from t", sqlite3.connect(tray.folder / "rows.db"))
            )
        },
        {"path": "rows.db", "target": "kind"},
    ),
    "a page in the name of CSV": Row(
        "must be a table, got a web page, fix: the file that the page is about: download that",
        {"rows.csv": "<!DOCTYPE html>\n<html><title>rows.csv at main</title></html>"},
        {"download that": written("rows.csv", table())},
    ),
    "a pointer of Git LFS": Row(
        "must be a table, got a pointer of Git LFS, fix: git lfs pull",
        {"rows.csv": "version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 12\n"},
        {"git lfs pull": written("rows.csv", table())},
    ),
    "a table of another ending": Row(
        "fix: a name that ends in one of .csv, ",
        {"rows.bak": table()},
        {"a name that ends in .csv": both(moved("rows.bak", "rows.csv"), keyed(path="rows.csv"))},
        {"path": "rows.bak", "target": "kind"},
    ),
}

ASKED = {
    "a comma before three digits": Row(
        'column "b" must hold numbers that can be read in one way ... fix: thousands = "," for ... , ',
        {"rows.csv": column([f'"{1 + i % 7},{100 + i * 17 % 900}"' for i in range(N)])},
        {"thousands": keyed(thousands=",")},
    ),
    "two units": Row(
        'column "b" must have one unit ... fix: write all of it in one unit',
        {"rows.csv": column([f"{5 + i} {'kg' if i % 2 else 'g'}" for i in range(N)])},
        {"write all of it in one unit": written("rows.csv", column([f"{5 + i} kg" for i in range(N)]))},
    ),
    "many words among numbers": Row(
        'column "b" must hold numbers, or be named a category ... fix: missing = [',
        {"rows.csv": column([f"{i * 37 % 100}.5" if i % 3 else "later" for i in range(3 * N)])},
        {"missing": keyed(missing=["later"]), "be named a category": keyed(categorical=["b"])},
    ),
}

DATES = {
    "dates whose day could be their month": Row(
        'column "b" must ... fix: date_format = "day first", or "month first"',
        {"rows.csv": column([f"{1 + i % 12:02}/{1 + i % 9:02}/2024" for i in range(N)])},
        {order: keyed(date_format=order) for order in ("day first", "month first")},
    ),
    "dates of two forms": Row(
        'column "b" must have its dates in one form ... fix: write them all alike, or categorical = ["b"]',
        {"rows.csv": column([f"{1 + i % 28:02}.01.2024" if i % 2 else f"2024-02-{1 + i % 7:02}" for i in range(N)])},
        {
            "write them all alike": written("rows.csv", column([f"{1 + i % 28:02}.01.2024" for i in range(N)])),
            "categorical": keyed(categorical=["b"]),
        },
    ),
    "dates of two orders": Row(
        'column "b" must have its dates in one order ... fix: write them all alike, or categorical = ["b"]',
        {"rows.csv": column([("21/01/2024", "01/22/2024")[i % 2] for i in range(N)])},
        {
            "write them all alike": written("rows.csv", column([f"{1 + i % 28:02}/01/2024" for i in range(N)])),
            "categorical": keyed(categorical=["b"]),
        },
    ),
    "a year that could be a day": Row(
        'column "b" must say which number is the day ... fix: date_format = "%y-%m-%d" or "day first"',
        {"rows.csv": column([f"2{i % 2}-01-1{i % 9}" for i in range(N)])},
        {order: keyed(date_format=order) for order in ("%y-%m-%d", "day first")},
    ),
    "a day that there is not": Row(
        'column "b" must be a date, day first, ... fix: mend the cell, leave it empty, or categorical = ["b"]',
        {"rows.csv": column([*(f"{1 + i % 28:02}.01.2024" for i in range(N)), "31.02.2024"])},
        {
            "mend the cell": edited("31.02.2024", "28.02.2024"),
            "leave it empty": edited("31.02.2024", ""),
            "categorical": keyed(categorical=["b"]),
        },
    ),
    "a number that is no day among days": Row(
        'column "date" must be a date ... fix: mend the cell, leave it empty, or date_format = "none"',
        {"rows.csv": column([*(f"202401{1 + i % 28:02}" for i in range(N)), "20240231"], "a,date,kind")},
        {
            "mend the cell": edited("20240231", "20240228"),
            "leave it empty": edited("20240231", ""),
            "date_format": keyed(date_format="none"),
        },
    ),
    "days that are held out by, in no order": Row(
        'column "b" must say which comes first ... fix: date_format = "day first", or "month first"',
        {"rows.csv": column([f"{1 + i % 12:02}/{1 + i % 9:02}/2024" for i in range(N)])},
        {order: keyed(date_format=order) for order in ("day first", "month first")},
        {"path": "rows.csv", "target": "kind", "time": "b"},
    ),
}

IMAGES = {
    "a folder of one class": Row(
        "pets must have at least two classes ... fix: a folder of images of each further class beside it",
        pictures("cat"),
        {"a folder of each further class": laid_in(pictures("dog"))},
        PETS,
    ),
    "pictures in no folder": Row(
        "pets must have one folder of images a class ... fix: pets/cat/1.png, pets/dog/2.png, ...",
        pictures("."),
        {
            "a folder a class": both(
                *(moved(f"pets/{i}.png", f"pets/{'cat' if i % 2 else 'dog'}/{i}.png") for i in range(8))
            )
        },
        PETS,
    ),
    "test pictures without training pictures": Row(
        "must have a folder of training images beside test ... fix: move cat and dog into pets/train",
        pictures("cat", "dog", "test/cat", "test/dog"),
        {"move them": both(*(moved(f"pets/{name}", f"pets/train/{name}") for name in ("cat", "dog")))},
        PETS,
    ),
    "a test class that training lacks": Row(
        "must be a class of the training images ... fix: training images of it, or move the folder elsewhere",
        pictures("train/cat", "train/dog", "test/cat", "test/owl"),
        {
            "training images of it": laid_in(pictures("train/owl")),
            "move the folder elsewhere": moved("pets/test/owl", "owl"),
        },
        PETS,
    ),
    "splits within a class": Row(
        "must be the folder of a class ... fix: test/cat instead of cat/test",
        pictures("cat/train", "cat/test", "dog/train", "dog/test"),
        {
            "test/cat instead": both(
                *(
                    moved(f"pets/{name}/{part}", f"pets/{part}/{name}")
                    for name in ("cat", "dog")
                    for part in ("train", "test")
                ),
                *(lambda tray, name=name: (tray.folder / "pets" / name).rmdir() for name in ("cat", "dog")),
            ),
        },
        PETS,
    ),
    "splits within one of several folders": Row(
        "must be the folder of a class ... fix: path = ",
        pictures("one/train/cat", "one/train/dog", "one/test/cat", "two/train/cat", "two/test/cat"),
        {"path": keyed(path="./pets/one")},
        PETS,
    ),
    "pictures in a form that is not read": Row(
        "must hold images ... fix: save them as PNG or JPEG",
        {**pictures("cat"), **{f"pets/dog/{i}.heic": b"x" for i in range(8)}},
        {"save them as PNG": laid_in(pictures("dog"))},
        PETS,
    ),
}

ROWS: dict[str, Row] = {**TEXT, **HEADS, **CELLS, **ROLES, **OTHERS, **FILES, **ASKED, **DATES, **FOREIGN, **IMAGES}


@dataclass(frozen=True, slots=True)
class NewRows:
    """A message of ``predict`` on the file ``new.csv``, for a study of ``table()``."""

    says: str
    new: str | bytes
    fixes: dict[str, Do]


NEW: dict[str, NewRows] = {
    "a column is missing": NewRows(
        'new.csv must have the column "b", got no such column, fix: add it; a missing value is an empty cell',
        "a\n1\n2\n",
        {"add it": written("new.csv", "a,b\n1,\n2,\n")},
    ),
    "text among numbers": NewRows(
        'new.csv, row 2, column "b" must be a number',
        "a,b\n1,2\n3,x\n",
        {"mend the cell": edited("3,x", "3,4", "new.csv"), "leave it empty": edited("3,x", "3,", "new.csv")},
    ),
    "no line of names": NewRows(
        "new.csv must have a line of the study's column names ... fix: write them above the rows",
        "1,2.5\n3,4.5\n",
        {"write them above": written("new.csv", "a,b\n1,2.5\n3,4.5\n")},
    ),
    "a class that is none": NewRows(
        'column "kind" ... must be a class of the training examples ... fix: one of no, yes',
        "a,b,kind\n1,2,maybe\n",
        {"one of no, yes": edited("maybe", "yes", "new.csv")},
    ),
}
