"""Bad arguments end in one clear line at the boundary, never behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlpstudy.engine.native import _kernels
from mlpstudy.text.words import either
from oracle.pair import Case, Pair, pair_of

GOOD: dict[str, Any] = {
    "n_inputs": 4,
    "hidden": [3],
    "n_classes": 2,
    "activation": "relu",
    "batch_normalisation": False,
    "dropout": [0.0],
    "batch_size": 2,
}


@pytest.fixture
def pair() -> Pair:
    """A small network with its data."""
    return pair_of(Case(4, (3,), 2, 2, 6))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"n_inputs": 0}, "n_inputs must lie in"),
        ({"hidden": [0]}, "hidden width must lie in"),
        ({"hidden": [-1]}, "hidden width must lie in"),
        ({"n_classes": 1}, r"n_classes must lie in 2\.\.65536, got 1"),
        ({"batch_size": 0}, "batch_size must lie in"),
        ({"dropout": [1.0]}, "dropout rate must be in"),
        ({"dropout": [float("nan")]}, "dropout rate must be in"),
        ({"dropout": []}, "one rate per hidden layer"),
        ({"activation": "none"}, f"activation must be {either(_kernels.ACTIVATIONS)}, got 'none'"),
        ({"learning_rate": float("inf")}, "learning_rate must be"),
        ({"learning_rate": -1.0}, "learning_rate must be"),
        ({"optimiser": "none"}, f"optimiser must be {either(_kernels.OPTIMISERS)}, got 'none'"),
        ({"loss": "none"}, f"loss must be {either(_kernels.LOSSES)}, got 'none'"),
        ({"optimiser_settings": {"beta_1": 1.0}}, r"beta_1 must be in \[0, 1\), got 1.0"),
        ({"optimiser_settings": {"epsilon": 0.0}}, "epsilon must be positive and finite"),
        ({"max_lit_share": float("nan")}, "max_lit_share must be"),
        ({"bn_epsilon": 0.0}, "bn_epsilon must be"),
        ({"column_groups": np.array([0, 1, 2, 2], np.int32)}, "permutation"),
        ({"column_groups": np.arange(3, dtype=np.int32)}, "column_groups must be"),
    ],
)
def test_impossible_network(change: dict[str, Any], line: str) -> None:
    """Each argument out of its range is named."""
    with pytest.raises(ValueError, match=line) as error:
        _kernels.Network(**GOOD | change)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("setting", "names"),
    [("activation", _kernels.ACTIVATIONS), ("optimiser", _kernels.OPTIMISERS), ("loss", _kernels.LOSSES)],
)
def test_a_network_can_be_made_of_every_name_that_is_listed(setting: str, names: tuple[str, ...]) -> None:
    """The lists are those that the settings are looked up in."""
    assert len(names) == len(set(names)) > 0
    for name in names:
        assert _kernels.Network(**GOOD | {setting: name}).slots


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({name: value for name, value in GOOD.items() if name != "hidden"}, "hidden must be given, got none"),
        (GOOD | {"hiden": [3]}, "settings must be among activation, .*, optimiser_settings, got 'hiden'"),
        (GOOD | {"optimiser_settings": {"momentum": 0.9}}, "must be among beta_1, beta_2, epsilon, got 'momentum'"),
        (GOOD | {"n_inputs": 4.5}, "n_inputs must be an int, got float"),
        (GOOD | {"n_inputs": 2**64}, "n_inputs must be an int, got int"),
        (GOOD | {"hidden": 3}, "hidden must be a list of int, got int"),
        (GOOD | {"activation": 0}, "activation must be a str, got int"),
        (GOOD | {"batch_normalisation": 1}, "batch_normalisation must be a bool, got int"),
        (GOOD | {"learning_rate": "fast"}, "learning_rate must be a number, got str"),
        (GOOD | {"optimiser_settings": [0.9]}, "optimiser_settings must be a dict, got list"),
    ],
)
def test_settings_that_are_missing_unknown_or_of_another_type(arguments: dict[str, Any], line: str) -> None:
    """Each is named in one line."""
    with pytest.raises(TypeError, match=line) as error:
        _kernels.Network(**arguments)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "kind", "line"),
    [
        ({"features": np.zeros((6, 4))}, TypeError, "features must be a C-contiguous float32 array"),
        ({"features": np.zeros((6, 5), np.float32)}, ValueError, r"shape \(n, 4\), got shape \(6, 5\)"),
        ({"features": np.zeros(24, np.float32)}, ValueError, "got shape"),
        ({"features": np.zeros((4, 6), np.float32).T}, ValueError, "memory order"),
        ({"features": [[0.0] * 4] * 6}, TypeError, "got list"),
        ({"labels": np.zeros(6, np.int64)}, TypeError, "labels must be a C-contiguous int32 array"),
        ({"labels": np.zeros(5, np.int32)}, ValueError, "labels must be"),
        ({"labels": np.full(6, 2, np.int32)}, ValueError, r"labels must lie in 0\.\.1, got 2"),
        ({"labels": np.full(6, -1, np.int32)}, ValueError, r"labels must lie in 0\.\.1, got -1"),
        ({"order": np.array([0, 6])}, ValueError, r"order must hold indices in 0\.\.5, got 6 at 1"),
        ({"order": np.array([-1])}, ValueError, "got -1 at 0"),
        ({"order": np.zeros(0, np.int64)}, ValueError, "at least one example"),
        ({"order": np.zeros(2, np.int32)}, TypeError, "order must be a C-contiguous int64 array"),
        ({"n_threads": 0}, ValueError, "n_threads must lie in"),
        ({"learning_rates": [0.1]}, TypeError, "learning_rates must be a C-contiguous float64 array .*, got list"),
        ({"learning_rates": np.zeros(9)}, ValueError, r"learning_rates must be .*, got shape \(9,\)"),
    ],
)
def test_bad_batch(pair: Pair, change: dict[str, Any], kind: type[Exception], line: str) -> None:
    """Each array of the wrong kind, shape, order or content is named, and nothing has been trained."""
    arguments: dict[str, Any] = {"features": pair.features, "labels": pair.labels, "order": pair.order} | change
    before = pair.network.parameters()
    with pytest.raises(kind, match=line) as error:
        pair.network.train_epoch(**arguments)
    assert "\n" not in str(error.value)
    assert pair.network.optimiser_state()[0] == 0
    for a, b in zip(before, pair.network.parameters(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_bad_parameters_leave_the_network_as_it_was(pair: Pair) -> None:
    """All arrays are checked before the first is taken."""
    good = pair.network.parameters()
    bad = [np.ones_like(good[0]), *good[1:-1], np.zeros(3, np.float32)]
    with pytest.raises(ValueError, match=r"parameters\[3\] \(bias\) must be .* shape \(2,\), got shape \(3,\)"):
        pair.network.set_parameters(bad)
    with pytest.raises(ValueError, match="list of 4 arrays, got 3"):
        pair.network.set_parameters(good[:3])
    for a, b in zip(good, pair.network.parameters(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_bad_slots_leave_the_optimiser_as_it_was(pair: Pair) -> None:
    """There is a list for each slot, and all arrays are checked before the first is taken."""
    pair.network.train_epoch(pair.features, pair.labels, pair.order)
    step, (m, v) = before = pair.network.optimiser_state()
    zeros = [np.zeros_like(t) for t in m]
    with pytest.raises(ValueError, match="slots must be 2 lists of arrays, got 1"):
        pair.network.set_optimiser_state(0, [zeros])
    with pytest.raises(ValueError, match=r"v must be a list of 4 arrays, got 3"):
        pair.network.set_optimiser_state(0, [zeros, v[:3]])
    with pytest.raises(TypeError, match=r"v must be a list of arrays, got int"):
        pair.network.set_optimiser_state(0, [zeros, 5])  # type: ignore[list-item]  # of the wrong type
    assert pair.network.optimiser_state()[0] == step
    for slot, kept in zip(before[1], pair.network.optimiser_state()[1], strict=True):
        for a, b in zip(slot, kept, strict=True):
            np.testing.assert_array_equal(a, b)


def test_read_only_arrays_are_taken(pair: Pair) -> None:
    """Nothing is written to the caller's arrays, so they may be read-only."""
    pair.features.setflags(write=False)
    pair.labels.setflags(write=False)
    assert pair.network.train_epoch(pair.features, pair.labels, pair.order).n_steps == 3


@pytest.mark.parametrize("name", ["avx1024", "AVX2", "sse"])
def test_unknown_instruction_set_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the variable, what was asked and what there is."""
    monkeypatch.setenv("MLPSTUDY_INSTRUCTION_SET", name)
    with pytest.raises(ValueError, match=f"MLPSTUDY_INSTRUCTION_SET must be one of .*, got '{name}'"):
        _kernels.instruction_set()


def test_forced_instruction_set_is_used(instruction_set: str) -> None:
    """The variable decides for networks made from then on."""
    assert _kernels.instruction_set() == instruction_set
    assert _kernels.Network(**GOOD).instruction_set == instruction_set


@pytest.mark.parametrize("step", [-1, 2**53 + 1, 2**63 - 1])
def test_step_out_of_range_is_refused(pair: Pair, step: int) -> None:
    """Adam's powers and the counter of the dropout masks go on from it."""
    _, (m, v) = pair.network.optimiser_state()
    with pytest.raises(ValueError, match=r"step must lie in 0\.\.9007199254740992, got "):
        pair.network.set_optimiser_state(step, [m, v])
    pair.network.set_optimiser_state(2**53, [m, v])
    assert np.isfinite(pair.network.train_epoch(pair.features, pair.labels, pair.order).loss)
