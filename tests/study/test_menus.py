"""Menus: what a study may choose stands in one list, and in every table that must know it.

Whoever adds an entry adds it to its menu; these tests then name each table that it is missing from. The documentation
is held to the keys in tests/docs/test_study_file.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import get_args

import numpy as np
import pytest
import torch

from javascript.node import evaluated
from mlpstudy.baselines.menu import BASELINES
from mlpstudy.engine.native import _kernels
from mlpstudy.engine.torch.layers.activations import ACTIVATIONS as TORCH_ACTIVATIONS
from mlpstudy.engine.torch.losses.menu import LOSSES as TORCH_LOSSES
from mlpstudy.engine.torch.network import LAYERS as TORCH_LAYERS
from mlpstudy.engine.torch.optimisers.menu import OPTIMISERS as TORCH_OPTIMISERS
from mlpstudy.figures.weight_violins import ROWS
from mlpstudy.predict.forward import ACTIVATIONS as NUMPY_ACTIVATIONS
from mlpstudy.predict.forward import NORMALISATIONS as NUMPY_NORMALISATIONS
from mlpstudy.study import Network, Training
from mlpstudy.study.base import Frozen
from mlpstudy.study.network.activations import ACTIVATIONS, OF_OUTPUT, Activation, ActivationName
from mlpstudy.study.network.initial import INITIALIZERS, Distribution, Named, Scaled
from mlpstudy.study.network.normalisations import NORMALISATIONS
from mlpstudy.study.training.optimisers import OPTIMISERS, Optimiser, OptimiserName
from mlpstudy.study.training.schedules import SCHEDULES, Schedule, ScheduleName
from mlpstudy.tasks.losses import LOSSES, Loss
from mlpstudy.tasks.menu import TASKS, Task
from mlpstudy.tasks.metrics.menu import METRICS
from oracle.mlp import ACTIVATIONS as ORACLE_ACTIVATIONS
from oracle.mlp import OPTIMISERS as ORACLE_OPTIMISERS

Table = Callable[[], Iterable[str]]


def choices(model: type[Frozen], key: str) -> tuple[str, ...]:
    """Return what a study file may write for a key."""
    return get_args(model.model_fields[key].annotation)


def in_page() -> list[str]:
    """Return the activations that the report's page can compute."""
    known = evaluated("mlpstudy.report", "network.js", "Object.keys(mlpstudy.network.activations)")
    assert isinstance(known, list)
    return known


MENUS: dict[str, Iterable[str]] = {
    "study/network/activations.py": ACTIVATIONS,
    "study/network/initial.py": INITIALIZERS,
    "study/network/normalisations.py": [entry.layer_kind for entry in NORMALISATIONS.values()],
    "study/training/optimisers.py": OPTIMISERS,
    "study/training/schedules.py": SCHEDULES,
    "tasks/losses.py": LOSSES,
}
TABLES: dict[str, dict[str, Table]] = {
    "study/network/activations.py": {
        "its type ActivationName": lambda: get_args(ActivationName),
        "the key activation of study/network/network.py": lambda: choices(Network, "activation"),
        "kernels/": lambda: _kernels.ACTIVATIONS,
        "engine/torch/layers/activations.py": lambda: TORCH_ACTIVATIONS,
        "predict/forward.py": lambda: NUMPY_ACTIVATIONS,
        "report/assets/network.js": in_page,
        "tests/oracle/mlp.py": lambda: ORACLE_ACTIVATIONS,
    },
    "study/network/initial.py": {
        "its types Scaled and Named": lambda: [*get_args(Scaled), *get_args(Named)],
    },
    "study/network/normalisations.py": {
        "engine/torch/network.py": lambda: TORCH_LAYERS.keys() - {"Dense", "Dropout"},
        "predict/forward.py": lambda: NUMPY_NORMALISATIONS,
    },
    "study/training/optimisers.py": {
        "its type OptimiserName": lambda: get_args(OptimiserName),
        "the key optimizer of study/training/training.py": lambda: choices(Training, "optimizer"),
        "kernels/": lambda: _kernels.OPTIMISERS,
        "engine/torch/optimisers/menu.py": lambda: TORCH_OPTIMISERS,
        "tests/oracle/mlp.py": lambda: ORACLE_OPTIMISERS,
    },
    "study/training/schedules.py": {
        "its type ScheduleName": lambda: get_args(ScheduleName),
    },
    "tasks/losses.py": {
        "kernels/": lambda: _kernels.LOSSES,
        "engine/torch/losses/menu.py": lambda: TORCH_LOSSES,
    },
}
ALL_TABLES = [(menu, place) for menu, places in TABLES.items() for place in places]


@pytest.mark.parametrize(("menu", "place"), ALL_TABLES, ids=[f"{place} of {menu}" for menu, place in ALL_TABLES])
def test_every_table_has_every_entry_of_its_menu(menu: str, place: str) -> None:
    """All of a menu's entries and no other stand there."""
    assert set(TABLES[menu][place]()) == set(MENUS[menu]), f"{place} must have the entries of {menu}"


@pytest.mark.parametrize("entry", OPTIMISERS.values(), ids=OPTIMISERS.keys())
def test_settings_of_an_optimiser_are_keys_of_training(entry: Optimiser) -> None:
    """What the menu says an optimiser is told is what a study file may say, and what the kernels take."""
    assert set(entry.settings) <= Training.model_fields.keys()
    settings = Training(optimizer=entry.name).optimiser_settings
    assert list(settings) == list(entry.settings)
    kernels = _kernels.Network(
        n_inputs=1,
        hidden=[1],
        n_classes=2,
        dropout=[0.0],
        batch_size=1,
        activation="relu",
        batch_normalisation=False,
        optimiser=entry.name,
        optimiser_settings=settings,
    )
    assert kernels.slots == entry.slots


Z = np.array([-20.0, -3.0, -0.7, -1e-3, 1e-3, 0.4, 2.0, 15.0])
"""Beside 0, where a slope may jump."""


def by_formula(entry: Activation, z: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """Compute f(z) as the menu writes it."""
    words = {**vars(math), "max": max, "min": min, "__builtins__": {}}
    return [float(eval(entry.formula, words, {"z": value})) for value in z]  # noqa: S307  # our own menu


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=ACTIVATIONS.keys())
def test_tables_compute_the_formula_of_the_menu(entry: Activation) -> None:
    """Engine, forward pass in NumPy, page and oracle compute what the menu says; slopes are those of values."""
    expected = by_formula(entry, Z)
    engine, oracle = TORCH_ACTIVATIONS[entry.name], ORACLE_ACTIVATIONS[entry.name]
    z = torch.tensor(Z, requires_grad=True)
    h = engine.value(z)
    (slope,) = torch.autograd.grad(h.sum(), [z])
    of_page = f"given.map((z) => mlpstudy.network.activations.{entry.name}(z))"
    assert evaluated("mlpstudy.report", "network.js", of_page, Z.tolist()) == pytest.approx(expected)
    assert NUMPY_ACTIVATIONS[entry.name](Z.astype(np.float32)) == pytest.approx(expected, rel=1e-5)
    assert h.tolist() == pytest.approx(expected)
    assert oracle.value(Z) == pytest.approx(expected)
    assert engine.slope(h.detach()).tolist() == pytest.approx(slope.tolist())
    assert oracle.slope(np.array(expected)) == pytest.approx(slope.numpy())
    steepest = np.gradient(by_formula(entry, np.linspace(-20, 20, 40_001)), 1e-3).max()
    assert (engine.steepest, oracle.steepest) == pytest.approx((steepest, steepest), rel=1e-5)


@pytest.mark.parametrize("entry", LOSSES.values(), ids=LOSSES.keys())
def test_a_loss_is_computed_by_the_formula_of_the_menu(entry: Loss) -> None:
    """PyTorch's outputs p, and the loss of each example, are what the menu says of the last layer's numbers z."""
    z, labels = np.array([[0.3, -1.2, 2.0], [30.0, 0.0, -5.0]]), [1, 2]
    loss, outputs = entry.formula.split(",  p = ")
    words = {"exp": np.exp, "sum": np.sum, "ln": np.log, "clip": np.clip, "__builtins__": {}}
    p = [eval(outputs, words, {"z": of}) for of in z]  # noqa: S307  # our own menu
    expected = [eval(loss, words, {"p": of, "p_true": of[k]}) for of, k in zip(p, labels, strict=True)]  # noqa: S307  # our own menu
    engine = TORCH_LOSSES[entry.name]
    ours = engine.outputs(torch.tensor(z))
    assert ours.numpy() == pytest.approx(np.array(p))
    assert engine.of(ours, torch.tensor(labels)).tolist() == pytest.approx(expected)


def test_the_output_layer_has_an_activation_of_the_menu() -> None:
    """It hands its sums on as they are."""
    assert by_formula(ACTIVATIONS[OF_OUTPUT], Z) == Z.tolist()


@pytest.mark.parametrize("entry", INITIALIZERS.values(), ids=INITIALIZERS.keys())
def test_initial_weights_have_the_spread_that_the_menu_writes(entry: Distribution) -> None:
    """The formula is that of the standard deviation that is drawn with."""
    words = {"sqrt": np.sqrt, "__builtins__": {}}
    scale, fan_in, fan_out = 0.3, 50, 7
    expected = eval(entry.formula, words, {"scale": scale, "fan_in": fan_in, "fan_out": fan_out})  # noqa: S307  # our own menu
    assert entry.standard_deviation(scale, fan_in, fan_out) == pytest.approx(expected)


@pytest.mark.parametrize("entry", SCHEDULES.values(), ids=SCHEDULES.keys())
def test_steps_have_the_size_that_the_menu_writes(entry: Schedule) -> None:
    """The formula is that of step t of all n, whichever epoch it falls into."""
    sizes = np.concatenate([entry.of_epoch(0.02, epoch, n_epochs=3, n_steps=7) for epoch in (1, 2, 3)])
    words = {**vars(math), "n": 21, "learning_rate": 0.02, "__builtins__": {}}
    expected = [eval(entry.formula, words, {"t": t}) for t in range(1, 22)]  # noqa: S307  # our own menu
    assert sizes.dtype == np.float64
    assert sizes.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("entry", TASKS.values(), ids=TASKS.keys())
def test_a_task_is_made_of_entries_of_other_menus(entry: Task) -> None:
    """Its loss, its metrics and its baselines are there, and a metric that may decide is among them."""
    assert LOSSES[entry.loss.name] is entry.loss
    assert {name: METRICS[name] for name in entry.metrics} == entry.metrics
    assert set(entry.baselines) <= set(BASELINES)
    assert entry.deciding


def test_every_loss_metric_and_baseline_fits_a_task() -> None:
    """None of them is on its menu for nothing."""
    tasks = TASKS.values()
    assert {task.loss.name for task in tasks} == set(LOSSES)
    assert {name for task in tasks for name in task.metrics} == set(METRICS)
    assert {name for task in tasks for name in task.baselines} == set(BASELINES)


def test_figures_have_a_row_for_every_kind_of_tensor() -> None:
    """What a layer may keep has its words in the figure of all weights."""
    kept = [tensor.kind for entry in NORMALISATIONS.values() for tensor in entry.tensors]
    assert set(ROWS) == {"kernel", "bias", *kept}
