"""Which runs are trained together, and in which order: for an engine that trains cohorts."""

from __future__ import annotations

from helpers import blobs
from lockstep import LockstepEngine
from mlpstudy.engine import RunTask, get_engine
from mlpstudy.engine.places.planning import planned
from mlpstudy.study import Architecture, Network, Training

DATA = blobs()


def runs(name: str, width: int, seeds: range) -> list[RunTask]:
    """Return runs of one architecture."""
    architecture = Architecture(name=name, levels=(), network=Network(hidden=(width,)), training=Training())
    return [RunTask(f"{name}-{seed}", architecture, seed, 0) for seed in seeds]


def ids(cohorts: list[tuple[RunTask, ...]]) -> list[list[str]]:
    """Return which runs are together."""
    return [[task.run_id for task in cohort] for cohort in cohorts]


def test_runs_of_one_architecture_go_together_as_many_as_the_engine_takes() -> None:
    """Also where another architecture costs the same; what is left over is a smaller cohort."""
    tasks = [task for pair in zip(runs("a", 8, range(5)), runs("b", 8, range(5)), strict=True) for task in pair]
    found = ids(planned(LockstepEngine(3), tasks, DATA, set()))
    assert found == [["a-0", "a-1", "a-2"], ["a-3", "a-4"], ["b-0", "b-1", "b-2"], ["b-3", "b-4"]]
    assert ids(planned(get_engine("native"), tasks[:2], DATA, set())) == [["a-0"], ["b-0"]]


def test_runs_with_a_checkpoint_are_in_cohorts_of_their_own() -> None:
    """They come first, whatever they cost; a new run beside them would keep them waiting."""
    tasks = [*runs("long", 64, range(2)), *runs("short", 2, range(4))]
    found = ids(planned(LockstepEngine(4), tasks, DATA, {"short-1", "short-2"}))
    assert found == [["short-1", "short-2"], ["long-0", "long-1"], ["short-0", "short-3"]]
