"""What every place promises, tested of each, with runs one by one and in cohorts: ``engine.places.place`` says it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import pytest

from engine.places.failing import FailingEngine
from helpers import blobs
from lockstep import LockstepEngine
from mlpstudy import streams
from mlpstudy.engine import (
    CheckpointTaken,
    EpochEnded,
    Event,
    RunEnded,
    RunFailed,
    RunStarted,
    RunTask,
    get_engine,
)
from mlpstudy.engine.interface import AnyEngine, Engine
from mlpstudy.engine.places.place import Checkpoints, Place
from mlpstudy.engine.places.threads import Threads
from mlpstudy.records import Checkpoint, Resumption, RunResult
from mlpstudy.study import Architecture, Network, Training

PLACES: dict[str, Callable[[int], Place]] = {"threads": Threads}
"""Every place, given how many runs or cohorts it trains at once."""

DATA = blobs()
STUDY_SEED = 3
SEEDS = range(8)


@pytest.fixture(name="place", params=PLACES)
def _place(request: pytest.FixtureRequest) -> Callable[[int], Place]:
    """Return each place."""
    return PLACES[request.param]


@pytest.fixture(name="engine_of", params=["one by one", "in cohorts"])
def _engine_of(request: pytest.FixtureRequest) -> Callable[[Engine], AnyEngine]:
    """Return what makes an engine of each kind of one that trains runs one by one."""
    return (lambda engine: engine) if request.param == "one by one" else (lambda engine: LockstepEngine(3, engine))


def tasks(**settings: Any) -> list[RunTask]:
    """Return runs of three architectures, the cheapest first, and eight seeds."""
    networks = {
        "small": Network(hidden=(5,)),
        "normalised": Network(hidden=(9, 6), batch_normalisation=True),
        "dropped": Network(hidden=(23,), dropout=0.3),
    }
    training = Training.model_validate({"epochs": 6, "batch_size": 16, **settings})
    return [
        RunTask(
            f"{name}-{seed}",
            Architecture(name=name, levels=(), network=network, training=training),
            seed,
            STUDY_SEED,
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
        for event in Threads(1).train(get_engine("native"), [task], DATA, Checkpoints())
        if isinstance(event, RunEnded)
    }


def run_of(event: Event) -> str:
    """Return the id of the run that something happened to."""
    match event:
        case RunStarted(record) | RunFailed(record):
            return record.run_id
        case EpochEnded(run_id):
            return run_id
        case CheckpointTaken(checkpoint):
            return checkpoint.run_id
        case RunEnded(result):
            return result.record.run_id


def by_run(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Return the events of each run, in their order."""
    own: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        own[run_of(event)].append(event)
    return own


Making = Callable[[int], Place]
Kind = Callable[[Engine], AnyEngine]


@pytest.mark.parametrize("n_threads", [1, 2, 3, 8, 32])
def test_every_run_ends_once_in_its_own_bits(
    place: Making, engine_of: Kind, alone: dict[str, list[bytes]], n_threads: int
) -> None:
    """However many are trained at once, each run starts, ends its epochs in turn, and ends, as it does alone."""
    events = list(place(n_threads).train(engine_of(get_engine("native")), tasks(), DATA, Checkpoints()))
    own = by_run(events)
    assert set(own) == set(alone)
    for run_id, happened in own.items():
        assert [type(event) for event in happened] == [RunStarted, *[EpochEnded] * 6, RunEnded]
        assert [event.epoch.epoch for event in happened if isinstance(event, EpochEnded)] == list(range(1, 7))
        ended = happened[-1]
        assert isinstance(ended, RunEnded)
        assert bits(ended.result) == alone[run_id]
        assert [event.epoch for event in happened if isinstance(event, EpochEnded)] == list(ended.result.epochs)


def test_nothing_to_train_is_nothing_that_happens(place: Making, engine_of: Kind) -> None:
    """Without runs there are no events."""
    assert list(place(2).train(engine_of(get_engine("native")), [], DATA, Checkpoints())) == []


def test_the_longest_runs_come_first(place: Making, engine_of: Kind) -> None:
    """One at a time, they start in the order of their cost; of one architecture the first seeds do."""
    events = place(1).train(engine_of(get_engine("native")), tasks(), DATA, Checkpoints())
    started = [event.record for event in events if isinstance(event, RunStarted)]
    assert [record.architecture for record in started] == [n for n in ("dropped", "normalised", "small") for _ in SEEDS]
    assert [record.seed for record in started] == list(SEEDS) * 3


def test_runs_with_a_checkpoint_come_before_all_others(place: Making, engine_of: Kind) -> None:
    """Whatever they cost, and one after the other as without; what is found goes with the run."""
    engine = engine_of(get_engine("native"))
    kept = checkpoints_after_a_stop(place(1), engine, tasks(epochs=5000)[:1])
    (run_id,) = kept
    checkpoints = Checkpoints(lambda task: Resumption(kept.get(task.run_id)), frozenset(kept))
    with closing(place(1).train(engine, tasks(epochs=5000), DATA, checkpoints)) as runs:
        first = next(runs)
    assert isinstance(first, RunStarted)
    assert (first.record.run_id, first.record.architecture) == (run_id, "small")
    assert first.resumed is not None
    assert first.record.n_epochs_done == len(first.resumed.epochs) == len(kept[run_id].epochs)


def checkpoints_after_a_stop(place: Place, engine: AnyEngine, runs: Sequence[RunTask]) -> dict[str, Checkpoint]:
    """Stop runs once each of those that have started has ended an epoch; return the checkpoints that they leave."""
    left: dict[str, Checkpoint] = {}
    begun: set[str] = set()
    ended: set[str] = set()
    is_stopped = False
    with closing(place.train(engine, runs, DATA, Checkpoints(interval_s=1e9))) as training:
        for event in training:
            assert not (is_stopped and isinstance(event, RunStarted))
            if isinstance(event, RunStarted):
                begun.add(run_of(event))
            elif isinstance(event, EpochEnded):
                ended.add(run_of(event))
            elif isinstance(event, CheckpointTaken):
                assert is_stopped
                left[run_of(event)] = event.checkpoint
            if begun == ended and not is_stopped:
                training.request_stop()
                training.request_stop()
                is_stopped = True
    assert set(left) == begun
    return left


def test_a_stop_leaves_a_checkpoint_of_every_running_run(place: Making, engine_of: Kind) -> None:
    """Also where none was due for long; no further run is started, and asking twice is asking once."""
    kept = checkpoints_after_a_stop(place(1), engine_of(get_engine("native")), tasks(epochs=20_000))
    assert {run_id.split("-")[0] for run_id in kept} == {"dropped"}
    for checkpoint in kept.values():
        assert [epoch.epoch for epoch in checkpoint.epochs] == list(range(1, len(checkpoint.epochs) + 1))


def test_runs_that_go_on_end_as_if_nobody_had_stopped_them(place: Making, engine_of: Kind) -> None:
    """From the checkpoints that a stop has left, to the same bits, with all their epochs."""
    engine, runs = engine_of(get_engine("native")), tasks(epochs=2000)[:4:3]
    events = list(place(1).train(engine, runs, DATA, Checkpoints()))
    straight = {run_of(event): bits(event.result) for event in events if isinstance(event, RunEnded)}
    kept = checkpoints_after_a_stop(place(1), engine, runs)
    checkpoints = Checkpoints(lambda task: Resumption(kept.get(task.run_id)), frozenset(kept))
    events = list(place(1).train(engine, runs, DATA, checkpoints))
    started = {run_of(event): event.resumed for event in events if isinstance(event, RunStarted)}
    assert {run_id: resumed for run_id, resumed in started.items() if resumed is not None} == kept
    for event in events:
        if isinstance(event, RunEnded):
            assert bits(event.result) == straight[run_of(event)]
            assert len(event.result.epochs) == 2000
    assert sum(isinstance(event, RunEnded) for event in events) == 2


@pytest.mark.parametrize("n_threads", [2, 5, 16])
def test_stopped_at_any_moment(place: Making, engine_of: Kind, alone: dict[str, list[bytes]], n_threads: int) -> None:
    """Stopped after any number of events and resumed until all is done, every run still ends once, with its bits."""
    moments = random.Random(n_threads)  # noqa: S311  # moments, no secrets
    kept: dict[str, Checkpoint] = {}
    done: dict[str, list[bytes]] = {}
    while missing := [task for task in tasks() if task.run_id not in done]:
        checkpoints = Checkpoints(lambda task: Resumption(kept.get(task.run_id)), frozenset(kept), "", 0.0)
        left = moments.randint(1, 60)
        with closing(place(n_threads).train(engine_of(get_engine("native")), missing, DATA, checkpoints)) as runs:
            for event in runs:
                left -= 1
                if left == 0:
                    runs.request_stop()
                assert run_of(event) not in done
                if isinstance(event, CheckpointTaken):
                    kept[event.checkpoint.run_id] = event.checkpoint
                elif isinstance(event, RunEnded):
                    done[event.result.record.run_id] = bits(event.result)
    assert done == alone


@pytest.mark.parametrize(
    ("error", "reason"), [(MemoryError, "out of memory"), (lambda: RuntimeError("no luck"), "RuntimeError: no luck")]
)
def test_a_run_that_cannot_be_trained_does_not_stop_the_others(
    place: Making, engine_of: Kind, alone: dict[str, list[bytes]], error: Callable[[], Exception], reason: str
) -> None:
    """It is told of with its reason, tried once more behind all others, and told of as failed for good."""
    engine = engine_of(FailingEngine(error, width=23))
    events = list(place(1).train(engine, tasks(), DATA, Checkpoints()))
    own = by_run(events)
    for seed in SEEDS:
        failed = [event for event in own[f"dropped-{seed}"] if isinstance(event, RunFailed)]
        assert own[f"dropped-{seed}"] == failed
        assert [event.again for event in failed] == [True, False]
        assert {(event.record.status, event.record.reason) for event in failed} == {("failed", reason)}
    ended = {run_of(event): bits(event.result) for event in events if isinstance(event, RunEnded)}
    assert ended == {run_id: own for run_id, own in alone.items() if not run_id.startswith("dropped")}
    assert [run_of(event) for event in events[-8:]] == [f"dropped-{seed}" for seed in SEEDS]


def test_a_run_that_fails_on_its_way_fails_alone(place: Making, engine_of: Kind, alone: dict[str, list[bytes]]) -> None:
    """Whoever is trained beside it ends in its own bits; it is tried once more by itself, from its checkpoint."""
    bad = "dropped-4"
    failing = FailingEngine(lambda: RuntimeError("no luck"), key=streams.dropout_key(STUDY_SEED, 4), width=23, after=48)
    kept: dict[str, Checkpoint] = {}
    found: list[Checkpoint | None] = []

    def find(task: RunTask) -> Resumption:
        if task.run_id == bad:
            found.append(kept.get(bad))
        return Resumption(kept.get(task.run_id))

    checkpoints = Checkpoints(find, interval_s=0.0)
    events: list[Event] = []
    for event in place(2).train(engine_of(failing), tasks(), DATA, checkpoints):
        events.append(event)
        if isinstance(event, CheckpointTaken):
            kept[run_of(event)] = event.checkpoint
    own = by_run(events)
    failed = [event for event in own[bad] if isinstance(event, RunFailed)]
    assert [(event.again, event.record.n_epochs_done) for event in failed] == [(True, 3), (False, 3)]
    assert [event.resumed for event in own[bad] if isinstance(event, RunStarted)] == found
    assert len(found) == 2
    for run_id, happened in own.items():
        if run_id != bad:
            assert isinstance(happened[-1], RunEnded)
            assert bits(happened[-1].result) == alone[run_id]
            assert sum(isinstance(event, RunEnded) for event in happened) == 1


def test_what_cannot_be_looked_for_is_a_failure_of_its_run(place: Making, engine_of: Kind) -> None:
    """A checkpoint that cannot even be looked for, out of memory say, ends no study."""

    def find(task: RunTask) -> Resumption:
        if task.seed == 2:
            raise MemoryError
        return Resumption()

    events = list(place(2).train(engine_of(get_engine("native")), tasks(epochs=1), DATA, Checkpoints(find)))
    failed = {run_of(event) for event in events if isinstance(event, RunFailed) and not event.again}
    assert failed == {f"{name}-2" for name in ("small", "normalised", "dropped")}
    assert sum(isinstance(event, RunEnded) for event in events) == len(tasks()) - 3


def test_closing_without_listening_trains_no_further(place: Making, engine_of: Kind) -> None:
    """Whoever stops listening after the first event gets nothing more, and waits for nobody's last epoch."""
    runs = place(2).train(engine_of(get_engine("native")), tasks(epochs=20_000), DATA, Checkpoints())
    next(runs)
    runs.close()
    assert not any(isinstance(event, RunEnded) for event in runs)
