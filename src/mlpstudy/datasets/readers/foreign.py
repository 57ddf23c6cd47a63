"""Files that are not read, known by their first bytes or their names, each with what makes one of them that is.

A reader for what can run code, such as pickles, there will not be; of the others another program or two lines of Python
make a file of a format that is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlpstudy.datasets.pictures.suffixes import SUFFIXES

HEAD = 4096
"""First bytes that are looked at."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of file that is not read.

    Attributes:
        title: what it is called.
        instead: what to do.
        starts: what its first bytes match; None where they say nothing.
        endings: of names of such files, in lower case.
    """

    title: str
    instead: str
    starts: re.Pattern[bytes] | None = None
    endings: tuple[str, ...] = ()


def _pandas(call: str, end: str = '.to_parquet("rows.parquet")') -> str:
    return f"in Python: pandas.{call}{end}"


_CSV = '.to_csv("rows.csv", index=False)'

FOREIGN = (
    Foreign(
        "a pointer of Git LFS",
        "git lfs pull, which puts the file in its place",
        re.compile(rb"version https://git-lfs\.github\.com/"),
    ),
    Foreign(
        "a web page",
        "the file that the page is about: download that",
        re.compile(rb"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE),
        (".html", ".htm", ".mhtml"),
    ),
    Foreign("a file of XML", _pandas("read_xml(path)", _CSV), re.compile(rb"\s*<\?xml\b"), (".xml",)),
    Foreign(
        "a notebook", "the data that it reads", re.compile(rb'\s*\{\s*"(cells|nbformat|metadata)"\s*:'), (".ipynb",)
    ),
    Foreign(
        "a file of JSON, an object a line",
        _pandas("read_json(path, lines=True)", _CSV),
        re.compile(rb'\s*\{\s*"[^\n]*\}\s*\n\s*\{\s*"'),
        (".jsonl", ".ndjson"),
    ),
    Foreign("a file of JSON", _pandas("read_json(path)", _CSV), re.compile(rb'\s*(\[\s*)?\{\s*"'), (".json",)),
    Foreign(
        "a workbook of an old Excel or of another program",
        "save it as .xlsx or CSV there",
        re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        (".xls", ".xlsb", ".ods", ".numbers"),
    ),
    Foreign(
        "a document", "save its table as CSV there", re.compile(rb"%PDF-"), (".pdf", ".doc", ".docx", ".odt", ".rtf")
    ),
    Foreign(
        "a Feather file",
        _pandas("read_feather(path)"),
        re.compile(rb"(ARROW1|FEA1)[^\x20-\x7e\s]"),
        (".feather", ".arrow", ".ipc"),
    ),
    Foreign("an ORC file", _pandas("read_orc(path)"), re.compile(rb"ORC[^\x20-\x7e\s]"), (".orc",)),
    Foreign("Stata's data", _pandas("read_stata(path)"), re.compile(rb"<stata_dta>"), (".dta",)),
    Foreign("SPSS's data", _pandas("read_spss(path)"), re.compile(rb"\$FL[23]@\(#\)"), (".sav", ".zsav", ".por")),
    Foreign("SAS's data", _pandas("read_sas(path)"), None, (".sas7bdat", ".xpt")),
    Foreign(
        "R's data", 'in R: write.csv(readRDS(path), "rows.csv", row.names = FALSE)', None, (".rds", ".rda", ".rdata")
    ),
    Foreign(
        "MATLAB's data",
        'in Python: numpy.savez("rows.npz", x=..., y=...) of two arrays of scipy.io.loadmat(path)',
        re.compile(rb"MATLAB \d\.\d MAT-file"),
        (".mat",),
    ),
    Foreign(
        "an HDF5 file",
        'in Python: numpy.savez("rows.npz", x=..., y=...) of two arrays of h5py.File(path)',
        re.compile(rb"\x89HDF\r\n"),
        (".h5", ".hdf5", ".hdf"),
    ),
    Foreign(
        "a database of SQLite",
        'in Python: pandas.read_sql("select * from ...", sqlite3.connect(path)).to_csv("rows.csv", index=False)',
        re.compile(rb"SQLite format 3\x00"),
        (".sqlite", ".sqlite3", ".db"),
    ),
    Foreign(
        "an archive",
        "unpack it, and name the file or folder that comes out",
        re.compile(rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"),
        (".zip", ".tar", ".tgz", ".7z", ".rar"),
    ),
    Foreign(
        "a picture",
        "a folder, with a folder in it of the pictures of each class",
        re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*"),
        (*SUFFIXES, ".heic", ".svg"),
    ),
    Foreign(
        "a pickle, which can run code",
        "what you have in Python as it is: mlpstudy.run(study, data=(x, y)), or numpy.savez(path, x=..., y=...)",
        re.compile(rb"\x80[\x02-\x05]"),
        (".pkl", ".pickle", ".joblib", ".pt", ".pth"),
    ),
)


def foreign(head: bytes, name: str = "") -> Foreign | None:
    """Return the kind of a file that is not read, None where neither its bytes nor its name tell one.

    Args:
        head: its first bytes, decompressed.
        name: its name; where missing, the bytes alone decide.

    >>> foreign(b'[{"a": 1}]').title, foreign(b"", "x.SAV").title, foreign(b"a,b") is None
    ('a file of JSON', "SPSS's data", True)
    """
    start = head.removeprefix(b"\xef\xbb\xbf")[:HEAD]
    by_bytes = (known for known in FOREIGN if known.starts is not None and known.starts.match(start))
    lower = name.lower()
    by_name = (known for known in FOREIGN if known.endings and lower.endswith(known.endings))
    return next(by_bytes, None) or next(by_name, None)
