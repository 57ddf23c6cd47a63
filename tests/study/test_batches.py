"""Last batches of one example: batch normalisation has no variance of it."""

from __future__ import annotations

import pytest

from mlpstudy.study import Study
from mlpstudy.study.batches import lone_example_warning, next_size


def warning(batch_size: int, n_train: int) -> str | None:
    """Return what is said of a plain and a normalised network."""
    levels = {"plain": {}, "normal": {"batch_normalisation": True}}
    study = Study(
        name="s", data="mnist", network={"hidden": [4]}, training={"batch_size": batch_size}, factors={"n": levels}
    )
    return lone_example_warning(study.architectures, n_train)


@pytest.mark.parametrize(("batch_size", "n_train"), [(32, 129), (128, 129), (100, 1001), (2, 5)])
def test_a_last_batch_of_one_is_said_and_the_proposed_size_has_none(batch_size: int, n_train: int) -> None:
    """Of the normalised networks alone; what the line proposes leaves no example alone."""
    line = warning(batch_size, n_train)
    assert line is not None
    assert line.startswith("batch normalisation of normal: the last batch of an epoch has one example")
    proposed = int(line.split("batch_size = ")[1].split()[0])
    assert warning(proposed, n_train) is None
    assert proposed == next_size(batch_size, n_train)


def test_batches_of_one_are_said() -> None:
    """Every batch has one example."""
    assert "every batch has one example" in str(warning(1, 100))


@pytest.mark.parametrize(("batch_size", "n_train"), [(32, 128), (32, 130), (200, 129), (32, 1)])
def test_nothing_is_said_of_others(batch_size: int, n_train: int) -> None:
    """Full batches, two in the last, one batch of all."""
    assert warning(batch_size, n_train) is None
