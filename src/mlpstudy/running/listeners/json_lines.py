"""A running study as JSON, one event a line, for machines."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from mlpstudy.engine.events import EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.text.screen import finite, say_json

if TYPE_CHECKING:
    from mlpstudy.running.listening import Plan


class JsonLines:
    """One event a line, as JSON."""

    def planned(self, plan: Plan) -> None:
        """Print what is about to be done."""
        self._print(
            "planned",
            study=plan.study.name,
            folder=str(plan.folder),
            n_runs=plan.n_runs,
            n_missing=len(plan.tasks),
            n_train_examples=len(plan.dataset.train),
            warnings=list(plan.warnings),
        )

    def happened(self, event: Event) -> None:
        """Print one event."""
        match event:
            case RunStarted(record, _, note):
                fields = {name: getattr(record, name) for name in ("run_id", "architecture", "seed", "n_epochs_done")}
                self._print("run_started", **fields, note=note)
            case EpochEnded(run_id, epoch):
                self._print("epoch_ended", run_id=run_id, **dataclasses.asdict(epoch))
            case RunEnded(result):
                self._print(f"run_{result.record.status}", **dataclasses.asdict(result.record))
            case RunFailed(record, again):
                self._print("run_failed", **dataclasses.asdict(record), again=again)

    @staticmethod
    def _print(event: str, **fields: Any) -> None:  # noqa: ANN401  # plain JSON values
        say_json({"event": event, **finite(fields)})
