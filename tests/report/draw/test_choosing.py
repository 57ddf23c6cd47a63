"""The networks that travel in the page: as many as fit, compared truly, and no more work than they need."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import mlpstudy
from helpers import small_study
from mlpstudy.arrays import Weights
from mlpstudy.records import Dataset
from mlpstudy.report.draw.choosing import CALIBRATING, Vote, chosen
from mlpstudy.report.draw.compact import FINER, LEVELS, ExactNetwork, input_scales, n_bytes, probabilities
from mlpstudy.report.gathered import Gathered, gather
from mlpstudy.results import StudyResults
from mlpstudy.store import Store

SEEDS = 4


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    """A finished study of two architectures and four seeds, hardly trained: its networks are sure of little."""
    data = {"name": "mnist", "train_examples": 640, "test_examples": 800}
    return gather(mlpstudy.run(small_study(seeds=SEEDS, data=data), out=tmp_path_factory.mktemp("runs") / "small"))


def _chosen(of: Gathered, room: int) -> list[Vote]:
    assert of.dataset is not None
    return chosen(of, of.dataset, room, lambda _: None)


def _one_each(of: Gathered) -> int:
    """Return room for one network of each architecture, and a little."""
    return round(1.2 * sum(vote.runs[0].n_bytes for vote in _chosen(of, 10**9)))


def _test(dataset: Dataset | None) -> np.ndarray:
    assert dataset is not None
    assert isinstance(dataset.test.features, np.ndarray)
    return dataset.test.features


def test_what_is_said_of_all_test_examples_is_true_of_all(of: Gathered) -> None:
    """Counted on every test example, not only on those that steps were tried on, networks and votes differ as said."""
    test = _test(of.dataset)
    for vote in _chosen(of, 200_000):
        network = of.study.architecture(vote.runs[0].architecture).network
        said, exact = [], []
        for run in vote.runs:
            record = of.results.run((run.architecture, run.seed))
            outcome, weights = of.store.outcome(record.run_id), of.store.weights(record.run_id, "final")
            said.append(probabilities(run.layers, test))
            ones = np.ones(test.shape[1], np.float32)
            exact.append(ExactNetwork.of(weights, network, test[:1], ones).probabilities(test))
            assert run.n_other == (said[-1].argmax(axis=1) != outcome.predicted).sum()
            own = said[-1][np.arange(len(test)), outcome.predicted]
            assert run.probability_difference == pytest.approx(np.abs(own - outcome.p_predicted).max())
        assert vote.n_other == (np.mean(said, axis=0).argmax(axis=1) != np.mean(exact, axis=0).argmax(axis=1)).sum()


def test_steps_are_the_coarsest_that_keep_all_classes(of: Gathered) -> None:
    """A network that votes alone has the first steps that give all test examples their classes, else the best ones."""
    test, dataset = _test(of.dataset), of.dataset
    assert dataset is not None
    train = dataset.train.features
    assert isinstance(train, np.ndarray)
    votes = _chosen(of, _one_each(of))
    assert [len(vote.runs) for vote in votes] == [1, 1]
    for run in (vote.runs[0] for vote in votes):
        record = of.results.run((run.architecture, run.seed))
        network = of.study.architecture(run.architecture).network
        weights = of.store.weights(record.run_id, "final")
        exact = ExactNetwork.of(weights, network, train[:CALIBRATING], input_scales(train))
        made = [exact.compact(LEVELS * factor) for factor in FINER]
        predicted = of.store.outcome(record.run_id).predicted
        others = [int((probabilities(layers, test).argmax(axis=1) != predicted).sum()) for layers in made]
        assert run.n_other == min(others)
        assert np.array_equal(run.layers[0].q, made[others.index(min(others))][0].q)


def test_seeds_take_turns_until_the_room_is_full(of: Gathered) -> None:
    """Every room is kept; with room for some, architectures have as many seeds as each other, or one fails to fit."""
    every = _chosen(of, 10**9)
    assert [[run.seed for run in vote.runs] for vote in every] == [[0, 1, 2, 3], [0, 1, 2, 3]]
    sizes = [run.n_bytes for vote in every for run in vote.runs]
    assert sizes == [n_bytes(run.layers) for vote in every for run in vote.runs]
    for room in (0, 5_000, 8_000, 20_000, 45_000, 60_000):
        votes = _chosen(of, room)
        assert sum(run.n_bytes for vote in votes for run in vote.runs) <= room
        for vote in votes:
            assert [run.seed for run in vote.runs] == list(range(len(vote.runs)))
    assert _chosen(of, 5_000) == []
    counts = {vote.runs[0].architecture: len(vote.runs) for vote in _chosen(of, 45_000)}
    assert counts["8"] in (counts["16"], counts["16"] + 1, counts["16"] + 2)


def test_only_networks_that_travel_are_read(of: Gathered, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for one seed each, one network of each architecture is looked at, not every run of the study."""
    read: Counter[str] = Counter()
    weights = Store.weights

    def counting(store: Store, run_id: str, which: str) -> Weights:
        read[run_id] += 1
        return weights(store, run_id, which)  # type: ignore[arg-type]  # handed on as it is

    room = _one_each(of)
    monkeypatch.setattr(Store, "weights", counting)
    votes = _chosen(of, room)
    names = [record.architecture for record in StudyResults(of.results.folder).runs() if record.run_id in read]
    assert [len(vote.runs) for vote in votes] == [1, 1]
    assert sorted(names) == ["16", "8"]
