"""Any sequence of runs, checkpoints, kills, resumes, damage, repairs and added seeds leaves what a dictionary says."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mlpstudy.errors import StoreError
from mlpstudy.records import Status
from mlpstudy.store import Store, WritableStore, repair, verify
from store import samples
from store.breaking import folder_in_memory

STUDY = samples.tiny_study()
KEYS = st.tuples(st.sampled_from(["4", "3"]), st.integers(0, 2))
Key = tuple[str, int]
DAMAGED = 0


@dataclass(frozen=True)
class Expected:
    """What must be recorded of a run.

    Attributes:
        status: its status.
        n_epochs: number of its epochs.
        is_damaged: whether its weights were damaged.
        checkpoints: epochs in each generation of its checkpoint, DAMAGED where it was damaged.
    """

    status: Status
    n_epochs: int
    is_damaged: bool = False
    checkpoints: dict[str, int] = field(default_factory=dict)

    def best(self) -> str | None:
        """Return the generation that the run goes on from, None where there is none that is whole."""
        whole = [name for name in sorted(self.checkpoints) if self.checkpoints[name] != DAMAGED]
        return max(whole, key=lambda name: self.checkpoints[name], default=None)


class AnySequence(RuleBasedStateMachine):
    """A store beside a dictionary of what it must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.root = folder_in_memory()
        self.n_folders = 0
        self.seeds = 3
        self.expected: dict[Key, Expected] = {}
        self.kept: dict[Key, str] = {}
        """The generation that the open store will not replace next, of the runs that it began or resumed."""
        self.store: WritableStore

    @property
    def folder(self) -> Path:
        """The folder of the present life of the store."""
        return self.root / str(self.n_folders)

    def _open(self, seeds: int = 3) -> None:
        self.seeds = max(self.seeds, seeds)
        self.kept = {}
        self.store = samples.write(self.folder, STUDY.with_changes(seeds=seeds))

    @initialize()
    def create(self) -> None:
        """Make the folder."""
        self._open()

    def _is_completed(self, key: Key) -> bool:
        return key in self.expected and self.expected[key].status in {"finished", "diverged"}

    @rule(key=KEYS)
    def begin(self, key: Key) -> None:
        """Begin a run: anew, unless it is completed."""
        if self._is_completed(key):
            with pytest.raises(StoreError, match="must not be recorded twice"):
                self.store.begin_run(samples.record(STUDY, *key))
        else:
            self.store.begin_run(samples.record(STUDY, *key))
            self.expected[key] = Expected("running", 0)
            self.kept[key] = ""

    @rule(key=KEYS, number=st.integers(1, 3))
    def add_epoch(self, key: Key, number: int) -> None:
        """Record an epoch: the next one, or an earlier one again, of a running run."""
        run_id = samples.record(STUDY, *key).run_id
        now = self.expected.get(key)
        if now is not None and now.status == "running" and number <= now.n_epochs + 1:
            self.store.add_epoch(run_id, samples.epoch(number))
            self.expected[key] = replace(now, n_epochs=max(now.n_epochs, number))
        else:
            with pytest.raises(StoreError, match=r"must be (running|at most)"):
                self.store.add_epoch(run_id, samples.epoch(number))

    @rule(key=KEYS)
    def checkpoint(self, key: Key) -> None:
        """Write a checkpoint of a run that this process trains: in the place of the older generation."""
        now = self.expected.get(key)
        if now is None or now.status != "running":
            with pytest.raises(StoreError, match="must be running to have a checkpoint"):
                self.store.save_checkpoint(samples.checkpoint(STUDY, *key))
        elif key in self.kept and now.n_epochs:
            self.store.save_checkpoint(samples.checkpoint(STUDY, *key, n_epochs=now.n_epochs))
            self.kept[key] = "b" if self.kept[key] == "a" else "a"
            self.expected[key] = replace(now, checkpoints=now.checkpoints | {self.kept[key]: now.n_epochs})

    @rule(key=KEYS)
    def resume(self, key: Key) -> None:
        """Go on from a checkpoint: from the newest that is whole, with its epochs."""
        now, record = self.expected.get(key), samples.record(STUDY, *key)
        found = self.store.find_checkpoint(record.run_id, samples.MAKER, samples.CHECKPOINT_AT_MOST).checkpoint
        best = now.best() if now is not None and not self._is_completed(key) else None
        if best is None or now is None:
            assert found is None
            return
        assert found is not None
        n_epochs = len(found.epochs)
        assert n_epochs == now.checkpoints[best]
        self.store.resume_run(replace(record, n_epochs_done=n_epochs), found)
        self.expected[key] = replace(now, status="running", n_epochs=n_epochs)
        self.kept[key] = best

    @rule(key=KEYS)
    def damage(self, key: Key) -> None:
        """Flip a bit in the weights of a finished run, or in the newest checkpoint of another."""
        run_id = samples.record(STUDY, *key).run_id
        now = self.expected.get(key)
        if now is not None and now.status == "finished" and not now.is_damaged:
            _flip(self.folder / "weights" / f"{run_id}.safetensors")
            self.expected[key] = replace(now, is_damaged=True)
        elif now is not None and (best := now.best()) is not None:
            _flip(self.folder / "checkpoints" / f"{run_id}.{best}")
            self.expected[key] = replace(now, checkpoints=now.checkpoints | {best: DAMAGED})

    @rule()
    def repair(self) -> None:
        """Drop what is damaged, and nothing else."""
        self.store.close()
        dropped, left = repair(self.folder)
        assert {finding.run_id for finding in dropped} == self._damaged()
        assert left == []
        self.expected = {
            key: replace(now, checkpoints={g: n for g, n in now.checkpoints.items() if n != DAMAGED})
            for key, now in self.expected.items()
            if not now.is_damaged
        }
        self._open()

    def _damaged(self) -> set[str]:
        """Return the runs of which something is damaged."""
        return {
            samples.record(STUDY, *key).run_id
            for key, now in self.expected.items()
            if now.is_damaged or DAMAGED in now.checkpoints.values()
        }

    @rule(key=KEYS, status=st.sampled_from(["finished", "diverged"]))
    def finish(self, key: Key, status: Status) -> None:
        """Record a result: once, and again only if it is the same."""
        make = samples.finished if status == "finished" else samples.diverged
        result = make(STUDY, *key)
        if self._is_completed(key) and self.expected[key].status != status:
            with pytest.raises(StoreError, match="must not be recorded twice"):
                self.store.finish_run(result)
        else:
            self.store.finish_run(result)
            if not self._is_completed(key):
                self.expected[key] = Expected(status, len(result.epochs))

    @rule(key=KEYS)
    def fail(self, key: Key) -> None:
        """Record a failure, which keeps none of the epochs because the record counts none."""
        if self._is_completed(key):
            with pytest.raises(StoreError, match="must not be recorded twice"):
                self.store.fail_run(samples.failed(STUDY, *key))
        else:
            self.store.fail_run(samples.failed(STUDY, *key))
            checkpoints = self.expected[key].checkpoints if key in self.expected else {}
            self.expected[key] = Expected("failed", 0, checkpoints=checkpoints)
            self.kept.pop(key, None)

    @rule()
    def forget_unfinished(self) -> None:
        """Drop what is running and has no checkpoint to go on from, whole or not."""
        running = {key for key, now in self.expected.items() if now.status == "running" and not now.checkpoints}
        dropped = self.store.forget_unfinished()
        assert set(dropped) == {samples.record(STUDY, *key).run_id for key in running}
        self.expected = {key: now for key, now in self.expected.items() if key not in running}

    @rule(seeds=st.integers(1, 9))
    def reopen(self, seeds: int) -> None:
        """Close and open again, with more or fewer seeds."""
        self.store.close()
        self._open(seeds)

    @precondition(lambda self: self.n_folders < 4)
    @rule(seeds=st.integers(1, 9))
    def kill(self, seeds: int) -> None:
        """Go on from what a process that dies now leaves on disk."""
        before = self.folder
        self.n_folders += 1
        shutil.copytree(before, self.folder)
        self.store.close()
        shutil.rmtree(before)
        self._open(seeds)

    @invariant()
    def holds_what_it_must(self) -> None:
        """A reader beside the writer finds exactly what the dictionary says, and nothing damaged."""
        if not hasattr(self, "store"):
            return
        with Store.open(self.folder) as reader:
            found = {(r.architecture, r.seed): (r.status, r.n_epochs_done) for r in reader.runs()}
            assert found == {key: (now.status, now.n_epochs) for key, now in self.expected.items()}
            assert {run_id: len(epochs) for run_id, epochs in reader.all_epochs().items()} == {
                samples.record(STUDY, *key).run_id: now.n_epochs for key, now in self.expected.items() if now.n_epochs
            }
            finished = {
                samples.record(STUDY, *k).run_id for k, now in self.expected.items() if now.status == "finished"
            }
            assert set(reader.outcomes()) == finished
            assert reader.planned_seeds == self.seeds
            assert {finding.run_id for finding in verify(reader)} == self._damaged()

    def teardown(self) -> None:
        """Remove everything."""
        if hasattr(self, "store"):
            self.store.close()
        shutil.rmtree(self.root)


def _flip(file: Path) -> None:
    """Flip a bit in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=25,
    stateful_step_count=25,
)
