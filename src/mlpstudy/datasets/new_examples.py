"""Examples to predict, as they come in files: pictures, arrays, tables; through the preprocessing of a study."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse
from scipy.sparse import csr_array

from mlpstudy.arrays import Features
from mlpstudy.datasets.arrays.by_name import positions
from mlpstudy.datasets.arrays.colour import to_grey
from mlpstudy.datasets.arrays.features import as_array
from mlpstudy.datasets.arrays.pairing import said
from mlpstudy.datasets.arrays.scales import far_line
from mlpstudy.datasets.arrays.sparse import canonical, to_sparse_features
from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.pictures.digits import FIELD, read_digit, read_image
from mlpstudy.datasets.pictures.suffixes import SUFFIXES
from mlpstudy.datasets.preprocessing.numbers import NumbersPreprocessing
from mlpstudy.datasets.preprocessing.pixels import PixelsPreprocessing
from mlpstudy.datasets.preprocessing.sparse import SparsePreprocessing
from mlpstudy.datasets.preprocessing.stored import ArrayPreprocessing, Preprocessing
from mlpstudy.datasets.raw import Labelled, Rows
from mlpstudy.datasets.readers.choosing import format_of
from mlpstudy.datasets.readers.image_folder import find_images
from mlpstudy.datasets.readers.menu import FORMATS, Asked, Format
from mlpstudy.datasets.readers.tables import read_table
from mlpstudy.datasets.tables.cells.text import as_text, blanked, is_supported
from mlpstudy.datasets.tables.columns import TablePreprocessing, further_line
from mlpstudy.datasets.tables.frames import is_frame, take, to_polars
from mlpstudy.datasets.tables.rows_by_position import rows_by_position
from mlpstudy.datasets.tables.table import Expected
from mlpstudy.datasets.tables.unnamed import named
from mlpstudy.datasets.targets.classes import index_classes
from mlpstudy.datasets.targets.truth import other_words
from mlpstudy.errors import DataError, must
from mlpstudy.text.escaping import printable
from mlpstudy.text.words import either

UNKNOWN = -1
"""The label of an example whose class is not known."""
_MOST_GREY = 255
_SHOWN = 10
FORMS = "a data frame, a list of dicts or of rows, an array, a sparse matrix, or the path of a file"


@dataclass(frozen=True, slots=True, eq=False)
class NewExamples:
    """Examples to predict.

    Attributes:
        names: what each is called: its file, or file and row (from 1).
        features: what a network sees, shape ``(n, d)``.
        labels: class indices where the files hold them, shape ``(n,)``, int32; ``UNKNOWN`` elsewhere.
        warnings: what was done to them, a line each.
    """

    names: tuple[str, ...]
    features: Features
    labels: npt.NDArray[np.int32]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads examples to predict as the study's own were.

    Attributes:
        preprocessing: how raw values become features.
        class_names: one name a class.
        are_digits: pictures get MNIST's own preprocessing, instead of being resized.
    """

    preprocessing: Preprocessing
    class_names: tuple[str, ...]
    are_digits: bool = False

    def read(self, paths: Iterable[Path]) -> NewExamples:
        """Return the examples in files; a folder stands for the pictures in it.

        Raises:
            DataError: a file does not fit the study; the line names it, and row or column where there is one.
        """
        found = [find_images(path) if path.is_dir() else ([path], []) for path in paths]
        files = [file for each, _ in found for file in each]
        if not files:
            raise DataError(must("the folder", "hold pictures", "none", f"files ending in {', '.join(SUFFIXES)}"))
        parts = [self._read(file) for file in files]
        names = tuple(name for part in parts for name in part.names)
        labels = np.concatenate([part.labels for part in parts])
        lines = tuple(dict.fromkeys(line for part in parts for line in part.warnings))
        lines = (*(line for _, about in found for line in about), *lines)
        return NewExamples(names, _stacked([part.features for part in parts]), labels, lines)

    def transform(self, values: object) -> Features:
        """Return what a network sees of raw values that Python code has.

        Args:
            values: a data frame (Polars, pandas, anything with Arrow's interface), a list of dicts, an array, a list
                of rows, a sparse matrix, or the path of a file or several.

        Raises:
            DataError: they do not fit the study.
        """
        features, lines = self._transformed(values)
        _warn(lines)
        return features

    def _transformed(self, values: object) -> tuple[Features, tuple[str, ...]]:
        """Return what a network sees of raw values, and what is to be said of them."""
        paths = _paths(values)
        if paths is not None:
            read = self.read(paths)
            return read.features, read.warnings
        if isinstance(self.preprocessing, TablePreprocessing):
            return self._of_rows(values, self.preprocessing)
        told: tuple[str, ...] = ()
        if is_frame(values):
            values, told = self._in_order(to_polars(values, "the values", FORMS), "the values")
        features, of_numbers = self._of_numbers(values, "the values")
        return features, (*told, *of_numbers)

    def _of_rows(self, values: object, preprocessing: TablePreprocessing) -> tuple[Features, tuple[str, ...]]:
        """Do as for a table of a file: of a frame's columns by their names, of other rows by their positions."""
        if not is_frame(values):
            return preprocessing.transform(rows_by_position(values, preprocessing, FORMS)), ()
        taken = take(values, "the rows", FORMS)
        frame, told = named(taken.frame, "the rows", preprocessing.expected.columns)
        features = preprocessing.transform(frame)
        return features, (*taken.lines, *told, *self._about(frame, preprocessing, "the rows"))

    def _of_numbers(self, values: object, what: str) -> tuple[Features, tuple[str, ...]]:
        """Return what a network sees of an array or a sparse matrix, and what is to be said of it."""
        assert not isinstance(self.preprocessing, TablePreprocessing)  # noqa: S101  # narrows the type
        if scipy.sparse.issparse(values):
            rows = to_sparse_features(values, "the values")
            if isinstance(self.preprocessing, SparsePreprocessing):
                return self.preprocessing.transform(rows), ()
            check_memory(4 * rows.shape[0] * rows.shape[1], "the values, as a dense array,")
            values = rows.toarray()
        array = as_array(values, "the values")
        told: tuple[str, ...] = ()
        if array.ndim == 4 and array.size and array.dtype.kind in "biuf":  # noqa: PLR2004  # images with channels
            array, done = to_grey(array, "the values")
            told = said(what, done)
        features = _of_array(array, self.preprocessing)
        is_scaled = isinstance(self.preprocessing, NumbersPreprocessing) and self.preprocessing.scaling != "none"
        far = far_line(features, what) if is_scaled and isinstance(features, np.ndarray) else None
        return features, (*told, far) if far else told

    def _in_order(self, frame: pl.DataFrame, name: str) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
        """Return a frame of numbers as an array, its columns where those of the training examples were; and lines."""
        names = self.preprocessing.names if isinstance(self.preprocessing, NumbersPreprocessing) else ()
        order, line = positions(frame.columns, names, name)
        return _numbers(frame if order is None else frame[:, order], name), (line,) if line else ()

    def _read(self, path: Path) -> NewExamples:
        name = path_text(path)
        if path.suffix.lower() in SUFFIXES:
            return NewExamples((name,), self._read_picture(path, name), _unknown(1))
        found = format_of(path)
        if found.holds == "table":
            return self._read_table(path, name)
        if isinstance(self.preprocessing, TablePreprocessing):
            columns = ", ".join(column.name for column in self.preprocessing.columns[:_SHOWN])
            tables = ", ".join(known.title for known in FORMATS if known.holds == "table")
            raise DataError(must(name, f"be a table ({tables}) with the columns {columns}", path.suffix))
        if found not in self._formats() or found.read_rows is None:
            titles = either(known.title for known in self._formats())
            raise DataError(must(name, f"be of rows: {titles}", found.name))
        return self._of_values(found.read_rows(path, Asked(like=self._like(), class_names=self.class_names)), name)

    def _formats(self) -> list[Format]:
        """Return the formats that rows to predict may come in; sparse ones only where the study's own are sparse."""
        is_sparse = isinstance(self.preprocessing, SparsePreprocessing)
        return [
            known
            for known in FORMATS
            if known.holds == "table" or (known.read_rows is not None and (is_sparse or known.holds != "sparse rows"))
        ]

    def _read_picture(self, path: Path, name: str) -> Features:
        preprocessing = self.preprocessing
        if not isinstance(preprocessing, PixelsPreprocessing) or preprocessing.shape is None:
            raise DataError(
                must(name, "be rows, since this study is not of images", "a picture", "CSV, Parquet or NPY")
            )
        if not self.are_digits:
            return preprocessing.transform(read_image(path, preprocessing.shape)[None])
        if preprocessing.shape != (FIELD, FIELD):
            found = "{} x {}".format(*preprocessing.shape)
            raise DataError(must("the study's images", f"be of {FIELD} x {FIELD} pixels for digits", found))
        return preprocessing.transform(read_digit(path)[None])

    def _read_table(self, path: Path, name: str) -> NewExamples:
        preprocessing = self.preprocessing
        if not isinstance(preprocessing, TablePreprocessing):
            table = read_table(path, expected=Expected(()))
            values, told = self._in_order(table.frame, name)
            return self._of_values(Rows(values, warnings=(*table.warnings, *told)), name)
        text = preprocessing.text_columns | {preprocessing.target}
        reading, expected = preprocessing.reading, preprocessing.expected
        table = read_table(path, reading, text=text, expected=expected)
        frame = blanked(table.frame, reading.missing)
        features = preprocessing.transform(frame, origin=name)
        labels = self._labels(frame, preprocessing.target, name)
        lines = (*table.warnings, *self._about(frame, preprocessing, name))
        return NewExamples(_row_names(name, frame.height), features, labels, lines)

    def _labels(self, frame: pl.DataFrame, target: str, name: str) -> npt.NDArray[np.int32]:
        """Return the classes that a table knows; a missing one is no error."""
        labels = _unknown(frame.height)
        if target in frame.columns:
            text = as_text(frame[target])
            known = np.flatnonzero(text.is_not_null().to_numpy())
            if known.size:
                values = np.array(text.drop_nulls().to_list(), dtype=np.str_)
                labels[known] = index_classes(values, self.class_names, _of_column(name, target), first_row=1)
        return labels

    def _about(self, frame: pl.DataFrame, preprocessing: TablePreprocessing, name: str) -> tuple[str, ...]:
        """Return the lines on columns that the study has never seen, and on other words for its classes."""
        further, target = preprocessing.further(frame), preprocessing.target
        told: tuple[str, ...] = (further_line(name, further),) if further else ()
        if target in frame.columns and is_supported(frame[target]):
            labels = as_text(frame[target]).drop_nulls().unique(maintain_order=True)
            told += other_words(labels, self.class_names, _of_column(name, target))
        return told

    def _of_values(self, rows: Rows, name: str) -> NewExamples:
        try:
            features, told = self._of_numbers(rows.values, name)
        except DataError as error:
            message = f"{name}: {error}"
            raise DataError(message) from error
        n = int(features.shape[0])
        labels = _unknown(n) if rows.labels is None else rows.labels
        return NewExamples(_row_names(name, n), features, labels, (*rows.warnings, *told))

    def _like(self) -> Labelled | None:
        """Return what a reader of sparse text takes columns and classes from; None where the study has none."""
        if not isinstance(self.preprocessing, SparsePreprocessing):
            return None
        none = canonical(np.zeros((0, self.preprocessing.n_features), dtype=np.float32))
        first = self.preprocessing.first_column
        return Labelled(none, _unknown(0), self.class_names, None, "", first_column=first)


def _warn(lines: Iterable[str]) -> None:
    """Warn whoever asked a model in Python: who called a method of it, which called ``Reader.transform``."""
    for line in lines:
        warnings.warn(printable(line), stacklevel=5)


def _paths(values: object) -> list[Path] | None:
    """Return the files that values name, None where they are no paths."""
    if isinstance(values, str | PathLike):
        return [Path(values)]
    if isinstance(values, list | tuple) and values and all(isinstance(value, str | PathLike) for value in values):
        return [Path(value) for value in values]
    return None


def _of_array(values: npt.NDArray[Any], preprocessing: ArrayPreprocessing) -> Features:
    """Transform an array; grey values may come as other whole numbers of 0-255."""
    if not isinstance(preprocessing, PixelsPreprocessing):
        return preprocessing.transform(values.reshape(len(values), -1) if values.ndim == 3 else values)  # noqa: PLR2004  # n, rows, columns
    if values.dtype != np.uint8 and values.size and values.dtype.kind in "biuf":
        is_grey = (values >= 0) & (values <= _MOST_GREY) & (values == np.floor(values))
        if not is_grey.all():
            found = values[~is_grey].flat[0]
            fix = "(255 * x).round()" if values.min() >= 0 and values.max() <= 1 else None
            raise DataError(must("the values", "be grey values, whole numbers of 0-255", found.item(), fix))
        values = values.astype(np.uint8)
    return preprocessing.transform(values)


def _numbers(frame: pl.DataFrame, name: str) -> npt.NDArray[np.float64]:
    """Return a table of numbers as an array."""
    for column in frame.columns:
        if not frame[column].dtype.is_numeric():
            raise DataError(must(f'{name}, column "{column}"', "hold numbers", f"cells of {frame[column].dtype}"))
    return frame.cast(pl.Float64).to_numpy()


def _of_column(name: str, column: str) -> str:
    return f'{name}, column "{column}"'


def _row_names(name: str, n: int) -> tuple[str, ...]:
    return tuple(f"{name} row {row}" for row in range(1, n + 1))


def _unknown(n: int) -> npt.NDArray[np.int32]:
    return np.full(n, UNKNOWN, dtype=np.int32)


def _stacked(parts: Sequence[Features]) -> Features:
    if len(parts) == 1:
        return parts[0]
    sparse = [part for part in parts if isinstance(part, csr_array)]
    if sparse:
        return canonical(scipy.sparse.vstack(sparse, format="csr"))
    return np.concatenate([part for part in parts if isinstance(part, np.ndarray)])
