"""What can be chosen stands in the documentation, in the page where a reader looks for it, and nothing else does."""

from __future__ import annotations

from docs.pages import first_marks, page, rows, section
from mlpstudy.datasets import named_datasets
from mlpstudy.figures.menu import FIGURES, Figure
from mlpstudy.study.network.activations import ACTIVATIONS
from mlpstudy.study.training.optimisers import OPTIMISERS
from mlpstudy.tasks.metrics.menu import METRICS, deciding


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


def test_metrics() -> None:
    """evidence.md has a row for every metric of the menu: whether it may decide, its formula, where it is from."""
    expected = [
        [entry.name, "yes" if entry.name in deciding() else "no", f"`{entry.formula}`", entry.source]
        for entry in METRICS.values()
    ]
    assert rows(section(page("evidence.md"), "Metrics")) == expected


def test_named_data_sets() -> None:
    """data.md names every data set that a study can name, and no other."""
    named = first_marks(section(page("data.md"), "Data sets with a name"))
    assert sorted(named) == sorted(known.info.name for known in named_datasets())
