"""From the data of a study file to the arrays that its networks see."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mlpstudy.datasets.encoding import SCALING, scale
from mlpstudy.datasets.registry import find_dataset
from mlpstudy.datasets.splits import HeldOut, Indices, choose, hold_out
from mlpstudy.records import Dataset, Examples
from mlpstudy.spec.base import content_hash

if TYPE_CHECKING:
    from mlpstudy.datasets.source import RawExamples, Source
    from mlpstudy.spec import Data


def load(data: Data, study_seed: int) -> Dataset:
    """Return the data of a study: read, checked, scaled to 0-1 and split.

    First ``train_examples`` and ``test_examples`` are chosen, then the validation examples are held out of those
    training examples. With ``validation = "test"`` the validation examples are the test examples, the same arrays.

    Args:
        data: the study's data.
        study_seed: the study's own seed; the only source of randomness.

    Raises:
        DataError: the name is unknown, a file is not what it must be, or more examples are asked for than there are.

    >>> from mlpstudy.spec import Data
    >>> mnist = load(Data(name="mnist", validation=0.1, train_examples=1000), study_seed=0)
    >>> mnist.train.features.shape, len(mnist.validation), len(mnist.test)
    ((900, 784), 100, 10000)
    """
    source = find_dataset(data.name).load()
    train = choose(len(source.train), data.train_examples, study_seed, 0, "data.train_examples")
    test = choose(len(source.test), data.test_examples, study_seed, 1, "data.test_examples")
    held_out = None
    if data.validation != "test":
        within = hold_out(source.train.labels[train], data.validation, study_seed)
        held_out = HeldOut(train[within.train], train[within.validation])
    test_examples = _take(source.test, test)
    return Dataset(
        name=data.name,
        train=_take(source.train, train if held_out is None else held_out.train),
        validation=test_examples if held_out is None else _take(source.train, held_out.validation),
        validation_source="test" if held_out is None else "held out",
        test=test_examples,
        class_names=source.info.class_names,
        image_shape=source.info.image_shape,
        sha256=_hash(source, train if held_out is None else held_out.train, held_out, test),
    )


def _take(examples: RawExamples, indices: Indices) -> Examples:
    """Return the chosen examples, scaled; without a copy of the raw values where all are chosen."""
    is_whole = indices.size == len(examples)
    values = examples.values if is_whole else examples.values[indices]
    labels = examples.labels if is_whole else examples.labels[indices]
    return Examples(features=scale(values), labels=labels, raw=values)


def _hash(source: Source, train: Indices, held_out: HeldOut | None, test: Indices) -> str:
    """Hash the bytes, the scaling and the positions of every split.

    The positions themselves and not the request for them: what NumPy's generators choose may change between its
    versions, and results on other examples must not pass for the same run.
    """
    return content_hash(
        {
            "source": source.sha256,
            "scaling": SCALING,
            "train": _hash_indices(train),
            "validation": "test" if held_out is None else _hash_indices(held_out.validation),
            "test": _hash_indices(test),
        }
    )


def _hash_indices(indices: Indices) -> str:
    return hashlib.sha256(indices.astype("<i8", copy=False).tobytes()).hexdigest()
