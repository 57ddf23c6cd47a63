"""A/A check: the judge judged on the study's own runs, where the truth is known to be "no difference"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlpstudy.arrays import FloatArray
from mlpstudy.evidence.estimates.contrasts import estimate_contrasts
from mlpstudy.evidence.estimates.signflip import fewest_seeds
from mlpstudy.evidence.verdicts import is_different
from mlpstudy.text.numerals import level, percent

N_SPLITS = 100
"""Random splits: the share of false verdicts is known to about 2 points."""
SPLIT_KEY = 0x412F41


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """How often the judge finds a difference where there is none.

    Attributes:
        n_splits: random splits of every architecture's seeds into two halves; 0 where no architecture has four
            seeds.
        n_comparisons: architectures that were split: the family judged in each split.
        n_half: seeds a half, the fewest.
        false_better: share of splits with any false BETTER: at most alpha is promised.
        outside: share of single comparisons whose unadjusted interval of question 1 excludes 0: about alpha.
        can_be_wrong: a half has enough seeds for the exact test to reach significance at all; without, a share of
            0 is no merit.
        sentence: the above in words.
    """

    n_splits: int
    n_comparisons: int
    n_half: int
    false_better: float | None
    outside: float | None
    can_be_wrong: bool
    sentence: str


def self_check(
    scores: Sequence[FloatArray],
    *,
    confidence: float = 0.95,
    n_splits: int = N_SPLITS,
    resolution: float = 0.0,
) -> SelfCheck:
    """Return the share of false BETTERs when each architecture is compared with itself.

    Each architecture's seeds are split at random (keyed) into two halves, which are judged as a pair, all
    architectures as one family, by the rule that makes a BETTER in earnest.

    Args:
        scores: metric of each run, an array ``(n_a,)`` an architecture.
        confidence: level of the intervals.
        n_splits: random splits.
        resolution: step in which a score moves.

    >>> check = self_check([np.arange(3.0)])
    >>> check.n_splits, check.sentence
    (0, 'No architecture has the four finished seeds that two halves of two need.')
    """
    usable = [one for one in scores if one.size >= 4]  # noqa: PLR2004  # two halves of two
    if not usable:
        sentence = "No architecture has the four finished seeds that two halves of two need."
        return SelfCheck(0, 0, 0, None, None, can_be_wrong=False, sentence=sentence)
    alpha = 1 - confidence
    generator = np.random.Generator(np.random.Philox(key=SPLIT_KEY))
    contrasts = [{2 * i: 1.0, 2 * i + 1: -1.0} for i in range(len(usable))]
    n_false = n_outside = 0
    for _ in range(n_splits):
        halves = [half for one in usable for half in _halves(generator.permutation(one))]
        seeds = [np.arange(half.size) for half in halves]
        estimates = estimate_contrasts(contrasts, seeds, halves, None, confidence=confidence, resolution=resolution)
        n_false += any(is_different(e) for e in estimates)
        n_outside += sum(e.same_test_set.excludes(0.0) for e in estimates)
    n_half = min(one.size // 2 for one in usable)
    false_better, outside = n_false / n_splits, n_outside / (n_splits * len(usable))
    can_be_wrong = n_half >= fewest_seeds(len(usable), alpha)
    sentence = (
        f"Each of {len(usable)} architectures against itself, its seeds split at random into halves {n_splits} times: "
        f"a false BETTER in {percent(false_better, 0)} of the splits (at most {level(alpha)} promised), 0 outside "
        f"the unadjusted interval in {percent(outside, 1)} of the comparisons (about {level(alpha)} expected)."
    )
    if not can_be_wrong:
        sentence += f" With {n_half} seeds a half no BETTER is possible, true or false."
    return SelfCheck(n_splits, len(usable), n_half, false_better, outside, can_be_wrong, sentence)


def _halves(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two halves of equal size."""
    n_half = values.size // 2
    return values[:n_half], values[n_half : 2 * n_half]
