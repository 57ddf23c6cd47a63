"""The claims of a study's folder: written down, and checked against what it holds."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from mlpstudy.errors import MlpstudyError, ResultsError
from mlpstudy.evidence.audits.self_check import SelfCheck, self_check
from mlpstudy.evidence.claims import broken_claims, claims_text, make_claims, read_claims, restrict
from mlpstudy.evidence.judge import judge
from mlpstudy.judging.folder import judge_moment, read_moment
from mlpstudy.machine.files import read_if_there, write_whole
from mlpstudy.store.failures import one_line
from mlpstudy.store.verify import verify
from mlpstudy.study import LEAST_JUDGED
from mlpstudy.tasks.metrics.menu import METRICS

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.evidence.claims import Claims
    from mlpstudy.judging.folder import Judged, Moment
    from mlpstudy.store import Finding, Store

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
