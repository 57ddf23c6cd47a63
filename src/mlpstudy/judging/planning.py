"""Planning a study: how many seeds the declared metric needs, before anything ran and after."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mlpstudy.errors import ResultsError
from mlpstudy.evidence.estimates.families import family
from mlpstudy.evidence.plan import SeedPlan, SeedSpread, assumed_spread, observed_spread, seed_plan
from mlpstudy.evidence.trouble import architecture_noise
from mlpstudy.judging.folder import read_moment
from mlpstudy.tasks.metrics.menu import METRICS

if TYPE_CHECKING:
    from mlpstudy.store import Store
    from mlpstudy.study import Study


def plan_study(
    study: Study, *, detect: float | None = None, sd: float | None = None, n_examples: int | None = None
) -> SeedPlan:
    """Return the plan of a study before anything ran.

    Args:
        study: the study.
        detect: difference to be found, in the unit of the declared metric (of accuracy a share); the band of
            indifference where None.
        sd: SD of the metric over seeds to plan with, in the unit; one is assumed where None.
        n_examples: test examples, where they are known.

    Raises:
        ResultsError: the study has one architecture only, or a number is impossible.

    >>> from mlpstudy.study import load_study
    >>> plan_study(load_study("notebook"), sd=0.001).rows[-1].n_seeds
    38
    """
    return _plan(study, assumed_spread(sd, n_examples, METRICS[study.judging.metric]), detect, None)


def plan_store(store: Store, *, detect: float | None = None, sd: float | None = None) -> SeedPlan:
    """Return the plan of a study's folder: the observed SD and run times, or the SD given.

    With fewer than two seeds in common, or one test example, the SD is assumed, as before anything ran.

    Args:
        store: the study's folder.
        detect: difference to be found, in the unit of the declared metric (of accuracy a share); the band of
            indifference where None.
        sd: SD of the metric over seeds to plan with, in the unit, instead of the observed one.

    Raises:
        ResultsError: as :func:`plan_study`.
    """
    moment = read_moment(store)
    study, sample = moment.study, moment.sample
    walls = [a.wall_s for a in sample.architectures]
    seconds = None if None in walls else sum(w for w in walls if w is not None) / moment.n_workers
    n_seeds = min(a.n for a in sample.architectures)
    metric = METRICS[study.judging.metric]
    spread = replace(assumed_spread(sd, sample.n_examples, metric), n_seeds=n_seeds)
    pairs = _pairs(study)
    with suppress(ResultsError):  # no pair has two seeds in common, or there is one test example
        noise = (architecture_noise(a, sample) for a in sample.architectures)
        seen = observed_spread(sample, pairs, [one.architecture for one in noise if one.trouble], metric)
        # What new data can show does not hang on an SD that is given.
        given = replace(spread, new_data_limit=seen.new_data_limit, is_limit_observed=True)
        spread = seen if sd is None else given
    return _plan(study, spread, detect, seconds)


def _pairs(study: Study) -> tuple[tuple[str, str], ...]:
    """Return the declared family."""
    judging = study.judging
    names = [architecture.name for architecture in study.architectures]
    return family(names, judging.family, baseline=judging.baseline, pairs=judging.pairs)


def _plan(study: Study, spread: SeedSpread, detect: float | None, seconds: float | None) -> SeedPlan:
    """Return the plan of a study with a spread."""
    metric = METRICS[study.judging.metric]
    width = metric.band(study.judging.indifference_pp)
    return seed_plan(
        len(study.architectures),
        len(_pairs(study)),
        spread,
        detect=width if detect is None else detect,
        band=width,
        confidence=study.judging.confidence,
        seconds_a_seed=seconds,
        metric=metric,
    )
