"""The menu of figures: it names every figure, and each is seen where the menu says it is."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mlpstudy import figures
from mlpstudy.figures.menu import FIGURES
from mlpstudy.report.gathered import gather
from mlpstudy.report.report import SECTIONS
from mlpstudy.results import StudyResults
from mlpstudy.results.saved_figures import CHARTS
from mlpstudy.store import WritableStore
from store import samples

NAMES = [figure.name for figure in FIGURES]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the figures that are drawn from now on."""
    names: list[str] = []

    def spied(name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
        def draw_and_note(*args: Any, **options: Any) -> Any:
            names.append(name)
            return draw(*args, **options)

        return draw_and_note

    for name in NAMES:
        module = import_module(f"mlpstudy.figures.{name}")
        monkeypatch.setattr(module, "figure", spied(name, module.figure))
    return names


@pytest.fixture
def results(tmp_path: Path) -> StudyResults:
    """A study of two factors, two seeds each."""
    plain, normalised = ({"batch_normalisation": on} for on in (False, True))
    widths = {"4": {"hidden": [4]}, "3": {"hidden": [3]}}
    study = samples.tiny_study(factors={"width": widths, "kind": {"plain": plain, "normalised": normalised}})
    with WritableStore.create_or_open(tmp_path, study, samples.tiny_data(), samples.ENGINE) as store:
        for architecture in study.architectures:
            for seed in range(2):
                store.finish_run(samples.finished(study, architecture.name, seed))
    return StudyResults(tmp_path)


def test_every_file_is_a_figure() -> None:
    """Beside the menu there is a file for each of its figures, and no other; what figures share is in ``drawing``."""
    files = {path.stem for path in Path(figures.__path__[0]).glob("*.py")} - {"__init__", "menu"}
    assert sorted(NAMES) == sorted(files)


def test_the_menu_is_read_without_altair() -> None:
    """Reading what figures there are loads none of them."""
    code = "import sys, mlpstudy.figures.menu; print({'altair', 'scipy', 'mlpstudy.figures.forest'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"set()\n"


def test_what_is_saved_is_made_of_something() -> None:
    """Every figure that the menu has saved is made of a study's results, and no other."""
    assert {figure.name for figure in FIGURES if figure.saved_as} == set(CHARTS)


def test_files_have_the_names_of_the_menu(results: StudyResults, tmp_path: Path) -> None:
    """First the whole study, then each architecture, then each run, the figures of each in the order of the menu."""
    runs = [(record.architecture, record.seed) for record in results.runs()]
    of_architectures = [(architecture.name, 0) for architecture in results.study.architectures]
    stems = [
        figure.saved_as.format(architecture=architecture, seed=seed)
        for kind, every in {"study": [("", 0)], "architecture": of_architectures, "run": runs}.items()
        for architecture, seed in every
        for figure in FIGURES
        if figure.saved_of == kind
    ]
    assert len(stems) == 3 + 4 + 2 * 8
    folder = tmp_path / "drawn"
    saved = results.save_figures(folder, run_figures=True)
    assert saved == [folder / f"{stem}.{ending}" for stem in stems for ending in ("svg", "png")]
    assert all(path.is_file() for path in saved)


def test_sections_of_the_report_draw_what_the_menu_says(results: StudyResults, drawn: list[str]) -> None:
    """Each section of the report draws the figures that name it, and no other."""
    seen: dict[str, set[str]] = defaultdict(set)
    of = gather(results)
    for module in SECTIONS:
        drawn.clear()
        module.section(of)
        for name in drawn:
            seen[name].add(module.__name__.rpartition(".")[2])
    assert seen == {figure.name: set(figure.sections) for figure in FIGURES if figure.sections}


def test_methods_return_what_the_menu_says(results: StudyResults, drawn: list[str]) -> None:
    """The methods of a study's results draw the figures that name them."""
    calls: dict[str, tuple[Callable[[], object], ...]] = {
        "curves": (results.curves, lambda: results.curves(("3-plain", 0))),
        "violins": (results.violins, lambda: results.violins("3-plain")),
    }
    seen = {}
    for method, ways in calls.items():
        for call in ways:
            drawn.clear()
            call()
            seen[drawn[0]] = method
    assert seen == {figure.name: figure.method for figure in FIGURES if figure.method}
