"""Runs that ended without a result: how many, and what helps where more seeds of the same training do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpstudy.evidence.comparison import ComparisonRow
    from mlpstudy.study import Study


@dataclass(frozen=True, slots=True)
class Lost:
    """Runs that diverged or failed.

    Attributes:
        sentence: how many, and what helps.
        are_most: as many runs diverged as finished, or more: further seeds would mostly do so too.
    """

    sentence: str
    are_most: bool


def lost_runs(study: Study, rows: Iterable[ComparisonRow]) -> Lost | None:
    """Return what is to be said of the runs that diverged or failed; None where all that have ended have finished.

    Args:
        study: the study.
        rows: its comparison rows.
    """
    of_each = tuple(rows)
    n_finished, n_diverged, n_failed = (
        sum(getattr(row, name) for row in of_each) for name in ("n_finished", "n_diverged", "n_failed")
    )
    n_ended = n_finished + n_diverged + n_failed
    if n_finished == n_ended:
        return None
    words = " and ".join(f"{n} {word}" for n, word in ((n_diverged, "diverged"), (n_failed, "failed")) if n)
    is_one_word = words.startswith(f"{n_ended} ") and n_ended > 1
    head = f"Of {counted(n_ended, 'run')} {words}, in no mean"
    if not n_finished:
        head = f"No run has finished: {'all ' if is_one_word else ''}{words}"
    if not n_diverged:
        return Lost(f"{head}. The same command tries again what failed.", are_most=False)
    are_most = n_diverged >= n_finished
    alike = "More seeds would mostly end alike; what helps" if are_most else "What helps"
    return Lost(f"{head}. {alike}: {what_helps(study)}.", are_most)


def what_helps(study: Study) -> str:
    """Return what keeps networks from diverging: numbers that are scaled, where they are not, else smaller steps."""
    if study.data.numeric == "none":
        return 'leave numeric = "none" out of [data], so that numbers are scaled, or take a smaller learning_rate'
    rates = sorted({architecture.training.learning_rate for architecture in study.architectures})
    here = f"{rates[0]:g}" if len(rates) == 1 else f"{rates[0]:g} to {rates[-1]:g}"
    return f"a smaller learning_rate in [training] (here {here})"
