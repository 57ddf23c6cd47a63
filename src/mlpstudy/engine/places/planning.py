"""Which runs come first, and which are trained together: the same in every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.engine.interface import AnyEngine, CohortEngine
from mlpstudy.study.cost import Costs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from mlpstudy.engine.run.task import RunTask
    from mlpstudy.records import Dataset


def planned(
    engine: AnyEngine, tasks: Sequence[RunTask], dataset: Dataset, checkpointed: AbstractSet[str]
) -> list[tuple[RunTask, ...]]:
    """Return runs in the order in which they are to be started, those in one tuple together.

    Runs with a checkpoint come first, then the longest ones, then the first seeds.

    Args:
        engine: what trains: whether it takes several runs, and how many, is its to say.
        tasks: the runs.
        dataset: what they learn from.
        checkpointed: ids of the runs that have a checkpoint.
    """
    costs = Costs(dataset.n_features, dataset.n_classes, len(dataset.train))

    def order(task: RunTask) -> tuple[bool, float, int]:
        return task.run_id not in checkpointed, -costs.run(task.architecture), task.seed

    ordered = sorted(tasks, key=order)
    if not isinstance(engine, CohortEngine):
        return [(task,) for task in ordered]
    alike: dict[tuple[bool, str], list[RunTask]] = {}
    for task in ordered:
        alike.setdefault((task.run_id in checkpointed, task.architecture.name), []).append(task)
    cohorts: list[tuple[RunTask, ...]] = []
    for runs in alike.values():
        size = engine.cohort_size(runs[0].architecture, dataset)
        cohorts += [tuple(runs[i : i + size]) for i in range(0, len(runs), size)]
    return cohorts
