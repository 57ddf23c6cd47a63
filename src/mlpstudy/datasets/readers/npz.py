"""NPZ files: NPY files in a ZIP archive, of which nothing is believed before it is checked.

The arrays are found by name (capital letters make no difference); others are left unread:

    x_train, y_train, x_test, y_test    training and test examples, as in Keras's mnist.npz (or the first two alone)
    x, y   or   features, labels        all examples
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import cast

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.arrays.pairing import check_counts, one_column, pair
from mlpstudy.datasets.opening.files import Readable, path_text, reading, size_of
from mlpstudy.datasets.opening.zips import ZIP_FAULTS, check_ends, check_members
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.readers.npy import NpyArray, read_stream
from mlpstudy.datasets.targets.classes import index_classes
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash

TRAIN_AND_TEST = ("x_train", "y_train", "x_test", "y_test")
KEYS = (TRAIN_AND_TEST, TRAIN_AND_TEST[:2], ("x", "y"), ("features", "labels"))

SUFFIX = ".npy"


def read_npz(path: str | Path, least: int = 2) -> Labelled:
    """Return the examples in an NPZ file; its test examples, where it has some, as ``test``.

    Args:
        path: the file.
        least: how many classes there must be: 1 where other examples have the classes.

    Raises:
        DataError: one line with the file's name, where it is no ZIP archive of NPY files, is damaged, has members that
            an honest writer does not make (``..``, absolute names, duplicates, links, encryption), claims more than
            its bytes can hold, or its arrays are no examples.
    """
    name = path_text(path)
    with reading(path) as file:
        try:
            arrays = _read(file, name)
        except ZIP_FAULTS as error:
            raise DataError(must(name, "be an intact NPZ file", str(error) or "damaged bytes")) from error
    return _labelled(arrays, name, least)


def _labelled(arrays: dict[str, NpyArray], name: str, least: int) -> Labelled:
    keys = list(arrays)
    where = {key: f"{name}, {key}" for key in keys}
    sha256 = content_hash({key: array.sha256 for key, array in arrays.items()})
    x, y = keys[:2]
    train = pair(arrays[x].values, arrays[y].values, where[x], where[y], sha256, least)
    if len(keys) == 2:  # noqa: PLR2004  # features and labels
        return train
    x, y = keys[2:]
    labels = one_column(arrays[y].values)
    check_counts(arrays[x].values, labels, where[x], where[y])
    found = to_features(arrays[x].values, where[x])
    if found.values.shape[1:] != train.values.shape[1:] or found.values.dtype != train.values.dtype:
        be = f"have {train.n_features} features of type {train.values.dtype}, as {keys[0]} has"
        raise DataError(must(where[x], be, f"{found.values.shape[1]} of type {found.values.dtype}"))
    test = replace(train, values=found.values, labels=index_classes(labels, train.class_names, where[y]))
    return replace(train, test=test)


def _read(file: FileIO, name: str) -> dict[str, NpyArray]:
    """Return the arrays of the first set of keys that is there, in its order."""
    check_ends(file, name, "an NPZ file")
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        check_members(members, size_of(file), name)
        by_key = {member.filename.removesuffix(SUFFIX).casefold(): member for member in members}
        if len(by_key) < len(members):
            raise DataError(must(name, "hold arrays of distinct names", "two that differ in capital letters at most"))
        keys = next((keys for keys in KEYS if by_key.keys() >= set(keys)), None)
        if keys is None or (keys == KEYS[1] and by_key.keys() & set(TRAIN_AND_TEST[2:])):
            known = " or ".join(", ".join(keys) for keys in KEYS if keys != KEYS[1])
            found = ", ".join(sorted(path_text(member.filename)[:40] for member in members)[:8])
            is_sparse = "indptr" in by_key  # as SciPy writes a matrix: it has no labels
            fix = "libsvm text, or data=(matrix, labels) in Python" if is_sparse else "np.savez(path, x=..., y=...)"
            raise DataError(must(name, f"hold the arrays {known}", f"the members {found}", fix))
        return {key: _member(archive, by_key[key], f"{name}, {key}") for key in keys}


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NpyArray:
    with archive.open(member) as stream:
        return read_stream(cast("Readable", stream), member.file_size, name)
