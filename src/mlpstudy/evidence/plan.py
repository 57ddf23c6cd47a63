"""The plan: how many seeds each family of comparisons needs, and how long they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.power import TARGET, detectable, seeds_by_normal, seeds_for_better, seeds_for_equivalent
from mlpstudy.evidence.rounding import sd_of
from mlpstudy.evidence.sample import StudySample
from mlpstudy.evidence.signflip import fewest_seeds
from mlpstudy.evidence.twoway import two_way

ASSUMED_SD = 0.0015
"""SD of test accuracy over seeds that is assumed before anything ran: 0.15 points, the middle of what
multilayer perceptrons on 10,000 test images show (0.1 to 0.3)."""


@dataclass(frozen=True, slots=True)
class SeedSpread:
    """The spread over seeds that a plan rests on; in shares, not points.

    Attributes:
        source: ``"assumed"`` or ``"observed"``.
        sd: SD of test accuracy over seeds of one architecture (root of the mean variance).
        sd_difference: SD over seeds of the paired difference of two (root of the mean variance over pairs);
            sqrt(2) sd where it is assumed.
        n_seeds: finished seeds an architecture, the fewest; 0 before anything ran.
        new_data_limit: smallest difference that infinitely many seeds would show on new data (mean over pairs);
            None before anything ran.
    """

    source: Literal["assumed", "observed"]
    sd: float
    sd_difference: float
    n_seeds: int
    new_data_limit: float | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What one family of comparisons needs.

    Attributes:
        family: in words.
        n_comparisons: its size.
        fewest: seeds below which the sign-flip test cannot be significant.
        n_seeds: seeds an architecture that find the wanted difference; None above 1,000.
        n_seeds_normal: the same by the normal approximation, for comparison with textbooks.
        n_seeds_equivalent: seeds that show two equal architectures to be EQUIVALENT; None above 1,000.
        more: seeds to add to those finished; None where ``n_seeds`` is.
        more_s: wall time of those here (s); None where it is not known.
        detectable: difference that the finished seeds find with the same power; None before anything ran or below
            the fewest.
        is_declared: the family of the study file.
    """

    family: str
    n_comparisons: int
    fewest: int
    n_seeds: int | None
    n_seeds_normal: int
    n_seeds_equivalent: int | None
    more: int | None
    more_s: float | None
    detectable: float | None
    is_declared: bool


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """How many seeds.

    Attributes:
        detect: true difference in accuracy to be found (share).
        band: band of indifference (share).
        power: probability of finding it.
        alpha: error rate of a family.
        spread: what the plan rests on.
        rows: one a family, the smallest first.
    """

    detect: float
    band: float
    power: float
    alpha: float
    spread: SeedSpread
    rows: tuple[PlanRow, ...]


def assumed_spread(sd: float = ASSUMED_SD) -> SeedSpread:
    """Return the spread that is assumed before anything ran.

    Raises:
        ResultsError: sd is not positive.
    """
    if not 0.0 < sd < 1.0:
        raise ResultsError(must("the assumed SD", "be between 0 and 100 points", f"{100 * sd:g} points"))
    return SeedSpread("assumed", sd, math.sqrt(2) * sd, 0, None)


def observed_spread(sample: StudySample, pairs: Sequence[tuple[str, str]]) -> SeedSpread:
    """Return the spread over seeds that a study's finished runs show.

    Raises:
        ResultsError: no pair has two common seeds.
    """
    cells = sample.cells("accuracy")
    assert cells is not None  # noqa: S101  # accuracy is a mean over examples
    seeds = [a.seeds for a in sample.architectures]
    variances, limits = [], []
    for a, b in ((sample.index(x), sample.index(y)) for x, y in pairs):
        common, rows_a, rows_b = np.intersect1d(seeds[a], seeds[b], assume_unique=True, return_indices=True)
        if common.size > 1:
            parts = two_way(cells[a][rows_a] - cells[b][rows_b])
            variances.append(parts.ms_seed / parts.n_examples)
            limits.append(parts.smallest_detectable())
    own = [sd_of(table.mean(axis=1)) ** 2 for table in cells if table.shape[0] > 1]
    if not variances:
        raise ResultsError(must("the study", "have two seeds in common for one pair at least", "none", "--seeds 6"))
    return SeedSpread(
        source="observed",
        sd=math.sqrt(float(np.mean(own))),
        sd_difference=math.sqrt(float(np.mean(variances))),
        n_seeds=min(a.n for a in sample.architectures),
        new_data_limit=float(np.mean(limits)),
    )


def seed_plan(
    n_architectures: int,
    n_declared: int,
    spread: SeedSpread,
    *,
    detect: float,
    band: float,
    confidence: float = 0.95,
    seconds_a_seed: float | None = None,
) -> SeedPlan:
    """Return the seeds that one comparison, all against a baseline, all pairs and the declared family need.

    By the noncentral t distribution at ``alpha / m`` (:mod:`mlpstudy.evidence.power`), never below the fewest
    seeds of the sign-flip test.

    Args:
        n_architectures: architectures of the study.
        n_declared: comparisons in the family that the study file declares.
        spread: assumed or observed.
        detect: difference to be found (share: 0.001 is 0.1 points).
        band: band of indifference (share).
        confidence: 1 - alpha.
        seconds_a_seed: wall time here of one more seed of every architecture (s).

    Raises:
        ResultsError: the difference to be found is not positive, or there are fewer than two architectures.

    >>> plan = seed_plan(9, 36, assumed_spread(0.001), detect=0.001, band=0.001)
    >>> [(row.n_comparisons, row.fewest, row.n_seeds, row.n_seeds_normal) for row in plan.rows]
    [(1, 6, 18, 16), (8, 9, 30, 26), (36, 11, 38, 33)]
    """
    if not 0.0 < detect <= 1.0:
        raise ResultsError(
            must("the difference to detect", "be above 0 and at most 100 points", f"{100 * detect:g} points")
        )
    if n_architectures < 2:  # noqa: PLR2004  # nothing to compare
        raise ResultsError(must("the study", "have two architectures to compare", n_architectures))
    n_pairs = n_architectures * (n_architectures - 1) // 2
    families = {1: "one comparison", n_architectures - 1: "all against a baseline", n_pairs: "all pairs"}
    families = {**families, n_declared: families.get(n_declared, "the declared pairs")} if n_declared else families
    families[1] = "one comparison"
    rows = [
        _row(m, name, spread, detect, band, 1 - confidence, seconds_a_seed, is_declared=m == n_declared)
        for m, name in sorted(families.items())
    ]
    return SeedPlan(detect, band, TARGET, 1 - confidence, spread, tuple(rows))


def _row(
    m: int,
    name: str,
    spread: SeedSpread,
    detect: float,
    band: float,
    alpha: float,
    seconds_a_seed: float | None,
    *,
    is_declared: bool,
) -> PlanRow:
    """Return the row of one family."""
    n_seeds = seeds_for_better(detect, spread.sd_difference, m, alpha=alpha)
    more = None if n_seeds is None else max(0, n_seeds - spread.n_seeds)
    at_hand = detectable(spread.sd_difference, spread.n_seeds, m, alpha=alpha) if spread.n_seeds else math.inf
    return PlanRow(
        family=name,
        n_comparisons=m,
        fewest=fewest_seeds(m, alpha),
        n_seeds=n_seeds,
        n_seeds_normal=seeds_by_normal(detect, spread.sd_difference, m, alpha=alpha),
        n_seeds_equivalent=seeds_for_equivalent(0.0, spread.sd_difference, band, m, alpha=alpha),
        more=more,
        more_s=None if more is None or seconds_a_seed is None else more * seconds_a_seed,
        detectable=at_hand if math.isfinite(at_hand) else None,
        is_declared=is_declared,
    )
