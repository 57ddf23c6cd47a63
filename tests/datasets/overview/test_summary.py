"""What is said of a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mlpstudy.datasets import scale, summarise, view_example
from mlpstudy.errors import DataError

if TYPE_CHECKING:
    from mlpstudy.datasets import Source
    from mlpstudy.datasets.overview.summary import Split


def test_the_balance_counts_every_example_once(mnist: Source) -> None:
    """The counts of the classes are those of the labels and sum to the number of examples."""
    for summary, examples in zip(summarise(mnist), (mnist.train, mnist.test), strict=True):
        assert summary.n_examples == len(examples) == sum(summary.class_counts)
        assert summary.class_counts[3] == np.count_nonzero(examples.labels == 3)
        assert summary.n_features == 784


def test_the_first_training_example_is_the_notebooks_five(mnist: Source) -> None:
    """Label 5, its one-hot vector, the image unflattened, and the scaled values."""
    example = view_example(mnist, "train", 0)
    assert (example.label, example.class_name) == (5, "5")
    assert example.one_hot.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    np.testing.assert_array_equal(example.image.ravel(), mnist.train.values[0])
    np.testing.assert_array_equal(example.scaled, scale(example.image))


@pytest.mark.parametrize(("split", "last"), [("train", 59_999), ("test", 9_999)])
def test_an_index_outside_is_answered_with_the_range(mnist: Source, split: Split, last: int) -> None:
    """The last example is there; before the first and after the last is one line."""
    assert view_example(mnist, split, last).index == last
    for index in (-1, last + 1):
        with pytest.raises(DataError, match=f"the index of a {split} example must be 0 to {last}, got {index}"):
            view_example(mnist, split, index)
