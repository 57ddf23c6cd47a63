"""Many runs on many threads, stopped and resumed: each ends once, in the bits that it has alone."""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from helpers import blobs
from mlpstudy.engine import CheckpointTaken, RunEnded, RunStarted, RunTask, get_engine, train_runs
from mlpstudy.engine.places.threads import Checkpoints
from mlpstudy.records import Checkpoint, Resumption, RunResult
from mlpstudy.study import Architecture, Network, Training

DATA = blobs()
SEEDS = range(8)


def tasks() -> list[RunTask]:
    """Return runs of three architectures and eight seeds."""
    networks = {
        "small": Network(hidden=(5,)),
        "normalised": Network(hidden=(9, 6), batch_normalisation=True),
        "dropped": Network(hidden=(17,), dropout=0.3),
    }
    return [
        RunTask(
            f"{name}-{seed}",
            Architecture(name=name, levels=(), network=network, training=Training(epochs=6, batch_size=16)),
            seed,
            study_seed=3,
        )
        for seed in SEEDS
        for name, network in networks.items()
    ]


def bits(result: RunResult) -> list[bytes]:
    """Return what a run ended with."""
    return [tensor.tobytes() for tensor in result.final_weights.values()]


@pytest.fixture(name="alone", scope="module")
def _alone() -> dict[str, list[bytes]]:
    """Train every run alone, one after the other."""
    return {
        task.run_id: bits(event.result)
        for task in tasks()
        for event in train_runs(get_engine("native"), [task], DATA, n_threads=1)
        if isinstance(event, RunEnded)
    }


@pytest.mark.parametrize("n_threads", [1, 2, 3, 8, 32])
def test_threads_times_seeds(alone: dict[str, list[bytes]], n_threads: int) -> None:
    """However many threads train however many runs, each run starts and ends once, with its own bits."""
    events = list(train_runs(get_engine("native"), tasks(), DATA, n_threads=n_threads))
    ended = [event.result for event in events if isinstance(event, RunEnded)]
    assert len(ended) == len(tasks()) == sum(isinstance(event, RunStarted) for event in events)
    assert {result.record.run_id: bits(result) for result in ended} == alone


@pytest.mark.parametrize("n_threads", [2, 5, 16])
def test_stopped_at_any_moment(alone: dict[str, list[bytes]], n_threads: int) -> None:
    """Stopped after any number of events and resumed until all is done, every run still ends once, with its bits."""
    moments = random.Random(n_threads)  # noqa: S311  # moments, no secrets
    kept: dict[str, Checkpoint] = {}
    done: dict[str, list[bytes]] = {}
    n_resumed = 0
    while missing := [task for task in tasks() if task.run_id not in done]:
        checkpoints = Checkpoints(lambda task: Resumption(kept.get(task.run_id)), frozenset(kept), "", 0.0)
        left = moments.randint(1, 60)
        with closing(
            train_runs(get_engine("native"), missing, DATA, n_threads=n_threads, checkpoints=checkpoints)
        ) as runs:
            for event in runs:
                left -= 1
                if left == 0:
                    runs.request_stop()
                if isinstance(event, RunStarted):
                    n_resumed += event.resumed is not None
                elif isinstance(event, CheckpointTaken):
                    kept[event.checkpoint.run_id] = event.checkpoint
                elif isinstance(event, RunEnded):
                    assert event.result.record.run_id not in done
                    done[event.result.record.run_id] = bits(event.result)
    assert done == alone
    assert n_resumed > 0
