"""Who leads, and whether that means anything: the sentence for every kind of verdict."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from evidence import simulated
from mlpstudy.dashboard.state import verdict as module
from mlpstudy.dashboard.state.verdict import leader_sentence, verdict_state
from mlpstudy.evidence.judge import judge
from mlpstudy.evidence.judgement import MetricJudgement, PairJudgement, Standing
from mlpstudy.study import Judging
from mlpstudy.tasks.metrics.accuracy import ACCURACY
from mlpstudy.tasks.metrics.log_loss import LOG_LOSS
from mlpstudy.tasks.metrics.metric import Metric


def metric(
    means: Mapping[str, float | None], kinds: Mapping[str, str], n_seeds: int = 5, of: Metric = ACCURACY
) -> MetricJudgement:
    """Return a metric's judgement with these means, and the verdicts of the pairs with "a"."""
    pairs = [
        SimpleNamespace(
            a="a",
            b=name,
            verdict=SimpleNamespace(kind=kind.split()[0], winner=kind.partition(" ")[2] or None),
            estimate=SimpleNamespace(n_seeds=n_seeds),
        )
        for name, kind in kinds.items()
    ]
    return MetricJudgement(
        metric=of,
        unit=of.unit.name,
        is_primary=True,
        band=0.001,
        pairs=cast("tuple[PairJudgement, ...]", tuple(pairs)),
        effects=(),
        standings=tuple(Standing(name, n_seeds, mean, "") for name, mean in means.items()),
    )


def test_nothing_finished() -> None:
    """Without a finished run nobody leads."""
    assert leader_sentence(metric({"a": None, "b": None}, {"b": "UNRESOLVED"})) == "No run has finished yet."


def test_one_seed_means_nothing() -> None:
    """A lead by one seed is said to be one."""
    said = leader_sentence(metric({"a": 0.98, "b": 0.97}, {"b": "UNRESOLVED"}, n_seeds=1))
    assert said == "a leads with 98.00 %, by a single seed: a retraining might reverse it."


def test_better_than_all() -> None:
    """A leader that is better than each other one."""
    said = leader_sentence(metric({"a": 0.98, "b": 0.9, "c": 0.9}, {"b": "BETTER a", "c": "BETTER a"}))
    assert said == "a leads with 98.00 % and is better than each of the 2 others."


def test_better_than_some() -> None:
    """Those that are not told apart are named, few of them."""
    kinds = {"b": "BETTER a", "c": "UNRESOLVED", "d": "EQUIVALENT", "e": "UNSTABLE"}
    said = leader_sentence(metric({"a": 0.98, **dict.fromkeys("bcde", 0.9)}, kinds))
    assert said == (
        "a leads with 98.00 %: better than 1 of 4 others; as good as d; "
        "not compared, because unstable, with e; not told apart from c."
    )


def test_a_lead_over_nobody() -> None:
    """A lead that the evidence does not bear out means nothing yet."""
    said = leader_sentence(metric({"a": 0.98, "b": 0.9}, {"b": "UNRESOLVED"}))
    assert said == "a leads with 98.00 %: not told apart from b: the lead means nothing yet."


def test_a_lower_loss_leads() -> None:
    """By log loss the lowest leads, in nats."""
    said = leader_sentence(metric({"a": 0.08, "b": 0.09}, {"b": "BETTER a"}, of=LOG_LOSS))
    assert said == "a leads with 0.0800 nats and is better than the other one."


def test_no_declared_pair() -> None:
    """A leader that no declared comparison has."""
    assert "no declared comparison says" in leader_sentence(metric({"a": 0.9, "z": 0.99}, {"z2": "UNRESOLVED"}))


def test_a_judgement_is_shown_with_its_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, tiers and pairs are the judgement's; decided pairs come first, and only so many are listed."""
    rng = np.random.default_rng(3)
    abilities = {"a": 2.0, "b": 2.01, "c": 1.0}
    sample = simulated.study(
        *(
            simulated.architecture(name, simulated.correct_cells(rng, 8, 400, ability=x))
            for name, x in abilities.items()
        ),
        n_planned=9,
    )
    shown = verdict_state(judge(sample, Judging()))
    assert (shown.is_provisional, shown.n_pairs, shown.n_runs) == (True, 3, 24)
    assert dict(shown.counts)["BETTER"] == 2
    assert [pair.kind for pair in shown.pairs] == ["BETTER", "BETTER", "UNRESOLVED"]
    assert shown.tiers[0] == shown.tiers[1] != shown.tiers[2]
    assert shown.pairs[0].reason.startswith("Provisional: ")
    monkeypatch.setattr(module, "MAX_PAIRS", 1)
    assert [pair.kind for pair in verdict_state(judge(sample, Judging())).pairs] == ["BETTER"]
