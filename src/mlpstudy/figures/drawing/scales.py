"""The rules by which learning curves are given their axes, and values their digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mlpstudy.figures.drawing.inputs import RunCurves

EARLY_SHARE = 0.25
"""Share of the epochs, from the first, whose losses may leave the axis."""

MARGIN = 0.04
"""Share of the loss axis beyond the extreme losses: points there stay whole."""

MIN_HEIGHT = 0.1
"""Least height of a loss axis, as a share of the highest loss: a curve that hardly moves looks flat."""

HEADROOM = 4.0
"""Height of the loss axis, as a multiple of the highest loss after the early epochs."""

FAR = 20.0
"""Heights of the axis beyond which a loss is drawn no higher."""

N_DIGITS = 6
"""Significant digits of a value in a specification; a drawing shows three."""

STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)


@dataclass(frozen=True, slots=True)
class LossAxis:
    """Limits of a loss axis (nats)."""

    low: float
    high: float

    def drawn(self, loss: float) -> float | None:
        """Return where a loss is drawn: far above the axis all are alike, and renderers lose huge coordinates."""
        return plain(min(loss, self.low + FAR * (self.high - self.low)))

    def is_above(self, loss: float) -> bool:
        """Say whether a loss is above the axis (an infinite one is nowhere)."""
        return math.isfinite(loss) and loss > self.high


def loss_axis(groups: Iterable[Sequence[RunCurves]]) -> LossAxis:
    """Return the loss axis that a set of curves shares; each group is the runs of one architecture.

    The axis begins at 0, or under the lowest loss where that is more than half of the highest. It ends at
    the highest loss, but at no more than 4 times the highest loss *after the first quarter of the epochs*, so
    that a steep beginning leaves the rest at least a quarter of the height. Where several architectures share
    the axis, the median over them stands for that highest loss: one that learned nothing does not flatten
    the others. Epochs from a divergence on do not count. Without any loss the axis is 0 to 1.

    >>> losses = np.array([9.0, 0.5, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1])
    >>> axis = loss_axis([[RunCurves("a", 0, losses, losses)]])
    >>> axis.low, round(axis.high, 3), axis.is_above(9.0)
    (0.0, 0.832, True)
    """
    all_losses, late_heights = [], []
    for runs in groups:
        early, late = _early_and_late(runs)
        counted = np.concatenate([early, late])
        if counted.size:
            all_losses.append(counted)
            late_heights.append(float((late if late.size else early).max()))
    if not all_losses:
        return LossAxis(0.0, 1.0)
    losses = np.concatenate(all_losses)
    high = min(float(losses.max()), HEADROOM * float(np.median(late_heights)))
    low = float(losses.min())
    if not high > 0:
        return LossAxis(0.0, 1.0)
    if low <= 0.5 * high:
        return LossAxis(0.0, (1 + MARGIN) * high)
    margin = max(MARGIN * (high - low), (MIN_HEIGHT * high - (high - low)) / 2)
    return LossAxis(low - margin, high + margin)


def _early_and_late(runs: Sequence[RunCurves]) -> tuple[np.ndarray, np.ndarray]:
    """Return the finite losses of the first quarter of the epochs, and those of the rest."""
    early, late = [np.empty(0)], [np.empty(0)]
    for run in runs:
        n_counted = run.n_epochs if run.diverged_epoch is None else run.diverged_epoch - 1
        n_early = math.floor(EARLY_SHARE * run.n_epochs)
        for losses in (run.train_loss, run.val_loss):
            early.append(losses[: min(n_early, n_counted)])
            late.append(losses[n_early:n_counted])
    first, rest = np.concatenate(early), np.concatenate(late)
    return first[np.isfinite(first)], rest[np.isfinite(rest)]


def epoch_ticks(n_epochs: int, n_ticks: int) -> list[int]:
    """Return whole-numbered ticks of an epoch axis: the first epoch, and round ones after it.

    >>> epoch_ticks(20, 6), epoch_ticks(1, 6), epoch_ticks(100, 6)
    ([1, 5, 10, 15, 20], [1], [1, 20, 40, 60, 80, 100])
    """
    step = next((s for s in STEPS if n_epochs / s <= n_ticks), n_epochs)
    rounds = [epoch for epoch in range(step, n_epochs + 1, step) if epoch > 1]
    return [1, *rounds]


def epoch_domain(n_epochs: int) -> tuple[float, float]:
    """Return the limits of an epoch axis: room for whole marks at the first and the last epoch.

    >>> epoch_domain(1), epoch_domain(51)
    ((0.5, 1.5), (-0.5, 52.5))
    """
    room = 0.03 * (n_epochs - 1) if n_epochs > 1 else 0.5
    return 1 - room, n_epochs + room


def plain(value: float | None) -> float | None:
    """Return a number as a specification holds it: six digits, and None for what is not finite.

    >>> plain(0.123456789), plain(float("nan")), plain(None)
    (0.123457, None, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{N_DIGITS}g}")
