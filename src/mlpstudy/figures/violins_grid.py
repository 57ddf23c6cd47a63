"""The weights of all architectures on one page: a row of violins for each architecture."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing import violin
from mlpstudy.figures.drawing.inputs import ArchitectureWeights, TensorDensity
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped
from mlpstudy.text.words import counted

PANEL_WIDTH, PANEL_HEIGHT = 88, 76
MIN_WIDTH = 420


def figure(
    architectures: Sequence[ArchitectureWeights],
    *,
    kind: str = "kernel",
    title: str | None = None,
    theme: Theme = LIGHT,
) -> alt.VConcatChart:
    """Return the figure: a row for each architecture, a violin for each of its layers, every panel on its own scale.

    Filled is the trained distribution, dashed the initial one; the bar is the middle half, the dot the median, and
    the smallest and the largest trained value are written at the ends. An architecture without tensors (no run of
    it finished) has a line that says so.

    Args:
        architectures: densities of their tensors, in the order of the study.
        kind: the kind of parameter to show: kernel, bias, gamma, beta, moving_mean or moving_variance.
        title: instead of the one that counts the architectures.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: no architecture has a tensor of this kind.
    """
    rows = [(a, [t for t in a.tensors if t.kind == kind]) for a in architectures]
    if not any(tensors for _, tensors in rows):
        raise ResultsError(must("the weights", f"have tensors of the kind {kind}", "none", "train a run first"))
    width = max(max(len(tensors) for _, tensors in rows) * (PANEL_WIDTH + violin.AXIS_ROOM), MIN_WIDTH)
    heading = title or f"Trained weights of {counted(len(rows), 'architecture')} and where they started"
    chart = alt.VConcatChart(
        vconcat=[
            violin.row(f"row {i}", _look(a, tensors, width)) if tensors else _missing(a, width)
            for i, (a, tensors) in enumerate(rows)
        ],
        spacing=14,
        title=alt.Title(
            wrapped(heading, width, TITLE_SIZE, bold=True),
            subtitle=wrapped(_subtitle(architectures), width, LABEL_SIZE),
        ),
    )
    # Set last: Altair would copy every row of the data sets while it joins the rows of the page.
    chart.datasets = {f"row {i}": violin.records(tensors) for i, (_, tensors) in enumerate(rows) if tensors}
    return set_theme(chart, theme)


def _look(architecture: ArchitectureWeights, tensors: Sequence[TensorDensity], width: int) -> violin.Row:
    """Return how the row of one architecture is drawn."""
    headings = ["\n".join(wrapped(t.layer, PANEL_WIDTH, LABEL_SIZE)) for t in tensors]
    return violin.Row(
        PANEL_WIDTH, PANEL_HEIGHT, wrapped(architecture.name, width, LABEL_SIZE + 1, bold=True), 3, headings
    )


def _missing(architecture: ArchitectureWeights, width: int) -> alt.Chart:
    """Return the row of an architecture that has no weights to show."""
    title = alt.Title(wrapped(architecture.name, width, LABEL_SIZE + 1, bold=True), fontSize=LABEL_SIZE + 1, offset=8)
    base = alt.Chart(alt.InlineData(values=[{"note": "no finished run, no weights"}]), width=PANEL_WIDTH, height=20)
    note: alt.Chart = (
        base.mark_text(style="note", align="left").encode(x=alt.value(0), text="note:N").properties(title=title)
    )
    return note


def _subtitle(architectures: Sequence[ArchitectureWeights]) -> str:
    """Return what the marks say, in words."""
    counts = sorted({a.n_runs for a in architectures if a.n_runs})
    seeds = {a.seed for a in architectures if a.n_runs}
    if len(seeds) == 1 and None not in seeds:
        runs = f"Seed {seeds.pop()}."
    elif not counts or counts == [1]:
        runs = "One run each."
    else:
        span = counted(counts[0], "seed") if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"
        runs = f"Pooled over {span}."
    marks = "Filled: trained; dashed: initial. Bar: middle half; dot: median."
    return f"{runs} {marks} Every panel has its own scale."
