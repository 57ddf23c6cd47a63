"""Collecting a study's examples: by name, from files, or given by Python code; with their classes, not yet split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpstudy.datasets.named.registry import find_dataset
from mlpstudy.datasets.opening.files import check_exists, printable
from mlpstudy.datasets.raw import Part, Parts
from mlpstudy.datasets.readers.choosing import IMAGE_FOLDERS, TABLES, find_format, read_labelled
from mlpstudy.datasets.targets.classes import is_quantity, no_classes, quantity_warning
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

if TYPE_CHECKING:
    from mlpstudy.datasets.given import Given
    from mlpstudy.datasets.raw import Labelled
    from mlpstudy.datasets.tables.table import Table
    from mlpstudy.study import Data
    from mlpstudy.study.data import FileOrPair

_OF_TABLES = ("target", "group", "time", "categorical", "drop")
_LEAST = 2
"""Examples a class needs: one to learn from, one to be tested on."""


def collect(data: Data, given: Given | None = None) -> Parts:
    """Return the examples that a study draws from.

    Raises:
        DataError: something is not what it must be; the line names the file, and row and column where there are some.
    """
    if data.image_size is not None and (data.path is None or given is not None):
        raise _left_out(data, "image_size", "since only images in folders are resized")
    if given is not None:
        return _collect_given(data, given)
    if data.name is not None:
        return _collect_named(data, data.name)
    assert data.path is not None  # noqa: S101  # a Data has a name or a path
    files = data.files(data.path)
    check_exists(files)
    found = find_format(files)
    if data.image_size is not None and found not in IMAGE_FOLDERS:
        raise _left_out(data, "image_size", "since only images in folders are resized")
    if found in TABLES:
        return _collect_tables(data, data.path)
    main_read = _read(data, data.path, None)
    assert main_read is not None  # noqa: S101  # it has a path
    test_read, validation_read = (_read(data, value, main_read) for value in (data.test, data.validation))
    return _of_labelled(data, main_read, test_read, validation_read, data.title)


def _collect_named(data: Data, name: str) -> Parts:
    """Read a data set that has a name."""
    read = find_dataset(name).read()
    for value, key in ((data.test, "data.test"), (data.validation, "data.validation")):
        if not isinstance(value, float | None) and value != "test":
            raise DataError(must(key, f"be a share for {name}, which has files of its own", str(value)))
    return _of_labelled(data, read, None, None, name)


def _collect_tables(data: Data, path: FileOrPair) -> Parts:
    """Read a table, and those of test and validation examples where there are some."""
    from mlpstudy.datasets.tables.roles import collect_tables  # noqa: PLC0415  # heavy: Polars

    main = _read_table(data, path)
    test, validation = (_read_table(data, value) for value in (data.test, data.validation))
    assert main is not None  # noqa: S101  # it has a path
    return collect_tables(data, main, test, validation)


def _collect_given(data: Data, given: Given) -> Parts:
    """Take what Python code gives."""
    for value, key in ((data.test, "data.test"), (data.validation, "data.validation")):
        if not isinstance(value, float | None) and value != "test":
            raise DataError(must(key, "be a share where Python code gives the data", str(value), "give it in data too"))
    if data.path is not None:
        raise DataError(
            must("data.path", "be left out where Python code gives the data", str(data.path), 'name = "..."')
        )
    _, test, validation = given.tables or given.labelled or (None, None, None)
    for part, key in ((test, "test"), (validation, "validation")):
        if part is not None and key in data.model_fields_set:
            raise _left_out(data, key, f"since Python code gives {key} examples")
    if given.tables is not None:
        from mlpstudy.datasets.tables.roles import collect_tables  # noqa: PLC0415  # heavy: Polars

        return collect_tables(data, *given.tables)
    assert given.labelled is not None  # noqa: S101  # tables or arrays
    return _of_labelled(data, *given.labelled, data.title)


def _of_labelled(data: Data, main: Labelled, test: Labelled | None, validation: Labelled | None, origin: str) -> Parts:
    """Return the parts of what is no table."""
    for key in _OF_TABLES:
        if getattr(data, key):
            raise _left_out(data, key, "since the data are no table with named columns")
    if main.image_shape is not None and main.values.dtype == np.uint8 and data.numeric is not None:
        raise _left_out(data, "numeric", "since grey values of images are divided by 255")
    if main.test is not None:
        if data.test is not None:
            raise _left_out(data, "test", f"since {origin} has test examples of its own")
        test = main.test
    elif test is None:
        _check_counts(main, origin)
    hashes = [part.sha256 for part in (main, test, validation) if part is not None]
    return Parts(
        main=Part(main.values, main.labels, origin),
        test=None if test is None else Part(test.values, test.labels, f"{origin}, test examples"),
        validation=None if validation is None else Part(validation.values, validation.labels, f"{origin}, validation"),
        class_names=main.class_names,
        image_shape=main.image_shape,
        first_column=main.first_column,
        sha256=main.sha256 if test is main.test and validation is None else content_hash(hashes),
        warnings=tuple(line for line in (quantity_warning(main.class_names, f"{origin}, labels"),) if line),
    )


def _left_out(data: Data, key: str, why: str) -> DataError:
    return DataError(must(f"data.{key}", f"be left out, {why}", str(getattr(data, key)), "remove the key"))


def _check_counts(main: Labelled, origin: str) -> None:
    """Refuse classes with a single example where test examples are held out of them."""
    counts = np.bincount(main.labels, minlength=len(main.class_names))
    n_single = int((counts < _LEAST).sum())
    if n_single and is_quantity(main.class_names):
        what = f"{origin}, labels"
        raise no_classes(what, main.class_names, n_single)
    for name, count in zip(main.class_names, counts, strict=True):
        if count < _LEAST:
            fix = "add examples, or leave the class out"
            raise DataError(must(f'{origin}, class "{name}"', "have at least two examples", f"{count} of it", fix))


def _read_table(data: Data, value: FileOrPair | float | None) -> Table | None:
    """Read a table where the value names one."""
    if value is None or isinstance(value, float) or value == "test":
        return None
    files = data.files(value)
    check_exists(files)
    found = find_format(files)
    if found not in TABLES:
        raise DataError(must(printable(files[0]), "be a table, as the training examples are", f"{found} data"))
    from mlpstudy.datasets.readers.tables import read_table  # noqa: PLC0415  # heavy: Polars

    text = {name for name in (data.target, data.group, *data.categorical) if name is not None}
    return read_table(files[0], text=frozenset(text))


def _read(data: Data, value: FileOrPair | float | None, main: Labelled | None) -> Labelled | None:
    """Read what is no table where the value names it; with the classes of ``main``, where that is given."""
    if value is None or isinstance(value, float) or value == "test":
        return None
    files = data.files(value)
    check_exists(files)
    found = find_format(files)
    if found in TABLES:
        raise DataError(must(printable(files[0]), "be of the format of the training examples", f"a {found} table"))
    return read_labelled(files, found, data.image_size, main)
