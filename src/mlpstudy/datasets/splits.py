"""Which examples are learned from, watched and tested: chosen by keyed streams, so that a study repeats exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlpstudy.errors import DataError, must
from mlpstudy.streams import stream

Indices = npt.NDArray[np.int64]


class HeldOut(NamedTuple):
    """Positions of the examples that are learned from and of those held out, both ascending."""

    train: Indices
    validation: Indices


def choose(n_available: int, n_wanted: int | None, study_seed: int, index: int, what: str) -> Indices:
    """Choose examples at random, without replacement.

    The choice of fewer is contained in the choice of more, so that studies of growing size nest.

    Args:
        n_available: how many there are.
        n_wanted: how many are wanted; all where None.
        study_seed: the study's own seed.
        index: 0 for the training examples, 1 for the test examples.
        what: path of ``n_wanted`` in the study file, for the message.

    Returns:
        positions in ascending order, shape ``(n_wanted,)``.

    Raises:
        DataError: more are wanted than there are.

    >>> set(choose(100, 5, 0, 0, "n")) <= set(choose(100, 10, 0, 0, "n"))
    True
    """
    if n_wanted is None:
        return np.arange(n_available, dtype=np.int64)
    if not 1 <= n_wanted <= n_available:
        raise DataError(must(what, f"be 1 to {n_available}, the examples that there are", n_wanted))
    order = stream(study_seed, 0, "subset", index).permutation(n_available)
    return np.sort(order[:n_wanted]).astype(np.int64, copy=False)


def hold_out(labels: npt.NDArray[np.int32], share: float, study_seed: int) -> HeldOut:
    """Hold out a share of the examples, the same share of every class.

    Class c of n_c examples gives ``share n_c`` of them, rounded by largest remainders so that ``share n`` are held
    out in all; one example of each class always stays to be learned from. A class's choice depends on nothing but
    the study seed, the class and its examples.

    Args:
        labels: class indices, shape ``(n,)``, int32.
        share: 0 to 1, both excluded.
        study_seed: the study's own seed.

    Raises:
        DataError: the share is so small that nothing would be held out.

    >>> held_out = hold_out(np.repeat([0, 1], [10, 20]).astype(np.int32), 0.1, study_seed=0)
    >>> len(held_out.train), len(held_out.validation)
    (27, 3)
    """
    counts = np.bincount(labels)
    quotas = _quotas(counts, share)
    if not quotas.sum():
        found = f"{share} of {labels.size} examples"
        raise DataError(must("data.validation", "hold out at least one example", found, "a larger share"))
    chosen = [
        stream(study_seed, 0, "validation split", c).permutation(np.flatnonzero(labels == c))[:quota]
        for c, quota in enumerate(quotas)
    ]
    is_held_out = np.zeros(labels.size, dtype=np.bool_)
    is_held_out[np.concatenate(chosen)] = True
    return HeldOut(np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out))


def _quotas(counts: npt.NDArray[np.int64], share: float) -> npt.NDArray[np.int64]:
    """Return how many examples of each class are held out: largest remainders, one a class kept back."""
    exact = share * counts
    quotas = np.floor(exact).astype(np.int64)
    n_left = round(share * int(counts.sum())) - int(quotas.sum())
    by_remainder = np.argsort(quotas - exact, kind="stable")
    quotas[by_remainder[: max(n_left, 0)]] += 1
    kept_back: Indices = np.minimum(quotas, np.maximum(counts - 1, 0))
    return kept_back
