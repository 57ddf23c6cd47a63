"""The menu of tasks: what networks are trained to say, and all that fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mlpstudy.tasks.losses import SOFTMAX_CROSS_ENTROPY, Loss
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.tasks.metrics.metric import Metric

BaselineName = Literal["majority class", "logistic regression"]
"""Simple methods that a study shows beside its networks, for scale."""


@dataclass(frozen=True, slots=True)
class Task:
    """What networks are trained to say.

    Attributes:
        name: as study files would have it.
        predicts: what they say of an example, within a sentence.
        loss: what training makes small, and above which value it has failed.
        metrics: what says how well they say it, by its name.
        baselines: simple methods for it.
    """

    name: str
    predicts: str
    loss: Loss
    metrics: Mapping[str, Metric]
    baselines: tuple[BaselineName, ...]

    @property
    def deciding(self) -> tuple[str, ...]:
        """The metrics that may decide: a study of this task declares one of them."""
        return tuple(name for name, metric in self.metrics.items() if metric.on_examples)


_ENTRIES = (
    Task(
        name="classification",
        predicts="which of two or more classes it belongs to, and with which probability",
        loss=SOFTMAX_CROSS_ENTROPY,
        metrics=METRICS,
        baselines=("majority class", "logistic regression"),
    ),
)
TASKS: dict[str, Task] = {entry.name: entry for entry in _ENTRIES}


def deciding() -> list[str]:
    """Return the names of the metrics that may decide, whatever the task.

    >>> deciding()
    ['accuracy', 'log loss']
    """
    return list(dict.fromkeys(name for task in TASKS.values() for name in task.deciding))
