"""NPZ files: NPY files in a ZIP archive; which array is what follows from their names, or from their shapes.

    names      ``npz_names``: x and y, x_train, y_train, x_test, y_test, train_images, val_labels, ...
    arr_0, ..  two arrays, or four, that ``numpy.savez`` was given without names: labels are vectors or columns, and
               the first features belong to the first labels

What is in the file and is not used is named in a warning.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.arrays.labels import to_labels
from mlpstudy.datasets.arrays.pairing import check_counts, pair, said
from mlpstudy.datasets.arrays.scales import on_scale_of
from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.raw import Labelled, Rows
from mlpstudy.datasets.readers.npz_archive import array_names, read_arrays
from mlpstudy.datasets.readers.npz_names import EXAMPLES, Named, Splits, name_rows, name_splits
from mlpstudy.datasets.targets.classes import index_classes
from mlpstudy.errors import DataError, must
from mlpstudy.study.base import content_hash
from mlpstudy.text.words import commas, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpstudy.datasets.readers.npy import NpyArray

_SHOWN = 40
_TWO, _FOUR = 2, 4


def read_npz(path: str | Path, least: int = 2) -> Labelled:
    """Return the examples in an NPZ file; those for test and validation, where it has some, as such.

    Args:
        path: the file.
        least: how many classes there must be: 1 where other examples have the classes.

    Raises:
        DataError: one line with the file's name, where it is no ZIP archive of NPY files, is damaged, has members that
            an honest writer does not make (``..``, absolute names, duplicates, links, encryption), claims more than
            its bytes can hold, or its arrays are no examples.
    """
    name = path_text(path)
    names = array_names(path)
    known = name_splits(names, name)
    used = [key for named in (known.train, known.test, known.validation) if named is not None for key in named]
    positions = [f"arr_{i}" for i in range(len(names))]
    if known.train is not None:
        found = _Arrays(name, read_arrays(path, used), known, _unused(names, known, used, name))
    elif len(names) in {_TWO, _FOUR} and names.keys() == set(positions):
        arrays = read_arrays(path, positions)
        splits = _by_position(arrays)
        found = _Arrays(name, arrays, splits, (f"{name}: its arrays have no names: {_words(splits)}",))
    else:
        raise _unknown(names, known, name)
    return found.labelled(found.splits.train or Named(*positions[:_TWO]), least)


def read_npz_rows(path: str | Path, class_names: tuple[str, ...]) -> Rows:
    """Return rows to predict in an NPZ file, with their classes where it has labels.

    Args:
        path: the file.
        class_names: of the study that predicts.

    Raises:
        DataError: as ``read_npz``; or it has features of several splits.
    """
    name = path_text(path)
    names = array_names(path)
    x, y = name_rows(names, name)
    used = [key for key in (x, y) if key is not None]
    arrays = read_arrays(path, used)
    where = {key: f"{name}, {key}" for key in used}
    features = to_features(arrays[x].values, where[x])
    done = (*said(where[x], features.done), *_left(names, used, name))
    if y is None:
        return Rows(features.values, warnings=done)
    labels = to_labels(arrays[y].values, where[y])
    check_counts(arrays[x].values, labels.labels, where[x], where[y])
    return Rows(features.values, index_classes(labels.labels, class_names, where[y]), done)


class _Arrays(NamedTuple):
    """Arrays of a file, by their names in lower case, and which of them is what."""

    name: str
    arrays: Mapping[str, NpyArray]
    splits: Splits
    warnings: tuple[str, ...]

    def labelled(self, main: Named, least: int) -> Labelled:
        """Put features and labels together, and the examples of other splits beside them."""
        x, y = (self.arrays[key].values for key in main)
        sha256 = self._sha256(main, self.splits.test)
        train = pair(x, y, self._where(main.features), self._where(main.labels), sha256, least)
        test = None if self.splits.test is None else self._like(train, self.splits.test, main, sha256)
        validation = None
        if self.splits.validation is not None:
            own = self._sha256(self.splits.validation)
            validation = self._like(train, self.splits.validation, main, own)
        others = (line for part in (test, validation) if part is not None for line in part.warnings)
        warnings = (*self.warnings, *train.warnings, *others)
        return replace(train, test=test, validation=validation, warnings=warnings)

    def _like(self, train: Labelled, named: Named, main: Named, sha256: str) -> Labelled:
        """Return the examples of another split; what was done to the training examples too is not said again."""
        x, y = (self.arrays[key].values for key in named)
        x_name, y_name = self._where(named.features), self._where(named.labels)
        labels = to_labels(y, y_name)
        check_counts(x, labels.labels, x_name, y_name)
        found = to_features(x, x_name)
        is_turned = None not in {found.image_shape, train.image_shape} and found.image_shape != train.image_shape
        if found.values.shape[1] != train.n_features or is_turned:
            shown = self.arrays[main.features].values.shape[1:]
            be = f"have {train.n_features} features of shape {shown}, as {main.features} has"
            raise DataError(must(x_name, be, f"{found.values.shape[1]} of shape {x.shape[1:]}"))
        values = on_scale_of(train.values, found.values, x_name)
        warnings = (
            *(said(x_name, found.done) if x.ndim != self.arrays[main.features].values.ndim else ()),
            *(said(y_name, labels.done) if y.ndim != self.arrays[main.labels].values.ndim else ()),
        )
        indices = index_classes(labels.labels, train.class_names, y_name)
        return replace(train, values=values, labels=indices, sha256=sha256, warnings=warnings)

    def _sha256(self, *splits: Named | None) -> str:
        keys = [key for named in splits if named is not None for key in named]
        return content_hash({key: self.arrays[key].sha256 for key in keys})

    def _where(self, key: str) -> str:
        return f"{self.name}, {key}"


def _by_position(arrays: Mapping[str, NpyArray]) -> Splits:
    """Return what two or four arrays without names are, by their shapes.

    Both orders that programs have are read: features and labels of one split after the other, and the features of both
    before the labels of both.
    """
    labels = [key for key, array in arrays.items() if array.values.ndim == 1 or array.values.shape[1:] == (1,)]
    if len(labels) != len(arrays) // 2:  # no vectors: one-hot rows, or no labels at all
        keys = list(arrays)
        half = len(keys) // 2
        follows = len(arrays[keys[0]].values) == len(arrays[keys[1]].values)
        labels = keys[1::2] if follows else keys[half:]
    features = [key for key in arrays if key not in labels]
    named = [Named(*pair) for pair in zip(features, labels, strict=True)]
    return Splits(named[0], named[1] if len(named) > 1 else None)


def _words(splits: Splits) -> str:
    """Say which array was taken for what."""
    train = _read_as(splits.train, "" if splits.test is None else "training ")
    return train if splits.test is None else f"{train}; {_read_as(splits.test, 'test ')}"


def _read_as(named: Named | None, split: str) -> str:
    assert named is not None  # noqa: S101  # narrows the type
    return f"{named.features} is read as {split}features, {named.labels} as their labels"


def _unused(names: Mapping[str, str], splits: Splits, used: list[str], name: str) -> tuple[str, ...]:
    """Name the arrays that are not used, and of those that lack features or labels say so."""
    alone = (*splits.without_labels, *splits.without_features)
    lines = (
        f"{name}: {path_text(names[key])} is not used, since it has no {other}"
        for keys, other in ((splits.without_labels, "labels"), (splits.without_features, "features"))
        for key in keys
    )
    return (*lines, *_left(names, [*used, *alone], name))


def _left(names: Mapping[str, str], used: list[str], name: str) -> tuple[str, ...]:
    left = [path_text(written)[:_SHOWN] for key, written in names.items() if key not in used]
    return (f"{name}: not used: {listed(left)}",) if left else ()


def _unknown(names: Mapping[str, str], splits: Splits, name: str) -> DataError:
    """Return the error of arrays of which it is not known what they are."""
    shown = sorted(path_text(written)[:_SHOWN] for written in names.values())
    found = f"the array{'s' if len(shown) > 1 else ''} {commas(shown)}"
    if "indptr" in names:  # as SciPy writes a matrix: it has no labels
        fix = "libsvm text, or data=(matrix, labels) in Python"
    elif len(names) > 1 and "arr_1" in names:
        fix = "names: numpy.savez(path, x_train=..., y_train=..., x_val=..., y_val=..., x_test=..., y_test=...)"
    elif splits.without_features and not splits.without_labels:
        fix = "the features too: numpy.savez(path, x=..., y=...)"
    elif len(names) == 1 or splits.without_labels:
        fix = "the labels too: numpy.savez(path, x=..., y=...)"
    else:
        fix = "numpy.savez(path, x=..., y=...)"
    return DataError(must(name, f"hold features and labels ({EXAMPLES})", found, fix))
