"""Which networks travel in the page, and in what steps: as many as fit, each as coarse as its classes allow.

Steps are tried on the examples that rounding might decide otherwise: those of which a seed is not sure, and those that
the seeds decide differently. Only the steps that pass are held against all test examples, and what they then decide
otherwise is tried from there on. Where all seeds say one class, so does their vote: no other example needs the vote's
own check.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mlpstudy.report.draw.compact import FINER, LEVELS, Compact, ExactNetwork, input_scales, n_bytes, probabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpstudy.arrays import Float32Array
    from mlpstudy.records import Dataset, Outcome, RunRecord
    from mlpstudy.report.gathered import Gathered

Probabilities = npt.NDArray[np.float64]

CALIBRATING = 500
"""Training examples by which the biases of compact networks are put right."""

UNSURE = 0.6
"""Probability of a run's class below which rounding might make it another class."""

USUAL = 1.05
"""Bytes of a network in the steps that are chosen at last, usually, as a multiple of those in the coarsest steps."""

MOST_BYTES = 1.3
"""Bytes a weight, at most: a network that has no room even so needs no closer look."""


@dataclass(frozen=True, slots=True, eq=False)
class CompactRun:
    """A run's network in compact form, compared with what the run itself said of the test examples.

    Attributes:
        architecture: its name.
        seed: its seed.
        layers: the network.
        n_other: test examples that it gives another class than the run did.
        probability_difference: largest difference in the probability of the run's class.
        n_bytes: bytes that it takes, deflated.
    """

    architecture: str
    seed: int
    layers: Compact
    n_other: int
    probability_difference: float
    n_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Vote:
    """The networks of one architecture, compared with what their exact weights say together of the test examples.

    Attributes:
        runs: the networks, by seed.
        n_other: test examples that their mean probabilities give another class.
    """

    runs: tuple[CompactRun, ...]
    n_other: int

    @property
    def n_all_other(self) -> int:
        """Test examples that the vote or a network gives another class, added up."""
        return self.n_other + sum(run.n_other for run in self.runs)


def chosen(of: Gathered, dataset: Dataset, room: int, say: Callable[[str], object]) -> list[Vote]:
    """Return the networks that fit into a number of bytes: a first seed of each architecture, then a second one."""
    say("choosing the networks to draw for")
    train, test = dataset.train.features, dataset.test.features
    assert isinstance(train, np.ndarray)  # noqa: S101  # images are dense
    assert isinstance(test, np.ndarray)  # noqa: S101  # as above
    page = _Page(of, test, np.ascontiguousarray(train[:CALIBRATING]), input_scales(train))
    picked = page.picked(room)
    votes: dict[str, Vote] = {}
    for name in dict.fromkeys(record.architecture for record in picked):
        say(f"rounding the weights of {name}")
        votes[name] = page.vote(name, picked)
    while (excess := sum(run.n_bytes for vote in votes.values() for run in vote.runs) - room) > 0:
        sizes = {(run.architecture, run.seed): run.n_bytes for vote in votes.values() for run in vote.runs}
        # The last one taken that is large enough; of its architecture the last seed goes.
        name = next((r for r in reversed(picked) if sizes[r.architecture, r.seed] >= excess), picked[-1]).architecture
        own = [record for record in picked if record.architecture == name]
        picked.remove(own.pop())
        if own:
            votes[name] = page.vote(name, picked)
        else:
            del votes[name]
    return [votes[architecture.name] for architecture in of.study.architectures if architecture.name in votes]


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """What all networks of a page share.

    Attributes:
        of: the study.
        test: features of the test examples.
        some: features of some training examples, for the biases.
        scales: of the inputs.
    """

    of: Gathered
    test: Float32Array
    some: Float32Array
    scales: Float32Array

    def exact(self, record: RunRecord) -> ExactNetwork:
        """Return a run's network."""
        network = self.of.study.architecture(record.architecture).network
        return ExactNetwork.of(self.of.store.weights(record.run_id, "final"), network, self.some, self.scales)

    def picked(self, room: int) -> list[RunRecord]:
        """Return the runs that should fit, in the order in which they take their place; seeds are about as large."""
        waiting: dict[str, list[RunRecord]] = defaultdict(list)
        for record in self.of.finished:
            waiting[record.architecture].append(record)
        sizes: dict[str, int] = {}
        picked: list[RunRecord] = []
        while any(waiting.values()):
            for name, records in waiting.items():
                if records and name not in sizes:
                    small = records[0].n_parameters < MOST_BYTES * room
                    sizes[name] = round(USUAL * self.exact(records[0]).n_bytes(LEVELS)) if small else room + 1
                if not records or sizes[name] > room:
                    records.clear()
                    continue
                room -= sizes[name]
                picked.append(records.pop(0))
        return picked

    def vote(self, architecture: str, picked: list[RunRecord]) -> Vote:
        """Return the vote of those runs of an architecture that were picked."""
        own = sorted((r for r in picked if r.architecture == architecture), key=lambda record: record.seed)
        return _Voters([_Voter(r, self.exact(r), self.of.store.outcome(r.run_id)) for r in own], self.test).vote()


class _Voter:
    """A run whose steps are sought."""

    def __init__(self, record: RunRecord, exact: ExactNetwork, outcome: Outcome) -> None:
        self.record = record
        self.exact = exact
        self.outcome = outcome
        self.compact = cache(lambda step: exact.compact(LEVELS * FINER[step]))

    def compared(self, step: int, said: Probabilities) -> CompactRun:
        """Return the network in steps of FINER, compared on all test examples."""
        predicted, layers = self.outcome.predicted, self.compact(step)
        n_other = int((said.argmax(axis=1) != predicted).sum())
        difference = float(np.abs(said[np.arange(len(said)), predicted] - self.outcome.p_predicted).max())
        return CompactRun(self.record.architecture, self.record.seed, layers, n_other, difference, n_bytes(layers))


class _Voters:
    """The runs of one architecture, whose steps are sought together."""

    def __init__(self, voters: list[_Voter], test: Float32Array) -> None:
        self._voters = voters
        self._test = test
        predicted = np.stack([voter.outcome.predicted for voter in voters])
        unsure = np.stack([voter.outcome.p_predicted for voter in voters]) < UNSURE
        self._try(unsure.any(axis=0) | (predicted != predicted[0]).any(axis=0))

    def vote(self) -> Vote:
        """Return the networks as coarse as they may be, alone and together; the best ones where no steps will do."""
        others: dict[int, int] = {}
        for first in range(len(FINER)):
            steps = [self._coarsest(voter, first) for voter in self._voters]
            said = [self._said(voter, step) for voter, step in zip(self._voters, steps, strict=True)]
            others[first] = self._others_together(said) + sum(map(self._others, self._voters, steps))
            if others[first] == 0:
                vote = self._compared(steps)
                others[first] = vote.n_all_other
                if others[first] == 0:
                    return vote
        best = min(others, key=others.__getitem__)
        return self._compared([self._coarsest(voter, best) for voter in self._voters])

    def _try(self, which: npt.NDArray[np.bool_]) -> None:
        """Have steps tried on these test examples."""
        self._tried = which
        features = self._test[which]
        self._exact = np.mean([voter.exact.probabilities(features) for voter in self._voters], axis=0).argmax(axis=1)
        self._said = cache(lambda voter, step: probabilities(voter.compact(step), features))

    def _others(self, voter: _Voter, step: int) -> int:
        """Return how many of the tried examples a network gives another class than its run did."""
        return int((self._said(voter, step).argmax(axis=1) != voter.outcome.predicted[self._tried]).sum())

    def _others_together(self, said: list[Probabilities]) -> int:
        """Return how many of the tried examples the networks' mean probabilities give another class."""
        return int((np.mean(said, axis=0).argmax(axis=1) != self._exact).sum())

    def _coarsest(self, voter: _Voter, first: int) -> int:
        """Return the coarsest steps, from the first ones on, that give the tried examples their classes, or nearly."""
        others: dict[int, int] = {}
        for step in range(first, len(FINER)):
            others[step] = self._others(voter, step)
            if others[step] == 0:
                break
        return min(others, key=others.__getitem__)

    def _compared(self, steps: list[int]) -> Vote:
        """Return the vote, compared on all test examples; those that it decides otherwise are tried from now on."""
        said = [probabilities(voter.compact(step), self._test) for voter, step in zip(self._voters, steps, strict=True)]
        runs = [v.compared(step, own) for v, step, own in zip(self._voters, steps, said, strict=True)]
        other = [own.argmax(axis=1) != v.outcome.predicted for v, own in zip(self._voters, said, strict=True)]
        if (new := np.any(other, axis=0) & ~self._tried).any():
            self._try(self._tried | new)
        return Vote(tuple(runs), self._others_together([own[self._tried] for own in said]))
