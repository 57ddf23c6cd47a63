"""Learning curves, and what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.figures import curves_grid, curves_overlay
from mlpstudy.figures.drawing import keys
from mlpstudy.figures.drawing.wording import drawable
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Chart, Heading, Section, Sentences, Swatch, Text

if TYPE_CHECKING:
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered

MOST_POINTS = 60_000
"""Points of the panels, over all of their runs: with more, the panels are left out of the page."""


def legend(of: Gathered) -> tuple[Swatch, ...]:
    """Return the architectures that can be shown alone, as the figures draw them."""
    names = [a.name for a in of.study.architectures]
    looks = keys.keys(names, [a.levels for a in of.study.architectures]).by_name
    return (
        tuple(Swatch(drawable(name), looks[name].colour, looks[name].dash) for name in names) if len(names) > 1 else ()
    )


def section(of: Gathered) -> Section | None:
    """Return the section, None where no epoch has been recorded."""
    curves = of.curves
    if not curves:
        return None
    interval = f"{of.level} interval of the mean"
    source = of.store.validation_source
    overlay = curves_overlay.figure(curves, validation_source=source, interval=interval)
    drawn = {drawable(a.name) for a in curves}
    shown = tuple(swatch for swatch in legend(of) if swatch.name in drawn)
    blocks: list[Block] = []
    if source == "test":
        blocks.append(
            Text(
                "The study measured its curves on the test examples, as the notebook did: they show how learning went, "
                "and must not choose an epoch."
            )
        )
    alt = f"Validation loss over the epochs of {len(curves)} architectures; sentences below say what the curves show."
    blocks.append(Chart("learning-curves", page_spec(overlay), alt, fluid=True, room=70, legend=shown))
    n_points = sum(2 * run.n_epochs for a in curves for run in a.runs)
    if n_points <= MOST_POINTS:
        panels = curves_grid.figure(curves, validation_source=source, interval=interval)
        words = f"Training and validation loss, a panel for each of {len(curves)} architectures."
        blocks.append(Chart("loss-curves", page_spec(panels), words))
    seen = of.observations
    if seen:
        blocks.append(Heading("What the curves show"))
        blocks.append(Sentences(tuple((f"{name}:", one.sentence) for name, one in seen.items())))
    return Section("curves", "Learning curves", tuple(blocks))
