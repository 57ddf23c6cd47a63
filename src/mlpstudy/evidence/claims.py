"""Claims: verdicts written down with their numbers, so that they can be recomputed and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.judgement import Judgement
from mlpstudy.evidence.plain import plain
from mlpstudy.evidence.sample import ArchitectureSample, StudySample
from mlpstudy.evidence.verdicts import VerdictKind
from mlpstudy.study import Judging
from mlpstudy.tasks.metrics.menu import METRICS

CLAIMS_VERSION = 1
"""Version of the file's layout; a file of a newer one is refused."""
SAME = 1e-9
"""Relative difference up to which a recomputed number is the same: libraries may sum in another order."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One verdict with the numbers that it rests on; differences are a minus b, in the unit of the metric.

    Attributes:
        metric: name of what was compared.
        a: the first architecture.
        b: the second.
        verdict: BETTER, EQUIVALENT, UNRESOLVED or UNSTABLE.
        winner: the better one, or None.
        difference: mean over the common seeds; None without one.
        low: lower end of the simultaneous interval; None where it is unbounded.
        high: upper end; None likewise.
        p_adjusted: Holm-adjusted sign-flip p.
        n_seeds: common seeds.
    """

    metric: str
    a: str
    b: str
    verdict: VerdictKind
    winner: str | None
    difference: float | None
    low: float | None
    high: float | None
    p_adjusted: float
    n_seeds: int


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims of a study and what they were made from.

    Attributes:
        version: layout of the file.
        study: the study's hash.
        data_sha256: hash of its data.
        versions: what computed them: package, NumPy, SciPy.
        judging: how it was judged.
        n_planned: seeds that the study asked for.
        seeds: the finished seeds of each architecture.
        diverged: the diverged seeds of each architecture.
        provisional: fewer runs were finished than planned.
        claims: one a pair and metric.
    """

    version: int
    study: str
    data_sha256: str
    versions: Mapping[str, str]
    judging: Judging
    n_planned: int
    seeds: Mapping[str, tuple[int, ...]]
    diverged: Mapping[str, tuple[int, ...]]
    provisional: bool
    claims: tuple[Claim, ...]


def make_claims(
    judgement: Judgement, sample: StudySample, *, study: str, data_sha256: str, versions: Mapping[str, str]
) -> Claims:
    """Return the claims of a judgement.

    Args:
        judgement: what was judged.
        sample: what it was judged from.
        study: hash of the study.
        data_sha256: hash of its data.
        versions: versions of what computed them.
    """
    return Claims(
        version=CLAIMS_VERSION,
        study=study,
        data_sha256=data_sha256,
        versions=dict(versions),
        judging=judgement.judging,
        n_planned=judgement.n_planned,
        seeds={a.name: tuple(int(s) for s in a.seeds) for a in sample.architectures},
        diverged={a.name: a.diverged_seeds for a in sample.architectures},
        provisional=judgement.is_provisional,
        claims=_claims(judgement),
    )


def _claims(judgement: Judgement) -> tuple[Claim, ...]:
    """Return one claim a pair and metric."""
    return tuple(
        Claim(
            metric=one.metric.name,
            a=pair.a,
            b=pair.b,
            verdict=pair.verdict.kind,
            winner=pair.verdict.winner,
            difference=_finite(pair.difference),
            low=_finite(pair.estimate.simultaneous.low),
            high=_finite(pair.estimate.simultaneous.high),
            p_adjusted=pair.estimate.p_adjusted,
            n_seeds=pair.estimate.n_seeds,
        )
        for one in judgement.metrics
        for pair in one.pairs
    )


def _finite(value: float) -> float | None:
    """Return a number that JSON has, else None."""
    return float(value) if np.isfinite(value) else None


def restrict(sample: StudySample, claims: Claims) -> StudySample:
    """Return the sample as it was when the claims were made: the same seeds of the same architectures.

    Seeds that were added later do not touch a claim.

    Raises:
        ResultsError: an architecture or a seed that the claims rest on is no longer there.
    """
    chosen = tuple(
        _restricted(sample.architectures[sample.index(name)], seeds, claims) for name, seeds in claims.seeds.items()
    )
    return StudySample(chosen, sample.labels, claims.n_planned)


def _restricted(one: ArchitectureSample, seeds: tuple[int, ...], claims: Claims) -> ArchitectureSample:
    """Return one architecture with the seeds of the claims only."""
    missing = sorted(set(seeds) - set(one.seeds.tolist()))
    if missing:
        fix = "run them again, or judge anew"
        raise ResultsError(
            must(f"{one.name}, seed {missing[0]}", "be finished, since claims rest on it", "no such run", fix)
        )
    rows = np.searchsorted(one.seeds, np.array(seeds, dtype=np.int64))
    return replace(
        one,
        seeds=one.seeds[rows],
        predicted=one.predicted[rows],
        p_predicted=one.p_predicted[rows],
        p_true=one.p_true[rows],
        diverged_seeds=tuple(s for s in one.diverged_seeds if s in claims.diverged.get(one.name, ())),
    )


def broken_claims(claims: Claims, now: Judgement) -> tuple[str, ...]:
    """Return one line for each claim that the recomputed judgement does not confirm; none where all hold."""
    recomputed = {(c.metric, c.a, c.b): c for c in _claims(now)}
    lines: list[str] = []
    for claim in claims.claims:
        found = recomputed.pop((claim.metric, claim.a, claim.b), None)
        what = f"{claim.a} against {claim.b}, {claim.metric}"
        if found is None:
            lines.append(f"{what}: claimed {claim.verdict}, now not compared")
        elif (found.verdict, found.winner) != (claim.verdict, claim.winner):
            lines.append(f"{what}: claimed {_verdict_words(claim)}, now {_verdict_words(found)}")
        else:
            lines.extend(f"{what}: {text}" for text in _differing(claim, found))
    lines.extend(f"{a} against {b}, {metric}: not claimed" for metric, a, b in recomputed)
    return tuple(lines)


def _verdict_words(claim: Claim) -> str:
    """Return a verdict with its winner."""
    return f"{claim.verdict} ({claim.winner})" if claim.winner else claim.verdict


def _differing(claim: Claim, found: Claim) -> list[str]:
    """Return the numbers that are no longer the same."""
    texts: list[str] = []
    for name in ("difference", "low", "high", "p_adjusted", "n_seeds"):
        before, after = getattr(claim, name), getattr(found, name)
        same = (
            before == after if before is None or after is None else abs(after - before) <= SAME * max(1e-3, abs(before))
        )
        if not same:
            texts.append(f"{name} claimed {before}, now {after}")
    return texts


def claims_text(claims: Claims) -> str:
    """Return the claims as the text of ``claims.json``."""
    return json.dumps(plain(claims), indent=1, sort_keys=False, ensure_ascii=False) + "\n"


def read_claims(text: str, source: str = "claims.json") -> Claims:
    """Return the claims from the text of ``claims.json``.

    Raises:
        ResultsError: it is not JSON, of a newer layout, or lacks or mistypes a field.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise ResultsError(must(source, "be JSON", "no JSON at all", "mlpstudy judge writes it anew")) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("version"), int):
        raise ResultsError(must(source, "be the claims of a study", "something else", "mlpstudy judge writes it anew"))
    if raw["version"] > CLAIMS_VERSION:
        raise ResultsError(must(source, f"be of version {CLAIMS_VERSION} or older", raw["version"], "a newer mlpstudy"))
    try:
        claims = Claims(
            version=raw["version"],
            study=str(raw["study"]),
            data_sha256=str(raw["data_sha256"]),
            versions={str(k): str(v) for k, v in raw["versions"].items()},
            judging=Judging(**raw["judging"]),
            n_planned=int(raw["n_planned"]),
            seeds={str(k): tuple(int(s) for s in v) for k, v in raw["seeds"].items()},
            diverged={str(k): tuple(int(s) for s in v) for k, v in raw["diverged"].items()},
            provisional=bool(raw["provisional"]),
            claims=tuple(_claim(one) for one in raw["claims"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        found = " ".join(f"{type(error).__name__} {error}".split())[:120]
        raise ResultsError(
            must(source, "have every field of a claim", found, "mlpstudy judge writes it anew")
        ) from error
    return claims


def _claim(raw: Mapping[str, object]) -> Claim:
    """Return one claim, its types checked as far as comparing needs."""
    claim = Claim(**raw)  # type: ignore[arg-type]  # checked in the next lines
    if claim.verdict not in get_args(VerdictKind) or claim.metric not in METRICS:
        raise ValueError(claim.verdict)
    for number in (claim.difference, claim.low, claim.high):
        if number is not None and not isinstance(number, int | float):
            raise TypeError(number)
    if not isinstance(claim.p_adjusted, int | float) or not isinstance(claim.n_seeds, int):
        raise TypeError(claim.p_adjusted)
    return claim
