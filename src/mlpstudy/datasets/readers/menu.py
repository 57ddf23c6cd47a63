"""The formats that data may come in: one entry each, and a file that reads it.

What a path calls for, what errors list and what the documentation says of formats follows from these entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from mlpstudy.datasets.raw import Rows
from mlpstudy.datasets.readers.arff.attributes import is_arff
from mlpstudy.datasets.readers.idx import labels_beside, read_idx_pair
from mlpstudy.datasets.readers.idx_folder import is_idx_set, read_idx_folder
from mlpstudy.machine.lazy import Lazy
from mlpstudy.study.reading import UNSAID, Reading

if TYPE_CHECKING:
    from mlpstudy.datasets.raw import Labelled
    from mlpstudy.datasets.readers import image_folder, libsvm, npy, npz, tables
    from mlpstudy.datasets.tables.table import Expected, Table
else:  # MNIST needs none of them; Polars and Pillow take long.
    image_folder = Lazy("mlpstudy.datasets.readers.image_folder")
    libsvm = Lazy("mlpstudy.datasets.readers.libsvm")
    npy = Lazy("mlpstudy.datasets.readers.npy")
    npz = Lazy("mlpstudy.datasets.readers.npz")
    tables = Lazy("mlpstudy.datasets.readers.tables")

Contents = Literal["table", "arrays", "images", "pictures", "sparse rows"]
"""What a format holds: pictures are images that must be decoded and may be resized."""

Read: TypeAlias = "Labelled | Table"
"""What a reader returns."""

Files = Sequence[Path]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study asks of a reader; each reader heeds what concerns it.

    Attributes:
        like: the training examples, where test or validation examples are read: of the same features and classes.
        image_size: rows and columns that pictures are resized to; None for their own.
        text: columns of a table that stay text, whatever they look like.
        reading: how a table is written, where the study says so.
        class_names: those of the study that predicts, where rows to predict may have labels.
        expected: the columns of a table, where test or validation examples are read.
    """

    like: Labelled | None = None
    image_size: tuple[int, int] | None = None
    text: frozenset[str] = frozenset()
    reading: Reading = UNSAID
    class_names: tuple[str, ...] = ()
    expected: Expected | None = None

    @property
    def least(self) -> int:
        """How many classes there must be: 1 where the training examples have the classes."""
        return 2 if self.like is None else 1


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how it is known, what it holds, what reads it.

    Attributes:
        name: in messages that name one.
        title: in lists of formats.
        holds: what.
        read: reads a file, a pair of files (features, labels) or a folder.
        words: what such a file is, where data are described; a table says it itself.
        endings: of its files' names, in lower case; ``.gz`` may follow.
        perhaps: endings of files that are of it where their first bytes speak for no other format.
        starts: whether the first bytes of a file are of it.
        is_set: whether a path names a set of several files of it.
        n_files: how many files it may be given as.
        read_rows: reads rows to predict, with labels where the format has them; None where it is never read for that.
    """

    name: str
    title: str
    holds: Contents
    read: Callable[[Files, Asked], Read]
    words: str = ""
    endings: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    starts: Callable[[bytes], bool] = lambda _: False
    is_set: Callable[[Path], bool] = lambda _: False
    n_files: tuple[int, ...] = (1,)
    read_rows: Callable[[Path, Asked], Rows] | None = None


def _read_idx(files: Files, asked: Asked) -> Labelled:
    labels = files[1] if len(files) > 1 else labels_beside(files[0])
    return read_idx_pair(files[0], labels, asked.least)


def _read_libsvm_rows(path: Path, asked: Asked) -> Rows:
    assert asked.like is not None  # noqa: S101  # only studies of sparse rows ask for them
    return libsvm.read_libsvm_rows(path, asked.like)


def _starts_as_workbook(head: bytes) -> bool:
    """Say whether bytes are the first of a workbook, or of one that is told what to save it as."""
    marks = (b"[Content_Types].xml", b"xl/", b"opendocument.spreadsheet")
    return head.startswith(b"\xd0\xcf\x11\xe0") or (head.startswith(b"PK") and any(mark in head for mark in marks))


_LIBSVM_LINE = re.compile(rb"\s*[^\s:,;]+(?:\s+\d+:\S+)+\s*(?:#.*)?")

FORMATS = (
    Format(
        name="csv",
        title="CSV, TSV",
        holds="table",
        read=lambda files, asked: tables.read_table(files[0], asked.reading, text=asked.text, expected=asked.expected),
        endings=(".csv", ".tsv", ".tab"),
        perhaps=(".txt", ".data", ".dat", ".test", ".train"),
    ),
    Format(
        name="parquet",
        title="Parquet",
        holds="table",
        read=lambda files, asked: tables.read_table(files[0], asked.reading, text=asked.text, expected=asked.expected),
        endings=(".parquet", ".pq"),
        starts=lambda head: head.startswith(b"PAR1"),
    ),
    Format(
        name="excel",
        title="Excel",
        holds="table",
        read=lambda files, asked: tables.read_table(files[0], asked.reading, text=asked.text, expected=asked.expected),
        endings=(".xlsx", ".xlsm"),
        starts=_starts_as_workbook,
    ),
    Format(
        name="arff",
        title="ARFF",
        holds="table",
        read=lambda files, asked: tables.read_table(files[0], asked.reading, text=asked.text, expected=asked.expected),
        endings=(".arff",),
        starts=is_arff,
    ),
    Format(
        name="npy",
        title="NPY",
        words="two NPY files: features, labels",
        holds="arrays",
        read=lambda files, asked: npy.read_npy(files[0], files[1], asked.least),
        endings=(".npy",),
        n_files=(2,),
        read_rows=lambda path, _: npy.read_npy_rows(path),
    ),
    Format(
        name="npz",
        title="NPZ",
        words="NPZ",
        holds="arrays",
        read=lambda files, asked: npz.read_npz(files[0], asked.least),
        endings=(".npz",),
        read_rows=lambda path, asked: npz.read_npz_rows(path, asked.class_names),
    ),
    Format(
        name="idx",
        title="IDX",
        words="IDX",
        holds="images",
        read=_read_idx,
        endings=("ubyte", ".idx"),
        starts=lambda head: head.startswith(b"\0\0\x08"),
        n_files=(1, 2),
    ),
    Format(
        name="libsvm",
        title="libsvm",
        words="libsvm text, sparse",
        holds="sparse rows",
        read=lambda files, asked: libsvm.read_libsvm(files[0], like=asked.like),
        endings=(".libsvm", ".svmlight", ".svm"),
        starts=lambda head: _LIBSVM_LINE.fullmatch(head.split(b"\n", 1)[0].rstrip(b"\r")) is not None,
        read_rows=_read_libsvm_rows,
    ),
    Format(
        name="idx folder",
        title="a folder of IDX files",
        words="a folder of IDX files",
        holds="images",
        read=lambda files, _: read_idx_folder(files[0]),
        is_set=is_idx_set,
    ),
    Format(
        name="image folder",
        title="a folder of images",
        words="a folder of images, one folder a class",
        holds="pictures",
        read=lambda files, asked: image_folder.read_image_folder(files[0], asked.image_size, asked.like),
        is_set=Path.is_dir,
    ),
)
"""All formats. Of several that claim a path the first has it."""
