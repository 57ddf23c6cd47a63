"""What can be chosen stands in the documentation, in the page where a reader looks for it, and nothing else does."""

from __future__ import annotations

from docs.pages import page, rows, section
from mlpstudy.figures.menu import FIGURES, Figure
from mlpstudy.study.network.activations import ACTIVATIONS
from mlpstudy.study.network.initial import INITIALIZERS
from mlpstudy.study.training.optimisers import OPTIMISERS
from mlpstudy.tasks.menu import TASKS, deciding
from mlpstudy.tasks.metrics.menu import METRICS
from mlpstudy.tasks.metrics.metric import Metric


def _where(figure: Figure) -> str:
    """Return where a figure is seen, in the words of the page."""
    places = [f"`{figure.saved_as}`"] if figure.saved_as else []
    places += [f"report: {', '.join(figure.sections)}"] if figure.sections else []
    places += [f"`results.{figure.method}()`"] if figure.method else []
    return "; ".join(places)


def test_figures() -> None:
    """figures.md has a row for every figure of the menu, in its order: what it shows, and where."""
    expected = [[f"`{figure.name}`", figure.shows, _where(figure)] for figure in FIGURES]
    assert rows(page("figures.md")) == expected


def test_activations() -> None:
    """study-file.md has a row for every activation of the menu: its formula, and where it is from."""
    expected = [[f'`"{entry.name}"`', f"`{entry.formula}`", entry.source] for entry in ACTIVATIONS.values()]
    assert rows(section(page("study-file.md"), "Activations")) == expected


def test_optimisers() -> None:
    """study-file.md has a row for every optimiser of the menu: its step, and where it is from."""
    expected = [[f'`"{entry.name}"`', f"`{entry.formula}`", entry.source] for entry in OPTIMISERS.values()]
    assert rows(section(page("study-file.md"), "Optimisers")) == expected


def test_tasks() -> None:
    """study-file.md has a row for every task of the menu: what is predicted, with which loss."""
    expected = [[entry.name, entry.predicts, f"`{entry.loss.formula}`"] for entry in TASKS.values()]
    assert rows(section(page("study-file.md"), "What is predicted")) == expected


def _metric(entry: Metric) -> list[str]:
    better = "higher" if entry.higher_is_better else "lower"
    written = f"{entry.unit.in_full}, {entry.digits} decimals"
    decides = "yes" if entry.name in deciding() else "no"
    return [entry.name, decides, better, written, entry.given(entry.band(1.0)), f"`{entry.formula}`", entry.source]


def test_metrics() -> None:
    """evidence.md has a row for every metric of the menu: whether it decides, how it is read, formula and source."""
    assert rows(section(page("evidence.md"), "Metrics")) == [_metric(entry) for entry in METRICS.values()]


def test_initial_weights() -> None:
    """study-file.md has a row for every initializer of the menu: shape, standard deviation, and where it is from."""
    expected = [[entry.shape, f"`{entry.formula}`", entry.source] for entry in INITIALIZERS.values()]
    found = rows(section(page("study-file.md"), "Initial weights"))
    assert [row[1:] for row in found] == expected
