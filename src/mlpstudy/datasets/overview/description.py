"""What is in a file, folder or named data set: columns, types, classes, what is missing, the first examples.

A description is made of all rows, before any split, and nothing is learned from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array

from mlpstudy.datasets.checking import check
from mlpstudy.datasets.collecting import Reads, judge, read_splits
from mlpstudy.datasets.named.registry import find_dataset
from mlpstudy.datasets.opening.limits import MAX_CLASSES
from mlpstudy.datasets.overview.balance import lopsided_warning
from mlpstudy.datasets.overview.target_guess import Guess, guess_target
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.choosing import find_format
from mlpstudy.datasets.tables.cells.form import Form, Meaning
from mlpstudy.datasets.tables.cells.meanings import as_numbers, find
from mlpstudy.datasets.tables.cells.text import as_text, counts_of, is_supported, is_text
from mlpstudy.datasets.tables.marks import settled
from mlpstudy.datasets.tables.roles import find_column
from mlpstudy.datasets.tables.table import Table
from mlpstudy.datasets.targets.classes import is_quantity
from mlpstudy.errors import DataError
from mlpstudy.study import Study
from mlpstudy.study.data import Data, looks_like_path
from mlpstudy.study.reading import Reading

ColumnType = Literal["number", "boolean", "date", "category", "unusable"]

N_FIRST = 8
N_LEVELS = 10
_READ_AGAIN_BELOW = 2**27
"""Bytes of a table that is read once more, so that all is said of its target."""


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """A column of a table.

    Attributes:
        name: of the column.
        type: what its cells are.
        n_missing: number of cells without a value.
        n_distinct: number of different values.
        low: smallest number, or day since 1970-01-01 of a date; None for a category.
        high: the largest.
        mean: of the numbers.
        levels: the most frequent values of a category with their counts.
    """

    name: str
    type: ColumnType
    n_missing: int
    n_distinct: int
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    levels: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """What is in a data set.

    Attributes:
        origin: the file, folder or name.
        format: what it is, in words: ``"CSV, cells between commas"``.
        n_examples: number of rows or images.
        n_test: number of test examples that it has of its own, beside them.
        n_validation: number of validation examples that it has of its own, beside them.
        n_features: number of columns without the target, of values, or of pixels.
        columns: of a table; else none.
        target: the column that holds the class; None where the data are no table.
        target_is_guess: whether it was chosen here, by its name or its place.
        candidates: the columns that could be the target by their names, where it was chosen here; none elsewhere.
        classes: name and number of examples of each class.
        image_shape: ``(rows, columns)`` where the examples are images.
        filled: share of the values that are not 0, of sparse data.
        low: smallest value, of arrays.
        high: largest value, of arrays.
        first_rows: the first rows of a table as text, in the order of ``columns``; empty where a value is missing.
        first_images: the first image of each of the first classes, shape ``(n, rows, columns)``, uint8; None where
            the examples are no images.
        first_labels: their class names.
        warnings: what a study on it would refuse or warn about, a line each.
        is_refused: a study would refuse the data as they are, for the last of the warnings.
    """

    origin: str
    format: str
    n_examples: int
    n_test: int
    n_features: int
    columns: tuple[ColumnDescription, ...]
    target: str | None
    target_is_guess: bool
    classes: tuple[tuple[str, int], ...]
    image_shape: tuple[int, int] | None = None
    filled: float | None = None
    low: float | None = None
    high: float | None = None
    first_rows: tuple[tuple[str, ...], ...] = ()
    first_images: npt.NDArray[np.uint8] | None = None
    first_labels: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    is_refused: bool = False
    n_validation: int = 0


def describe_data(
    path: str | Path | Sequence[str | Path], target: str | None = None, more: Mapping[str, object] | None = None
) -> Description:
    """Describe a file, a pair of files (features, labels), a folder, or a data set that has a name.

    Args:
        path: where it is, or its name.
        target: the column of a table that holds the class; guessed where it is None.
        more: further keys of a study's data.

    Raises:
        StudyError: a key is none, or has no such value.
        DataError: the data cannot be read.

    >>> mnist = describe_data("mnist")
    >>> mnist.n_examples, mnist.n_test, mnist.image_shape, mnist.classes[0]
    (60000, 10000, (28, 28), ('0', 5923))
    """
    if isinstance(path, str) and not looks_like_path(path) and not Path(path).exists():
        return _of_labelled(find_dataset(path, "the data").read(), path, "a data set that has a name")
    files = [Path(path)] if isinstance(path, str | Path) else [Path(part) for part in path]
    found = find_format(files)
    data = _data_of(files, {**(more or {}), **({"target": target} if target else {})})
    reads = read_splits(data)
    if not isinstance(reads.main, Labelled):
        return _of_table(reads, data)
    described = _of_labelled(reads.main, data.title.removeprefix("./"), found.words)
    seen = _as_a_study_sees_it(reads, data)
    return dataclasses.replace(
        described,
        warnings=(*seen.warnings, *(() if seen.is_refused else described.warnings)),
        is_refused=seen.is_refused,
        classes=() if seen.is_refused and is_quantity(reads.main.class_names) else described.classes,
    )


def _data_of(files: Sequence[Path], more: Mapping[str, object]) -> Data:
    """Return the data of a study on some files; a file in this folder is written as a path, too."""
    named = [text if looks_like_path(text := str(file)) else f"./{text}" for file in files]
    fields = {"path": named[0] if len(named) == 1 else named, **more}
    return Study(name="described", data=fields, factors={"hidden": {"16": {"hidden": [16]}}}).data


def _of_table(reads: Reads, data: Data) -> Description:
    """Describe a table."""
    table = reads.main
    assert not isinstance(table, Labelled)  # noqa: S101  # narrows the type
    frame = table.frame
    guess = guess_target(frame, table.target) if data.target is None else Guess(data.target)
    find_column(table, guess.target)
    if data.target is None and frame[guess.target].dtype.is_numeric() and frame.estimated_size() < _READ_AGAIN_BELOW:
        # A study reads its target as text: 1.0 and 1 are told.
        reads = read_splits(data.model_copy(update={"target": guess.target}))
        table = reads.main
        assert not isinstance(table, Labelled)  # noqa: S101  # narrows the type
        frame = table.frame
    reading, _ = settled(frame, data.reading)
    seen = _as_a_study_sees_it(reads, data.model_copy(update={"target": guess.target}))
    return Description(
        origin=table.origin,
        format=table.words,
        n_examples=frame.height,
        n_test=0,
        n_features=frame.width - 1,
        columns=tuple(_describe(frame[name], data, reading) for name in frame.columns),
        target=guess.target,
        target_is_guess=data.target is None and not guess.is_said,
        classes=seen.classes or _values_of(table, guess.target),
        first_rows=_first_rows(frame),
        warnings=seen.warnings,
        candidates=guess.candidates,
        is_refused=seen.is_refused,
    )


def _describe(column: pl.Series, data: Data, reading: Reading) -> ColumnDescription:
    """Describe one column."""
    if not is_supported(column):
        return ColumnDescription(column.name, "unusable", column.null_count(), 0)
    text = as_text(column)
    n_missing, n_distinct = text.null_count(), text.drop_nulls().n_unique()
    found = find(column, reading, is_category=column.name in data.categorical)
    if found.meaning is None:
        counts = counts_of(text).sort("n", "value", descending=[True, False]).head(N_LEVELS)
        return ColumnDescription(column.name, "category", n_missing, n_distinct, levels=tuple(counts.rows()))
    if found.question is not None:
        return ColumnDescription(column.name, found.meaning, n_missing, n_distinct)
    return _describe_numbers(column, found.meaning, found.form, n_missing, n_distinct)


def _describe_numbers(
    column: pl.Series, meaning: Meaning, form: Form, n_missing: int, n_distinct: int
) -> ColumnDescription:
    numbers, wrong = as_numbers(column, meaning, form=form)
    present = numbers[~np.isnan(numbers) & ~wrong]
    if is_text(column):
        n_missing, n_distinct = int((np.isnan(numbers) & ~wrong).sum()), int(np.unique(present).size + wrong.sum())
    if not present.size:
        return ColumnDescription(column.name, meaning, n_missing, n_distinct)
    low, high, mean = float(present.min()), float(present.max()), float(present.mean())
    return ColumnDescription(column.name, meaning, n_missing, n_distinct, low, high, mean)


def _first_rows(frame: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    head = frame.head(N_FIRST)
    columns = [
        as_text(head[name]).fill_null("").to_list() if is_supported(head[name]) else ["..."] * head.height
        for name in head.columns
    ]
    return tuple(zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The classes of a table, and what a study would say: all that it warns about, or what it refuses first."""

    classes: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
    is_refused: bool


def _as_a_study_sees_it(reads: Reads, data: Data) -> _Seen:
    """Return what ``run`` and ``init`` say of data; of what they refuse, the reason is the last line."""
    try:
        parts = judge(data, reads)
    except DataError as error:
        return _Seen((), (*reads.main.warnings, str(error)), is_refused=True)
    counts = np.bincount(parts.main.labels[parts.main.known], minlength=len(parts.class_names)).tolist()
    classes = tuple(zip(parts.class_names, counts, strict=True))
    try:
        checked = check(parts, data, 0, is_own=True)
    except DataError as error:
        return _Seen(classes, (*parts.warnings, str(error)), is_refused=True)
    lopsided = lopsided_warning(parts.class_names, counts)
    return _Seen(classes, (*checked.warnings, *((lopsided,) if lopsided else ())), is_refused=False)


def _values_of(table: Table, target: str) -> tuple[tuple[str, int], ...]:
    """Return the target's values with their counts; none where they are too many, or numbers, to be classes."""
    counts = counts_of(as_text(table.frame[target])).sort("value")
    if counts.height > MAX_CLASSES or is_quantity(counts["value"].to_list()):
        return ()
    return tuple(counts.rows())


def _of_labelled(read: Labelled, origin: str, words: str) -> Description:
    """Describe what is no table."""
    values = read.values
    shown = np.unique(read.labels, return_index=True)[1][:N_FIRST]
    filled: float | None = None
    images: npt.NDArray[np.uint8] | None = None
    if isinstance(values, csr_array):
        numbers, filled = values.data, values.nnz / (values.shape[0] * values.shape[1])
    else:
        numbers = values
        if read.image_shape is not None and values.dtype == np.uint8:
            images = cast("npt.NDArray[np.uint8]", values)[shown].reshape(-1, *read.image_shape)
    counts = np.bincount(read.labels, minlength=len(read.class_names)).tolist()
    return Description(
        origin=origin,
        format=words,
        n_examples=len(read),
        n_test=0 if read.test is None else len(read.test),
        n_features=read.n_features,
        columns=(),
        target=None,
        target_is_guess=False,
        classes=tuple(zip(read.class_names, counts, strict=True)),
        image_shape=read.image_shape,
        filled=filled,
        low=float(np.min(numbers)) if np.size(numbers) else None,
        high=float(np.max(numbers)) if np.size(numbers) else None,
        first_images=images,
        first_labels=tuple(read.class_names[label] for label in read.labels[shown]),
        n_validation=0 if read.validation is None else len(read.validation),
    )
