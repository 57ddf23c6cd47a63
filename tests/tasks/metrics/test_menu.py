"""The menu of metrics: what each entry says, and that nobody asks a metric for its name."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import mlpstudy
from mlpstudy.tasks import metrics
from mlpstudy.tasks.menu import deciding
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.tasks.metrics.metric import Answers, Metric, Unit

FILES = [import_module(found.name) for found in pkgutil.iter_modules(metrics.__path__, "mlpstudy.tasks.metrics.")]
SOURCES = Path(mlpstudy.__file__).parent
NAMES = {*METRICS, *(metric.unit.name for metric in METRICS.values())}
OBJECTS = {name for module in FILES for name, one in vars(module).items() if isinstance(one, Metric | Unit)}


def _answers(seed: int, n: int = 3, n_examples: int = 40) -> Answers:
    """Return what some runs answered: four classes, drawn."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n_examples).astype(np.int32)
    p = rng.dirichlet(np.ones(4), (n, n_examples)).astype(np.float32)
    true = np.take_along_axis(p, np.broadcast_to(labels, (n, n_examples))[..., None], axis=2)[..., 0]
    return Answers(labels, p.argmax(axis=2).astype(np.int32), p.max(axis=2), true)


def test_every_metric_of_the_files_is_on_the_menu() -> None:
    """What a file beside the menu defines may be asked for."""
    assert {one.name for module in FILES for one in vars(module).values() if isinstance(one, Metric)} == set(METRICS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_it_is_printed_as_its_name(metric: Metric) -> None:
    """What Python prints of a judgement or a plan names the metric, and is the same in every process."""
    assert repr(metric) == f"Metric({metric.name!r})"


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_it_measures_runs_and_examples(metric: Metric) -> None:
    """A value a run within what is possible; a value an example, with the run's as its mean, where it says so."""
    answers = _answers(5)
    cells, scores = metric.measured(answers)
    assert scores.shape == (3,)
    assert np.all((scores >= metric.possible[0]) & (scores <= metric.possible[1]))
    assert (cells is not None) == metric.on_examples == (metric.name in deciding())
    if cells is not None:
        assert cells.shape == (3, 40)
        assert scores == pytest.approx(cells.mean(axis=1))


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_being_right_and_sure_is_better(metric: Metric) -> None:
    """Its good end is good: a network that is always right and sure beats one that is always wrong and sure."""
    labels = np.zeros(30, dtype=np.int32)
    sure, unsure = np.full((1, 30), 0.99, np.float32), np.full((1, 30), 0.01, np.float32)
    right = metric.measured(Answers(labels, np.zeros((1, 30), np.int32), sure, sure))[1][0]
    wrong = metric.measured(Answers(labels, np.ones((1, 30), np.int32), sure, unsure))[1][0]
    assert metric.goodness(float(right)) > metric.goodness(float(wrong))


def _asks(tree: ast.AST) -> Iterator[ast.expr | ast.pattern]:
    """Yield where a program compares something with a metric, a unit or the name of one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.MatchValue):
            yield from (node for one in ast.walk(node.value) if _is_one(one))
        elif isinstance(node, ast.Compare):
            yield from (node for side in (node.left, *node.comparators) for one in ast.walk(side) if _is_one(one))


def _is_one(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return node.value in NAMES
    return isinstance(node, ast.Name) and node.id in OBJECTS


@pytest.mark.parametrize("program", ['m == "log loss"', 'm in ("accuracy", "x")', "m is ACCURACY", 'u != "nats"'])
def test_such_a_question_would_be_found(program: str) -> None:
    """Comparisons with a name, with one among several, and with the object itself are found."""
    assert list(_asks(ast.parse(program)))


def test_nobody_asks_for_a_metrics_name() -> None:
    """No module and no script compares with a metric: what differs between metrics stands in the metric."""
    found = [
        f"{path.relative_to(SOURCES)}:{node.lineno}"
        for path in SOURCES.rglob("*.py")
        for node in _asks(ast.parse(path.read_text(encoding="utf-8")))
    ]
    names = "|".join(map(re.escape, NAMES))
    asking = re.compile(rf"""(?:[=!]==?\s*|case\s+)["'](?:{names})["']|["'](?:{names})["']\s*[=!]==?""")
    found += [
        str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.js") if asking.search(path.read_text("utf-8"))
    ]
    assert found == []
