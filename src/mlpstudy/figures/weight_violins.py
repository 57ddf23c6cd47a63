"""The parameters of one architecture: a violin for every tensor, its initial distribution outlined behind."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing import violin
from mlpstudy.figures.drawing.inputs import ArchitectureWeights, TensorDensity
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped
from mlpstudy.text.words import counted

PANEL_WIDTH, PANEL_HEIGHT = 104, 150
SMALL_HEIGHT = 84
MIN_WIDTH = 420

ROWS = {
    "kernel": "Weights (kernels)",
    "bias": "Biases",
    "gamma": "Batch normalisation: gamma (scale)",
    "beta": "Batch normalisation: beta (shift)",
    "moving_mean": "Batch normalisation: moving mean",
    "moving_variance": "Batch normalisation: moving variance",
}
"""A row of panels for each kind of parameter, in this order."""


def figure(
    weights: ArchitectureWeights, *, kinds: Sequence[str] = tuple(ROWS), title: str | None = None, theme: Theme = LIGHT
) -> alt.VConcatChart:
    """Return the figure: a row for each kind of parameter, a column for each layer, every panel on its own scale.

    Filled is the trained distribution, dashed the initial one; the bar is the middle half, the dot the median, and
    the smallest and the largest trained value are written at the ends.

    Args:
        weights: densities of the tensors.
        kinds: kinds of parameters to show: kernel, bias, gamma, beta, moving_mean, moving_variance.
        title: instead of the one that names the architecture.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no tensor of these kinds.
    """
    rows = [(kind, [t for t in weights.tensors if t.kind == kind]) for kind in ROWS if kind in kinds]
    rows = [(kind, tensors) for kind, tensors in rows if tensors]
    if not rows:
        raise ResultsError(
            must(f"the weights of {weights.name}", f"have tensors of the kinds {', '.join(kinds)}", "none")
        )
    width = max(max(len(tensors) for _, tensors in rows) * (PANEL_WIDTH + violin.AXIS_ROOM), MIN_WIDTH)
    heading = title or f"{weights.name}: trained weights and where they started"
    chart = alt.VConcatChart(
        vconcat=[violin.row(kind, _look(kind, tensors)) for kind, tensors in rows],
        spacing=24,
        title=alt.Title(
            wrapped(heading, width, TITLE_SIZE, bold=True), subtitle=wrapped(_subtitle(weights), width, LABEL_SIZE)
        ),
    )
    # Set last: Altair would copy every row of the data sets while it joins the rows of the page.
    chart.datasets = {kind: violin.records(tensors) for kind, tensors in rows}
    return set_theme(chart, theme)


def _look(kind: str, tensors: Sequence[TensorDensity]) -> violin.Row:
    """Return how the row of one kind of parameter is drawn."""
    headings = ["\n".join((*wrapped(t.layer, PANEL_WIDTH, LABEL_SIZE), _shape(t))) for t in tensors]
    if kind == "kernel":
        return violin.Row(PANEL_WIDTH, PANEL_HEIGHT, [ROWS[kind]], 5, headings)
    return violin.Row(PANEL_WIDTH, SMALL_HEIGHT, [ROWS[kind]], 3, headings)


def _shape(tensor: TensorDensity) -> str:
    """Return the shape of a tensor as text."""
    return " \N{MULTIPLICATION SIGN} ".join(str(n) for n in tensor.shape)


def _subtitle(weights: ArchitectureWeights) -> str:
    """Return what the marks say, in words."""
    if weights.n_runs == 0:
        runs = "No finished run."
    elif weights.seed is not None:
        runs = f"Seed {weights.seed}."
    else:
        runs = f"Pooled over {counted(weights.n_runs, 'seed')}."
    marks = "Filled: trained; dashed: initial. Bar: middle half; dot: median."
    return f"{runs} {marks} Every panel has its own scale."
