"""Which examples are learned from, watched and tested: chosen by keyed streams, so that a study repeats exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from mlpstudy.errors import DataError, must
from mlpstudy.streams import stream

Indices = npt.NDArray[np.int64]
Purpose = Literal["validation split", "test split"]

_KEYS: dict[Purpose, str] = {"validation split": "data.validation", "test split": "data.test"}
"""Where the share of each split stands in the study file."""


class HeldOut(NamedTuple):
    """Positions of the examples that are learned from and of those held out, both ascending."""

    train: Indices
    validation: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Which examples each split takes: of ``main``, unless a split has a part of its own.

    Attributes:
        train: of the training examples.
        validation: of the validation examples; None where they are the test examples.
        test: of the test examples.
    """

    train: Indices
    validation: Indices | None
    test: Indices


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


def hold_out(
    labels: npt.NDArray[np.int32], share: float, study_seed: int, purpose: Purpose = "validation split"
) -> HeldOut:
    """Hold out a share of the examples, the same share of every class.

    Class c of n_c examples gives ``share n_c`` of them, rounded by largest remainders so that ``share n`` are held
    out in all; one example of each class always stays to be learned from. A class's choice depends on nothing but
    the study seed, the purpose, the class and its examples.

    Args:
        labels: class indices, shape ``(n,)``, int32.
        share: 0 to 1, both excluded.
        study_seed: the study's own seed.
        purpose: what they are held out for.

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
        fix = "a larger share" if counts.max(initial=0) > 1 else "more examples: one of each class is learned from"
        raise DataError(must(_KEYS[purpose], "hold out at least one example", found, fix))
    by_class = np.split(np.argsort(labels, kind="stable"), np.cumsum(counts)[:-1])
    chosen = [
        stream(study_seed, 0, purpose, c).permutation(by_class[c])[:quota] for c, quota in enumerate(quotas) if quota
    ]
    is_held_out = np.zeros(labels.size, dtype=np.bool_)
    is_held_out[np.concatenate(chosen)] = True
    return HeldOut(np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out))


def hold_out_groups(
    groups: npt.NDArray[np.int32], share: float, study_seed: int, purpose: Purpose = "validation split"
) -> HeldOut:
    """Hold out whole groups, at random, until their examples are about the share.

    Groups are taken in a random order; one is skipped where the number of examples comes nearer to ``share n``
    without it. One group at least is held out, and one stays.

    Args:
        groups: group indices, shape ``(n,)``, int32.
        share: of the examples, 0 to 1, both excluded.
        study_seed: the study's own seed.
        purpose: what they are held out for.

    Raises:
        DataError: there are fewer than two groups.

    >>> held_out = hold_out_groups(np.array([0, 0, 1, 1, 2, 2], dtype=np.int32), 0.3, study_seed=0)
    >>> len(held_out.train), len(held_out.validation)
    (4, 2)
    """
    counts = np.bincount(groups)
    present = np.flatnonzero(counts)
    if present.size < 2:  # noqa: PLR2004  # one stays, one goes
        found = f"{present.size} group among {groups.size} examples"
        fix = f"another column, or a file for {_KEYS[purpose]}"
        raise DataError(
            must("data.group", f"have at least two groups to hold examples out for {_KEYS[purpose]}", found, fix)
        )
    wanted = share * groups.size
    order = stream(study_seed, 0, purpose).permutation(present)
    held: list[int] = []
    n_held = 0
    for group in order[:-1].tolist():
        if not held or abs(n_held + counts[group] - wanted) < abs(n_held - wanted):
            held.append(group)
            n_held += int(counts[group])
    is_held_out = np.isin(groups, held)
    return HeldOut(np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out))


def hold_out_latest(times: npt.NDArray[np.float64], share: float, purpose: Purpose = "validation split") -> HeldOut:
    """Hold out the latest examples; those of one time stay together.

    Args:
        times: when each example is from, shape ``(n,)``, finite.
        share: of the examples, 0 to 1, both excluded.
        purpose: what they are held out for.

    Raises:
        DataError: nothing would be held out, or nothing stay.

    >>> hold_out_latest(np.array([3.0, 1.0, 2.0, 4.0]), 0.25)
    HeldOut(train=array([0, 1, 2]), validation=array([3]))
    """
    n_held = round(share * times.size)
    if not n_held:
        found = f"{share} of {times.size} examples"
        raise DataError(must(_KEYS[purpose], "hold out at least one example", found, "a larger share"))
    first = np.partition(times, times.size - n_held)[times.size - n_held]
    is_held_out = times >= first
    if is_held_out.all():
        found = f"the first time in {n_held} of {times.size} examples"
        raise DataError(must("data.time", f"leave examples from before those of {_KEYS[purpose]}", found))
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
