"""P(a beats b): agreement with Mann-Whitney and rliable's formula, and coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from mlpstudy.errors import ResultsError
from mlpstudy.evidence.estimates.superiority import superiority


def test_is_mann_whitneys_share() -> None:
    """The probability is U / (n_a n_b), with ties and unequal numbers of runs."""
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 8, 13).astype(float), rng.integers(1, 9, 9).astype(float)
    assert superiority(a, b).probability == pytest.approx(stats.mannwhitneyu(a, b).statistic / (13 * 9))


def test_is_the_probability_of_improvement() -> None:
    """It is Agarwal et al.'s average over all pairs of runs, ties one half."""
    a, b = np.array([0.98, 0.981, 0.979]), np.array([0.979, 0.98, 0.978, 0.98])
    expected = np.mean([1.0 if x > y else 0.5 if x == y else 0.0 for x in a for y in b])
    assert superiority(a, b).probability == pytest.approx(expected)


@pytest.mark.parametrize("shift", [0.0, 0.7, 1.5])
@pytest.mark.parametrize("n_runs", [6, 15])
def test_interval_covers(shift: float, n_runs: int) -> None:
    """The interval holds the truth in 93 to 98.5 % of studies (nominal 95, a conservative score interval)."""
    rng = np.random.default_rng([n_runs, int(10 * shift)])
    truth = float(special.ndtr(shift / math.sqrt(2)))
    n_trials = 1200
    covered = sum(
        not superiority(shift + rng.standard_normal(n_runs), rng.standard_normal(n_runs)).interval.excludes(truth)
        for _ in range(n_trials)
    )
    assert 0.93 <= covered / n_trials <= 0.985


def test_full_separation_does_not_make_certainty() -> None:
    """Every run of a above every run of b: probability 1, an interval that still leaves room below."""
    found = superiority(np.arange(5.0) + 10, np.arange(5.0))
    assert (found.probability, found.interval.high, found.meaningful) == (1.0, 1.0, True)
    assert 0.4 < found.interval.low < 0.9
    mirrored = superiority(np.arange(5.0), np.arange(5.0) + 10)
    assert mirrored.probability == 0.0
    assert mirrored.interval.high == pytest.approx(1 - found.interval.low)


@pytest.mark.parametrize(("probability", "meaningful"), [(0.74, False), (0.75, True), (0.26, False), (0.25, True)])
def test_meaningful_from_three_quarters(probability: float, meaningful: bool) -> None:
    """0.75 either way is meaningful."""
    b = np.arange(100.0)
    assert superiority([100 * probability - 0.5], b).meaningful is meaningful


def test_one_run_says_nothing_of_the_spread() -> None:
    """With one run on a side the interval is [0, 1]; with none there is no probability."""
    found = superiority([1.0], [0.0, 0.5, 0.7])
    assert (found.interval.low, found.interval.high) == (0.0, 1.0)
    with pytest.raises(ResultsError, match="each side must have a finished run, got 0 and 1 runs"):
        superiority([], [1.0])
