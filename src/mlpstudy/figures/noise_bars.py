"""The noise audit: how far the seeds scatter, and how far a finite test set alone would let them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped

WIDTH, ROW_HEIGHT = 620, 40


@dataclass(frozen=True, slots=True)
class Noise:
    """The spread over seeds of one architecture, in percentage points.

    Attributes:
        name: of the architecture.
        sd: observed over seeds.
        sd_finite_test: what finite test data alone would give.
        n: seeds.
    """

    name: str
    sd: float
    sd_finite_test: float
    n: int


def figure(rows: Sequence[Noise], *, theme: Theme = LIGHT) -> alt.LayerChart:
    """Return the figure: a bar for the observed SD of each architecture, a mark for what finite test data give.

    Args:
        rows: the architectures, in the order of the study.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no architecture.

    >>> figure([Noise("a", 0.12, 0.08, 30)]).to_dict()["height"]
    40
    """
    if not rows:
        raise ResultsError(must("the noise audit", "have an architecture with two seeds", "none"))
    records = [
        {"row": i, "label_at": i - 0.24, "at": i + 0.18, "architecture": r.name, "sd": plain(r.sd)}
        | {"finite": plain(r.sd_finite_test), "n": r.n, "from": 0}
        for i, r in enumerate(rows)
    ]
    scale = alt.Scale(domain=[len(rows) - 0.5, -0.5], nice=False, zero=False)
    axis = alt.Axis(orient="top", grid=True, domain=False, ticks=False, tickCount=5)
    x = alt.X("from:Q", title="SD over seeds (percentage points)", axis=axis, scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("architecture:N"),
        alt.Tooltip("sd:Q", format=".3f", title="observed SD"),
        alt.Tooltip("finite:Q", format=".3f", title="finite test data alone"),
        alt.Tooltip("n:Q", title="seeds"),
    ]
    base = alt.Chart(alt.InlineData(name="noise", values=records)).encode(tooltip=tooltip)
    at = alt.Y("at:Q", axis=None, scale=scale)
    names = base.mark_text(style="name", align="left").encode(
        x=alt.value(0), y=alt.Y("label_at:Q", axis=None, scale=scale), text="architecture:N"
    )
    layers = [
        base.mark_rule(style="trained-level", strokeWidth=9).encode(x=x, x2="sd:Q", y=at),
        base.mark_tick(style="mean", orient="vertical", thickness=2.5, size=17).encode(x=alt.X("finite:Q"), y=at),
        names,
    ]
    words = "Bar: observed. Upright mark: what finite test data alone would give, were all retrainings equally good."
    chart = alt.LayerChart(
        layer=layers,
        width=WIDTH,
        height=ROW_HEIGHT * len(rows),
        title=alt.Title(
            wrapped("How far the seeds scatter", WIDTH, TITLE_SIZE, bold=True),
            subtitle=wrapped(words, WIDTH, LABEL_SIZE),
        ),
    )
    return set_theme(chart, theme)
