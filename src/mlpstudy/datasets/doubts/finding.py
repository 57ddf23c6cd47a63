"""All doubts about examples, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import polars as pl

    from mlpstudy.datasets.preprocessing.stored import Preprocessing
    from mlpstudy.datasets.raw import Parts
    from mlpstudy.datasets.splits import Positions


@dataclass(frozen=True, slots=True)
class Doubts:
    """What should be looked at.

    Attributes:
        lines: a line each, with what helps.
        leaking: columns that give the class away.
    """

    lines: tuple[str, ...] = ()
    leaking: tuple[str, ...] = ()


def find_doubts(parts: Parts, positions: Positions, preprocessing: Preprocessing) -> Doubts:
    """Return what should be looked at before training is paid for."""
    if preprocessing.kind != "table":
        return Doubts()
    from mlpstudy.datasets.doubts.leaks import find_leaks  # noqa: PLC0415  # heavy: Polars

    frame, names = cast("pl.DataFrame", parts.main.values), [column.name for column in preprocessing.columns]
    leaks = find_leaks(frame, positions.train, parts.main.labels[positions.train], names)
    return Doubts(tuple(leak.warning(parts.main.origin) for leak in leaks), tuple(leak.column for leak in leaks))
