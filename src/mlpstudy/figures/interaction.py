"""The interaction of two factors: does a level of one change what the other does?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing.keys import COLUMNS
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LEVEL_RANGE, LIGHT, N_LEVEL_COLOURS, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import drawable_values, wrapped

WIDTH, HEIGHT = 620, 300


@dataclass(frozen=True, slots=True)
class CellMean:
    """The mean of one combination of two levels, over the levels of all other factors.

    Attributes:
        x: level of the factor along the axis.
        line: level of the other factor; empty where there is none.
        mean: in the unit drawn.
        interval: of the mean, None with one seed.
        n: seeds.
    """

    x: str
    line: str
    mean: float
    interval: tuple[float, float] | None
    n: int


def figure(
    cells: Sequence[CellMean],
    *,
    x: str,
    line: str = "",
    unit: str = "test accuracy (%)",
    interval: str = "95 % interval",
    theme: Theme = LIGHT,
) -> alt.LayerChart:
    """Return the figure: a line for each level of one factor, over the levels of the other; parallel: no interaction.

    Args:
        cells: the means, in the order of the levels.
        x: the factor along the axis.
        line: the factor of the lines, empty where there is none.
        unit: of the means, for the axis.
        interval: what the intervals are, for the subtitle.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no mean.

    >>> cells = [CellMean("2", "", 98.0, None, 1), CellMean("3", "", 98.1, None, 1)]
    >>> figure(cells, x="depth").to_dict()["title"]["text"]
    ['Test accuracy by depth']
    """
    if not cells:
        raise ResultsError(must("an interaction plot", "have a mean to draw", "none"))
    levels = list(dict.fromkeys(of.line for of in cells))
    order = list(dict.fromkeys(of.x for of in cells))
    n_lines = len(levels)
    records = [
        {"at": _place(order.index(of.x), levels.index(of.line), n_lines), "x": of.x, "line": of.line}
        | {"mean": plain(of.mean), "n": of.n}
        | ({"low": plain(of.interval[0]), "high": plain(of.interval[1])} if of.interval else {})
        for of in cells
    ]
    legend = alt.Legend(
        title=line, orient="top", direction="horizontal", titleOrient="left", titlePadding=8, columns=COLUMNS
    )
    colour = alt.Color(
        "line:N",
        scale=alt.Scale(domain=levels, range=LEVEL_RANGE),
        legend=legend if 1 < n_lines <= N_LEVEL_COLOURS else None,
    )
    labels = json.dumps(drawable_values(order))  # Vega reads the escapes of JSON back
    names = alt.Axis(values=list(range(len(order))), labelExpr=f"{labels}[datum.value]", labelLimit=120)
    place = alt.X("at:Q", title=x, axis=names, scale=alt.Scale(domain=[-0.5, len(order) - 0.5], nice=False, zero=False))
    height = alt.Y("mean:Q", title=unit, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=6))
    tooltip = [
        alt.Tooltip("x:N", title=x),
        *([alt.Tooltip("line:N", title=line)] if line else []),
        *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("mean", "low", "high")),
        alt.Tooltip("n:Q", title="seeds"),
    ]
    base = alt.Chart(alt.InlineData(name="means", values=records)).encode(x=place, color=colour)
    layers = [
        base.mark_line(style="curve").encode(y=height),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=1.5)
        .encode(y=alt.Y("low:Q", title=unit, scale=alt.Scale(zero=False)), y2="high:Q", tooltip=tooltip),
        base.mark_circle(size=70, opacity=1).encode(y=height, tooltip=tooltip),
    ]
    heading = f"{unit.rpartition(' (')[0].capitalize()} by {x}" + (f" and {line}" if line else "")
    words = f"Bars: {interval} of the mean over seeds."
    if line:
        words += " Parallel lines: the two factors do not interact."
    chart = alt.LayerChart(
        layer=layers,
        width=WIDTH,
        height=HEIGHT,
        title=alt.Title(wrapped(heading, WIDTH, TITLE_SIZE, bold=True), subtitle=wrapped(words, WIDTH, LABEL_SIZE)),
    )
    return set_theme(chart, theme)


def _place(level: int, line: int, n_lines: int) -> float:
    """Return where a mean stands: lines a little apart, so that their intervals do not cover each other.

    >>> _place(2, 0, 1), _place(0, 1, 2)
    (2.0, 0.015)
    """
    return round(level + 0.03 * (line - (n_lines - 1) / 2), 4)
