"""What trains runs: engines behind one interface, and the places where they train."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlpstudy.engine.events import CheckpointTaken, EpochEnded, Event, RunEnded, RunFailed, RunStarted
    from mlpstudy.engine.places.threads import train_runs
    from mlpstudy.engine.registry import ENGINE_NAMES, get_engine
    from mlpstudy.engine.run.task import RunTask

_HOMES = {
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
}

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


def __getattr__(name: str) -> object:
    """Import a name when it is first used: whoever asks for the engines' names alone starts fast."""
    if name not in _HOMES:
        message = f"module 'mlpstudy.engine' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"mlpstudy.engine.{_HOMES[name]}"), name)
