"""The report: a study's whole story in one HTML file that needs nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mlpstudy.errors import StoreError, must
from mlpstudy.machine.files import write_whole
from mlpstudy.page import Document, asset, environment, page_scripts, render
from mlpstudy.page.blocks import charts_of
from mlpstudy.report.draw import section as draw
from mlpstudy.report.gathered import gather
from mlpstudy.report.sections import (
    answer,
    comparison,
    cost,
    curves,
    errors,
    factors,
    layers,
    method,
    noise,
    verdicts,
    weights,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpstudy.results import StudyResults

SECTIONS = (verdicts, comparison, curves, weights, factors, noise, errors, layers, draw, cost, method)
"""The sections after the opening, in their order: people look before they read of costs and method. Each module has
``section(of) -> Section | None``."""

WEIGHTS_MB = 12.0
"""Megabytes of the page for the networks that draw-a-digit computes with."""


def report_html(
    results: StudyResults, *, weights_mb: float = WEIGHTS_MB, progress: Callable[[str], object] | None = None
) -> str:
    """Return the report of a study as one HTML document.

    Args:
        results: the study, opened; it may still be running.
        weights_mb: megabytes for the networks of draw-a-digit (image studies); 0 leaves it out.
        progress: called with what comes next, in a few words.

    Raises:
        StoreError: the study cannot be read.
    """
    say = progress or (lambda _: None)
    say("judging")
    of = gather(results)
    drawing = draw.drawing(of, weights_mb, say) if weights_mb > 0 else None
    of = replace(of, drawing=drawing)
    say("drawing the figures")
    sections = [made for module in SECTIONS if (made := module.section(of)) is not None]
    document = Document(
        title=f"{of.study.name}: report",
        scripts=(
            *page_scripts(),
            *((asset("mlpstudy.report", name) for name in ("picture.js", "network.js", "draw.js")) if drawing else ()),
        ),
        styles=(asset("mlpstudy.report", "report.css"),),
        data={"charts": charts_of(tuple(sections)), **(drawing.data if drawing else {})},
        binary=drawing.binary if drawing else {},
    )
    return render(
        environment("mlpstudy.report"),
        "report.html",
        document,
        study=of.study,
        opening=answer.blocks(of),
        sections=sections,
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        provisional=of.is_provisional,
    )


def write_report(
    results: StudyResults,
    path: str | Path | None = None,
    *,
    weights_mb: float = WEIGHTS_MB,
    progress: Callable[[str], object] | None = None,
) -> Path:
    """Write the report of a study, whole or not at all, and return its path.

    Args:
        results: the study, opened.
        path: of the file; ``report.html`` in the study's folder where None.
        weights_mb: as in :func:`report_html`.
        progress: likewise.

    Raises:
        StoreError: the study cannot be read, or the file cannot be written.
    """
    target = Path(path) if path is not None else results.folder / "report.html"
    text = report_html(results, weights_mb=weights_mb, progress=progress)
    try:
        return write_whole(target.parent, target.name, text.encode())
    except OSError as error:
        found = f"the system says: {error.strerror or error}"
        raise StoreError(must(str(target), "be writable", found, "-o ANOTHER.html")) from error
