"""What can be chosen stands in the documentation, in the page where a reader looks for it, and nothing else does."""

from __future__ import annotations

from docs.pages import page, rows
from mlpstudy.figures.menu import FIGURES, Figure


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
