"""The dashboard's script writes numbers as every other text of mlpstudy does."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from javascript.node import evaluated
from mlpstudy.dashboard.state.study_state import metric_state
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.text.numerals import duration, loss_text, percent, with_minus

PAGE = """({
    durations: given.times.map((s) => exported.duration(s)),
    percents: given.shares.map((share) => exported.percent(share)),
    losses: given.losses.map((loss) => exported.loss(loss)),
    values: given.metrics.map((metric) => given.differences.map((d) => exported.measured(d, metric))),
    differences: given.metrics.map((metric) => given.differences.map((d) => exported.difference(d, metric))),
})"""


def test_the_page_writes_numbers_as_python_does() -> None:
    """Times, shares, losses and differences of every size, and those in the middle of two, are the same text."""
    rng = np.random.default_rng(11)
    shares = [*(rng.random(500)), *(k / 800 for k in range(801)), 0.0, 1.0]
    times = [*(10 ** rng.uniform(-4, 6, 500)), *(k / 20 for k in range(300)), 0.0, 9.95, 119.5, 7200.0]
    losses = [*(10 ** rng.uniform(-5, 8, 500)), *(k / 32 for k in range(100)), 999.99996, 1000.0]
    differences = [*(rng.normal(size=500)), *(k / 1600 - 0.1 for k in range(320)), 0.0, 1e-7, -1e-7]
    metrics = [asdict(metric_state(metric)) for metric in METRICS.values()]
    said = evaluated(
        "mlpstudy.dashboard",
        "words.js",
        PAGE,
        {"shares": shares, "times": times, "losses": losses, "differences": differences, "metrics": metrics},
    )
    assert said == {
        "durations": [duration(s) for s in times],
        "percents": [percent(share) for share in shares],
        "losses": [loss_text(loss) for loss in losses],
        "values": [[metric.value(d) for d in differences] for metric in METRICS.values()],
        "differences": [[with_minus(metric.number(d)) for d in differences] for metric in METRICS.values()],
    }
