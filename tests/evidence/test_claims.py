"""Claims hold until something they rest on changes; the A/A check finds as many false verdicts as promised."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from evidence.simulated import architecture, correct_cells, study
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.audits.self_check import self_check
from mlpstudy.evidence.claims import Claims, broken_claims, claims_text, make_claims, read_claims, restrict
from mlpstudy.evidence.judge import judge
from mlpstudy.evidence.sample import StudySample
from mlpstudy.study import Judging
from mlpstudy.tasks.metrics.menu import METRICS

RNG = np.random.default_rng(1)
GOOD, BAD, OTHER = (correct_cells(RNG, 9, 1200, ability=a, seed_sd=0.02) for a in (1.9, 1.4, 1.4))


def three(n_seeds: int = 9) -> StudySample:
    """Return three architectures, one of them better, with their first seeds."""
    cells = {"good": GOOD, "bad": BAD, "other": OTHER}
    return study(*(architecture(name, table[:n_seeds]) for name, table in cells.items()), n_planned=8)


def claims_of(sample: StudySample) -> Claims:
    """Return the claims of a sample."""
    judgement = judge(sample, Judging())
    return make_claims(judgement, sample, study="5" * 16, data_sha256="d" * 64, versions={"mlpstudy": "0"})


def test_claims_hold_when_recomputed() -> None:
    """Written, read and recomputed: every claim holds, on all metrics."""
    claims = read_claims(claims_text(claims_of(three(8))))
    assert claims == claims_of(three(8))
    assert len(claims.claims) == 3 * len(METRICS)
    assert broken_claims(claims, judge(restrict(three(8), claims), claims.judging)) == ()


def test_more_seeds_do_not_break_a_claim() -> None:
    """Claims rest on their own seeds: a ninth seed is left out when they are checked."""
    claims = claims_of(three(8))
    assert restrict(three(9), claims).architectures[0].n == 8
    assert broken_claims(claims, judge(restrict(three(9), claims), claims.judging)) == ()


def test_a_changed_outcome_breaks_its_claims() -> None:
    """One flipped test example is found, and named with both numbers."""
    claims = claims_of(three(8))
    changed = GOOD.copy()
    changed[3, 5] = ~changed[3, 5]
    sample = study(architecture("good", changed[:8]), *three(8).architectures[1:], n_planned=8)
    lines = broken_claims(claims, judge(sample, Judging()))
    assert any(line.startswith("good against bad, accuracy: difference claimed 0.") for line in lines)
    assert not any(line.startswith("bad against other, accuracy: difference") for line in lines)


def test_a_changed_verdict_is_named() -> None:
    """A claim of another verdict, another winner, a pair too many or too few is a line each."""
    claims = claims_of(three(8))
    now = judge(three(8), Judging())
    first, second, *rest = claims.claims
    assert first.verdict == "BETTER"
    forged = replace(claims, claims=(replace(first, verdict="EQUIVALENT", winner=None), second, *rest))
    assert broken_claims(forged, now) == ("good against bad, accuracy: claimed EQUIVALENT, now BETTER (good)",)
    turned = replace(claims, claims=(replace(first, winner="bad"), second, *rest))
    assert broken_claims(turned, now) == ("good against bad, accuracy: claimed BETTER (bad), now BETTER (good)",)
    assert broken_claims(replace(claims, claims=(second, *rest)), now) == ("good against bad, accuracy: not claimed",)
    invented = replace(claims, claims=(replace(first, a="x"), first, second, *rest))
    assert broken_claims(invented, now) == ("x against bad, accuracy: claimed BETTER, now not compared",)


def test_a_missing_run_is_named() -> None:
    """A seed that claims rest on and that is gone is one clear line."""
    with pytest.raises(ResultsError, match="good, seed 7 must be finished, since claims rest on it"):
        restrict(three(7), claims_of(three(8)))


def mangled(**changes: object) -> str:
    """Return the text of claims with fields replaced."""
    raw = json.loads(claims_text(claims_of(three(6))))
    return json.dumps(raw | changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "claims.json must be JSON"),
        ("[]", "claims.json must be the claims of a study"),
        (mangled(version=2), "claims.json must be of version 1 or older, got 2"),
        (mangled(claims=[{"metric": "accuracy"}]), "claims.json must have every field of a claim"),
        (mangled(seeds=None), "claims.json must have every field of a claim"),
        (mangled(judging={"confidence": 7}), "claims.json must have every field of a claim"),
    ],
    ids=["no JSON", "no claims", "newer", "a claim too short", "no seeds", "impossible judging"],
)
def test_a_damaged_file_is_refused(text: str, message: str) -> None:
    """Whatever is wrong with the file is one clear line, never a traceback."""
    with pytest.raises(ResultsError, match=message) as caught:
        read_claims(text)
    assert "\n" not in str(caught.value)


def test_the_judge_judged_on_equal_halves() -> None:
    """A/A: false BETTERs in at most 5 % of the splits, unadjusted intervals outside in about 5 %."""
    rng = np.random.default_rng(2)
    checks = [self_check(list(rng.standard_normal((3, 20))), n_splits=20) for _ in range(15)]
    assert all(check.can_be_wrong for check in checks)
    assert np.mean([check.false_better or 0.0 for check in checks]) <= 0.06
    assert np.mean([check.outside or 0.0 for check in checks]) == pytest.approx(0.05, abs=0.03)
    assert self_check(list(np.ones((3, 20)))).false_better == 0.0


def test_the_self_check_admits_what_it_cannot_show() -> None:
    """With halves too small for the exact test, no false BETTER is no merit, and said so; without runs it is None."""
    few = self_check(list(np.random.default_rng(3).standard_normal((9, 8))), n_splits=5)
    assert (few.n_half, few.can_be_wrong, few.false_better) == (4, False, 0.0)
    assert few.sentence.endswith("With 4 seeds a half no BETTER is possible, true or false.")
    assert self_check([np.ones(3)]).false_better is None


def test_the_self_check_can_fail() -> None:
    """A rule that took the unadjusted interval for a verdict would be caught: it errs in far more than 5 %."""
    rng = np.random.default_rng(4)
    check = self_check(list(rng.standard_normal((9, 24))), n_splits=60)
    assert check.outside is not None
    assert check.outside > 0.02
    assert check.false_better is not None
    assert check.false_better < 1 - (1 - check.outside) ** 9
