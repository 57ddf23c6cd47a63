"""Collecting a study's examples: by name, from files, or given by Python code; with their classes, not yet split.

What there is of each split is read first (``Reads``), then judged together: the same columns, shapes and classes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from mlpstudy.datasets.arrays.parts import collect_arrays, left_out
from mlpstudy.datasets.named.registry import find_dataset
from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.choosing import find_format, read_files
from mlpstudy.datasets.readers.menu import Asked
from mlpstudy.errors import DataError, must
from mlpstudy.text.words import listed

if TYPE_CHECKING:
    from mlpstudy.datasets.given import Given
    from mlpstudy.datasets.raw import Parts
    from mlpstudy.datasets.readers.menu import Format, Read
    from mlpstudy.study import Data
    from mlpstudy.study.data import FileOrPair


class Reads(NamedTuple):
    """What was read or given of each split; all three of one kind, tables or not.

    Attributes:
        main: what training examples are taken from, and what is held out of them.
        test: the test examples where they come from elsewhere, else None.
        validation: the validation examples where they come from elsewhere, else None.
    """

    main: Read
    test: Read | None = None
    validation: Read | None = None


def collect(data: Data, given: Given | None = None) -> Parts:
    """Return the examples that a study draws from.

    Raises:
        DataError: something is not what it must be; the line names the file, and row and column where there are some.
    """
    if data.image_size is not None and (data.path is None or given is not None):
        raise _only_pictures(data)
    return judge(data, _of_code(data, given) if given is not None else read_splits(data))


def judge(data: Data, reads: Reads) -> Parts:
    """Return what was read as the examples that a study draws from.

    Raises:
        DataError: something is not what it must be; the line names the file, and row and column where there are some.
    """
    main, test, validation = reads
    if isinstance(main, Labelled):
        assert isinstance(test, Labelled | None)  # noqa: S101  # all three of one kind
        assert isinstance(validation, Labelled | None)  # noqa: S101  # as above
        return collect_arrays(data, main, test, validation)
    from mlpstudy.datasets.tables.roles import collect_tables  # noqa: PLC0415  # heavy: Polars

    assert not isinstance(test, Labelled)  # noqa: S101  # as above
    assert not isinstance(validation, Labelled)  # noqa: S101  # as above
    return collect_tables(data, main, test, validation)


def read_splits(data: Data) -> Reads:
    """Read what there is of each split.

    Raises:
        DataError: the name is unknown, or a file is not what it must be.
    """
    if data.name is not None:
        return _of_name(data, data.name)
    assert data.path is not None  # noqa: S101  # a Data has a name or a path
    return _of_files(data, data.path)


def _of_name(data: Data, name: str) -> Reads:
    """Read a data set that has a name."""
    named = find_dataset(name)
    _need_shares(data, f"be a share for {name}, which has files of its own")
    return Reads(named.read())


def _of_code(data: Data, given: Given) -> Reads:
    """Take what Python code gives."""
    _need_shares(data, "be a share where Python code gives the data", "give it in data too")
    if data.path is not None:
        raise DataError(
            must("data.path", "be left out where Python code gives the data", str(data.path), 'name = "..."')
        )
    for part, key in ((given.test, "test"), (given.validation, "validation")):
        if part is not None and key in data.model_fields_set:
            raise left_out(data, key, f"since Python code gives {key} examples")
    return _blanked(Reads(given.train, given.test, given.validation), data)


def _of_files(data: Data, path: FileOrPair) -> Reads:
    """Read files or folders of one's own; their formats are all found before anything is read."""
    main = _find(data, path)
    if data.image_size is not None and main.format.holds != "pictures":
        raise _only_pictures(data)
    others = [_find(data, value) if _names_files(value) else None for value in (data.test, data.validation)]
    for other in others:
        _check_kind(other, main)
    text = frozenset(name for name in (data.target, data.group, *data.categorical) if name is not None)
    read = main.read(Asked(image_size=data.image_size, text=text, reading=data.reading))
    like = (
        Asked(text=text | read.text_columns, reading=data.reading, expected=read.expected(data.target, data.reading))
        if not isinstance(read, Labelled)
        else Asked(like=read, image_size=read.image_shape)
    )
    reads = Reads(read, *(None if other is None else _of_one_split(other.read(like), other) for other in others))
    return _blanked(reads, data)


def _blanked(reads: Reads, data: Data) -> Reads:
    """Return tables without the cells that the study takes for missing values, in columns of numbers too."""

    def without(part: Read) -> Read:
        return part if isinstance(part, Labelled) else part.without(data.missing)

    main, test, validation = reads
    return Reads(without(main), *(None if part is None else without(part) for part in (test, validation)))


class _Found(NamedTuple):
    """Files of one split, and their format."""

    files: tuple[Path, ...]
    format: Format

    def read(self, asked: Asked) -> Read:
        return read_files(self.files, self.format, asked)


def _of_one_split(read: Read, other: _Found) -> Read:
    """Refuse examples of one split that have splits of their own: which of them are meant would be a guess."""
    if isinstance(read, Labelled) and (read.test is not None or read.validation is not None):
        parts = ("training", *(["test"] if read.test else []), *(["validation"] if read.validation else []))
        fix = "a file or folder of those alone"
        raise DataError(must(path_text(other.files[0]), "be of one split", f"{listed(parts)} examples", fix))
    return read


def _names_files(value: FileOrPair | float | None) -> TypeGuard[FileOrPair]:
    """Say whether the value of ``test`` or ``validation`` names files, and is no share."""
    return not isinstance(value, float | None) and value != "test"


def _find(data: Data, value: FileOrPair) -> _Found:
    files = data.files(value)
    return _Found(files, find_format(files))


def _check_kind(other: _Found | None, main: _Found) -> None:
    """Refuse a table beside what is none, and the other way round."""
    if other is None or (other.format.holds == "table") == (main.format.holds == "table"):
        return
    name, found = path_text(other.files[0]), other.format.name
    if main.format.holds == "table":
        raise DataError(must(name, "be a table, as the training examples are", f"{found} data"))
    raise DataError(must(name, "be of the format of the training examples", f"a {found} table"))


def _need_shares(data: Data, be: str, fix: str | None = None) -> None:
    """Refuse files for the test or validation examples of what is no file itself."""
    for value, key in ((data.test, "data.test"), (data.validation, "data.validation")):
        if _names_files(value):
            raise DataError(must(key, be, str(value), fix))


def _only_pictures(data: Data) -> DataError:
    return left_out(data, "image_size", "since only images in folders are resized")
