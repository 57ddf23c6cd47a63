"""How the results of a study are judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from mlpstudy.study.base import Frozen
from mlpstudy.tasks.menu import deciding
from mlpstudy.text.words import either

MAX_COMPARISONS = 5000
"""All pairs of 100 architectures: beyond it hardly any difference could survive the adjustment."""
LEAST_JUDGED = 2
"""Test examples without which no spread over examples is known."""


def _may_decide(name: object) -> object:
    """Return the name of a metric that may be declared.

    Raises:
        ValueError: it is no such name; the error is what it must be, as the line about it says.
    """
    if name not in deciding():
        raise ValueError(either(map(repr, deciding())))
    return name


class Judging(Frozen):
    """What counts as evidence: written down before anything runs.

    Attributes:
        metric: the primary one; all others are exploratory.
        family: the comparisons that are adjusted together: ``"all-pairs"``, ``"against"`` (the baseline), or
            ``"pairs"``.
        baseline: the architecture that all others are compared with, for ``family = "against"``.
        pairs: the pairs of architectures, for ``family = "pairs"``.
        confidence: level of the intervals.
        indifference_pp: differences of at most that many percentage points do not matter.
    """

    FIRST_KEYS = ("metric", "family", "baseline", "pairs", "confidence", "indifference_pp")

    metric: Annotated[str, BeforeValidator(_may_decide)] = "accuracy"
    family: Literal["all-pairs", "against", "pairs"] = "all-pairs"
    baseline: str | None = None
    pairs: Annotated[
        tuple[Annotated[tuple[str, str], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)], ...],
        BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v),
    ] = ()
    confidence: Annotated[float, Field(ge=0.5, lt=1)] = 0.95
    indifference_pp: Annotated[float, Field(gt=0, le=100)] = 0.1

    def n_comparisons(self, n_architectures: int) -> int:
        """Return the number of comparisons that are declared for a number of architectures.

        >>> Judging().n_comparisons(9), Judging(family="against", baseline="a").n_comparisons(9)
        (36, 8)
        """
        if self.family == "pairs":
            return len(self.pairs)
        return n_architectures - 1 if self.family == "against" else n_architectures * (n_architectures - 1) // 2
