"""What a place is: where runs are trained. The threads of this machine are one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mlpstudy.engine.events import Event
from mlpstudy.engine.run.pace import INTERVAL_S
from mlpstudy.records import Resumption

if TYPE_CHECKING:
    from mlpstudy.engine.interface import AnyEngine
    from mlpstudy.engine.run.task import RunTask
    from mlpstudy.records import Dataset


def _nothing(_: RunTask) -> Resumption:
    return Resumption()


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where runs find what they go on from.

    Attributes:
        find: looks for a run's checkpoint. Called in this process, in any of its threads, just before the run begins;
            what it returns goes with the run to wherever that is trained.
        run_ids: the runs that have one: they come first.
        maker: who may go on from the checkpoints made now.
        interval_s: seconds of a run's work between two of them.
    """

    find: Callable[[RunTask], Resumption] = _nothing
    run_ids: frozenset[str] = frozenset()
    maker: str = ""
    interval_s: float = INTERVAL_S


class RunsInTraining(Iterator[Event], Protocol):
    """What happens to runs while they are trained, in the thread of whoever asks for the next event.

    Whoever stops listening must close it: ``contextlib.closing``.
    """

    def request_stop(self) -> None:
        """Stop the runs within about one training step, and start no more.

        The iterator goes on to what the runs leave behind, their last checkpoints, and ends. May be called from another
        thread and from a signal's handler, more than once.
        """
        ...

    def close(self) -> None:
        """Stop without listening, and return when nobody trains any longer."""
        ...


class Place(Protocol):
    """Where runs are trained, on however much of it there is.

    Whatever the place, and however many runs it trains at once:

    - Every run ends once, finished, diverged or failed, unless it is stopped before.
    - A run's events come in their order: it starts, ends each of its epochs, and ends. A checkpoint is of an epoch
      whose end was told, and comes before the end of the run.
    - A run has the bits that it has alone; one that goes on from a checkpoint those of a run that nobody has stopped.
    - Runs that have a checkpoint are started first; of the others the most costly (``study.cost``).
    - A run that could not be trained is tried once more, behind all others and by itself, from its newest checkpoint.
      It fails for good where it fails again. The others go on.
    - At a stop no further run is begun, and each that was running leaves the newest copy of its state as a checkpoint;
      what has happened before is still told.
    - A run's next checkpoint is not handed over before the last one was taken by whoever reads the events.
    - An engine that trains cohorts is given runs of one architecture together, at most as many as it asks for.

    Events and tasks are plain records, and an engine is got by its name: a place may train in another process.
    """

    def train(
        self, engine: AnyEngine, tasks: Sequence[RunTask], dataset: Dataset, checkpoints: Checkpoints
    ) -> RunsInTraining:
        """Train runs and give what happens to them, from the first event that is asked for on.

        Args:
            engine: what trains.
            tasks: what is to be run.
            dataset: what the networks learn from.
            checkpoints: where runs find what they go on from.

        Raises:
            EngineError: nothing can be trained here; raised where the first event is asked for.
        """
        ...
