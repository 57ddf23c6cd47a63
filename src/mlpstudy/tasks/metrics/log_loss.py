"""Log loss: how surprised a network is by the true classes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlpstudy.tasks.classes import cross_entropy
from mlpstudy.tasks.metrics.metric import NATS, Answers, Metric

if TYPE_CHECKING:
    from mlpstudy.arrays import FloatArray

NATS_A_SHARE = 5.0
"""Exchange rate: 0.1 points of accuracy against 0.005 nats. Networks with about 2 % of errors have a log loss of about
0.1 nats; of the nine networks on MNIST (docs/nine-networks.md) both the means and the spread over seeds (0.15 points
and 0.0079 nats) stand in this relation."""
V_EXAMPLE = 0.04
"""Variance between examples of a difference of two architectures, in nats squared: on MNIST's images 0.01 to 0.04 where
they are right on 96 %, 0.02 to 0.13 on 90 %."""


def _surprise(answers: Answers) -> FloatArray:
    """Return the loss of training of every run on every example, clipped as there, shape ``(n, N)``."""
    return cross_entropy(answers.p_true)


LOG_LOSS = Metric(
    name="log loss",
    formula="-sum(ln(clip(p_true, 1e-7, 1 - 1e-7))) / N",
    source="Good 1952, Rational Decisions, section 8: the logarithmic score; the clip is that of training",
    unit=NATS,
    digits=4,
    higher_is_better=False,
    possible=(0.0, math.inf),
    measure=_surprise,
    of_a_share=NATS_A_SHARE,
    v_example=V_EXAMPLE,
    recorded="loss",
)
