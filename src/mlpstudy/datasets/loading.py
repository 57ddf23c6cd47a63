"""From the data of a study file to the arrays that its networks see."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.collecting import collect
from mlpstudy.datasets.preprocessing.encoding import SCALING
from mlpstudy.datasets.preprocessing.fitting import fit_preprocessing
from mlpstudy.datasets.splits import HeldOut, Indices, choose, hold_out, hold_out_groups, hold_out_latest
from mlpstudy.errors import DataError, must
from mlpstudy.records import Dataset, Examples
from mlpstudy.study.base import content_hash
from mlpstudy.study.data import TEST_SHARE

if TYPE_CHECKING:
    import polars as pl
    from scipy.sparse import csr_array

    from mlpstudy.datasets.given import Given
    from mlpstudy.datasets.overview.leaks import Leak
    from mlpstudy.datasets.preprocessing.stored import Preprocessing
    from mlpstudy.datasets.raw import Part, Parts
    from mlpstudy.datasets.splits import Purpose
    from mlpstudy.study import Data

VALIDATION_IS_TEST = (
    'validation = "test": the curves are measured on the test examples, as the notebook did, so they must not choose'
    " anything; a share such as 0.1 holds training examples out instead"
)


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
    parts = collect(data, given)
    positions = _split(parts, data, study_seed)
    is_own = data.path is not None or given is not None
    if is_own:
        _check_classes(parts, positions)
    preprocessing, warnings = fit_preprocessing(parts, positions.train, data)
    leaks = _leaks(parts, positions.train, preprocessing)
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
        warnings=(
            *parts.warnings,
            *warnings,
            *(leak.warning(parts.main.origin) for leak in leaks),
            *((VALIDATION_IS_TEST,) if positions.validation is None else ()),
        ),
        leaking=tuple(leak.column for leak in leaks),
        has_own_test=parts.test is not None,
        has_own_validation=parts.validation is not None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Positions:
    """Which examples each split takes: of ``main``, unless a split has a part of its own.

    Attributes:
        train: of the training examples.
        validation: of the validation examples; None where they are the test examples.
        test: of the test examples.
    """

    train: Indices
    validation: Indices | None
    test: Indices


def _split(parts: Parts, data: Data, study_seed: int) -> _Positions:
    """Choose every split."""
    available = np.arange(len(parts.main), dtype=np.int64)
    if parts.test is not None:
        test = np.arange(len(parts.test), dtype=np.int64)
    else:
        share = data.test if isinstance(data.test, float) else TEST_SHARE
        available, test = _hold_out(parts, available, share, study_seed, "test split")
    test = test[choose(len(test), data.test_examples, study_seed, 1, "data.test_examples")]
    train = available[choose(len(available), data.train_examples, study_seed, 0, "data.train_examples")]
    validation: Indices | None = None
    if parts.validation is not None:
        validation = np.arange(len(parts.validation), dtype=np.int64)
    elif isinstance(data.validation, float):
        train, validation = _hold_out(parts, train, data.validation, study_seed, "validation split")
    return _Positions(train, validation, test)


def _hold_out(parts: Parts, of: Indices, share: float, study_seed: int, purpose: Purpose) -> HeldOut:
    """Hold out a share of some examples of ``main``: by class, by group or by time."""
    if parts.groups is not None:
        within = hold_out_groups(parts.groups[of], share, study_seed, purpose)
    elif parts.times is not None:
        within = hold_out_latest(parts.times[of], share, purpose)
    else:
        within = hold_out(parts.main.labels[of], share, study_seed, purpose)
    return HeldOut(of[within.train], of[within.validation])


def _check_classes(parts: Parts, positions: _Positions) -> None:
    """Refuse a class that nothing could be learned of."""
    counts = np.bincount(parts.main.labels[positions.train], minlength=len(parts.class_names))
    for name, count in zip(parts.class_names, counts.tolist(), strict=True):
        if not count:
            fix = "a larger share of training examples, or leave the class out"
            raise DataError(
                must(f'{parts.main.origin}, class "{name}"', "be among the training examples", "none of it", fix)
            )


def _leaks(parts: Parts, train: Indices, preprocessing: Preprocessing) -> tuple[Leak, ...]:
    """Return the columns of a table that give the class away, by the training examples alone."""
    if preprocessing.kind != "table":
        return ()
    from mlpstudy.datasets.overview.leaks import find_leaks  # noqa: PLC0415  # heavy: Polars

    frame, names = cast("pl.DataFrame", parts.main.values), [column.name for column in preprocessing.columns]
    return find_leaks(frame, train, parts.main.labels[train], names)


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


def _hash(parts: Parts, positions: _Positions, preprocessing: Preprocessing, *, is_own: bool) -> str:
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
        content["scaling"] = preprocessing.to_json()
        content["files of their own"] = [part is not None for part in (parts.validation, parts.test)]
    return content_hash(content)


def _hash_indices(indices: Indices) -> str:
    return hashlib.sha256(indices.astype("<i8", copy=False).tobytes()).hexdigest()
