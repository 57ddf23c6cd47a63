"""What is in a data set: its splits, the balance of its classes, one example at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import Float32Array
from mlpstudy.datasets.preprocessing.encoding import one_hot, scale
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from mlpstudy.datasets.named.source import Source

Split = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """How many examples a split has, and of which classes.

    Attributes:
        split: train or test.
        n_examples: number of examples.
        n_features: number of values an example, flattened.
        class_counts: examples of each class, in the order of the labels.
    """

    split: Split
    n_examples: int
    n_features: int
    class_counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ExampleView:
    """One example, as it is in its file and as a network sees it.

    Attributes:
        split: train or test.
        index: its position, from 0.
        image: grey values 0-255, shape ``(rows, columns)``, uint8.
        scaled: the same scaled to 0-1, shape ``(rows, columns)``, float32.
        label: index of its class.
        class_name: name of its class.
        one_hot: its label as a network is trained on it, shape ``(n_classes,)``, float32.
    """

    split: Split
    index: int
    image: npt.NDArray[np.uint8]
    scaled: Float32Array
    label: int
    class_name: str
    one_hot: Float32Array


def summarise(source: Source) -> tuple[SplitSummary, SplitSummary]:
    """Return what the training and the test examples are.

    >>> from mlpstudy.datasets import find_dataset
    >>> [split.n_examples for split in summarise(find_dataset("mnist").load())]
    [60000, 10000]
    """
    return _summary(source, "train"), _summary(source, "test")


def view_example(source: Source, split: Split, index: int) -> ExampleView:
    """Return one example.

    Args:
        source: the data set.
        split: train or test.
        index: its position, from 0.

    Raises:
        DataError: there is no such position.

    >>> from mlpstudy.datasets import find_dataset
    >>> example = view_example(find_dataset("mnist").load(), "train", 0)
    >>> example.label, example.image.shape, int(example.image.max())
    (5, (28, 28), 255)
    """
    examples = source.train if split == "train" else source.test
    if not 0 <= index < len(examples):
        raise DataError(must(f"the index of a {split} example", f"be 0 to {len(examples) - 1}", index))
    label = int(examples.labels[index])
    image = examples.values[index].reshape(source.info.image_shape or (1, -1))
    class_names = source.info.class_names
    return ExampleView(
        split=split,
        index=index,
        image=image,
        scaled=scale(image),
        label=label,
        class_name=class_names[label],
        one_hot=one_hot([label], len(class_names))[0],
    )


def _summary(source: Source, split: Split) -> SplitSummary:
    examples = source.train if split == "train" else source.test
    counts = np.bincount(examples.labels, minlength=len(source.info.class_names))
    return SplitSummary(split, len(examples), int(examples.values.shape[1]), tuple(int(n) for n in counts))
