"""Interrupted runs go on from their checkpoints and end, to the last bit, as if nothing had been."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from helpers import small_study
from mlpstudy.engine import CheckpointTaken, EpochEnded, Event, RunEnded, RunFailed, RunStarted
from mlpstudy.engine.native import NativeTrainer
from mlpstudy.errors import StoreError, StudyError
from mlpstudy.records import TrainerState
from mlpstudy.running import workflow
from mlpstudy.running.equipment import Equipment
from mlpstudy.running.listeners.plain_lines import PlainLines
from mlpstudy.running.listening import Plan, Silence
from mlpstudy.running.stopping import Stop
from mlpstudy.running.workflow import run_study
from mlpstudy.store import Store, verify
from mlpstudy.store.checkpoints import CheckpointFiles, decode, encode
from runs import contents

if TYPE_CHECKING:
    from mlpstudy.engine.interface import EpochTraining
    from mlpstudy.study import Study

EPOCHS = 12


def dropped_and_normalised(**changes: object) -> Study:
    """Return a study with all that a run's state is made of: moments, moving statistics, dropout masks."""
    network = {"batch_normalisation": True, "dropout": 0.3}
    training = {"epochs": EPOCHS, "batch_size": 32}
    return small_study(**{"network": network, "training": training, **changes})


class Steps:
    """Keeps training in step with the listener, because tiny epochs end faster than they are recorded."""

    def __init__(self) -> None:
        self.may_go_on = threading.Semaphore(0)
        self.is_kept = False

    def before_epoch(self, trainer: NativeTrainer) -> None:
        """Wait in the run's thread until the listener has heard of the epoch before."""
        if self.is_kept and trainer.network.optimiser_state()[0] > 0:
            self.may_go_on.acquire()

    def free(self) -> None:
        """Wait no more."""
        self.is_kept = False
        self.may_go_on.release(1000)


@pytest.fixture(name="steps", autouse=True)
def _steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Let listeners keep training in step."""
    steps, train_epoch = Steps(), NativeTrainer.train_epoch

    def in_step(self: NativeTrainer, *arguments: Any) -> EpochTraining:
        steps.before_epoch(self)
        return train_epoch(self, *arguments)

    monkeypatch.setattr(NativeTrainer, "train_epoch", in_step)
    return steps


class Interrupting(Silence):
    """A listener that remembers what started, and presses Ctrl-C where it is told to."""

    def __init__(self, steps: Steps, *, after: int | None = None, counting: type[Event] = EpochEnded) -> None:
        self.steps, self.after, self.counting = steps, after, counting
        self.n_counted = 0
        self.started: dict[str, RunStarted] = {}
        self.failed: list[RunFailed] = []

    def planned(self, plan: Plan) -> None:
        """Keep training in step."""
        self.steps.is_kept = True
        self.plan = plan

    def happened(self, event: Event) -> None:
        """Count events of one kind."""
        if isinstance(event, RunStarted):
            self.started[event.record.run_id] = event
        if isinstance(event, RunFailed):
            self.failed.append(event)
        self.n_counted += isinstance(event, self.counting)
        if self.n_counted == self.after:
            self.steps.free()
            raise KeyboardInterrupt
        if isinstance(event, EpochEnded):
            self.steps.may_go_on.release()


@pytest.fixture(name="straight", scope="module")
def _straight(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Return what the study gives without an interruption."""
    return contents(
        run_study(dropped_and_normalised(), out=tmp_path_factory.mktemp("straight"), equipment=Equipment(n_threads=1))
    )


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_interrupted_again_and_again(tmp_path: Path, straight: dict[str, object], steps: Steps, n_threads: int) -> None:
    """However often Ctrl-C comes, whatever the threads, the results are those of an uninterrupted run."""
    resumed = 0
    for _ in range(40):
        listener = Interrupting(steps, after=3)
        try:
            run_study(
                dropped_and_normalised(),
                out=tmp_path,
                equipment=Equipment(n_threads=n_threads, checkpoint_s=0.0),
                listener=listener,
            )
        except KeyboardInterrupt:
            pass
        else:
            break
        finally:
            resumed += sum(event.resumed is not None for event in listener.started.values())
    assert contents(tmp_path) == straight
    assert resumed >= 1
    assert not (tmp_path / "checkpoints").exists()


def test_ctrl_c_keeps_what_no_interval_asked_for(tmp_path: Path, steps: Steps) -> None:
    """An interruption writes down the last epoch's state, also where no checkpoint was due for long."""
    study = dropped_and_normalised(training={"epochs": 400, "batch_size": 32})
    with pytest.raises(KeyboardInterrupt):
        run_study(study, out=tmp_path, equipment=Equipment(n_threads=1), listener=Interrupting(steps, after=2))
    assert len(list((tmp_path / "checkpoints").iterdir())) == 1
    with Store.open(tmp_path) as store:
        (run,) = [record for record in store.runs() if record.status == "running"]
        assert verify(store) == []
        assert run.n_epochs_done >= 2
    listener = Interrupting(steps, after=1)
    with pytest.raises(KeyboardInterrupt):
        run_study(study, out=tmp_path, equipment=Equipment(n_threads=1), listener=listener)
    event = listener.started[run.run_id]
    assert event.resumed is not None
    assert event.record.n_epochs_done == len(event.resumed.epochs) >= 1
    assert event.record.started_at == run.started_at


def test_a_stop_is_heeded(tmp_path: Path, steps: Steps) -> None:
    """Whoever holds the study's stop ends it as Ctrl-C does, with everything recorded; asked early, nothing runs."""
    stop = Stop()

    class Asking(Interrupting):
        def happened(self, event: Event) -> None:
            super().happened(event)
            if isinstance(event, RunStarted):
                assert stop.request()
                steps.free()

    study = dropped_and_normalised(training={"epochs": 400, "batch_size": 32})
    assert not Stop().request()
    with pytest.raises(KeyboardInterrupt):
        run_study(study, out=tmp_path, equipment=Equipment(n_threads=1), listener=Asking(steps), stop=stop)
    with Store.open(tmp_path) as store:
        assert {record.status for record in store.runs()} == {"running"}
        assert store.writer() is None
    quiet = Interrupting(steps)
    with pytest.raises(KeyboardInterrupt):
        run_study(study, out=tmp_path, equipment=Equipment(n_threads=1), listener=quiet, stop=stop)
    assert quiet.started == {}


def test_time_of_all_parts_is_counted(tmp_path: Path, steps: Steps) -> None:
    """The wall time of a resumed run is that of its parts, without the time in between."""
    run_id = _interrupted(tmp_path, steps)
    resumed = _resume(tmp_path, steps)[run_id].resumed
    assert resumed is not None
    with Store.open(tmp_path) as store:
        before, after = (
            store.epochs(run_id)[part] for part in (slice(len(resumed.epochs)), slice(len(resumed.epochs), None))
        )
        spent = [sum(epoch.train_s + epoch.val_s for epoch in part) for part in (before, after)]
        assert resumed.wall_s >= spent[0] > 0
        assert store.run(run_id).wall_s >= resumed.wall_s + spent[1]


def _interrupted(folder: Path, steps: Steps) -> str:
    """Leave a run with two generations of its checkpoint; return its id."""
    listener = Interrupting(steps, after=2, counting=CheckpointTaken)
    with pytest.raises(KeyboardInterrupt):
        run_study(
            dropped_and_normalised(), out=folder, equipment=Equipment(n_threads=1, checkpoint_s=0.0), listener=listener
        )
    generations = sorted((folder / "checkpoints").iterdir())
    assert [path.suffix for path in generations] == [".a", ".b"]
    return generations[0].stem


def _newest(folder: Path) -> Path:
    """Return the newer generation of a run's checkpoint."""
    return max((folder / "checkpoints").iterdir(), key=lambda path: len(decode(path.read_bytes(), path).epochs))


def _resume(folder: Path, steps: Steps) -> dict[str, RunStarted]:
    listener = Interrupting(steps)
    run_study(dropped_and_normalised(), out=folder, equipment=Equipment(n_threads=1), listener=listener)
    return listener.started


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_damaged_generation_leaves_the_other(tmp_path: Path, straight: dict[str, object], steps: Steps) -> None:
    """Where one of the two is damaged the run goes on from the other one, and says so."""
    run_id = _interrupted(tmp_path, steps)
    _damage(_newest(tmp_path))
    started = _resume(tmp_path, steps)[run_id]
    assert started.resumed is not None
    assert started.note == "a checkpoint is damaged"
    assert contents(tmp_path) == straight


def test_two_damaged_generations_start_anew(tmp_path: Path, straight: dict[str, object], steps: Steps) -> None:
    """Where both are damaged the run starts anew, and says so."""
    run_id = _interrupted(tmp_path, steps)
    for path in (tmp_path / "checkpoints").iterdir():
        _damage(path)
    started = _resume(tmp_path, steps)[run_id]
    assert (started.resumed, started.note) == (None, "a checkpoint is damaged")
    assert contents(tmp_path) == straight


def test_another_builds_checkpoint_is_not_used(
    tmp_path: Path, straight: dict[str, object], steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the build, instruction set and machine that made a checkpoint go on from it; others start anew."""
    run_id = _interrupted(tmp_path, steps)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(workflow, "maker", lambda _: "another")
        started = _resume(tmp_path, steps)[run_id]
    assert started.resumed is None
    assert started.note == "a checkpoint is of another build, instruction set or machine"
    assert contents(tmp_path) == straight


def test_a_checkpoint_of_something_else_is_not_used(tmp_path: Path, straight: dict[str, object], steps: Steps) -> None:
    """A sound checkpoint of another run is not used; nor is one whose tensors do not fit the network."""
    run_id = _interrupted(tmp_path, steps)
    folder = tmp_path / "checkpoints"
    (other,) = set(straight) - {run_id}
    found = decode((folder / f"{run_id}.a").read_bytes(), "it")
    (folder / f"{run_id}.a").rename(folder / f"{other}.a")
    (folder / f"{run_id}.b").write_bytes(encode(replace(found, state=TrainerState(3, {}))))
    started = _resume(tmp_path, steps)
    assert {event.resumed for event in started.values()} == {None}
    assert "its checkpoint does not fit (the state must hold" in str(started[run_id].note)
    assert contents(tmp_path) == straight


def test_finished_runs_have_no_checkpoints(tmp_path: Path) -> None:
    """The checkpoints of a run go with its end; those of runs that are not there go with the next writer."""
    seen: list[int] = []

    class Looking(Silence):
        def happened(self, event: Event) -> None:
            if isinstance(event, RunEnded):
                names = [p.name for p in (tmp_path / "checkpoints").glob(f"*{event.result.record.run_id}*")]
                seen.append(len(names))

    run_study(dropped_and_normalised(), out=tmp_path, equipment=Equipment(checkpoint_s=0.0), listener=Looking())
    assert seen == [0, 0]
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / ("0" * 16 + ".a")).write_bytes(b"x")
    (tmp_path / "checkpoints" / "notes.txt").write_text("mine")
    run_study(dropped_and_normalised(), out=tmp_path)
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["notes.txt"]


def test_a_run_that_fails_in_the_middle_is_tried_again_from_its_checkpoint(
    tmp_path: Path, straight: dict[str, object], steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory at some epoch: recorded with its reason and epochs, then tried once more, and it ends well."""
    evaluate, n_calls = NativeTrainer.evaluate, 0

    def failing(self: NativeTrainer, *arguments: object) -> object:
        nonlocal n_calls
        n_calls += 1
        if n_calls == 5:
            raise MemoryError
        return evaluate(self, *arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(NativeTrainer, "evaluate", failing)

    class Noting(Interrupting):
        def happened(self, event: Event) -> None:
            super().happened(event)
            if isinstance(event, RunFailed):
                with Store.open(tmp_path) as store:
                    record = store.run(event.record.run_id)
                    assert (record.status, record.reason) == ("failed", "out of memory")
                    assert len(store.epochs(record.run_id)) == record.n_epochs_done == 4

    listener = Noting(steps)
    run_study(
        dropped_and_normalised(), out=tmp_path, equipment=Equipment(n_threads=1, checkpoint_s=0.0), listener=listener
    )
    (failed,) = listener.failed
    assert failed.again
    assert listener.started[failed.record.run_id].resumed is not None
    assert contents(tmp_path) == straight


def test_an_interval_that_is_none(tmp_path: Path) -> None:
    """Seconds between checkpoints are a number of at least 0."""
    for wrong in (-1.0, float("nan")):
        with pytest.raises(StudyError, match="the seconds between checkpoints must be at least 0"):
            run_study(dropped_and_normalised(), out=tmp_path / "s", equipment=Equipment(checkpoint_s=wrong))
    assert not (tmp_path / "s").exists()


def test_a_disk_that_refuses_a_checkpoint_stops_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk stops the study in one line; once there is room it goes on."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(CheckpointFiles, "save", full)
        with pytest.raises(StoreError, match="must have room to write a checkpoint, got no space left, fix: free some"):
            run_study(dropped_and_normalised(), out=tmp_path, equipment=Equipment(checkpoint_s=0.0))
    run_study(dropped_and_normalised(), out=tmp_path)
    with Store.open(tmp_path) as store:
        assert [record.status for record in store.runs()] == ["finished"] * 2


def test_what_goes_on_comes_first(tmp_path: Path, steps: Steps) -> None:
    """Runs with a checkpoint are among those that are missing, and start before the others."""
    run_id = _interrupted(tmp_path, steps)
    listener = Interrupting(steps)
    run_study(dropped_and_normalised(seeds=2), out=tmp_path, equipment=Equipment(n_threads=1), listener=listener)
    assert run_id in {task.run_id for task in listener.plan.tasks}
    assert next(iter(listener.started)) == run_id


class Lines(PlainLines):
    """Plain lines, with training kept in step."""

    def __init__(self, steps: Steps) -> None:
        steps.free()


def test_how_a_run_goes_on_is_said(tmp_path: Path, steps: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    """A line says from which epoch a run goes on, or why it starts anew though it had a checkpoint."""
    run_id = _interrupted(tmp_path, steps)
    with Store.open(tmp_path) as store:
        record = store.run(run_id)
    for path in (tmp_path / "checkpoints").iterdir():
        shutil.copy(path, tmp_path / path.name)
        _damage(path)
    run_study(dropped_and_normalised(), out=tmp_path / "copy", listener=Lines(steps))
    assert "goes on" not in capsys.readouterr().out
    shutil.copytree(tmp_path, tmp_path / "second", ignore=lambda *_: ["copy", "second"])
    run_study(
        dropped_and_normalised(), out=tmp_path / "second", equipment=Equipment(n_threads=1), listener=Lines(steps)
    )
    anew = f"{record.architecture} seed 0  starts anew: a checkpoint is damaged"
    assert anew in capsys.readouterr().out.splitlines()
    for generation in "ab":
        shutil.copy(tmp_path / f"{run_id}.{generation}", tmp_path / "checkpoints" / f"{run_id}.{generation}")
    run_study(dropped_and_normalised(), out=tmp_path, equipment=Equipment(n_threads=1), listener=Lines(steps))
    output = capsys.readouterr().out
    assert f"{record.architecture} seed 0  goes on after epoch " in output
    assert "starts anew" not in output
