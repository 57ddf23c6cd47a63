"""Data that Python code gives: arrays, sparse matrices, data frames; checked like files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpstudy.datasets.arrays.by_name import column_names, positions
from mlpstudy.datasets.arrays.features import as_array, to_features
from mlpstudy.datasets.arrays.given_labels import given_labels
from mlpstudy.datasets.arrays.pairing import align, check_counts, check_index, check_order, said
from mlpstudy.datasets.arrays.parts import OF_TABLES
from mlpstudy.datasets.arrays.sparse import to_sparse_features
from mlpstudy.datasets.raw import Labelled
from mlpstudy.datasets.targets.classes import find_classes
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from mlpstudy.datasets.tables.table import Table
    from mlpstudy.study import Data

SPLITS = ("train", "test", "validation")
FORMS = "(features, labels), a data frame, a list of dicts, or a dict of them with train, test, validation"


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Data that Python code gives, all as tables or all as arrays.

    Attributes:
        train: the training examples.
        test: the test examples, where they are given too.
        validation: the validation examples, where they are given too.
        frames: pairs of a frame and labels that arrays were made of, by split: tables, where a study names columns.
    """

    train: Labelled | Table
    test: Labelled | Table | None = None
    validation: Labelled | Table | None = None
    frames: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, data: Any) -> Given:  # noqa: ANN401  # arrays and frames of any package
        """Make it from what Python code has.

        Args:
            data: features and labels as a pair, features as an array of shape ``(n, d)`` or ``(n, rows, columns)``,
                as a sparse matrix or as a data frame; or a data frame (Polars, pandas, anything with Arrow's
                interface) with the target as a column, or a list of dicts, a row each; or a dict with ``"train"`` and
                at will ``"test"`` and ``"validation"`` of such.

        Raises:
            DataError: it is something else, or not fit to learn from.

        >>> Given.of((np.eye(4), ["a", "b", "a", "b"])).train.class_names
        ('a', 'b')
        """
        if isinstance(data, cls):
            return data
        by_split = dict(data) if isinstance(data, Mapping) else {"train": data}
        for name in by_split:
            if name not in SPLITS:
                raise DataError(must("a key of data", f"be one of {', '.join(SPLITS)}", name, _fix_of_keys(by_split)))
        if "train" not in by_split:
            raise DataError(must("data", 'have the key "train"', f"the keys {list(by_split)}"))
        if isinstance(by_split["train"], str | PathLike):
            fix = 'data = {"path": ...} in the study'
            raise DataError(must("data", f"be {FORMS}", f"the path {by_split['train']}", fix))
        is_pair = isinstance(by_split["train"], tuple | list)
        if is_pair and not all(isinstance(part, Mapping) for part in by_split["train"]):
            if any(needs_table(pair) for pair in by_split.values()):
                return cls(*_tables(by_split))
            main = _labelled(by_split["train"], "data")
            test, validation = (_aligned(by_split.get(name), main, f'data["{name}"]') for name in SPLITS[1:])
            return cls(main, test, validation, by_split if all(map(_has_columns, by_split.values())) else None)
        from mlpstudy.datasets.tables.frames import as_table  # noqa: PLC0415  # heavy: Polars

        table = as_table(by_split["train"], "data", FORMS)
        own_test, own_validation = (
            as_table(by_split[name], f'data["{name}"]', FORMS) if name in by_split else None for name in SPLITS[1:]
        )
        return cls(table, own_test, own_validation)

    def completed(self, data: Data) -> tuple[Data, Given]:
        """Return a study's data with the target that is given apart, and what it is given as tables where it names any.

        Raises:
            DataError: the study names another target.
        """
        if self.frames is not None and any(getattr(data, key) for key in OF_TABLES):
            return Given(*_tables(self.frames)).completed(data)
        target = None if isinstance(self.train, Labelled) else self.train.target
        if target is None or data.target == target:
            return data, self
        if data.target is not None:
            be = f'be left out, since the labels are given apart, as "{target}"'
            raise DataError(must("data.target", be, data.target, "remove the key, or give one frame with that column"))
        return data.model_copy(update={"target": target}), self


def _fix_of_keys(data: Mapping[Any, Any]) -> str:
    """Say what makes data of a dict whose keys are no splits: a set of scikit-learn's, or columns by their names."""
    if {"data", "target"} <= data.keys():
        return '(bunch["data"], bunch["target"])'
    return "pandas.DataFrame(data), where its keys are columns"


def _has_columns(pair: Any) -> bool:  # noqa: ANN401  # as in Given.of
    return hasattr(type(pair[0]), "columns")


def needs_table(pair: Any) -> bool:  # noqa: ANN401  # as in Given.of
    """Say whether features are a frame that no array of finite numbers holds: with words, dates, missing values."""
    x = pair[0] if isinstance(pair, tuple | list) and len(pair) == 2 else None  # noqa: PLR2004  # a pair
    rows_by_name = isinstance(x, tuple | list) and bool(x) and all(isinstance(row, Mapping) for row in x)
    if not (hasattr(type(x), "columns") or rows_by_name):
        return False
    try:
        array = np.asarray(x)
        with np.errstate(over="ignore"):
            return array.dtype.kind not in "biuf" or not np.isfinite(array.astype(np.float32)).all()
    except (TypeError, ValueError, OverflowError):
        return True


def _tables(by_split: Mapping[str, Any]) -> tuple[Table, Table | None, Table | None]:
    """Return pairs of a frame and labels as tables, in the order of the splits."""
    from mlpstudy.datasets.tables.apart import joined  # noqa: PLC0415  # heavy: Polars

    made: dict[str, Table] = {}
    for name, pair in sorted(by_split.items(), key=lambda split: SPLITS.index(split[0])):
        what = "data" if name == "train" else f'data["{name}"]'
        if not isinstance(pair, tuple | list) or len(pair) != 2:  # noqa: PLR2004  # a pair
            raise DataError(must(what, "be (features, labels), as the training examples are", type(pair).__name__))
        features, labels = pair
        made[name] = joined(features, labels, what, FORMS, made["train"].target if made else None)
    return made["train"], made.get("test"), made.get("validation")


def _aligned(pair: Any, main: Labelled, what: str) -> Labelled | None:  # noqa: ANN401  # as in Given.of
    """Return the examples of another split, with the classes of the training examples."""
    if pair is None:
        return None
    other = _labelled(pair, what, least=1)
    order, line = positions(other.feature_names, main.feature_names, f"{what}, features")
    if order is not None and isinstance(other.values, np.ndarray):
        told = (*other.warnings, *((line,) if line else ()))
        other = replace(other, values=np.ascontiguousarray(other.values[:, order]), warnings=told)
    return align(other, main, what)


def _labelled(pair: Any, what: str, least: int = 2) -> Labelled:  # noqa: ANN401  # as in Given.of
    """Return the examples in a pair of features and labels, which are of so many classes at least."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:  # noqa: PLR2004  # a pair
        raise DataError(must(what, f"be {FORMS}", *_found_and_fix(pair)))
    from scipy.sparse import issparse  # noqa: PLC0415  # heavy

    if all(isinstance(part, tuple) and all(hasattr(each, "shape") for each in part) for part in pair):
        fix = '{"train": (x, y), "test": (x_test, y_test)}'
        raise DataError(must(what, f"be {FORMS}", "two pairs of arrays", fix))
    x, y = pair
    by_position = check_index(x, y, what)
    x_name, y_name = f"{what}, features", f"{what}, labels"
    if issparse(x):
        labels = given_labels(y, y_name)
        rows = to_sparse_features(x, x_name)
        check_counts(np.arange(rows.shape[0]), labels.labels, x_name, y_name)
        classes = find_classes(labels.labels, y_name, least)
        sha256 = _hash_arrays(rows.data, rows.indices, rows.indptr.astype(np.int64), labels.labels)
        warnings = (*said(y_name, labels.done), *classes.warnings)
        return Labelled(rows, classes.labels, classes.names, None, sha256, warnings=warnings)
    features = as_array(x, x_name)
    check_order(features, as_array(y, y_name), x_name, y_name)
    labels = given_labels(y, y_name)
    check_counts(np.atleast_1d(features), labels.labels, x_name, y_name)
    found = to_features(features, x_name)
    classes = find_classes(labels.labels, y_name, least)
    sha256 = _hash_arrays(found.values, labels.labels)
    told = (by_position,) if by_position else ()
    warnings = (*said(x_name, found.done), *said(y_name, labels.done), *told, *classes.warnings)
    names = column_names(x) if found.image_shape is None else ()
    return Labelled(found.values, classes.labels, classes.names, found.image_shape, sha256, names, warnings=warnings)


def _found_and_fix(data: Any) -> tuple[str, str]:  # noqa: ANN401  # as in Given.of
    """Say what was given instead of a pair, and what makes data of it."""
    if isinstance(data, tuple | list) and len(data) == 4:  # noqa: PLR2004  # as train_test_split of scikit-learn returns
        return "four arrays", '{"train": (x_train, y_train), "test": (x_test, y_test)}'
    is_named = getattr(getattr(data, "dtype", None), "names", None)
    return type(data).__name__, "pandas.DataFrame(data)" if is_named else "(x, y)"


def _hash_arrays(*arrays: np.ndarray[Any, Any]) -> str:
    """Hash types, shapes and values."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(
            np.ascontiguousarray(array).tobytes() if array.dtype.kind == "U" else np.ascontiguousarray(array).data
        )
    return digest.hexdigest()
