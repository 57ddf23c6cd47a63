"""The judgement as a whole: what is in it, that it is JSON, and that it errs no more often than promised."""

from __future__ import annotations

import json
import math
from typing import Any, Literal

import numpy as np
import pytest

from evidence.simulated import architecture, correct_cells, outcome, run, study
from mlpstudy.arrays import FloatArray
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.audits.ledger import ledger_of
from mlpstudy.evidence.estimates import contrasts
from mlpstudy.evidence.estimates.signflip import FlipResult, flip_family
from mlpstudy.evidence.judge import judge, standings
from mlpstudy.evidence.plain import plain
from mlpstudy.evidence.sample import StudySample, collect
from mlpstudy.study import Judging
from mlpstudy.tasks.metrics.accuracy import ACCURACY
from mlpstudy.tasks.metrics.menu import METRICS


def four(n_seeds: int = 8, n_examples: int = 1500) -> StudySample:
    """Return a two by two study in which depth matters and dropout does not."""
    rng = np.random.default_rng(1)
    hard = rng.standard_normal(n_examples)
    return study(
        *(
            architecture(
                f"{depth}-{dropout}",
                correct_cells(rng, n_seeds, n_examples, ability=ability, hard=hard, seed_sd=0.02, own_sd=0.2),
                levels=(("depth", depth), ("dropout", dropout)),
            )
            for depth, ability in (("2", 1.8), ("3", 2.3))
            for dropout in ("no", "yes")
        )
    )


def test_everything_is_there() -> None:
    """Six pairs, all metrics, effects of both factors and their interaction, noise, flips, standings with tiers."""
    judgement = judge(four(12), Judging())
    assert [m.metric.name for m in judgement.metrics] == list(METRICS)
    assert [m.is_primary for m in judgement.metrics] == [name == "accuracy" for name in METRICS]
    assert all(len(m.pairs) == 6 for m in judgement.metrics)
    effects = {e.label: e.estimate for e in judgement.primary.effects}
    depth, dropout = effects["depth: 3 instead of 2"], effects["dropout: yes instead of no"]
    assert depth.simultaneous.low > 0.0
    assert abs(dropout.value) < abs(depth.value) / 3
    assert len(effects) == 3
    assert [n.architecture for n in judgement.noise] == ["2-no", "2-yes", "3-no", "3-yes"]
    assert len(judgement.flips) == 6
    tiers = [s.tier for s in judgement.primary.standings]
    assert not set(tiers[0]) & set(tiers[2])


def test_it_is_json() -> None:
    """The judgement, with unbounded intervals and missing numbers, survives JSON without NaN or infinity."""
    for sample in (four(3), study(architecture("a", np.ones((1, 9))), architecture("b", np.empty((0, 9)), seeds=[]))):
        text = json.dumps(plain(judge(sample, Judging())), allow_nan=False)
        back = json.loads(text)
        assert back["metrics"][0]["pairs"][0]["verdict"]["kind"] == "UNRESOLVED"
        assert back["judging"]["family"] == "all-pairs"


def test_a_declared_family_is_kept_to() -> None:
    """Against a baseline only those pairs are compared, and no letters are given."""
    judgement = judge(four(), Judging(family="against", baseline="2-no"))
    assert [(p.a, p.b) for p in judgement.primary.pairs] == [("2-yes", "2-no"), ("3-no", "2-no"), ("3-yes", "2-no")]
    assert {s.tier for s in judgement.primary.standings} == {""}


def test_workers_shorten_the_wait() -> None:
    """Two runs at a time take half as long."""
    one, two = judge(four(3), Judging()), judge(four(3), Judging(), n_workers=2)
    first, second = one.primary.pairs[0].verdict.more_s, two.primary.pairs[0].verdict.more_s
    assert first is not None
    assert second == pytest.approx(first / 2)


def test_false_verdicts_stay_below_5_percent_of_studies() -> None:
    """Four equally good architectures: any false BETTER in at most 5 % of studies, on real outcomes."""
    rng = np.random.default_rng(2)
    n_trials, false = 100, 0
    for _ in range(n_trials):
        hard = rng.standard_normal(200)
        sample = study(*(architecture(n, correct_cells(rng, 9, 200, hard=hard, own_sd=0.0)) for n in "abcd"))
        false += any(p.verdict.kind == "BETTER" for p in judge(sample, Judging()).primary.pairs)
    assert false / n_trials <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / n_trials)


def test_one_architecture_cannot_be_judged() -> None:
    """Nothing to compare is one clear line."""
    with pytest.raises(ResultsError, match="must have two architectures to compare, got 1"):
        judge(study(architecture("a", np.ones((2, 9)))), Judging())


def test_collect_sorts_and_counts() -> None:
    """Finished runs are ordered by seed; diverged, failed and running ones are told apart."""
    labels = np.array([1, 0, 2])
    sample = collect(
        [
            (run("b", 1, wall_s=4.0), outcome([1, 0, 0])),
            (run("a", 3, None, "diverged"), None),
            (run("b", 0, wall_s=2.0), outcome([1, 1, 1])),
            (run("a", 4, None, "failed"), None),
            (run("a", 5, None, "running"), None),
        ],
        labels,
        {"a": [("size", "small")], "b": [("size", "large")]},
        4,
    )
    a, b = sample.architectures
    assert (a.n, a.diverged_seeds, a.failed_seeds, a.wall_s, a.levels) == (0, (3,), (4,), None, (("size", "small"),))
    assert (b.seeds.tolist(), b.wall_s) == ([0, 1], 3.0)
    assert b.predicted.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert sample.scores(ACCURACY)[1] == pytest.approx([1 / 3, 2 / 3])
    assert sample.is_provisional


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ([(run("a", 0), None)], "the outcome of a, seed 0 must have 3 values, got 'none'"),
        ([(run("a", 0), outcome([1, 0]))], "the outcome of a, seed 0 must have 3 values, got 2 values"),
        ([(run("x", 0), outcome([1, 0, 2]))], "a run's architecture must be one of the study's, got 'x'"),
        ([(run("a", 0), outcome([1, 0, 2]))] * 2, "a, seed 0 must have finished once, got two finished runs"),
    ],
)
def test_collect_refuses_what_does_not_fit(runs: list[Any], message: str) -> None:
    """A missing or short outcome, a foreign run, a seed twice: one clear line each."""
    with pytest.raises(ResultsError, match=message):
        collect(runs, np.array([1, 0, 2]), {"a": []}, 1)


def test_ledgers_are_made_on_demand() -> None:
    """A ledger for any two architectures, also undeclared; none without a common seed; an unknown name is refused."""
    sample = four(3)
    ledger = ledger_of(sample, "3-yes", "2-no", n_listed=5)
    assert ledger is not None
    assert (len(ledger.examples), ledger.n_seeds) == (5, 3)
    apart = study(architecture("a", np.ones((1, 9)), seeds=[0]), architecture("b", np.ones((1, 9)), seeds=[1]))
    assert ledger_of(apart, "a", "b") is None
    with pytest.raises(ResultsError, match="the architecture must be one of a, b, got 'c'"):
        ledger_of(apart, "a", "c")


def test_plain_refuses_what_is_no_result() -> None:
    """An object of an unknown type is a programming error, not silently text."""
    with pytest.raises(TypeError, match="object"):
        plain(object())
    assert plain((np.float64(np.nan), np.int64(3), np.array([[1.5]]), {"a": None}, True)) == [
        None,
        3,
        [[1.5]],
        {"a": None},
        True,
    ]


@pytest.mark.parametrize("metric", ["accuracy", "log loss"])
def test_standings_alone_are_those_of_the_judgement(metric: Literal["accuracy", "log loss"]) -> None:
    """Who asks for the standings only gets exactly what the whole judgement says of them."""
    judging = Judging(metric=metric)
    for sample in (four(12), four(3), four(1)):
        assert standings(sample, judging) == judge(sample, judging).primary.standings
    against = Judging(family="against", baseline="2-no")
    assert standings(four(), against) == judge(four(), against).primary.standings


def test_standings_alone_make_one_family_of_one_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sign flips of one family are counted for the standings, of all metrics and their effects for all."""
    families: list[int] = []

    def counted(differences: FloatArray, confidence: float) -> FlipResult:
        families.append(differences.shape[1])
        return flip_family(differences, confidence)

    monkeypatch.setattr(contrasts, "flip_family", counted)
    standings(four(), Judging())
    assert families == [6]
    families.clear()
    judge(four(), Judging())
    assert families == len(METRICS) * [6, 2, 1]


def test_more_pairs_than_can_be_judged_leave_the_means() -> None:
    """With more pairs than can be judged the standings have no tiers, and all their means."""
    sample = study(*(architecture(str(i), np.ones((2, 4))) for i in range(101)))
    found = standings(sample, Judging())
    assert {one.tier for one in found} == {""}
    assert {one.mean for one in found} == {1.0}
    with pytest.raises(ResultsError, match="at most 5000 comparisons, got 5050"):
        judge(sample, Judging())
