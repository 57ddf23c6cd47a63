"""Probability that one architecture beats another, for one retraining of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.estimates.intervals import Interval, check_confidence, unbounded

MEANINGFUL = 0.75
"""Probability from which a difference is worth having (Bouthillier et al. 2021, section 4.1)."""

EDGE = 1e-9
"""Distance from 0 and 1 at which the ends of an interval are looked for."""


@dataclass(frozen=True, slots=True)
class Superiority:
    """P(a beats b), ties one half.

    Attributes:
        probability: share of all n_a x n_b pairs of runs in which a is better.
        interval: its interval.
        meaningful: one of the two beats the other with a probability of at least 0.75.
        n_a: runs of a.
        n_b: runs of b.
    """

    probability: float
    interval: Interval
    meaningful: bool
    n_a: int
    n_b: int


def superiority(a: npt.ArrayLike, b: npt.ArrayLike, confidence: float = 0.95) -> Superiority:
    """Return the probability that one run of a scores higher than one run of b.

    ``P = (1 / (n_a n_b)) sum_{s,t} [A[a,s] > A[b,t]] + [A[a,s] = A[b,t]] / 2``, the "probability of improvement"
    of Agarwal et al. 2021 and U / (n_a n_b) of Mann and Whitney. The interval is Newcombe's score-like one: the
    values theta with ``(P - theta)^2 <= z^2 V(theta)``, Hanley and McNeil's variance V at theta, with equal
    sample sizes (n_a + n_b)/2 in its inner terms; unlike one from a variance at P it does not collapse where
    every run of a beats every run of b. With fewer than two runs on a side it is [0, 1].

    Args:
        a: scores of a's runs, higher better, shape ``(n_a,)``.
        b: scores of b's runs, shape ``(n_b,)``.
        confidence: level of the interval.

    Raises:
        ResultsError: a side has no run.

    Sources: Agarwal et al. 2021 (arXiv 2108.13264), section 4.3; Newcombe 2006, Statistics in Medicine 25:559,
    method 5; Bouthillier et al. 2021 (arXiv 2103.03098) for 0.75.

    >>> s = superiority([3.0, 4.0, 5.0], [1.0, 3.0, 2.0])
    >>> round(s.probability, 3), s.meaningful
    (0.944, True)
    """
    check_confidence(confidence)
    first, second = np.asarray(a, dtype=np.float64).ravel(), np.asarray(b, dtype=np.float64).ravel()
    if first.size == 0 or second.size == 0:
        raise ResultsError(must("each side", "have a finished run", f"{first.size} and {second.size} runs"))
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left")
    not_above = np.searchsorted(ordered, first, side="right")
    probability = float((below + not_above).sum() / (2.0 * first.size * second.size))
    return Superiority(
        probability=probability,
        interval=_interval(probability, first.size, second.size, confidence),
        meaningful=probability >= MEANINGFUL or probability <= 1 - MEANINGFUL,
        n_a=int(first.size),
        n_b=int(second.size),
    )


def _interval(probability: float, n_a: int, n_b: int, confidence: float) -> Interval:
    """Return Newcombe's interval."""
    if min(n_a, n_b) < 2:  # noqa: PLR2004  # one run has no spread
        everything = unbounded(confidence)
        return Interval(max(0.0, everything.low), min(1.0, everything.high), confidence)
    z_squared = float(special.ndtri(0.5 + confidence / 2)) ** 2
    n_inner = (n_a + n_b) / 2 - 1

    def outside(theta: float) -> float:
        inner = 1 + n_inner * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (probability - theta) ** 2 - z_squared * theta * (1 - theta) * inner / (n_a * n_b)

    # At a probability of 0 or 1 the inequality holds with equality there: the other root is the end.
    low = 0.0 if probability == 0.0 else float(optimize.brentq(outside, 0.0, min(probability, 1 - EDGE)))
    high = 1.0 if probability == 1.0 else float(optimize.brentq(outside, max(probability, EDGE), 1.0))
    return Interval(low, high, confidence)
