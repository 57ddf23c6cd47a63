"""The plan: how many seeds each family of comparisons needs, and how long they take."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.estimates.power import (
    TARGET,
    detectable,
    seeds_by_normal,
    seeds_for_better,
    seeds_for_equivalent,
)
from mlpstudy.evidence.estimates.rounding import sd_of
from mlpstudy.evidence.estimates.signflip import fewest_seeds
from mlpstudy.evidence.estimates.twoway import DETECTED_SES, two_way
from mlpstudy.evidence.sample import StudySample
from mlpstudy.tasks.metrics.accuracy import ACCURACY
from mlpstudy.tasks.metrics.metric import Metric

ASSUMED_SD = 0.0015
"""SD of test accuracy over seeds that is assumed before anything ran: 0.15 points, the middle of what
multilayer perceptrons on the 10,000 test images of MNIST show (0.1 to 0.3)."""
ASSUMED_EXAMPLES = 10_000
"""Test examples that it is of: most of the spread is the finite test set's, which falls with sqrt(N)."""
ASSUMED_V_EXAMPLE = 0.005
"""Variance between examples of a difference of two architectures that is assumed before anything ran: one example in
200 is decided differently whatever the seeds, as on MNIST's images and on small tables."""

LEAST_DETECT = 1e-8
"""Difference from which on one can be planned for: of accuracy one example in a hundred million."""


@dataclass(frozen=True, slots=True)
class SeedSpread:
    """The spread over seeds that a plan rests on, in the unit of the metric (of accuracy shares, not points).

    Attributes:
        source: ``"assumed"``, ``"given"`` or ``"observed"``.
        sd: SD of the metric over seeds of one architecture (root of the mean variance).
        sd_difference: SD over seeds of the paired difference of two (root of the mean variance over pairs), of each
            pair no less than judging takes it to be; sqrt(2) sd where it is assumed.
        n_seeds: finished seeds an architecture, the fewest; 0 before anything ran.
        new_data_limit: smallest difference that infinitely many seeds would show on new data (mean over pairs); assumed
            unless observed, None where the number of test examples is not known, or no pair differs on any.
        is_limit_observed: the limit is that of the finished runs, also where the SD is given.
        n_examples: test examples; None where they are not known.
        left_out: architectures that are UNSTABLE, whose spread is not in the SD: they would hide what the others need.
        unstable: architectures that are UNSTABLE and in it nevertheless, since no pair is left without them.
    """

    source: Literal["assumed", "given", "observed"]
    sd: float
    sd_difference: float
    n_seeds: int
    new_data_limit: float | None
    n_examples: int | None = None
    left_out: tuple[str, ...] = ()
    unstable: tuple[str, ...] = ()
    is_limit_observed: bool = False


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
        metric: what is planned for: the declared metric.
        detect: true difference to be found, in the unit of the metric.
        band: band of indifference, in the unit.
        power: probability of finding it.
        alpha: error rate of a family.
        spread: what the plan rests on.
        rows: one a family, the smallest first.
    """

    metric: Metric
    detect: float
    band: float
    power: float
    alpha: float
    spread: SeedSpread
    rows: tuple[PlanRow, ...]

    @property
    def is_below_new_data(self) -> bool:
        """No number of seeds would show the difference on new data: only more test examples would."""
        limit = self.spread.new_data_limit
        return limit is not None and self.detect < limit


def assumed_spread(sd: float | None = None, n_examples: int | None = None, metric: Metric = ACCURACY) -> SeedSpread:
    """Return the spread that is planned with where none was observed.

    Args:
        sd: SD over seeds that is given, in the unit of the metric; where None, ASSUMED_SD times sqrt(10,000 / N).
        n_examples: N, the test examples; None where they are not known: then 10,000 are assumed.
        metric: what is planned for; what is assumed of accuracy is exchanged at its rate.

    Raises:
        ResultsError: sd is not positive, or beyond what the metric can be.

    >>> assumed_spread().sd, round(assumed_spread(n_examples=100).sd, 6)
    (0.0015, 0.015)
    >>> from mlpstudy.tasks.metrics.log_loss import LOG_LOSS
    >>> of_loss = assumed_spread(n_examples=10_000, metric=LOG_LOSS)
    >>> of_loss.sd, round(of_loss.new_data_limit, 4)
    (0.0075, 0.0056)
    """
    if sd is not None and not 0.0 < sd < metric.range:
        be = f"be between 0 and {metric.given(metric.range)}" if math.isfinite(metric.range) else "be above 0"
        raise ResultsError(must("the assumed SD", be, metric.given(sd)))
    rate = metric.of_a_share
    used = rate * ASSUMED_SD * math.sqrt(ASSUMED_EXAMPLES / (n_examples or ASSUMED_EXAMPLES)) if sd is None else sd
    v_example = rate**2 * ASSUMED_V_EXAMPLE if metric.v_example is None else metric.v_example
    limit = None if n_examples is None else DETECTED_SES * math.sqrt(v_example / n_examples)
    return SeedSpread("assumed" if sd is None else "given", used, math.sqrt(2) * used, 0, limit, n_examples)


def observed_spread(
    sample: StudySample, pairs: Sequence[tuple[str, str]], unstable: Collection[str] = (), metric: Metric = ACCURACY
) -> SeedSpread:
    """Return the spread over seeds that a study's finished runs show.

    Args:
        sample: what its runs did.
        pairs: the declared family.
        unstable: architectures that are UNSTABLE: left out where any pair is left without them.
        metric: what is planned for; one that a study may declare.

    Raises:
        ResultsError: no pair has two common seeds.
    """
    if unstable:
        steady = [pair for pair in pairs if not set(pair) & set(unstable)]
        kept = StudySample(
            tuple(a for a in sample.architectures if a.name not in unstable), sample.labels, sample.n_planned
        )
        with suppress(ResultsError):
            return replace(observed_spread(kept, steady, metric=metric), left_out=tuple(unstable))
    cells, _ = sample.measured(metric)
    assert cells is not None  # noqa: S101  # a metric that decides has a value on every example
    seeds = [a.seeds for a in sample.architectures]
    variances, limits = [], []
    for a, b in ((sample.index(x), sample.index(y)) for x, y in pairs):
        common, rows_a, rows_b = np.intersect1d(seeds[a], seeds[b], assume_unique=True, return_indices=True)
        if common.size > 1:
            differences = cells[a][rows_a] - cells[b][rows_b]
            parts = two_way(differences)
            # As judged: equal differences of few seeds by luck are no proof of a spread of 0.
            floor = metric.resolution(parts.n_examples) ** 2 / 12 if differences.any() else 0.0
            variances.append(max(parts.ms_seed / parts.n_examples, floor))
            limits.append(parts.smallest_detectable())
    own = [sd_of(table.mean(axis=1)) ** 2 for table in cells if table.shape[0] > 1]
    if not variances:
        raise ResultsError(must("the study", "have two seeds in common for one pair at least", "none", "--seeds 6"))
    return SeedSpread(
        source="observed",
        sd=math.sqrt(float(np.mean(own))),
        sd_difference=math.sqrt(float(np.mean(variances))),
        n_seeds=min(a.n for a in sample.architectures),
        # Where no pair differs on any test example, a limit of 0 would say that new data show everything.
        new_data_limit=float(np.mean(limits)) if any(limits) else None,
        n_examples=sample.n_examples,
        unstable=tuple(unstable),
        is_limit_observed=True,
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
    metric: Metric = ACCURACY,
) -> SeedPlan:
    """Return the seeds that one comparison, all against a baseline, all pairs and the declared family need.

    By the noncentral t distribution at ``alpha / m`` (:mod:`mlpstudy.evidence.estimates.power`), never below the fewest
    seeds of the sign-flip test.

    Args:
        n_architectures: architectures of the study.
        n_declared: comparisons in the family that the study file declares.
        spread: assumed or observed.
        detect: difference to be found, in the unit of the metric (of accuracy a share: 0.001 is 0.1 points).
        band: band of indifference, in the unit.
        confidence: 1 - alpha.
        seconds_a_seed: wall time here of one more seed of every architecture (s).
        metric: what is planned for.

    Raises:
        ResultsError: the difference to be found is not above LEAST_DETECT, or there are fewer than two architectures.

    >>> plan = seed_plan(9, 36, assumed_spread(0.001), detect=0.001, band=0.001)
    >>> [(row.n_comparisons, row.fewest, row.n_seeds, row.n_seeds_normal) for row in plan.rows]
    [(1, 6, 18, 16), (8, 9, 30, 26), (36, 11, 38, 33)]
    """
    if not (LEAST_DETECT < detect <= metric.range and math.isfinite(detect)):
        least = f"{metric.unit.factor * LEAST_DETECT:.8f}".rstrip("0")
        most = f" and at most {metric.given(metric.range)}" if math.isfinite(metric.range) else ""
        raise ResultsError(must("the difference to detect", f"be above {least}{most}", metric.given(detect)))
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
    return SeedPlan(metric, detect, band, TARGET, 1 - confidence, spread, tuple(rows))


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
