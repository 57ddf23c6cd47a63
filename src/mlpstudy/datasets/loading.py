"""From the data of a study file to the arrays that its networks see."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.checking import check
from mlpstudy.datasets.collecting import collect
from mlpstudy.datasets.preprocessing.encoding import SCALING
from mlpstudy.records import Dataset, Examples
from mlpstudy.study.base import content_hash

if TYPE_CHECKING:
    import polars as pl
    from scipy.sparse import csr_array

    from mlpstudy.datasets.given import Given
    from mlpstudy.datasets.preprocessing.stored import Preprocessing
    from mlpstudy.datasets.raw import Part, Parts
    from mlpstudy.datasets.splits import Indices, Positions
    from mlpstudy.study import Data


def load(data: Data, study_seed: int, given: Given | None = None) -> Dataset:
    """Return the data of a study: read, checked, split and preprocessed.

    First the test examples are held out, where they have no file of their own; then ``train_examples`` and
    ``test_examples`` are chosen, then the validation examples are held out of those training examples. With
    ``validation = "test"`` the validation examples are the test examples, the same arrays. All that preprocessing
    learns it learns from the training examples that remain.

    Args:
        data: the study's data.
        study_seed: the study's own seed; the only source of randomness.
        given: arrays or tables, where Python code gives them; else they are read from ``data.path`` or by name.

    Raises:
        DataError: the name is unknown, a file is not what it must be, or more examples are asked for than there are.

    >>> from mlpstudy.study import Data
    >>> mnist = load(Data(name="mnist", validation=0.1, train_examples=1000), study_seed=0)
    >>> mnist.train.features.shape, len(mnist.validation), len(mnist.test)
    ((900, 784), 100, 10000)
    """
    if given is not None:
        data, given = given.completed(data)
    parts = collect(data, given)
    is_own = data.path is not None or given is not None
    checked = check(parts, data, study_seed, is_own=is_own)
    positions, preprocessing = checked.positions, checked.preprocessing
    test = _take(parts.test or parts.main, positions.test, preprocessing)
    return Dataset(
        name=data.title,
        train=_take(parts.main, positions.train, preprocessing),
        validation=test
        if positions.validation is None
        else _take(parts.validation or parts.main, positions.validation, preprocessing),
        validation_source="test" if positions.validation is None else "held out",
        test=test,
        class_names=parts.class_names,
        image_shape=parts.image_shape,
        sha256=_hash(parts, positions, preprocessing, is_own=is_own),
        preprocessing=preprocessing.to_json(),
        warnings=checked.warnings,
        leaking=checked.leaking,
        has_own_test=parts.test is not None,
        has_own_validation=parts.validation is not None,
    )


def _take(part: Part, rows: Indices, preprocessing: Preprocessing) -> Examples:
    """Return the chosen examples, transformed; without a copy of the raw values where all are chosen."""
    labels = _rows(part.labels, rows)
    if preprocessing.kind == "table":
        return Examples(preprocessing.transform(cast("pl.DataFrame", part.values), rows, part.origin), labels)
    if preprocessing.kind == "sparse":
        return Examples(preprocessing.transform(cast("csr_array", part.values)[rows]), labels)
    assert isinstance(part.values, np.ndarray)  # noqa: S101  # narrows the type
    chosen = _rows(part.values, rows)
    if preprocessing.kind == "numbers":
        return Examples(preprocessing.transform(chosen), labels)
    return Examples(preprocessing.transform(chosen), labels, raw=chosen)


def _rows(values: npt.NDArray[Any], rows: Indices) -> npt.NDArray[Any]:
    return values if rows.size == len(values) else values[rows]


def _hash(parts: Parts, positions: Positions, preprocessing: Preprocessing, *, is_own: bool) -> str:
    """Hash the bytes, the preprocessing and the positions of every split.

    The positions themselves and not the request for them: what NumPy's generators choose may change between its
    versions, and results on other examples must not pass for the same run.
    """
    content: dict[str, object] = {
        "source": parts.sha256,
        "scaling": SCALING,
        "train": _hash_indices(positions.train),
        "validation": "test" if positions.validation is None else _hash_indices(positions.validation),
        "test": _hash_indices(positions.test),
    }
    if is_own or preprocessing.kind != "pixels":
        # The names of numbers decide nothing: an array and the frame of it are the same data.
        scaling = preprocessing.without_names() if preprocessing.kind == "numbers" else preprocessing
        content["scaling"] = scaling.to_json()
        content["files of their own"] = [part is not None for part in (parts.validation, parts.test)]
    return content_hash(content)


def _hash_indices(indices: Indices) -> str:
    return hashlib.sha256(indices.astype("<i8", copy=False).tobytes()).hexdigest()
