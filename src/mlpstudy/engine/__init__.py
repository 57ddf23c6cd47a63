"""What trains runs: engines behind one interface, and the places where they train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.machine.lazy import offered

if TYPE_CHECKING:
    from mlpstudy.engine.events import CheckpointTaken, EpochEnded, Event, RunEnded, RunFailed, RunStarted
    from mlpstudy.engine.places.threads import train_runs
    from mlpstudy.engine.registry import ENGINE_NAMES, get_engine
    from mlpstudy.engine.run.task import RunTask
else:
    __getattr__, __dir__ = offered(
        "mlpstudy.engine",
        {
            "ENGINE_NAMES": "registry",
            "CheckpointTaken": "events",
            "EpochEnded": "events",
            "Event": "events",
            "RunEnded": "events",
            "RunFailed": "events",
            "RunStarted": "events",
            "RunTask": "run.task",
            "get_engine": "registry",
            "train_runs": "places.threads",
        },
    )

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
