"""Events are messages: they can come from another process."""

from __future__ import annotations

import pickle
from dataclasses import astuple

from helpers import blobs
from mlpstudy.engine import CheckpointTaken, EpochEnded, RunEnded, RunStarted, RunTask, get_engine, train_runs
from mlpstudy.engine.places.place import Checkpoints
from mlpstudy.study import Architecture, Network, Training


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
