"""Question 2, "on new data of the same kind": seeds and test examples are both samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.estimates.intervals import Interval, around, t_quantile, unbounded
from mlpstudy.evidence.estimates.rounding import cleared

DETECTED_SES = 2.8
"""Standard errors that a difference has to be found: 1.96 + 0.84, two-sided 0.05 with a power of 80 %."""
FEW_SEEDS = 5
"""Below it, a component between seeds of 0 is not believed."""


@dataclass(frozen=True, slots=True)
class TwoWay:
    """Components of variance of D[s, i], seeds by examples, one value a cell.

    Attributes:
        n_seeds: n.
        n_examples: N.
        mean: mean of all cells.
        v_seed: variance of true quality between retrainings (V_seed).
        v_example: variance between examples that all seeds share (V_example).
        v_rest: what is left: a seed's own luck with an example (V_rest).
        ms_seed: mean square between seeds.
        ms_example: mean square between examples.
        ms_rest: mean square of the rest.
    """

    n_seeds: int
    n_examples: int
    mean: float
    v_seed: float
    v_example: float
    v_rest: float
    ms_seed: float
    ms_example: float
    ms_rest: float

    @property
    def variance_from_seeds(self) -> float:
        """Part of the variance of the mean that more seeds remove: V_seed/n + V_rest/(nN)."""
        return (self.v_seed + self.v_rest / self.n_examples) / self.n_seeds

    @property
    def variance_from_examples(self) -> float:
        """Part of the variance of the mean that only more test data remove: V_example/N."""
        return self.v_example / self.n_examples

    @property
    def se(self) -> float:
        """Standard error of the mean when both seeds and examples are drawn anew."""
        return math.sqrt(self.variance_from_seeds + self.variance_from_examples)

    @property
    def share_from_seeds(self) -> float:
        """Share of the variance of the mean that more seeds can remove, 0 to 1."""
        total = self.variance_from_seeds + self.variance_from_examples
        return self.variance_from_seeds / total if total > 0 else 0.0

    @property
    def df(self) -> float:
        """Satterthwaite's degrees of freedom of the squared standard error.

        The squared standard error is a sum of mean squares over nN: seed + example - rest, less those that a
        component set to 0 takes with it. Its degrees of freedom are ``(sum)^2 / sum(MS^2 / df_of_MS)``.
        Below five seeds the mean square between seeds stays in the denominator even where V_seed is set to 0:
        it is then known too badly for its absence to be believed (simulated coverage with three seeds: 0.93 to
        1.00, instead of down to 0.92).
        """
        df_seed, df_example = self.n_seeds - 1, self.n_examples - 1
        with_seed, with_example = self.v_seed > 0, self.v_example > 0
        terms: list[tuple[float, int]] = []
        if with_seed or self.n_seeds < FEW_SEEDS:
            terms.append((self.n_examples * self.v_seed + self.v_rest, df_seed))
        if with_example:
            terms.append((self.ms_example, df_example))
        if with_seed == with_example:
            terms.append((self.ms_rest, df_seed * df_example))
        scale = max((ms for ms, _ in terms), default=0.0)
        if scale == 0.0:
            return float(df_seed)
        total = self.se**2 * self.n_seeds * self.n_examples / scale
        return total**2 / sum((ms / scale) ** 2 / df for ms, df in terms)

    def interval(self, confidence: float = 0.95) -> Interval:
        """Return the interval for the mean on new data: ``mean +- t(1 - alpha/2, df) se``."""
        if self.n_seeds == 1:
            return unbounded(confidence)
        return around(self.mean, t_quantile(0.5 + confidence / 2, self.df) * self.se, confidence)

    def smallest_detectable(self) -> float:
        """Return the difference that infinitely many seeds would show on new data: 2.8 sqrt(V_example / N).

        2.8 = 1.96 + 0.84: two-sided 0.05, power 80 %.
        """
        return DETECTED_SES * math.sqrt(self.variance_from_examples)


def two_way(cells: npt.ArrayLike) -> TwoWay:
    """Return the components of variance of a table of seeds by examples.

    ``D[s,i] = mu + S[s] + E[i] + R[s,i]`` with independent random effects. From the mean squares

    - ``V_rest = MS_rest``,
    - ``V_seed = max(0, (MS_seed - MS_rest) / N)``,
    - ``V_example = max(0, (MS_example - MS_rest) / n)``,

    ``Var(mean) = V_seed/n + V_example/N + V_rest/(nN)``. Where a component is set to 0, the rest is pooled
    with nothing: the other mean square alone estimates what remains.

    Args:
        cells: D, shape ``(n seeds, N examples)``: a difference of outcomes, a contrast, or an outcome itself.

    Raises:
        ResultsError: the table is not two-dimensional, or has no seed or fewer than two examples.

    Sources: Searle, Casella & McCulloch 1992, *Variance Components*, ch. 4; Satterthwaite 1946.

    >>> t = two_way([[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 1.0, 1.0]])
    >>> round(t.mean, 3), round(t.v_seed, 3), round(t.v_example, 3), round(t.v_rest, 3)
    (0.5, 0.028, 0.139, 0.139)
    """
    table = np.asarray(cells, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] < 2:  # noqa: PLR2004  # seeds by examples
        raise ResultsError(must("outcomes", "be a table of seeds by at least two examples", f"shape {table.shape}"))
    n_seeds, n_examples = table.shape
    by_seed = table.mean(axis=1)
    by_example = table.mean(axis=0)
    mean = float(by_seed.mean())
    ss_seed = n_examples * float(np.square(by_seed - mean).sum())
    ss_example = n_seeds * float(np.square(by_example - mean).sum())
    flat = table.ravel()
    squares = float(np.dot(flat, flat))
    ss_total = squares - n_seeds * n_examples * mean**2
    ss_rest = max(0.0, cleared(ss_total - ss_seed - ss_example, squares))
    ss_seed, ss_example = cleared(ss_seed, squares), cleared(ss_example, squares)
    df_seed, df_example = n_seeds - 1, n_examples - 1
    ms_example = ss_example / df_example
    ms_seed = ss_seed / df_seed if df_seed else 0.0
    ms_rest = ss_rest / (df_seed * df_example) if df_seed else 0.0
    return TwoWay(
        n_seeds=n_seeds,
        n_examples=n_examples,
        mean=mean,
        # Where one cell differs all three mean squares are the same: whether a component is there, and with it
        # the degrees of freedom, is then not for the last bits to say.
        v_seed=max(0.0, cleared(ms_seed - ms_rest, squares / max(df_seed, 1)) / n_examples),
        v_example=max(0.0, cleared(ms_example - ms_rest, squares / df_example) / n_seeds),
        v_rest=ms_rest,
        ms_seed=ms_seed,
        ms_example=ms_example,
        ms_rest=ms_rest,
    )
