"""What every engine promises that trains cohorts, beside what it promises of each run (``test_contract``)."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from helpers import blobs
from lockstep import LockstepEngine
from mlpstudy import streams
from mlpstudy.engine.interface import Cohort, CohortEngine
from mlpstudy.engine.run.initial_weights import initial_weights
from mlpstudy.study import Architecture, Network, Training

DATA = blobs()
N = len(DATA.train)
NETWORK = Network(hidden=(8, 6), batch_normalisation=True, dropout=0.3)
TRAINING = Training(batch_size=20, diagnostics=True)

ENGINES = {"lockstep": lambda: LockstepEngine(4)}


@pytest.fixture(name="engine", params=ENGINES)
def _engine(request: pytest.FixtureRequest) -> CohortEngine:
    """Return each engine that trains cohorts."""
    return ENGINES[request.param]()


def cohort(engine: CohortEngine, seeds: Sequence[int], network: Network = NETWORK) -> Cohort:
    """Return a cohort of one run a seed."""
    return engine.cohort(
        Architecture(name="a", levels=(), network=network, training=TRAINING),
        [initial_weights(network, DATA.n_features, DATA.n_classes, study_seed=0, seed=seed) for seed in seeds],
        n_classes=DATA.n_classes,
        image_shape=None,
        dropout_keys=[streams.dropout_key(0, seed) for seed in seeds],
    )


def orders(seeds: Sequence[int], epoch: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return each run's own order of the examples."""
    return np.stack([streams.batch_order(0, seed, epoch, N) for seed in seeds])


def bits(one: Cohort) -> list[dict[str, bytes]]:
    """All that each run goes on from."""
    return [
        {"steps": str(state.n_steps).encode()} | {name: tensor.tobytes() for name, tensor in state.tensors.items()}
        for state in one.states()
    ]


def test_a_run_is_the_same_in_any_company(engine: CohortEngine) -> None:
    """Alone or among others, at any position: what it measures, its probabilities, its state, to the bit."""
    alone = {}
    for seed in range(4):
        one = cohort(engine, [seed])
        done = one.train_epoch(DATA.train, orders([seed]), 1)[0]
        p = one.probabilities(DATA.test.features, 1)[0].tobytes()
        alone[seed] = (done, one.evaluate(DATA.test, 1)[0], p, one.diagnostics(1)[0], bits(one)[0])
    assert len({str(own) for own in alone.values()}) == 4
    for seeds in ([0, 1, 2, 3], [3, 0], [2, 1, 0]):
        one = cohort(engine, seeds)
        done_together = one.train_epoch(DATA.train, orders(seeds), 1)
        together = one.probabilities(DATA.test.features, 1)
        assert together.shape == (len(seeds), len(DATA.test), DATA.n_classes)
        rows = zip(
            done_together,
            one.evaluate(DATA.test, 1),
            [p.tobytes() for p in together],
            one.diagnostics(1),
            bits(one),
            strict=True,
        )
        assert dict(zip(seeds, rows, strict=True)) == {seed: alone[seed] for seed in seeds}


def test_those_that_are_kept_go_on_as_if_the_others_were_there(engine: CohortEngine) -> None:
    """Dropout, moments and order of the runs stay as they are."""
    whole, part = cohort(engine, range(4)), cohort(engine, range(4))
    for one in (whole, part):
        one.train_epoch(DATA.train, orders(range(4)), 1)
    part.keep([1, 3])
    whole.train_epoch(DATA.train, orders(range(4), 2), 1)
    part.train_epoch(DATA.train, orders([1, 3], 2), 1)
    assert bits(part) == [bits(whole)[i] for i in (1, 3)]
    assert [list(weights) for weights in part.weights()] == [list(weights) for weights in whole.weights()][:2]


def test_a_network_that_is_not_finite_leaves_the_others_alone(engine: CohortEngine) -> None:
    """It alone is seen not to be, and evaluates to NaN; its neighbours train on to their own bits."""
    sound, broken = cohort(engine, range(3)), cohort(engine, range(3))
    state = broken.states()[1]
    kernel = np.full_like(state.tensors["parameter/hidden_1.kernel"], np.nan)
    broken.restore(1, replace(state, tensors={**state.tensors, "parameter/hidden_1.kernel": kernel}))
    for one in (sound, broken):
        done = one.train_epoch(DATA.train, orders(range(3)), 1)
    assert [each.is_finite for each in done] == [True, False, True]
    assert np.isnan([each.loss for each in broken.evaluate(DATA.test, 1)]).tolist() == [False, True, False]
    assert np.isnan(broken.probabilities(DATA.test.features, 1)).any(axis=(1, 2)).tolist() == [False, True, False]
    assert [bits(broken)[i] for i in (0, 2)] == [bits(sound)[i] for i in (0, 2)]


def test_a_state_that_is_refused_leaves_the_others_alone(engine: CohortEngine) -> None:
    """One run's state is one run's matter; a sound one is taken over whole."""
    one, further = cohort(engine, range(3)), cohort(engine, range(3))
    further.train_epoch(DATA.train, orders(range(3)), 1)
    before = bits(one)
    state = further.states()[1]
    with pytest.raises(ValueError, match="shape"):
        one.restore(1, replace(state, tensors={**state.tensors, "v/output.bias": np.zeros(9, np.float32)}))
    assert [bits(one)[i] for i in (0, 2)] == [before[i] for i in (0, 2)]
    one.restore(1, state)
    assert bits(one) == [before[0], bits(further)[1], before[2]]


def test_an_order_a_run(engine: CohortEngine) -> None:
    """Fewer orders than runs are refused, and nobody has trained."""
    one = cohort(engine, range(3))
    with pytest.raises(ValueError, match=r"^orders must have shape \(3, n\), got shape \(2, 256\)"):
        one.train_epoch(DATA.train, orders(range(2)), 1)
    assert bits(one) == bits(cohort(engine, range(3)))


def test_step_sizes_a_run(engine: CohortEngine) -> None:
    """Each run takes steps of its own sizes, as it does alone; fewer than runs are refused, and nobody has trained."""
    one, before = cohort(engine, range(3)), bits(cohort(engine, range(3)))
    rates = np.geomspace(1e-1, 1e-4, 3 * 13).reshape(3, 13)
    with pytest.raises(ValueError, match=r"^learning_rates must have shape \(3, n_steps\), got shape \(2, 13\)"):
        one.train_epoch(DATA.train, orders(range(3)), 1, rates[:2])
    assert bits(one) == before
    one.train_epoch(DATA.train, orders(range(3)), 1, rates)
    for seed in range(3):
        alone = cohort(engine, [seed])
        alone.train_epoch(DATA.train, orders([seed]), 1, rates[[seed]])
        assert bits(alone)[0] == bits(one)[seed]


def test_a_stop_is_everybodys(engine: CohortEngine) -> None:
    """Asked for before or in an epoch, all runs are told to have stopped in it, and none in the next."""
    one = cohort(engine, range(3))
    before = bits(one)
    one.request_stop()
    assert [done.stopped for done in one.train_epoch(DATA.train, orders(range(3)), 1)] == [True] * 3
    assert bits(one) == before
    long = np.tile(orders(range(3)), 20_000)
    results = []
    worker = threading.Thread(target=lambda: results.append(one.train_epoch(DATA.train, long, 1)))
    worker.start()
    time.sleep(0.1)
    one.request_stop()
    worker.join()
    assert [done.stopped for done in results[0]] == [True] * 3
    assert [done.stopped for done in one.train_epoch(DATA.train, orders(range(3)), 1)] == [False] * 3
