"""Files in libsvm's sparse text format, plain or gzip-compressed, to sparse features.

Columns: the format numbers features from 1. A file in which the index 0 occurs numbers them from 0. A test file, or a
file to predict, must be numbered as the training file was, so the reader takes that from there. Features in it beyond
those of the training file are left out, since no network has weights for them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.opening.files import Readable, fill, path_text, reading, size_of
from mlpstudy.datasets.opening.gz import is_gzip, read_whole
from mlpstudy.datasets.opening.limits import MAX_CELLS, MAX_CLASSES, MAX_FEATURES
from mlpstudy.datasets.raw import Labelled, Rows
from mlpstudy.datasets.readers.libsvm_text import Lines, parse_lines
from mlpstudy.datasets.targets.classes import Classes, find_classes, index_classes
from mlpstudy.errors import DataError, must
from mlpstudy.records.sparse import csr
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from mlpstudy.datasets.targets.naming import Place

CHUNK_BYTES = 2**23
MAX_LINE_BYTES = 2**25


def read_libsvm(path: str | Path, *, like: Labelled | None = None) -> Labelled:
    """Return the examples of a libsvm file, their features in CSR.

    Args:
        path: the file.
        like: the training examples, where this file holds test examples or some to predict: it must have their
            classes and columns.

    Raises:
        DataError: one line with file, line number and value, where the file is not of the format, an index is repeated
            or out of order, a value is not finite, or the labels are no classes.
    """
    name = path_text(path)
    with reading(path) as file:
        parts = _read(file, name)
    if like is not None:
        warnings = parts.leave_out(name, like)
        values, _ = parts.features(name, like.n_features, like.first_column)
        labels = parts.known_labels(name, like.class_names)
        sha256 = parts.digest.hexdigest()
        return replace(like, values=values, labels=labels, sha256=sha256, test=None, validation=None, warnings=warnings)
    values, first_column = parts.features(name, None, None)
    classes = parts.new_labels(name)
    sha256 = parts.digest.hexdigest()
    return Labelled(
        values, classes.labels, classes.names, None, sha256, first_column=first_column, warnings=classes.warnings
    )


def read_libsvm_rows(path: str | Path, like: Labelled) -> Rows:
    """Return rows to predict, with their classes; a single label that is no class holds the place that must be filled.

    Args:
        path: the file.
        like: what has the columns and the classes of the study.

    Raises:
        DataError: as ``read_libsvm``.
    """
    name = path_text(path)
    with reading(path) as file:
        parts = _read(file, name)
    warnings = parts.leave_out(name, like)
    values, _ = parts.features(name, like.n_features, like.first_column)
    try:
        return Rows(values, parts.known_labels(name, like.class_names), warnings)
    except DataError:
        if len(parts.codes) > 1:
            raise
    shown = next(iter(parts.codes)).decode("utf-8", "backslashreplace")
    line = f"{name}: its only label, {shown}, is no class of the study: no class is known"
    return Rows(values, None, (*warnings, line))


@dataclass(slots=True, eq=False)
class _Parts:
    """What the chunks of a file held, in their order."""

    digest: Any = field(default_factory=hashlib.sha256)
    codes: dict[bytes, int] = field(default_factory=dict)
    labels: list[npt.NDArray[np.int32]] = field(default_factory=list)
    lines: list[npt.NDArray[np.int64]] = field(default_factory=list)
    counts: list[npt.NDArray[np.int64]] = field(default_factory=list)
    indices: list[npt.NDArray[np.int32]] = field(default_factory=list)
    values: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def add(self, lines: Lines, name: str) -> None:
        distinct, positions = np.unique(lines.labels, return_inverse=True)
        codes = [self.codes.setdefault(bytes(label), len(self.codes)) for label in distinct]
        if len(self.codes) > 2 * MAX_CLASSES:
            be, fix = f"have at most {MAX_CLASSES} classes", "a label that names a class, not a quantity"
            raise DataError(must(name, be, f"over {2 * MAX_CLASSES} distinct labels", fix))
        self.labels.append(np.array(codes, dtype=np.int32)[positions])
        self.lines.append(lines.line_numbers)
        self.counts.append(lines.counts)
        self.indices.append(lines.indices)
        self.values.append(lines.values)

    def leave_out(self, name: str, like: Labelled) -> tuple[str, ...]:
        """Leave out the features beyond those of the training examples; return a warning with how many there are."""
        smallest = min(int(indices.min(initial=1)) for indices in self.indices)
        end = like.n_features + (smallest if like.first_column is None else like.first_column)
        if max(int(indices.max(initial=0)) for indices in self.indices) < end:
            return ()
        beyond: list[npt.NDArray[np.int32]] = []
        n_values = n_lines = 0
        for i, (indices, counts) in enumerate(zip(self.indices, self.counts, strict=True)):
            is_beyond = indices >= end
            beyond.append(np.unique(indices[is_beyond]))
            rows = np.repeat(np.arange(counts.size), counts)
            fewer = np.bincount(rows[is_beyond], minlength=counts.size)
            n_values, n_lines = n_values + int(fewer.sum()), n_lines + int((fewer > 0).sum())
            self.counts[i] = counts - fewer
            self.indices[i], self.values[i] = indices[~is_beyond], self.values[i][~is_beyond]
        n = np.unique(np.concatenate(beyond)).size
        last, lines = end - 1, counted(n_lines, "line")
        features = f"{counted(n, 'feature')} beyond index {last}, the last of the training examples,"
        return (f"{name}: {features} {'is' if n == 1 else 'are'} left out ({counted(n_values, 'value')} in {lines})",)

    def features(self, name: str, n_features: int | None, first_column: int | None) -> tuple[csr_array, int]:
        """Return the features, and whether columns are numbered from 0 or 1."""
        indices, values = np.concatenate(self.indices), np.concatenate(self.values)
        self.indices.clear()
        self.values.clear()
        indptr = np.concatenate([[0], np.cumsum(np.concatenate(self.counts))])
        smallest, largest = int(indices.min(initial=1)), int(indices.max(initial=0))
        if first_column is None:
            first_column = min(smallest, 1)
        n_columns = largest + 1 - first_column if n_features is None else n_features
        if smallest < first_column:
            line = np.concatenate(self.lines)[np.searchsorted(indptr, int(indices.argmin()), side="right") - 1]
            be = "have indices from 1, as the training examples have"
            fix = "add 1 to all indices of every file that counts from 0, that of the training examples too"
            raise DataError(must(f"{name}, line {line}", be, smallest, fix))
        if not 1 <= n_columns <= MAX_FEATURES:
            raise DataError(must(name, f"have 1 to {MAX_FEATURES} features", n_columns))
        if first_column:
            indices -= 1
        if indices.size > MAX_CELLS:
            raise DataError(must(name, f"hold at most {MAX_CELLS} values", indices.size))
        features = csr(values, indices, indptr, n_columns)
        features.eliminate_zeros()
        return features, first_column

    def new_labels(self, name: str) -> Classes:
        """Return class indices and names."""
        self._check_missing(name)
        classes = find_classes(np.array(list(self.codes)), name, place=self._place(name))
        return Classes(classes.labels[np.concatenate(self.labels)], classes.names, classes.warnings)

    def known_labels(self, name: str, names: tuple[str, ...]) -> npt.NDArray[np.int32]:
        """Return the indices of classes that are known."""
        self._check_missing(name)
        found = index_classes(np.array(list(self.codes)), names, name, place=self._place(name))
        return found[np.concatenate(self.labels)]

    def _place(self, name: str) -> Place:
        """Return what names the first line of a label, by its code."""

        def place(code: int) -> str:
            is_first = np.concatenate(self.labels) == code
            return f"{name}, line {np.concatenate(self.lines)[is_first][0]}"

        return place

    def _check_missing(self, name: str) -> None:
        """Refuse NaN and infinity as labels."""
        for label, code in self.codes.items():
            if label.lower().lstrip(b"+-") in {b"nan", b"inf", b"infinity"}:
                raise DataError(must(self._place(name)(code), "have a label", label.decode(), "remove the line"))


def _read(file: FileIO, name: str) -> _Parts:
    inflated = read_whole(file, name) if is_gzip(file) else None
    stream: Readable = file if inflated is None else io.BytesIO(inflated)
    n_bytes = size_of(file) if inflated is None else len(inflated)
    parts = _Parts()
    first_line = 1
    for text in _chunks(stream, n_bytes, name):
        parts.digest.update(text)
        parts.add(parse_lines(text, first_line, name), name)
        first_line += text.count(b"\n")
    if not any(labels.size for labels in parts.labels):
        raise DataError(must(name, "hold at least one example", "an empty file"))
    return parts


def _chunks(stream: Readable, n_bytes: int, name: str) -> Iterator[bytes]:
    """Yield the text in pieces that end with a line."""
    rest = b""
    piece = memoryview(bytearray(min(CHUNK_BYTES, max(n_bytes, 1))))
    while n_more := fill(stream, piece):
        text = rest + piece[:n_more]
        if b"\0" in text:
            raise DataError(must(name, "be text", "a byte 0"))
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        if len(rest) > MAX_LINE_BYTES:
            raise DataError(must(name, f"have lines of at most {MAX_LINE_BYTES} bytes", "a longer one"))
        if end:
            yield text[:end]
    if rest:
        yield rest
