"""What a study is trained with."""

from __future__ import annotations

from dataclasses import dataclass

from mlpstudy.engine.run.pace import INTERVAL_S
from mlpstudy.errors import StudyError, must


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a study is trained with. Of a run's result it is the engine alone that decides anything.

    Attributes:
        engine: name of the engine, one of ``ENGINE_NAMES``.
        n_threads: threads in all; the number of cores where it is None.
        checkpoint_s: seconds of work between two checkpoints of a run, at least 0.

    Raises:
        StudyError: a value is out of range.
    """

    engine: str = "native"
    n_threads: int | None = None
    checkpoint_s: float = INTERVAL_S

    def __post_init__(self) -> None:
        """Check what a caller from Python may give."""
        if self.n_threads is not None and not (hasattr(self.n_threads, "__index__") and self.n_threads >= 1):
            raise StudyError(must("the number of threads", "be a whole number of at least 1", self.n_threads))
        if not self.checkpoint_s >= 0:
            raise StudyError(must("the seconds between checkpoints", "be at least 0", self.checkpoint_s))
