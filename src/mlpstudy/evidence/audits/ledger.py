"""The flip ledger: which test examples two architectures decide differently, and which nearly all get wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import IntArray
from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.sample import StudySample

LISTED_HARD = 48
"""Hard examples to list at most: a page of images."""


@dataclass(frozen=True, slots=True)
class FlippedExample:
    """A test example that two architectures decide differently.

    Attributes:
        example: position in the test set.
        label: true class.
        only_a_right: share of common seeds in which a alone is right, 0 to 1.
        only_b_right: share in which b alone is right.
        usual_a: class that a predicts most often.
        usual_b: class that b predicts most often.
    """

    example: int
    label: int
    only_a_right: float
    only_b_right: float
    usual_a: int
    usual_b: int


@dataclass(frozen=True, slots=True)
class FlipLedger:
    """What two architectures decide differently on one test set.

    Attributes:
        a: name of the first.
        b: name of the second.
        n_seeds: seeds that both have.
        mean_only_a: examples that a alone gets right, mean over seeds.
        mean_only_b: examples that b alone gets right, mean over seeds; the difference of the two, over the
            number of examples, is the difference in accuracy.
        examples: those with the largest net share, the largest first.
    """

    a: str
    b: str
    n_seeds: int
    mean_only_a: float
    mean_only_b: float
    examples: tuple[FlippedExample, ...]


@dataclass(frozen=True, slots=True)
class HardExample:
    """A test example that nearly all runs get wrong: a hard one, or a wrong label.

    Attributes:
        example: position in the test set.
        label: the class in the data.
        wrong: share of all runs that are wrong, 0 to 1.
        usual: the wrong class that they predict most often.
        agreement: share of all runs that predict that class.
        p_true: mean probability given to the class in the data.
    """

    example: int
    label: int
    wrong: float
    usual: int
    agreement: float
    p_true: float


def flip_ledger(
    names: tuple[str, str],
    seeds: tuple[IntArray, IntArray],
    predicted: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]],
    labels: npt.NDArray[np.int32],
    *,
    n_listed: int = 24,
) -> FlipLedger:
    """Return what two architectures decide differently, over the seeds they have in common.

    Args:
        names: a and b.
        seeds: their seeds, ascending, arrays ``(n,)``.
        predicted: their predicted classes, arrays ``(n, N)``.
        labels: true classes, shape ``(N,)``.
        n_listed: examples to list at most; those that flip as often one way as the other are not listed.

    Raises:
        ResultsError: they have no seed in common.

    >>> import numpy as np
    >>> a, b = np.array([[0, 1], [0, 1]], dtype=np.int32), np.array([[0, 0], [0, 1]], dtype=np.int32)
    >>> ledger = flip_ledger(("a", "b"), (np.arange(2), np.arange(2)), (a, b), np.array([0, 1], dtype=np.int32))
    >>> ledger.examples[0].example, ledger.examples[0].only_a_right
    (1, 0.5)
    """
    common, rows_a, rows_b = np.intersect1d(seeds[0], seeds[1], assume_unique=True, return_indices=True)
    if common.size == 0:
        raise ResultsError(must(f"{names[0]} and {names[1]}", "have a seed in common", "none"))
    chosen = predicted[0][rows_a], predicted[1][rows_b]
    right_a, right_b = chosen[0] == labels, chosen[1] == labels
    only_a, only_b = (right_a & ~right_b).mean(axis=0), (right_b & ~right_a).mean(axis=0)
    net = np.abs(only_a - only_b)
    listed = [int(i) for i in np.argsort(-net, kind="stable")[:n_listed] if net[i] > 0]
    return FlipLedger(
        a=names[0],
        b=names[1],
        n_seeds=int(common.size),
        mean_only_a=float(only_a.sum()),
        mean_only_b=float(only_b.sum()),
        examples=tuple(
            FlippedExample(
                example=i,
                label=int(labels[i]),
                only_a_right=float(only_a[i]),
                only_b_right=float(only_b[i]),
                usual_a=_usual(chosen[0][:, i]),
                usual_b=_usual(chosen[1][:, i]),
            )
            for i in listed
        ),
    )


def ledger_of(sample: StudySample, a: str, b: str, *, n_listed: int = 24) -> FlipLedger | None:
    """Return what two architectures decide differently; None where they have no seed in common."""
    first, second = sample.architectures[sample.index(a)], sample.architectures[sample.index(b)]
    if np.intersect1d(first.seeds, second.seeds).size == 0:
        return None
    return flip_ledger(
        (a, b), (first.seeds, second.seeds), (first.predicted, second.predicted), sample.labels, n_listed=n_listed
    )


def hard_examples(
    predicted: Sequence[npt.NDArray[np.int32]],
    p_true: Sequence[npt.NDArray[np.float32]],
    labels: npt.NDArray[np.int32],
    *,
    least: float = 0.9,
) -> tuple[HardExample, ...]:
    """Return the examples that nearly all runs of all architectures get wrong, the worst first.

    Architectures weigh the same, however many seeds each has. Equal shares are ordered by the mean probability
    given to the class in the data, the lowest first: those are the likeliest wrong labels.

    Args:
        predicted: predicted classes, an array ``(n_a, N)`` an architecture.
        p_true: probability of the class in the data, arrays alike.
        labels: classes in the data, shape ``(N,)``.
        least: share of runs that must be wrong, above 0.

    Raises:
        ResultsError: ``least`` is not above 0 and at most 1.

    Source: Northcutt et al. 2021 (arXiv 2103.14749): label errors are found where models agree against the label.
    """
    if not 0.0 < least <= 1.0:
        raise ResultsError(must("least", "be above 0 and at most 1", least))
    present = [a for a, table in enumerate(predicted) if table.shape[0]]
    if not present:
        return ()
    wrong = np.mean([(predicted[a] != labels).mean(axis=0) for a in present], axis=0)
    mean_p = np.mean([p_true[a].mean(axis=0, dtype=np.float64) for a in present], axis=0)
    worst = np.lexsort((mean_p, -wrong))[:LISTED_HARD]
    listed: list[HardExample] = []
    for i in worst[wrong[worst] >= least]:
        votes = np.concatenate([predicted[a][:, i] for a in present])
        usual = _usual(votes[votes != labels[i]])
        agreement = float(np.mean([(predicted[a][:, i] == usual).mean() for a in present]))
        listed.append(HardExample(int(i), int(labels[i]), float(wrong[i]), usual, agreement, float(mean_p[i])))
    return tuple(listed)


def _usual(classes: npt.NDArray[np.int32]) -> int:
    """Return the most frequent class, the lowest of equals."""
    return int(np.bincount(classes).argmax())
