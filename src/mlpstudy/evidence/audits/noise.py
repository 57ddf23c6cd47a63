"""Noise audit: how much of the spread over seeds is real, and how much is the finite test set's."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mlpstudy.arrays import FloatArray
from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.estimates.intervals import t_two_sided_p
from mlpstudy.evidence.estimates.rounding import sd_of
from mlpstudy.evidence.estimates.twoway import two_way
from mlpstudy.text.numerals import percent

EXCESS_RATIO = 5.0
"""Observed SD, in multiples of what finite test data give, from which the training itself is unstable."""
MIN_SEEDS_FLAGS = 3
"""Seeds from which an excess is believed."""
MIN_SEEDS_SPLIT = 6
"""Seeds from which two groups can be told from one."""
SPLIT_P = 0.005
"""Probability under one normal group at which runs count as split in two."""
LONE_P = 0.001
"""Probability under one normal group at which one run counts as apart; scores near 1 are skewed, so it is small."""
N_SPLIT_DRAWS = 4000
SPLIT_KEY = 0x73706C6974


@dataclass(frozen=True, slots=True)
class NoiseAudit:
    """The spread over seeds of one architecture; in the unit of the metric.

    Attributes:
        n_seeds: finished runs.
        mean: mean over seeds.
        sd: observed SD over seeds (ddof 1); None for one seed.
        sd_finite_test: SD over seeds that the finite test set alone would give, were all retrainings equally
            good; None for one seed.
        ratio: observed over finite-test SD; None where either is missing, inf where only the latter is 0.
        sd_true: SD of true quality between retrainings, sqrt(V_seed); None for one seed.
        carries_over: share of a seed's lead over the mean that new data are expected to keep, 0 to 1; None for
            one seed.
        best_seed_lead: lead of the best seed over the mean, higher better; None for one seed.
        is_excess: the spread is far above what finite test data explain.
        n_low: runs in the lower of two groups where the runs are split in two, else 0.
        sentence: the above in words.
    """

    n_seeds: int
    mean: float
    sd: float | None
    sd_finite_test: float | None
    ratio: float | None
    sd_true: float | None
    carries_over: float | None
    best_seed_lead: float | None
    is_excess: bool
    n_low: int
    sentence: str


def audit(cells: npt.ArrayLike) -> NoiseAudit:
    """Return the noise audit of one architecture's accuracy.

    With p_i the share of seeds that are right on example i, retrainings of one true quality would still spread
    by ``SD = sqrt(mean_i p_i (1 - p_i) n/(n - 1) / N)``, the mean square of the rest over N. What exceeds it is
    ``V_seed = SD_observed^2 - SD_finite_test^2`` (not below 0): the variance of true quality. Of a seed's lead,
    ``V_seed / SD_observed^2`` is expected to carry over to new data.

    The spread is in excess where the observed SD is at least five times that of finite test data, with three
    seeds or more. Runs are split in two where the best cut of the sorted scores leaves so little variance inside
    the two groups as one normal group does once in 200 (keyed simulation), or one run lies so far from the rest as
    happens once in 1,000 (Grubbs' test); both only where the observed SD is twice that of finite test data, and
    from six seeds on.

    Args:
        cells: right (1) or wrong (0), shape ``(n seeds, N examples)``, or another metric that is higher better.

    Raises:
        ResultsError: there is no seed.

    Sources: Jordan 2024 (arXiv 2304.01910), section 3; Grubbs 1950.

    >>> audit([[1, 1, 0, 1], [1, 0, 1, 1], [0, 1, 1, 1]]).sd
    0.0
    """
    table = np.asarray(cells, dtype=np.float64)
    if table.size == 0:
        raise ResultsError(must("a noise audit", "have one finished run at least", "none"))
    scores = table.mean(axis=1)
    n_seeds = int(scores.size)
    mean = float(scores.mean())
    if n_seeds == 1:
        sentence = "One seed has no spread: how far a retraining would land from it is unknown."
        return NoiseAudit(1, mean, None, None, None, None, None, None, is_excess=False, n_low=0, sentence=sentence)
    parts = two_way(table)
    sd, sd_finite = sd_of(scores), math.sqrt(parts.ms_rest / parts.n_examples)
    ratio = sd / sd_finite if sd_finite > 0 else (math.inf if sd > 0 else 1.0)
    carries = parts.v_seed / sd**2 if sd > 0 else 0.0
    n_low = _split(scores) if ratio >= 2.0 else 0  # noqa: PLR2004  # stated in the docstring
    is_excess = n_seeds >= MIN_SEEDS_FLAGS and ratio >= EXCESS_RATIO
    found = NoiseAudit(
        n_seeds=n_seeds,
        mean=mean,
        sd=sd,
        sd_finite_test=sd_finite,
        ratio=ratio,
        sd_true=math.sqrt(parts.v_seed),
        carries_over=min(1.0, carries),
        best_seed_lead=float(scores.max()) - mean,
        is_excess=is_excess,
        n_low=n_low,
        sentence="",
    )
    return _with_sentence(found)


def _split(scores: FloatArray) -> int:
    """Return the size of the lower group where the scores fall into two, else 0."""
    n_seeds = scores.size
    if n_seeds < MIN_SEEDS_SPLIT:
        return 0
    far = np.abs(scores - scores.mean())
    lone = int(far.argmax())
    rest = np.delete(scores, lone)
    t = (scores[lone] - rest.mean()) / max(float(rest.std(ddof=1)), np.finfo(float).tiny) * math.sqrt(1 - 1 / n_seeds)
    if n_seeds * t_two_sided_p(float(t), n_seeds - 2) < LONE_P:
        return 1 if t < 0 else n_seeds - 1
    inside, n_low = _best_cut(np.sort(scores)[None, :])
    threshold = np.quantile(_inside_under_one_group(n_seeds), SPLIT_P)
    return int(n_low[0]) if inside[0] < threshold else 0


@functools.cache
def _inside_under_one_group(n_seeds: int) -> FloatArray:
    """Return the share of variance inside the best two groups for samples of one normal group."""
    generator = np.random.Generator(np.random.Philox(key=SPLIT_KEY + n_seeds))
    return _best_cut(np.sort(generator.standard_normal((N_SPLIT_DRAWS, n_seeds)), axis=1))[0]


def _best_cut(ordered: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Return, a row, the least share of variance inside two groups of sorted scores, and the lower one's size."""
    n = ordered.shape[1]
    centred = ordered - ordered.mean(axis=1, keepdims=True)
    total = np.maximum(np.square(centred).sum(axis=1), np.finfo(float).tiny)
    size = np.arange(1, n)
    # The sum of squares between two groups whose sums are c and -c is c^2 / size + c^2 / (n - size).
    between = np.square(centred.cumsum(axis=1)[:, :-1]) * (1 / size + 1 / (n - size))
    best = between.argmax(axis=1)
    inside = np.maximum(1.0 - between.max(axis=1) / total, 0.0)
    return np.asarray(inside, dtype=np.float64), best + 1


def _with_sentence(found: NoiseAudit) -> NoiseAudit:
    """Return the audit with its sentence."""
    assert found.sd is not None  # noqa: S101  # two seeds or more
    assert found.sd_finite_test is not None  # noqa: S101  # two seeds or more
    assert found.carries_over is not None  # noqa: S101  # two seeds or more
    if found.sd == found.sd_finite_test == 0.0:
        return replace(found, sentence=f"All {found.n_seeds} seeds are right on the same test examples: SD 0.")
    text = f"SD over {found.n_seeds} seeds {100 * found.sd:.3f} points, "
    finite = f"{100 * found.sd_finite_test:.3f}"
    if found.sd > found.sd_finite_test:
        text += f"where finite test data alone would give {finite}"
    else:
        text += f"no more than the {finite} that finite test data alone would give"
    if found.is_excess:
        text += "; far above it: the training is unstable from seed to seed"
    elif found.carries_over < 0.1:  # noqa: PLR2004  # a tenth of a lead is nothing to choose a seed by
        text += "; a lucky seed does not carry over to new data"
    else:
        text += f"; of a seed's lead about {percent(found.carries_over, 0)} would carry over to new data"
    if found.n_low:
        text += f"; the runs fall into two groups of {found.n_low} and {found.n_seeds - found.n_low}"
    return replace(found, sentence=text + ".")
