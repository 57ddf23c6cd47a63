"""Settings that hold only for certain combinations of levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from mlpstudy.errors import StudyError, must
from mlpstudy.study.base import Frozen
from mlpstudy.study.messages import dotted, unknown_key

MAX_ADJUSTED = 100_000
"""Most combinations that all adjustments together may hold for: merging them takes a second."""


class Adjustment(Frozen):
    """Settings that hold only for certain combinations of levels: how one factor's level depends on another.

    Attributes:
        when: the levels of one or more factors, ``{ depth = "5", regularisation = ["plain", "batchnorm"] }``.
        set: the settings that then replace the levels' own.
    """

    when: Annotated[Mapping[str, str | Annotated[tuple[str, ...], BeforeValidator(tuple)]], Field(min_length=1)]
    set: Annotated[Mapping[str, Any], Field(min_length=1)]

    @cached_property
    def wanted(self) -> dict[str, frozenset[str]]:
        """The levels that it holds for, by factor; of the factors that it names."""
        return {f: frozenset((w,) if isinstance(w, str) else w) for f, w in self.when.items()}

    def applies(self, levels: Mapping[str, str]) -> bool:
        """Say whether it holds for a combination of levels."""
        return all(levels[factor] in wanted for factor, wanted in self.wanted.items())


def by_level(adjustments: Sequence[Adjustment]) -> dict[tuple[str, str], list[int]]:
    """Return which adjustments may hold for a level, each under the levels of one factor: that with the fewest.

    So an architecture is compared with few of them, where a file has one for each of a thousand levels.

    >>> by_level([Adjustment(when={"depth": "5", "rate": ["a", "b"]}, set={"epochs": 3})])
    {('depth', '5'): [0]}
    """
    found: dict[tuple[str, str], list[int]] = {}
    for i, adjustment in enumerate(adjustments):
        factor, levels = min(adjustment.wanted.items(), key=lambda item: len(item[1]))
        for level in levels:
            found.setdefault((factor, level), []).append(i)
    return found


def check_adjustments(adjustments: Sequence[Adjustment], factors: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse adjustments of factors or levels that the study lacks, and more than can be merged in a moment.

    Raises:
        StudyError: one line, with the adjustment's place.
    """
    n_combinations = math.prod(len(levels) for levels in factors.values())
    n_adjusted = 0
    for i, adjustment in enumerate(adjustments):
        n_own = n_combinations
        for factor, wanted in adjustment.wanted.items():
            path = ("adjustments", i, "when", factor)
            if factor not in factors:
                raise StudyError(unknown_key(path, factors))
            if unknown := sorted(wanted - factors[factor].keys()):
                raise StudyError(must(dotted(path), f"be one of {', '.join(factors[factor])}", unknown[0]))
            n_own = n_own * len(wanted) // len(factors[factor])
        n_adjusted += n_own
    if n_adjusted > MAX_ADJUSTED:
        be = f"hold for at most {MAX_ADJUSTED} architectures, all of them together"
        raise StudyError(must("adjustments", be, n_adjusted, "settings of a level stand under that level"))
