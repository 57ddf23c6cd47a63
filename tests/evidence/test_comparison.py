"""Rows of the comparison table: means over finished runs, everything else counted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from evidence.simulated import run
from mlpstudy.errors import ResultsError
from mlpstudy.evidence.comparison import comparison_rows
from mlpstudy.evidence.estimates.intervals import mean_interval
from mlpstudy.evidence.estimates.spread import spread


def test_means_and_intervals_are_scipys() -> None:
    """Mean, SD, standard error and t interval over the finished runs are those that SciPy gives."""
    values = [0.981, 0.979, 0.9835, 0.98]
    (row,) = comparison_rows(
        [run("plain-2", seed, value, wall_s=10.0 * (seed + 1)) for seed, value in enumerate(values)]
    )
    assert row.accuracy is not None
    assert row.accuracy.interval is not None
    assert row.loss is not None
    assert (row.accuracy.mean, row.accuracy.sd) == pytest.approx((np.mean(values), np.std(values, ddof=1)))
    assert row.accuracy.se == pytest.approx(stats.sem(values))
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert (row.accuracy.interval.low, row.accuracy.interval.high) == pytest.approx(expected)
    assert row.loss.mean == pytest.approx(1 - np.mean(values))
    assert (row.n_parameters, row.n_trainable, row.wall_s) == (100, 90, 25.0)


def test_runs_that_did_not_finish_are_counted_and_in_no_mean() -> None:
    """Diverged, failed and running runs appear as counts."""
    records = [
        run("a", 0, 0.9),
        run("a", 1, None, "diverged"),
        run("a", 2, None, "diverged"),
        run("a", 3, None, "failed"),
        run("a", 4, None, "running"),
    ]
    (row,) = comparison_rows(records)
    assert (row.n_finished, row.n_diverged, row.n_failed, row.n_running) == (1, 2, 1, 1)
    assert row.accuracy is not None
    assert (row.accuracy.n, row.accuracy.mean, row.accuracy.sd, row.accuracy.interval) == (1, 0.9, None, None)


def test_an_architecture_that_never_finished_keeps_its_row() -> None:
    """All runs diverged: a row without numbers, not a missing row."""
    (row,) = comparison_rows([run("a", 0, None, "diverged")])
    assert (row.accuracy, row.loss, row.wall_s, row.n_diverged) == (None, None, None, 1)


@pytest.mark.parametrize("value", [0.97, 0.1, 1 / 3, 1.0])
def test_seeds_that_all_end_alike_have_no_interval(value: float) -> None:
    """Equal values have SD 0 to the last bit and no interval: one of no width would say that the mean is known."""
    of = spread([value] * 3)
    assert of is not None
    assert (of.n, of.mean, of.sd, of.se, of.interval) == (3, value, 0.0, 0.0, None)


def test_an_interval_ends_where_nothing_can_be() -> None:
    """An accuracy is at most 1 and a loss at least 0, so their intervals go no further; the means stay."""
    (row,) = comparison_rows([run("a", 0, 0.999), run("a", 1, 0.95)])
    assert row.accuracy is not None
    assert row.accuracy.interval is not None
    assert row.loss is not None
    assert row.loss.interval is not None
    assert row.accuracy.interval.low == mean_interval([0.999, 0.95]).low
    assert (row.accuracy.interval.high, row.loss.interval.low) == (1.0, 0.0)
    assert row.accuracy.mean == pytest.approx(0.9745)


def test_order_is_the_one_asked_for() -> None:
    """Named architectures come first in their order, the rest after; a name without runs makes no row."""
    rows = comparison_rows([run("c", 0, 0.9), run("a", 0, 0.9), run("b", 0, 0.9)], order=["b", "x", "a"])
    assert [row.architecture for row in rows] == ["b", "a", "c"]


def test_one_value_bounds_nothing() -> None:
    """The interval of one value is infinite; of no value, an error; the level must make sense."""
    assert mean_interval([0.5]).half_width == math.inf
    with pytest.raises(ResultsError, match="must have one value at least"):
        mean_interval([])
    with pytest.raises(ResultsError, match="the confidence must be between 0 and 1, got 95"):
        mean_interval([1.0, 2.0], 95)
    assert spread([]) is None
