"""Last batches of one example, which batch normalisation cannot take a variance of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.text.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpstudy.study.architectures import Architecture


def lone_example_warning(architectures: Sequence[Architecture], n_train: int) -> str | None:
    """Return a warning of architectures with batch normalisation whose last batch has one example; None without any.

    Such a batch is its own mean, has no variance, and puts every normalised value to 0.

    Args:
        architectures: of the study.
        n_train: number of training examples.
    """
    lone = [
        each
        for each in architectures
        if each.network.batch_normalisation and _leaves_one(each.training.batch_size, n_train)
    ]
    if not lone:
        return None
    size = lone[0].training.batch_size
    last = f"the last batch of an epoch has one example ({n_train:,} = {n_train // size:,} x {size} + 1)"
    which = "every batch has one example" if size == 1 else last
    return (
        f"batch normalisation of {listed([each.name for each in lone])}: {which}, whose mean and variance say nothing;"
        f" batch_size = {next_size(size, n_train)} avoids it"
    )


def next_size(batch_size: int, n_train: int) -> int:
    """Return the next batch size from one on that leaves no example alone.

    >>> next_size(32, 129), next_size(32, 128)
    (33, 32)
    """
    while _leaves_one(batch_size, n_train):
        batch_size += 1
    return batch_size


def _leaves_one(batch_size: int, n_train: int) -> bool:
    return n_train > 1 and (batch_size == 1 or n_train % batch_size == 1)
