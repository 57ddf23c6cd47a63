"""What goes to a place and what comes from it are messages: they can cross to another process."""

from __future__ import annotations

import pickle
from dataclasses import astuple

from helpers import blobs
from mlpstudy.engine import CheckpointTaken, EpochEnded, Event, RunEnded, RunStarted, RunTask, get_engine, train_runs
from mlpstudy.engine.places.place import Checkpoints
from mlpstudy.engine.run.runner import RunHooks, carry_out
from mlpstudy.engine.run.task import Assignment
from mlpstudy.records import Checkpoint, Resumption
from mlpstudy.study import Architecture, Network, Training
from runs import run_alone


def test_all_that_happens_to_a_run_can_be_sent() -> None:
    """Every event of a run, and what is to be run, arrive in another process as they were."""
    training = Training(epochs=2, batch_size=16, diagnostics=True)
    architecture = Architecture(name="4", levels=(("width", "4"),), network=Network(hidden=(4,)), training=training)
    task = RunTask("run", architecture, 0, 0)
    events = list(train_runs(get_engine("native"), [task], blobs(), n_threads=1, checkpoints=Checkpoints(interval_s=0)))
    kinds = [RunStarted, EpochEnded, CheckpointTaken, EpochEnded, RunEnded]
    assert [type(event) for event in events] == kinds
    for sent in (task, *events):
        arrived = pickle.loads(pickle.dumps(sent))  # noqa: S301  # our own bytes
        assert type(arrived) is type(sent)
        assert repr(astuple(arrived)) == repr(astuple(sent))


def test_what_was_sent_is_trained_as_what_was_not() -> None:
    """An assignment holds all that its runs need beside engine and data, and the checkpoints that they go on from."""
    architecture = Architecture(
        name="4", levels=(), network=Network(hidden=(4,), dropout=0.3), training=Training(epochs=3, batch_size=16)
    )
    task, engine, data = RunTask("run", architecture, 0, 0), get_engine("native"), blobs()
    taken: list[Checkpoint] = []
    whole = run_alone(engine, task, data, on_checkpoint=lambda copy, _: taken.append(copy), checkpoint_s=0.0)
    assignment = Assignment((task,), (Resumption(taken[0]),), "maker", 10.0)
    arrived = pickle.loads(pickle.dumps(assignment))  # noqa: S301  # our own bytes
    events: list[Event] = []
    hooks = RunHooks(events.append, on_checkpoint=lambda *_: None, n_threads=lambda: 1, stopped=lambda: False)
    carry_out(engine, arrived, data, hooks)
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert whole is not None
    assert [type(event) for event in events] == [RunStarted, EpochEnded, EpochEnded, RunEnded]
    assert ended.result.record.test_loss == whole.record.test_loss
