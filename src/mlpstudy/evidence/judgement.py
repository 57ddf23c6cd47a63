"""The judgement of a study: every declared pair, every factor, every metric, the noise, the flips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.audits.ledger import FlipLedger, HardExample, flip_ledger, hard_examples
from mlpstudy.evidence.audits.noise import NoiseAudit, audit
from mlpstudy.evidence.estimates.contrasts import Estimate, estimate_contrasts
from mlpstudy.evidence.estimates.families import family, family_contrasts
from mlpstudy.evidence.estimates.letters import compact_letters
from mlpstudy.evidence.estimates.signflip import holm
from mlpstudy.evidence.estimates.superiority import Superiority, superiority
from mlpstudy.evidence.factorial import Effect, factor_effects, left_out
from mlpstudy.evidence.sample import METRICS, ArchitectureSample, Metric, StudySample, higher_is_better
from mlpstudy.evidence.verdicts import PairFacts, Verdict, equivalence_p, is_different, judge_pair
from mlpstudy.records.arrays import FloatArray
from mlpstudy.study import LEAST_JUDGED, MAX_COMPARISONS, Judging

NATS_AN_ERROR = 5.0
"""Exchange rate of the bands of indifference: 0.1 points of accuracy against 0.005 nats of log loss. Networks
with about 2 % of errors have a log loss of about 0.1 nats."""
LISTED_FLIPS = 8
"""Examples a pair in the judgement's flip ledgers."""


def band(judging: Judging, metric: Metric) -> float:
    """Return the band of indifference in the unit of a metric.

    The declared points for accuracy and calibration error; 0.05 nats a point for log loss.

    >>> band(Judging(), "accuracy"), band(Judging(), "log loss")
    (0.001, 0.005)
    """
    share = judging.indifference_pp / 100
    return share * NATS_AN_ERROR if metric == "log loss" else share


@dataclass(frozen=True, slots=True)
class PairJudgement:
    """A pair: a minus b.

    Attributes:
        a: the first.
        b: the second.
        difference: a minus b, in the unit of the metric; nan without a common seed.
        test_examples: the difference in test examples, mean over seeds; None unless the metric is accuracy.
        estimate: with both questions' intervals and p values.
        equivalence_p: p of the two one-sided tests, Holm-adjusted.
        a_beats_b: probability that one run of a beats one run of b; None where either has no finished run.
        verdict: what follows.
    """

    a: str
    b: str
    difference: float
    test_examples: float | None
    estimate: Estimate
    equivalence_p: float
    a_beats_b: Superiority | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """An architecture within one metric.

    Attributes:
        architecture: its name.
        n_seeds: finished runs.
        mean: mean of the metric over them; None without any.
        tier: its letters; architectures that share one cannot be told apart. "?" where it is UNSTABLE; empty where
            not all pairs are in the family, so that no letters can be given.
    """

    architecture: str
    n_seeds: int
    mean: float | None
    tier: str


@dataclass(frozen=True, slots=True)
class MetricJudgement:
    """Everything about one metric.

    Attributes:
        metric: its name.
        unit: "share" (0 to 1) or "nats"; differences in points are 100 times the share.
        is_primary: declared in the study file; else exploratory.
        band: band of indifference, in the unit.
        pairs: the declared family.
        effects: main effects and interactions of the factors, where the study is a full factorial.
        standings: one an architecture, in the order of the study.
    """

    metric: Metric
    unit: str
    is_primary: bool
    band: float
    pairs: tuple[PairJudgement, ...]
    effects: tuple[Effect, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class ArchitectureNoise:
    """The runs of one architecture and their spread.

    Attributes:
        architecture: its name.
        n_finished: finished runs.
        n_diverged: diverged runs.
        n_failed: failed runs.
        audit: noise audit of its accuracy; None without a finished run.
        trouble: why it makes its pairs UNSTABLE, in words; empty where it does not.
    """

    architecture: str
    n_finished: int
    n_diverged: int
    n_failed: int
    audit: NoiseAudit | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What counts as evidence in a study.

    Attributes:
        judging: how it was judged.
        n_planned: seeds an architecture that the study asks for.
        n_examples: test examples.
        is_provisional: fewer runs are finished than planned; not the verdicts of record.
        metrics: the primary one first.
        noise: one an architecture.
        flips: what each declared pair decides differently, where it has a common seed.
        hard: examples that nearly all runs get wrong.
        effects_left_out: which effects of the factors are not judged, a sentence each.
    """

    judging: Judging
    n_planned: int
    n_examples: int
    is_provisional: bool
    metrics: tuple[MetricJudgement, ...]
    noise: tuple[ArchitectureNoise, ...]
    flips: tuple[FlipLedger, ...]
    hard: tuple[HardExample, ...]
    effects_left_out: tuple[str, ...] = ()

    @property
    def primary(self) -> MetricJudgement:
        """The metric that the study declared."""
        return self.metrics[0]


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
    ordered = (judging.metric, *(m for m in METRICS if m != judging.metric))
    return Judgement(
        judging=judging,
        n_planned=sample.n_planned,
        n_examples=sample.n_examples,
        is_provisional=sample.is_provisional,
        metrics=tuple(_metric(metric, sample, judging, pairs, noise, n_workers) for metric in ordered),
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
    noise = tuple(architecture_noise(a, sample) for a in sample.architectures)
    cells, scores = _cells_and_scores(judging.metric, sample)
    n_pairs = len(names) * (len(names) - 1) // 2
    can_be_judged = 0 < n_pairs <= MAX_COMPARISONS and sample.n_examples >= LEAST_JUDGED
    if judging.n_comparisons(len(names)) != n_pairs or not can_be_judged:
        return _standings(names, judging.metric, scores, None, noise)
    pairs = family(names, judging.family, baseline=judging.baseline, pairs=judging.pairs)
    estimates = _estimates(judging.metric, sample, judging, pairs, cells, scores, with_components=False)
    different = [pair for pair, estimate in zip(pairs, estimates, strict=True) if is_different(estimate)]
    return _standings(names, judging.metric, scores, different, noise)


def ledger_of(sample: StudySample, a: str, b: str, *, n_listed: int = 24) -> FlipLedger | None:
    """Return what two architectures decide differently; None where they have no seed in common."""
    first, second = sample.architectures[sample.index(a)], sample.architectures[sample.index(b)]
    if np.intersect1d(first.seeds, second.seeds).size == 0:
        return None
    return flip_ledger(
        (a, b), (first.seeds, second.seeds), (first.predicted, second.predicted), sample.labels, n_listed=n_listed
    )


def architecture_noise(architecture: ArchitectureSample, sample: StudySample) -> ArchitectureNoise:
    """Return the noise audit of an architecture and what is wrong with it."""
    has_spread = architecture.n > 0 and sample.n_examples >= LEAST_JUDGED
    found = audit(architecture.predicted == sample.labels) if has_spread else None
    n_diverged = len(architecture.diverged_seeds)
    trouble = ""
    if n_diverged:
        trouble = f"{n_diverged} of {architecture.n + n_diverged} runs of {architecture.name} diverged"
    elif found is not None and found.is_excess:
        times = "far" if found.ratio is None or not np.isfinite(found.ratio) else f"{found.ratio:.1f} times"
        trouble = f"the spread of {architecture.name} over seeds is {times} above what finite test data explain"
        trouble = trouble.replace("times above", "times")
    return ArchitectureNoise(
        architecture.name, architecture.n, n_diverged, len(architecture.failed_seeds), found, trouble
    )


def _metric(
    metric: Metric,
    sample: StudySample,
    judging: Judging,
    pairs: Sequence[tuple[str, str]],
    noise: Sequence[ArchitectureNoise],
    n_workers: int,
) -> MetricJudgement:
    """Return everything about one metric."""
    cells, scores = _cells_and_scores(metric, sample)
    names = [a.name for a in sample.architectures]
    estimates = _estimates(metric, sample, judging, pairs, cells, scores)
    different = [pair for pair, estimate in zip(pairs, estimates, strict=True) if is_different(estimate)]
    width = band(judging, metric)
    p_equivalent = holm([equivalence_p(estimate, width) for estimate in estimates])
    judged = tuple(
        _pair(sample, metric, judging, noise, scores, pair, estimate, float(p), len(pairs), n_workers)
        for pair, estimate, p in zip(pairs, estimates, p_equivalent, strict=True)
    )
    return MetricJudgement(
        metric=metric,
        unit="nats" if metric == "log loss" else "share",
        is_primary=metric == judging.metric,
        band=width,
        pairs=judged,
        effects=factor_effects(
            [a.levels for a in sample.architectures],
            [a.seeds for a in sample.architectures],
            scores,
            cells,
            confidence=judging.confidence,
            resolution=_resolution(metric, sample),
        ),
        standings=_standings(
            names, metric, scores, different if len(pairs) == len(names) * (len(names) - 1) // 2 else None, noise
        ),
    )


def _cells_and_scores(metric: Metric, sample: StudySample) -> tuple[list[FloatArray] | None, list[FloatArray]]:
    """Return a metric of every run on every example, where it has one, and of every run."""
    cells = sample.cells(metric)
    return cells, [table.mean(axis=1) for table in cells] if cells is not None else sample.scores(metric)


def _resolution(metric: Metric, sample: StudySample) -> float:
    """Return the step in which a score moves; 0 where it moves in none."""
    return 1.0 / sample.n_examples if metric == "accuracy" else 0.0


def _estimates(
    metric: Metric,
    sample: StudySample,
    judging: Judging,
    pairs: Sequence[tuple[str, str]],
    cells: Sequence[FloatArray] | None,
    scores: Sequence[FloatArray],
    *,
    with_components: bool = True,
) -> tuple[Estimate, ...]:
    """Return the estimates of the declared pairs."""
    return estimate_contrasts(
        family_contrasts([a.name for a in sample.architectures], pairs),
        [a.seeds for a in sample.architectures],
        scores,
        cells,
        confidence=judging.confidence,
        resolution=_resolution(metric, sample),
        with_components=with_components,
    )


def _pair(
    sample: StudySample,
    metric: Metric,
    judging: Judging,
    noise: Sequence[ArchitectureNoise],
    scores: Sequence[FloatArray],
    pair: tuple[str, str],
    estimate: Estimate,
    p_equivalent: float,
    n_comparisons: int,
    n_workers: int,
) -> PairJudgement:
    """Return the judgement of one pair."""
    i, j = sample.index(pair[0]), sample.index(pair[1])
    first, second = sample.architectures[i], sample.architectures[j]
    seconds = None
    if first.wall_s is not None and second.wall_s is not None:
        seconds = (first.wall_s + second.wall_s) / max(1, n_workers)
    only_a, only_b = _one_seed_flips(sample, first, second)
    facts = PairFacts(
        a=pair[0],
        b=pair[1],
        metric=metric,
        band=band(judging, metric),
        n_comparisons=n_comparisons,
        trouble="; ".join(text for text in (noise[i].trouble, noise[j].trouble) if text),
        equivalence_p=p_equivalent,
        n_examples=sample.n_examples,
        seconds_a_seed=seconds,
        provisional=any(a.n + len(a.diverged_seeds) < sample.n_planned for a in (first, second)),
        only_a_right=only_a,
        only_b_right=only_b,
    )
    sign = 1.0 if higher_is_better(metric) else -1.0
    beats = None
    if first.n and second.n:
        beats = superiority(sign * scores[i], sign * scores[j], judging.confidence)
    return PairJudgement(
        a=pair[0],
        b=pair[1],
        difference=estimate.value,
        test_examples=sample.n_examples * estimate.value if metric == "accuracy" else None,
        estimate=estimate,
        equivalence_p=p_equivalent,
        a_beats_b=beats,
        verdict=judge_pair(estimate, facts),
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


def _standings(
    names: Sequence[str],
    metric: Metric,
    scores: Sequence[FloatArray],
    different_pairs: Sequence[tuple[str, str]] | None,
    noise: Sequence[ArchitectureNoise],
) -> tuple[Standing, ...]:
    """Return mean and tier of each architecture; no tier where the pairs that differ are not known of all."""
    means = [float(one.mean()) if one.size else None for one in scores]
    tiers = [""] * len(names)
    if different_pairs is not None:
        settled = [i for i, one in enumerate(noise) if not one.trouble]
        place = {names[i]: position for position, i in enumerate(settled)}
        different = [(place[a], place[b]) for a, b in different_pairs if a in place and b in place]
        sign = -1.0 if higher_is_better(metric) else 1.0
        worst = np.inf
        keys = [sign * m if (m := means[i]) is not None else worst for i in settled]
        order = [int(i) for i in np.argsort(keys, kind="stable")]
        letters = dict(zip(settled, compact_letters(len(settled), different, order), strict=True))
        tiers = [letters.get(i, "?") for i in range(len(names))]
    return tuple(
        Standing(name, int(one.size), mean, tier)
        for name, one, mean, tier in zip(names, scores, means, tiers, strict=True)
    )
