"""What trains runs: engines behind one interface, and the planning of runs over threads."""

from mlpstudy.engine.events import CheckpointTaken, EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.engine.places.threads import train_runs
from mlpstudy.engine.registry import ENGINE_NAMES, get_engine
from mlpstudy.engine.run.task import RunTask

__all__ = [
    "ENGINE_NAMES",
    "CheckpointTaken",
    "EpochEnded",
    "Event",
    "RunEnded",
    "RunFailed",
    "RunStarted",
    "RunTask",
    "get_engine",
    "train_runs",
]
