"""Judging a study's folder: where the store and the evidence meet. Never touches an engine."""

from __future__ import annotations

import platform
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from mlpstudy.errors import MlpstudyError, ResultsError
from mlpstudy.evidence.audits.self_check import SelfCheck, self_check
from mlpstudy.evidence.claims import broken_claims, claims_text, make_claims, read_claims, restrict
from mlpstudy.evidence.estimates.families import family
from mlpstudy.evidence.judge import judge, standings
from mlpstudy.evidence.plan import SeedPlan, SeedSpread, assumed_spread, observed_spread, seed_plan
from mlpstudy.evidence.sample import StudySample, collect
from mlpstudy.evidence.trouble import architecture_noise
from mlpstudy.judging.at_once import runs_at_once
from mlpstudy.machine.files import read_if_there, write_whole
from mlpstudy.store.failures import one_line
from mlpstudy.store.verify import verify
from mlpstudy.study import LEAST_JUDGED
from mlpstudy.tasks.metrics.menu import METRICS

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.evidence.claims import Claims
    from mlpstudy.evidence.judgement import Judgement
    from mlpstudy.store import Finding, Store
    from mlpstudy.study import Study

CLAIMS = "claims.json"
"""Name of the file of claims in a study's folder."""
LARGEST_CLAIMS = 1 << 27
"""Bytes that it may have: some 400,000 claims."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What holds of a study's folder.

    Attributes:
        findings: what is damaged; empty where nothing is.
        broken: claims that the stored outcomes do not confirm, a line each; empty where all hold.
        n_claims: claims that were recomputed; None where no claims were ever written.
        self_check: the judge judged on the study's own runs; None where the outcomes cannot be read, or are of one
            test example.
    """

    findings: tuple[Finding, ...]
    broken: tuple[str, ...]
    n_claims: int | None
    self_check: SelfCheck | None

    @property
    def holds(self) -> bool:
        """Nothing is damaged and no claim is broken."""
        return not self.findings and not self.broken


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What a study's folder held at one moment, as far as judging needs it.

    Attributes:
        study: what was compared and how.
        data_sha256: hash of the data.
        sample: what the finished runs did on the test examples.
        n_workers: runs that trained at once here.
    """

    study: Study
    data_sha256: str
    sample: StudySample
    n_workers: int


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A judgement with what it was made from, so that who prints it and who writes its claims judge once.

    Attributes:
        moment: what the folder held.
        judgement: what follows.
    """

    moment: Moment
    judgement: Judgement


def read_moment(store: Store) -> Moment:
    """Return all that judging needs of a study's folder, also while the study is still running."""
    with store.snapshot():
        study, records = store.study(), store.runs()
        finished = [record for record in records if record.status == "finished"]
        outcomes = store.outcomes(record.run_id for record in finished)
        labels, data_sha256 = store.test_labels(), store.data_sha256
    sample = collect(
        ((record, outcomes.get(record.run_id)) for record in records),
        labels,
        {architecture.name: architecture.levels for architecture in study.architectures},
        study.seeds,
    )
    return Moment(study, data_sha256, sample, runs_at_once(finished))


def judge_moment(moment: Moment) -> Judged:
    """Return the judgement of what a folder held, by the rules that its study file declares."""
    return Judged(moment, judge(moment.sample, moment.study.judging, n_workers=moment.n_workers))


def judge_store(store: Store) -> Judgement:
    """Return the judgement of a study's folder, by the rules that its study file declares."""
    return judge_moment(read_moment(store)).judgement


def tiers(moment: Moment) -> dict[str, str]:
    """Return the tier of each architecture by the primary metric; none where not all pairs are compared.

    They are those of :func:`judge_moment`, at a fraction of its time.
    """
    found = {one.architecture: one.tier for one in standings(moment.sample, moment.study.judging)}
    return found if any(found.values()) else {}


def claims_of(judged: Judged) -> Claims:
    """Return the claims of a judgement: every verdict with what it was made from."""
    moment = judged.moment
    return make_claims(
        judged.judgement,
        moment.sample,
        study=moment.study.identity(),
        data_sha256=moment.data_sha256,
        versions=_versions(),
    )


def _versions() -> dict[str, str]:
    """Return the versions of what computes verdicts; a source tree on the path has none of its own."""
    try:
        own = version("mlpstudy")
    except PackageNotFoundError:
        own = "unknown"
    return {
        "mlpstudy": own,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "scipy": version("scipy"),
    }


def write_claims(store: Store, judged: Judged | None = None) -> Path:
    """Write ``claims.json`` into a study's folder, whole or not at all, and return its path.

    Args:
        store: the study's folder.
        judged: its judgement, where it has been judged already.

    Raises:
        StoreError: the folder cannot be written.
    """
    content = claims_text(claims_of(judged or judge_moment(read_moment(store)))).encode()
    with one_line(store.folder, f"write {CLAIMS}"):
        return write_whole(store.folder, CLAIMS, content)


def verify_store(store: Store) -> Verification:
    """Check a study's folder: every hash and count, every claim recomputed, and the judge on the study's own runs."""
    findings = tuple(verify(store))
    claims = None
    broken: tuple[str, ...] = ()
    check = None
    try:
        moment = read_moment(store)
        sample, judging = moment.sample, moment.study.judging
        metric = METRICS[judging.metric]
        if sample.n_examples >= LEAST_JUDGED:
            resolution = metric.resolution(sample.n_examples)
            check = self_check(sample.scores(metric), confidence=judging.confidence, resolution=resolution)
        with one_line(store.folder, f"read {CLAIMS}"):
            content = read_if_there(store.folder, CLAIMS, LARGEST_CLAIMS)
        if content is not None:
            claims = read_claims(content.decode(errors="replace"), str(store.folder / CLAIMS))
            broken = _broken(moment, claims)
    except MlpstudyError as error:
        # Damage is reported as a finding of the folder already, where that is the reason.
        broken = (*broken, str(error))
    return Verification(findings, broken, None if claims is None else len(claims.claims), check)


def _broken(moment: Moment, claims: Claims) -> tuple[str, ...]:
    """Return what of the claims does not hold."""
    study = moment.study
    lines: list[str] = []
    if claims.study != study.identity():
        lines.append("the claims are of another study")
    if claims.data_sha256 != moment.data_sha256:
        lines.append("the claims are of other data")
    if claims.judging != study.judging:
        lines.append("the claims were judged by other rules than the study declares")
    try:
        then = restrict(moment.sample, claims)
    except ResultsError as error:
        return (*lines, str(error))
    return (*lines, *broken_claims(claims, judge(then, claims.judging)))


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
