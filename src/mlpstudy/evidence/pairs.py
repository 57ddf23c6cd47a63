"""The declared pairs by one metric: their differences, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlpstudy.arrays import FloatArray
from mlpstudy.evidence.estimates.contrasts import Estimate, estimate_contrasts
from mlpstudy.evidence.estimates.families import family_contrasts
from mlpstudy.evidence.estimates.signflip import holm
from mlpstudy.evidence.estimates.superiority import Superiority, superiority
from mlpstudy.evidence.judgement import ArchitectureNoise, PairJudgement
from mlpstudy.evidence.sample import ArchitectureSample, StudySample
from mlpstudy.evidence.verdicts import PairFacts, equivalence_p, is_different, judge_pair
from mlpstudy.study import Judging
from mlpstudy.tasks.metrics.metric import Metric

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """What was declared, and what is known of the runs before any metric.

    Attributes:
        sample: what the runs did.
        judging: how they are judged.
        pairs: the family.
        noise: one an architecture.
        n_workers: runs that train at once here.
    """

    sample: StudySample
    judging: Judging
    pairs: tuple[Pair, ...]
    noise: tuple[ArchitectureNoise, ...]
    n_workers: int = 1

    @property
    def names(self) -> list[str]:
        """The architectures."""
        return [a.name for a in self.sample.architectures]

    @property
    def is_every_pair(self) -> bool:
        """All pairs are in the family."""
        n = len(self.sample.architectures)
        return len(self.pairs) == n * (n - 1) // 2


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was declared, by one metric.

    Attributes:
        declared: the family and its runs.
        metric: the metric.
        cells: it of every run on every example; None where no single example has it.
        scores: it of every run.
    """

    declared: Declared
    metric: Metric
    cells: list[FloatArray] | None
    scores: list[FloatArray]

    @property
    def band(self) -> float:
        """The band of indifference, in the unit of the metric."""
        return self.metric.band(self.declared.judging.indifference_pp)

    @property
    def resolution(self) -> float:
        """The step in which a score moves; 0 where it moves in none."""
        return self.metric.resolution(self.declared.sample.n_examples)


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """A pair, compared by one metric.

    Attributes:
        measured: the metric of the runs.
        i: the place of the first architecture.
        j: the place of the second.
        estimate: of the first minus the second.
        equivalence_p: p of the two one-sided tests, Holm-adjusted.
    """

    measured: Measured
    i: int
    j: int
    estimate: Estimate
    equivalence_p: float

    @property
    def both(self) -> tuple[ArchitectureSample, ArchitectureSample]:
        """The two architectures."""
        architectures = self.measured.declared.sample.architectures
        return architectures[self.i], architectures[self.j]

    def trouble(self) -> str:
        """Return why a mean over seeds does not describe the pair, in words; empty where it does."""
        noise = self.measured.declared.noise
        return "; ".join(one.trouble for one in (noise[self.i], noise[self.j]) if one.trouble)

    def seconds_a_seed(self) -> float | None:
        """Return the wall time here of one more seed of both (s); None where it is not known."""
        first, second = (one.wall_s for one in self.both)
        if first is None or second is None:
            return None
        return (first + second) / max(1, self.measured.declared.n_workers)

    def is_provisional(self) -> bool:
        """Say whether fewer runs are finished than planned."""
        n_planned = self.measured.declared.sample.n_planned
        return any(one.n + len(one.diverged_seeds) < n_planned for one in self.both)

    def superiority(self) -> Superiority | None:
        """Return how probably a run of the first beats one of the second; None where either has no finished run."""
        if not all(one.n for one in self.both):
            return None
        of, metric = self.measured, self.measured.metric
        a, b = metric.goodness(of.scores[self.i]), metric.goodness(of.scores[self.j])
        return superiority(a, b, of.declared.judging.confidence)


def measured(declared: Declared, metric: Metric) -> Measured:
    """Return a metric of all runs."""
    return Measured(declared, metric, *declared.sample.measured(metric))


def estimates(of: Measured, *, with_components: bool = True) -> tuple[Estimate, ...]:
    """Return the estimates of the declared pairs."""
    declared = of.declared
    return estimate_contrasts(
        family_contrasts(declared.names, declared.pairs),
        [a.seeds for a in declared.sample.architectures],
        of.scores,
        of.cells,
        confidence=declared.judging.confidence,
        resolution=of.resolution,
        with_components=with_components,
    )


def different(pairs: Sequence[Pair], found: Sequence[Estimate]) -> list[Pair]:
    """Return the pairs of which one is better."""
    return [pair for pair, estimate in zip(pairs, found, strict=True) if is_different(estimate)]


def judge_pairs(of: Measured, found: Sequence[Estimate]) -> tuple[PairJudgement, ...]:
    """Return the judgement of every declared pair, from its estimate."""
    index = of.declared.sample.index
    p_equivalent = holm([equivalence_p(estimate, of.band) for estimate in found])
    return tuple(
        _judged(_Compared(of, index(a), index(b), estimate, float(p)))
        for (a, b), estimate, p in zip(of.declared.pairs, found, p_equivalent, strict=True)
    )


def _judged(pair: _Compared) -> PairJudgement:
    """Return the judgement of one pair."""
    of, (first, second) = pair.measured, pair.both
    sample = of.declared.sample
    only_a, only_b = _one_seed_flips(sample, first, second)
    facts = PairFacts(
        a=first.name,
        b=second.name,
        metric=of.metric,
        band=of.band,
        n_comparisons=len(of.declared.pairs),
        trouble=pair.trouble(),
        equivalence_p=pair.equivalence_p,
        n_examples=sample.n_examples,
        seconds_a_seed=pair.seconds_a_seed(),
        provisional=pair.is_provisional(),
        only_a_right=only_a,
        only_b_right=only_b,
    )
    return PairJudgement(
        a=first.name,
        b=second.name,
        difference=pair.estimate.value,
        test_examples=sample.n_examples * pair.estimate.value if of.metric.counts_examples else None,
        estimate=pair.estimate,
        equivalence_p=pair.equivalence_p,
        a_beats_b=pair.superiority(),
        verdict=judge_pair(pair.estimate, facts),
    )


def _one_seed_flips(
    sample: StudySample, first: ArchitectureSample, second: ArchitectureSample
) -> tuple[int | None, int | None]:
    """Return the examples that one of two networks alone gets right, where they have one seed in common."""
    common, rows_a, rows_b = np.intersect1d(first.seeds, second.seeds, assume_unique=True, return_indices=True)
    if common.size != 1:
        return None, None
    right_a = first.predicted[rows_a[0]] == sample.labels
    right_b = second.predicted[rows_b[0]] == sample.labels
    return int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
