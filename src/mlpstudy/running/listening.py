"""Who wants to see a study run."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mlpstudy.datasets.checking import VALIDATION_IS_TEST
from mlpstudy.study.batches import lone_example_warning
from mlpstudy.text.escaping import printable

if TYPE_CHECKING:
    from pathlib import Path

    from mlpstudy.engine import Event, RunTask
    from mlpstudy.records import Dataset
    from mlpstudy.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a call of ``run_study`` is about to do.

    Attributes:
        study: the study.
        folder: where its results go.
        dataset: the data, loaded.
        tasks: the runs that are missing.
        n_runs: number of runs of the whole study.
    """

    study: Study
    folder: Path
    dataset: Dataset
    tasks: tuple[RunTask, ...]
    n_runs: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know of the data, and of the study on them, a line each."""
        lone = lone_example_warning(self.study.architectures, len(self.dataset.train))
        return (*self.dataset.warnings, *((lone,) if lone else ()))


class Listener(Protocol):
    """Who wants to see a study run. Called in the thread of ``run_study``, after the store has the event."""

    def planned(self, plan: Plan) -> None:
        """Called once, before anything runs."""
        ...

    def happened(self, event: Event) -> None:
        """Called for everything that happens to a run."""
        ...


class Silence:
    """A listener that does nothing."""

    def planned(self, plan: Plan) -> None:
        """Ignore the plan."""

    def happened(self, event: Event) -> None:
        """Ignore the event."""


class Warner(Silence):
    """A listener that warns of the data, which nobody else would tell who called from Python, and says nothing more."""

    def planned(self, plan: Plan) -> None:
        """Warn (``UserWarning``) who called ``mlpstudy.run``, but of what the study itself declares."""
        for line in plan.warnings:
            if line != VALIDATION_IS_TEST:
                warnings.warn(printable(line), stacklevel=4)
