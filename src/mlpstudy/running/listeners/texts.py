"""What listeners say of a run and of a study, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.text.numerals import duration
from mlpstudy.text.words import counted

if TYPE_CHECKING:
    from mlpstudy.engine.events import RunStarted
    from mlpstudy.records import EpochRecord, RunRecord
    from mlpstudy.running.listening import Plan


def headline(plan: Plan) -> str:
    """Say in one line what is about to be done."""
    study, dataset = plan.study, plan.dataset
    n_there = plan.n_runs - len(plan.tasks)
    there = f", {n_there} of {plan.n_runs} runs are there already" if n_there else ""
    noun = "example" if len(dataset.test) == 1 else "examples"
    return (
        f"{study.name}: {len(study.architectures)} architectures x {counted(study.seeds, 'seed')} on {dataset.name} "
        f"({len(dataset.train)} training and {len(dataset.test)} test {noun}){there}"
    )


def warning_lines(plan: Plan) -> list[str]:
    """Return what a user should know of the data and of the study on them, a line each."""
    return [f"Warning: {warning}" for warning in plan.warnings]


def epoch_text(epoch: EpochRecord, n_train: int) -> str:
    """Write what one epoch measured, in the notebook's order."""
    return (
        f"{epoch.train_s * 1e6 / n_train:6.1f} us/sample  loss {epoch.train_loss:.4f}  "
        f"accuracy {epoch.train_accuracy:.4f}  val_loss {epoch.val_loss:.4f}  val_accuracy {epoch.val_accuracy:.4f}"
    )


def start_text(event: RunStarted) -> str | None:
    """Write how a run starts where that needs a word: from a checkpoint, or anew in spite of one."""
    if event.resumed is None:
        return f"starts anew: {event.note}" if event.note else None
    return f"goes on after epoch {event.record.n_epochs_done}" + (f": {event.note}" if event.note else "")


def end_text(record: RunRecord, *, again: bool = False) -> str:
    """Write how a run ended."""
    if record.status == "failed":
        return f"failed: {record.reason}" + ("; it is tried once more at the end" if again else "")
    if record.status == "diverged":
        return f"diverged at epoch {record.diverged_epoch}: {record.reason}"
    return f"test loss {record.test_loss:.4f}  test accuracy {record.test_accuracy:.4f}  ({duration(record.wall_s)})"
