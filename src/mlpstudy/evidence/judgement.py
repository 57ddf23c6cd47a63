"""The judgement of a study: every declared pair, every factor, every metric, the noise, the flips."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlpstudy.evidence.audits.ledger import FlipLedger, HardExample
from mlpstudy.evidence.audits.noise import NoiseAudit
from mlpstudy.evidence.estimates.contrasts import Estimate
from mlpstudy.evidence.estimates.superiority import Superiority
from mlpstudy.evidence.factorial import Effect
from mlpstudy.evidence.verdicts import Verdict
from mlpstudy.study import Judging
from mlpstudy.tasks.metrics.metric import Metric


@dataclass(frozen=True, slots=True)
class PairJudgement:
    """A pair: a minus b.

    Attributes:
        a: the first.
        b: the second.
        difference: a minus b, in the unit of the metric; nan without a common seed.
        test_examples: the difference in test examples, mean over seeds; None unless the metric counts them.
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
        metric: the metric; its name in JSON.
        unit: of all numbers here, by its name: of accuracy "share" (0 to 1); points are 100 times the share.
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

    def best_first(self) -> list[Standing]:
        """Return the standings, the best mean first; those without a finished run are last."""
        return sorted(self.standings, key=lambda one: math.inf if one.mean is None else -self.metric.goodness(one.mean))

    def leader(self) -> Standing | None:
        """Return the architecture with the best mean; None where no run has finished."""
        first = self.best_first()[0]
        return None if first.mean is None else first


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
