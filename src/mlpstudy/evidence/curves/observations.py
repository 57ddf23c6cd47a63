"""What learning curves show, in a sentence, by a stated rule instead of by eye.

The rule, for one loss curve L[1..E] (the mean over seeds where there are several):

- **jitter** is the curve's own epoch-to-epoch noise: 1.4826 x median |L[e-1] - 2 L[e] + L[e+1]| / sqrt(6),
  the SD of independent noise around a smooth curve, robust to the steep first epochs.
- **tolerance** is what the eye passes over: twice the jitter or 2 % of the whole fall, whichever is larger.
- **smoothed** is the running median of three epochs (Tukey 1977, with his rule for the last one).
- At the end the curve is **falling** or **rising** where its median slope (Theil-Sen) over the last quarter
  of the epochs, at least four, moves it by more than the tolerance.
- It **flattens** at the first epoch after which no smoothed value is lower by more than the tolerance;
  never, while it is still falling at the end.
- It has **turned up** where it is not falling and ends (median of that last quarter) above its smoothed
  minimum by more than the tolerance.
- It **falls again** where it is falling but ends above its smoothed minimum by more than the tolerance.
- It is **jagged** where the jitter is more than 8 % of the whole fall.
- At the **end** the two losses are compared by their means over the last three epochs that both have; they are
  "almost the same" where they differ by less than 10 % of the larger one. The sentence has both numbers.
- **Training longer** would help where the validation loss is still falling at the end, and does not fall again.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray
from mlpstudy.errors import ResultsError, must

Trend = Literal["falling", "flat", "rising", "unknown"]
Longer = Literal["yes", "no", "unknown"]

FALL_SHARE = 0.02
"""Share of the whole fall below which a change is not seen."""
JAGGED_SHARE = 0.08
"""Jitter, as a share of the whole fall, from which a curve is called jagged."""
SAME_SHARE = 0.10
"""Difference of two losses, as a share of the larger one, below which they are almost the same."""
N_END = 3
"""Epochs over which the losses are averaged at the end."""
MIN_EPOCHS = 5
"""With fewer epochs the rule says nothing about flattening."""
SD_OF_SECOND_DIFFERENCE = math.sqrt(6.0)
"""SD of L[e-1] - 2 L[e] + L[e+1] for independent noise of SD 1."""
NORMAL_MAD = 1.4826
"""SD of a normal distribution whose median absolute deviation is 1."""


@dataclass(frozen=True, slots=True)
class CurveShape:
    """The shape of one loss curve; epochs count from 1.

    Attributes:
        first: loss at the first epoch seen (nats).
        last: loss at the last epoch seen.
        last_epoch: the last epoch seen.
        lowest: lowest loss seen.
        lowest_epoch: its epoch.
        jitter: epoch-to-epoch noise (nats).
        tolerance: change that counts as none (nats).
        trend: at the end.
        flat_from: epoch at which it flattens, or None while it is falling or with too few epochs.
        risen_since: epoch of its smoothed minimum where it has turned up since, else None.
        jagged: its jitter is large beside its fall.
        falls_again: it is falling, but has been lower.
    """

    first: float
    last: float
    last_epoch: int
    lowest: float
    lowest_epoch: int
    jitter: float
    tolerance: float
    trend: Trend
    flat_from: int | None
    risen_since: int | None
    jagged: bool
    falls_again: bool


@dataclass(frozen=True, slots=True)
class CurveEnds:
    """Both losses at the end: their means over the last epochs that both curves have.

    Attributes:
        n_epochs: how many these are; where there are none, the last loss of each stands for it.
        train: training loss (nats).
        val: validation loss.
    """

    n_epochs: int
    train: float
    val: float

    @property
    def gap(self) -> float:
        """Validation minus training loss."""
        return self.val - self.train

    @property
    def almost_same(self) -> bool:
        """They differ by less than a tenth of the larger one."""
        return abs(self.gap) < SAME_SHARE * max(self.train, self.val)

    def words(self) -> str:
        """Return the comparison in words.

        >>> CurveEnds(3, 0.19, 0.1).words()
        'over the last 3 epochs validation loss is below training loss (0.100 against 0.190)'
        >>> CurveEnds(3, 0.100, 0.105).words()
        'over the last 3 epochs validation and training loss are almost the same (0.105 and 0.100)'
        """
        when = f"over the last {self.n_epochs} epochs" if self.n_epochs > 1 else "at the end"
        if self.almost_same:
            return f"{when} validation and training loss are almost the same ({self.val:.3f} and {self.train:.3f})"
        side = "above" if self.gap > 0 else "below"
        return f"{when} validation loss is {side} training loss ({self.val:.3f} against {self.train:.3f})"


@dataclass(frozen=True, slots=True)
class Observation:
    """What the learning curves of one architecture show.

    Attributes:
        train: shape of the training loss.
        val: shape of the validation loss.
        ends: both losses at the end.
        train_longer: whether more epochs would lower the validation loss.
        n_curves: number of seeds in the mean curve.
        sentence: the above in words.
    """

    train: CurveShape
    val: CurveShape
    ends: CurveEnds
    train_longer: Longer
    n_curves: int
    sentence: str


def observe(train_loss: npt.ArrayLike, val_loss: npt.ArrayLike) -> Observation:
    """Return what a pair of loss curves shows, by the rule at the top of this module.

    Args:
        train_loss: training loss an epoch (nats), shape ``(epochs,)`` or ``(seeds, epochs)``; NaN where an
            epoch is missing (a gap is bridged by a straight line, missing ends are left out).
        val_loss: validation loss, same shape.

    Raises:
        ResultsError: the shapes differ, or a curve has no finite value.

    >>> epochs = np.arange(1, 21)
    >>> print(observe(np.exp(-epochs / 4.0), 0.1 + np.exp(-epochs / 2.0)).sentence)
    Validation loss flattens from epoch 9 (lowest 0.100, epoch 20) while training loss keeps falling until \
epoch 16, where it too flattens; over the last 3 epochs validation loss is above training loss (0.100 against \
0.009); training longer would not help.
    """
    train, val, n_curves = _mean_curves(train_loss, val_loss)
    train_shape, val_shape = _shape(train), _shape(val)
    both = np.flatnonzero(np.isfinite(train) & np.isfinite(val))[-N_END:]
    ends = CurveEnds(0, train_shape.last, val_shape.last)
    if both.size:
        ends = CurveEnds(int(both.size), float(train[both].mean()), float(val[both].mean()))
    train_longer: Longer = "no"
    if val_shape.trend == "unknown":
        train_longer = "unknown"
    elif val_shape.trend == "falling":
        train_longer = "yes"
    sentence = _sentence(train_shape, val_shape, ends, train_longer)
    return Observation(train_shape, val_shape, ends, train_longer, n_curves, sentence)


def _mean_curves(train_loss: npt.ArrayLike, val_loss: npt.ArrayLike) -> tuple[FloatArray, FloatArray, int]:
    """Return the two mean curves over seeds and the number of seeds."""
    train = np.atleast_2d(np.asarray(train_loss, dtype=np.float64))
    val = np.atleast_2d(np.asarray(val_loss, dtype=np.float64))
    if train.shape != val.shape or train.ndim != 2:  # noqa: PLR2004  # rows are seeds, columns epochs
        raise ResultsError(
            must("the loss curves", "have one shape, (epochs,) or (seeds, epochs)", f"{train.shape} and {val.shape}")
        )
    means = [_finite_mean(curve) for curve in (train, val)]
    for name, mean in zip(("training", "validation"), means, strict=True):
        if not np.isfinite(mean).any():
            raise ResultsError(
                must(f"the {name} loss", "be finite for one epoch at least", f"{mean.size} epochs without")
            )
    return means[0], means[1], train.shape[0]


def _finite_mean(curves: FloatArray) -> FloatArray:
    """Return the mean over the seeds that have a finite value, NaN where none has."""
    with warnings.catch_warnings():
        # An epoch that no seed has is NaN by design; NumPy would warn of its empty mean.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(np.where(np.isfinite(curves), curves, np.nan), axis=0), dtype=np.float64)


def _shape(curve: FloatArray) -> CurveShape:
    """Return the shape of one curve with possible gaps."""
    seen = np.flatnonzero(np.isfinite(curve))
    start, stop = int(seen[0]), int(seen[-1]) + 1
    loss = np.interp(np.arange(start, stop), seen, curve[seen])
    smoothed = _median_of_three(loss)
    fall = float(smoothed.max() - smoothed.min())
    jitter = _jitter(loss)
    tolerance = max(2 * jitter, FALL_SHARE * fall)
    trend: Trend = "unknown"
    flat_from: int | None = None
    n_last = min(loss.size, max(4, math.ceil(loss.size / 4)))
    if loss.size >= MIN_EPOCHS:
        change = _median_slope(loss[-n_last:]) * (n_last - 1)
        trend = "falling" if change < -tolerance else "rising" if change > tolerance else "flat"
        if trend != "falling":
            lowest_after = np.minimum.accumulate(smoothed[::-1])[::-1]
            flat_from = start + 1 + int(np.argmax(smoothed - lowest_after <= tolerance))
    turned_up = flat_from is not None and bool(np.median(loss[-n_last:]) > smoothed.min() + tolerance)
    lowest = int(seen[np.argmin(curve[seen])])
    return CurveShape(
        first=float(loss[0]),
        last=float(loss[-1]),
        last_epoch=stop,
        lowest=float(curve[lowest]),
        lowest_epoch=lowest + 1,
        jitter=jitter,
        tolerance=tolerance,
        trend=trend,
        flat_from=flat_from,
        risen_since=start + 1 + _middle_minimum(smoothed) if turned_up else None,
        jagged=bool(fall > 0 and jitter > JAGGED_SHARE * fall),
        falls_again=trend == "falling" and bool(smoothed[-1] > smoothed.min() + tolerance),
    )


def _median_of_three(loss: FloatArray) -> FloatArray:
    """Return the running median of three values; the first stays, the last is drawn to its neighbours' line."""
    smoothed = loss.copy()
    if loss.size >= MIN_EPOCHS:
        smoothed[1:-1] = np.median(np.stack([loss[:-2], loss[1:-1], loss[2:]]), axis=0)
        smoothed[-1] = np.median([loss[-1], smoothed[-2], 3 * smoothed[-2] - 2 * smoothed[-3]])
    return smoothed


def _middle_minimum(smoothed: FloatArray) -> int:
    """Return the middle index among the lowest: a median of three makes a minimum three epochs wide."""
    lowest = np.flatnonzero(smoothed == smoothed.min())
    return int(lowest[lowest.size // 2])


def _jitter(loss: FloatArray) -> float:
    """Return the SD of the epoch-to-epoch noise."""
    if loss.size < MIN_EPOCHS:
        return 0.0
    return float(NORMAL_MAD * np.median(np.abs(np.diff(loss, 2))) / SD_OF_SECOND_DIFFERENCE)


def _median_slope(loss: FloatArray) -> float:
    """Return the median slope of all pairs of points (Theil 1950, Sen 1968), nats an epoch."""
    first, second = np.triu_indices(loss.size, 1)
    return float(np.median((loss[second] - loss[first]) / (second - first)))


def _sentence(train: CurveShape, val: CurveShape, ends: CurveEnds, longer: Longer) -> str:
    """Return the observation in words."""
    if longer == "unknown":
        epochs = "1 epoch is" if val.last_epoch == 1 else f"{val.last_epoch} epochs are"
        return (
            f"{epochs} too few to say where the losses flatten; "
            f"lowest validation loss {val.lowest:.3f}, epoch {val.lowest_epoch}."
        )
    advice = "training longer would help" if longer == "yes" else "training longer would not help"
    if val.falls_again:
        advice = "training longer would lower validation loss, which has been lower already"
    if val.risen_since is not None:
        advice += f", validation loss has risen since epoch {val.risen_since}"
    return f"{_course(train, val)}; {ends.words()}; {advice}."


def _course(train: CurveShape, val: CurveShape) -> str:
    """Return how the two losses went."""
    jagged = "is jagged and " if val.jagged else ""
    lowest = f"(lowest {val.lowest:.3f}, epoch {val.lowest_epoch})"
    if val.falls_again:
        side = "keeps falling" if train.flat_from is None else f"is flat from epoch {train.flat_from}"
        return (
            f"Validation loss {jagged}falls again at the end, after it has risen {lowest}, while training loss {side}"
        )
    if val.flat_from is None:
        if train.flat_from is None:
            return f"Both losses keep falling with more epochs {lowest}"
        return (
            f"Validation loss {jagged}keeps falling {lowest} while training loss is flat from epoch {train.flat_from}"
        )
    verb = "stops falling at" if val.risen_since else "flattens from"
    head = f"Validation loss {jagged}{verb} epoch {val.flat_from} {lowest}"
    if train.flat_from is None:
        return f"{head} while training loss keeps falling"
    if train.flat_from > val.flat_from:
        return f"{head} while training loss keeps falling until epoch {train.flat_from}, where it too flattens"
    return f"{head}, training loss from epoch {train.flat_from}"
