"""Judging a study: from what its runs did to what counts as evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.audits.ledger import hard_examples, ledger_of
from mlpstudy.evidence.estimates.families import family
from mlpstudy.evidence.estimates.letters import compact_letters
from mlpstudy.evidence.factorial import factor_effects, left_out
from mlpstudy.evidence.judgement import Judgement, MetricJudgement, Standing
from mlpstudy.evidence.pairs import Declared, Measured, Pair, different, estimates, judge_pairs, measured
from mlpstudy.evidence.sample import StudySample
from mlpstudy.evidence.trouble import architecture_noise
from mlpstudy.study import LEAST_JUDGED, MAX_COMPARISONS, Judging
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.tasks.metrics.metric import Metric

LISTED_FLIPS = 8
"""Examples a pair in the judgement's flip ledgers."""


def judge(sample: StudySample, judging: Judging, *, n_workers: int = 1) -> Judgement:
    """Return the judgement of a study.

    Args:
        sample: what its runs did.
        judging: how it is judged, as the study file declares it.
        n_workers: runs that train at once here, for the time that more seeds take.

    Raises:
        ResultsError: there are fewer than two architectures, or the declaration names one that is not there.
    """
    names = [a.name for a in sample.architectures]
    if len(names) < 2:  # noqa: PLR2004  # nothing to compare
        raise ResultsError(must("a judged study", "have two architectures to compare", len(names)))
    if sample.n_examples < LEAST_JUDGED:
        raise ResultsError(must("a judged study", "have two or more test examples", sample.n_examples))
    pairs = family(names, judging.family, baseline=judging.baseline, pairs=judging.pairs)
    noise = tuple(architecture_noise(a, sample) for a in sample.architectures)
    declared = Declared(sample, judging, pairs, noise, n_workers)
    primary = METRICS[judging.metric]
    return Judgement(
        judging=judging,
        n_planned=sample.n_planned,
        n_examples=sample.n_examples,
        is_provisional=sample.is_provisional,
        metrics=(
            _judged(declared, primary, is_primary=True),
            *(_judged(declared, metric, is_primary=False) for metric in METRICS.values() if metric is not primary),
        ),
        noise=noise,
        flips=tuple(ledger for a, b in pairs if (ledger := ledger_of(sample, a, b, n_listed=LISTED_FLIPS)) is not None),
        hard=hard_examples(
            [a.predicted for a in sample.architectures], [a.p_true for a in sample.architectures], sample.labels
        ),
        effects_left_out=left_out([a.levels for a in sample.architectures]),
    )


def standings(sample: StudySample, judging: Judging) -> tuple[Standing, ...]:
    """Return mean and tier of each architecture by the primary metric, exactly as :func:`judge` does.

    Nothing else is judged, so that it takes a fraction of the time. Where not all pairs are declared, or more than
    can be judged, or there is one test example, there are no tiers.
    """
    names = [a.name for a in sample.architectures]
    n_pairs = len(names) * (len(names) - 1) // 2
    can_be_judged = 0 < n_pairs <= MAX_COMPARISONS and sample.n_examples >= LEAST_JUDGED
    has_tiers = can_be_judged and judging.n_comparisons(len(names)) == n_pairs
    pairs = family(names, judging.family, baseline=judging.baseline, pairs=judging.pairs) if has_tiers else ()
    noise = tuple(architecture_noise(a, sample) for a in sample.architectures)
    of = measured(Declared(sample, judging, pairs, noise), METRICS[judging.metric])
    return _standings(of, different(pairs, estimates(of, with_components=False)) if has_tiers else None)


def _judged(declared: Declared, metric: Metric, *, is_primary: bool) -> MetricJudgement:
    """Return everything about one metric."""
    of = measured(declared, metric)
    found = estimates(of)
    architectures = declared.sample.architectures
    return MetricJudgement(
        metric=metric,
        unit=metric.unit.name,
        is_primary=is_primary,
        band=of.band,
        pairs=judge_pairs(of, found),
        effects=factor_effects(
            [a.levels for a in architectures],
            [a.seeds for a in architectures],
            of.scores,
            of.cells,
            confidence=declared.judging.confidence,
            resolution=of.resolution,
        ),
        standings=_standings(of, different(declared.pairs, found) if declared.is_every_pair else None),
    )


def _standings(of: Measured, different_pairs: Sequence[Pair] | None) -> tuple[Standing, ...]:
    """Return mean and tier of each architecture; no tier where the pairs that differ are not known of all."""
    means = [float(one.mean()) if one.size else None for one in of.scores]
    tiers = [""] * len(means) if different_pairs is None else _tiers(of, means, different_pairs)
    return tuple(
        Standing(name, int(one.size), mean, tier)
        for name, one, mean, tier in zip(of.declared.names, of.scores, means, tiers, strict=True)
    )


def _tiers(of: Measured, means: Sequence[float | None], different_pairs: Sequence[Pair]) -> list[str]:
    """Return the letters of each architecture; "?" of those that are UNSTABLE."""
    names = of.declared.names
    settled = [i for i, one in enumerate(of.declared.noise) if not one.trouble]
    place = {names[i]: position for position, i in enumerate(settled)}
    apart = [(place[a], place[b]) for a, b in different_pairs if a in place and b in place]
    worst_last = [math.inf if (mean := means[i]) is None else -of.metric.goodness(mean) for i in settled]
    best_first = [int(k) for k in np.argsort(worst_last, kind="stable")]
    letters = dict(zip(settled, compact_letters(len(settled), apart, best_first), strict=True))
    return [letters.get(i, "?") for i in range(len(names))]
