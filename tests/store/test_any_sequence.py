"""Any sequence of runs, kills, resumes and added seeds leaves what a plain dictionary says it must."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mlpstudy.errors import StoreError
from mlpstudy.records import Status
from mlpstudy.store import Store, WritableStore
from store import samples
from store.breaking import folder_in_memory

STUDY = samples.tiny_study()
KEYS = st.tuples(st.sampled_from(["4", "3"]), st.integers(0, 2))
Key = tuple[str, int]


@dataclass(frozen=True)
class Expected:
    """What must be recorded of a run."""

    status: Status
    n_epochs: int


class AnySequence(RuleBasedStateMachine):
    """A store beside a dictionary of what it must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.root = folder_in_memory()
        self.n_folders = 0
        self.seeds = 1
        self.expected: dict[Key, Expected] = {}
        self.store: WritableStore

    @property
    def folder(self) -> Path:
        """The folder of the present life of the store."""
        return self.root / str(self.n_folders)

    def _open(self, seeds: int = 1) -> None:
        self.seeds = max(self.seeds, seeds)
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
            self.expected[key] = Expected(status, len(result.epochs))

    @rule(key=KEYS)
    def fail(self, key: Key) -> None:
        """Record a failure, which keeps none of the epochs because the record counts none."""
        if self._is_completed(key):
            with pytest.raises(StoreError, match="must not be recorded twice"):
                self.store.fail_run(samples.failed(STUDY, *key))
        else:
            self.store.fail_run(samples.failed(STUDY, *key))
            self.expected[key] = Expected("failed", 0)

    @rule()
    def forget_unfinished(self) -> None:
        """Drop what is running."""
        running = {key for key, now in self.expected.items() if now.status == "running"}
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
            found = {(r.architecture, r.seed): Expected(r.status, r.n_epochs_done) for r in reader.runs()}
            assert found == self.expected
            assert {run_id: len(epochs) for run_id, epochs in reader.all_epochs().items()} == {
                samples.record(STUDY, *key).run_id: now.n_epochs for key, now in self.expected.items() if now.n_epochs
            }
            finished = {
                samples.record(STUDY, *k).run_id for k, now in self.expected.items() if now.status == "finished"
            }
            assert set(reader.outcomes()) == finished
            assert reader.planned_seeds == self.seeds
            assert reader.verify() == []

    def teardown(self) -> None:
        """Remove everything."""
        if hasattr(self, "store"):
            self.store.close()
        shutil.rmtree(self.root)


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
