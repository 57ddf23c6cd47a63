"""A forest plot: differences between architectures, or effects of factors, each with both questions' intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LEVEL_RANGE, LIGHT, N_LEVEL_COLOURS, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped

WIDTH, ROW_HEIGHT, LINE_HEIGHT = 620, 42, 14
LABEL_ROOM = 300
"""Width of a label before it is broken into two lines (pixels): a phone has as much at its smaller font."""
NARROW = 480
"""Width under which labels are smaller and only verdicts that say something are written (pixels)."""
LABEL_DOWN, NEW_UP, TOGETHER_UP = 3, 7, 15
"""Distance of the label from the top of its row, and of the two intervals from its bottom (pixels)."""

Kind = Literal["BETTER", "EQUIVALENT", "UNRESOLVED", "UNSTABLE", "main effect", "interaction"]
"""What a row is: a pair with its verdict, or an effect, of which nothing is judged."""

COLOURS: dict[Kind, int] = {
    "BETTER": 2,
    "EQUIVALENT": 0,
    "UNRESOLVED": 7,
    "UNSTABLE": 1,
    "main effect": 0,
    "interaction": 7,
}
"""The place of each kind among the theme's colours: green, blue, grey, red."""

SHORT: tuple[Kind, ...] = ("BETTER", "EQUIVALENT", "UNSTABLE")
"""The verdicts that are written where there is little room."""

SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+~g')"

REACH = 6.0
"""Multiples of the middle half of all ends at which the axis ends: one wild interval does not flatten the rest."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row.

    Attributes:
        label: what is compared, or which effect.
        value: the difference, in the unit drawn; nan where there is none.
        together: its interval "if both were retrained", adjusted for the family; None where it is unbounded.
        new_data: its interval on new data; None where there is none.
        verdict: in a word or two, at the right.
        kind: what the row is, for the colour and, of a verdict, the word where there is little room.
        n_seeds: seeds that it rests on.
    """

    label: str
    value: float
    together: tuple[float, float] | None
    new_data: tuple[float, float] | None
    verdict: str = ""
    kind: Kind = "UNRESOLVED"
    n_seeds: int = 0


def figure(
    differences: Sequence[Difference],
    *,
    unit: str,
    band: float | None = None,
    title: str = "Differences between architectures",
    subtitle: str = "",
    theme: Theme = LIGHT,
) -> alt.LayerChart:
    """Return the figure: a row for each difference; thick its adjusted interval, thin the one on new data.

    Args:
        differences: the rows, in their order.
        unit: of the values, for the axis.
        band: half the width of the band of indifference, shaded around 0; None for no band.
        title: the title.
        subtitle: what is to be said besides what the marks mean.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no difference.

    >>> figure([Difference("a, b", 0.1, (0.0, 0.2), (-0.1, 0.3))], unit="points").to_dict()["height"]
    42
    """
    if not differences:
        raise ResultsError(must("a forest plot", "have a difference to draw", "none"))
    low, high = _limits(differences, band)
    labels = [wrapped(of.label, LABEL_ROOM, LABEL_SIZE + 1) for of in differences]
    height = ROW_HEIGHT + LINE_HEIGHT * (max(len(lines) for lines in labels) - 1)
    rows = [_row(i, of, low, high, height) for i, of in enumerate(differences)]
    y_scale = alt.Scale(domain=[len(rows) - 0.5, -0.5], nice=False, zero=False)
    look = _Look(
        unit,
        alt.Scale(domain=[plain(low), plain(high)], nice=False, zero=False),
        alt.Axis(orient="top", grid=True, domain=False, ticks=False, tickCount=6, labelPadding=6, labelExpr=SIGNED),
        y_scale,
    )
    layers = [*_background(band, look), *_layers(rows, look)]
    marks = "Thick: if retrained, all at once"
    if any(of.new_data for of in differences):
        marks += "; thin: on new data of the same kind"
    marks += f"; shaded: \N{PLUS-MINUS SIGN}{band:g}, too little to matter." if band is not None else "."
    chart = alt.LayerChart(
        layer=layers,
        width=WIDTH,
        height=height * len(rows),
        title=alt.Title(
            wrapped(title, WIDTH, TITLE_SIZE, bold=True),
            subtitle=wrapped(f"{marks} {subtitle}".strip(), WIDTH, LABEL_SIZE),
        ),
    )
    return set_theme(chart, theme)


def _limits(differences: Sequence[Difference], band: float | None) -> tuple[float, float]:
    """Return the ends of the axis: all values and intervals, but for the wildest, and the band."""
    ends = [end for of in differences for pair in (of.together, of.new_data) if pair for end in pair]
    values = [of.value for of in differences if np.isfinite(of.value)]
    every = np.array([0.0, *values, *ends])
    low, high = float(every.min()), float(every.max())
    lower, upper = (float(q) for q in np.quantile(every, [0.25, 0.75]))
    reach = REACH * (upper - lower)
    if reach > 0:
        low, high = max(low, min(lower - reach, *values, 0.0)), min(high, max(upper + reach, *values, 0.0))
    if band is not None:
        low, high = min(low, -1.3 * band), max(high, 1.3 * band)
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _row(i: int, of: Difference, low: float, high: float, height: int) -> dict[str, Any]:
    """Return the data of a row; what leaves the axis ends at its edge."""
    row: dict[str, Any] = {
        "label_at": i - 0.5 + LABEL_DOWN / height,
        "together_at": i + 0.5 - TOGETHER_UP / height,
        "new_at": i + 0.5 - NEW_UP / height,
        "label": "\n".join(wrapped(of.label, LABEL_ROOM, LABEL_SIZE + 1)),
        "verdict": of.verdict,
        "short": of.kind if of.kind in SHORT else "",
        "colour": COLOURS[of.kind],
        "value": plain(of.value),
        "seeds": of.n_seeds,
    }
    for name, pair in (("together", of.together), ("new", of.new_data)):
        if pair is not None:
            row |= {f"{name}_low": plain(max(pair[0], low)), f"{name}_high": plain(min(pair[1], high))}
            row |= {f"{name}_text": f"[{pair[0]:+.3g}, {pair[1]:+.3g}]"}
    return row


@dataclass(frozen=True, slots=True)
class _Look:
    """The scales and the axis that all layers share."""

    unit: str
    x_scale: alt.Scale
    x_axis: alt.Axis
    y_scale: alt.Scale

    def x(self, field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=self.unit, axis=self.x_axis, scale=self.x_scale)

    def y(self, field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=None, scale=self.y_scale)


def _background(band: float | None, look: _Look) -> list[alt.Chart]:
    """Return the band of indifference and the line at 0."""
    zero = alt.Chart(alt.InlineData(name="zero", values=[{"value": 0}]))
    layers = [zero.mark_rule(style="guide", strokeDash=[1, 0]).encode(x=look.x("value"))]
    if band is not None:
        ends = alt.Chart(alt.InlineData(name="band", values=[{"low": -band, "high": band}]))
        area = ends.mark_rect(style="guide", strokeWidth=0, fillOpacity=0.13).encode(x=look.x("low"), x2="high:Q")
        layers.insert(0, area)
    return layers


def _layers(rows: list[dict[str, Any]], look: _Look) -> list[alt.Chart]:
    """Return the intervals, the points, and what is written beside them."""
    colour = alt.Color("colour:N", legend=None, scale=alt.Scale(domain=list(range(N_LEVEL_COLOURS)), range=LEVEL_RANGE))
    tooltip = [
        alt.Tooltip("label:N", title="difference"),
        alt.Tooltip("value:Q", format="+.3g"),
        alt.Tooltip("together_text:N", title="if retrained, all at once"),
        alt.Tooltip("new_text:N", title="on new data"),
        alt.Tooltip("seeds:Q"),
        alt.Tooltip("verdict:N"),
    ]
    base = alt.Chart(alt.InlineData(name="differences", values=rows))
    pointed = base.encode(tooltip=tooltip)
    new = pointed.transform_filter("isValid(datum.new_low)").mark_rule(style="interval", strokeWidth=1, clip=True)
    together = pointed.transform_filter("isValid(datum.together_low)").mark_rule(
        strokeWidth=5, strokeCap="round", clip=True
    )
    points = pointed.transform_filter("isValid(datum.value)").mark_point(style="median", size=42, filled=True)
    size = alt.ExprRef(f"width < {NARROW} ? 11 : 13")
    names = base.mark_text(style="name", align="left", baseline="top", fontSize=size, lineHeight=LINE_HEIGHT)
    words = alt.ExprRef(f"width < {NARROW} ? datum.short : datum.verdict")
    notes = base.mark_text(style="note", align="right", baseline="top", text=words)
    return [
        new.encode(x=look.x("new_low"), x2="new_high:Q", y=look.y("new_at")),
        together.encode(x=look.x("together_low"), x2="together_high:Q", y=look.y("together_at"), color=colour),
        points.encode(x=look.x("value"), y=look.y("together_at")),
        names.encode(x=alt.value(0), y=look.y("label_at"), text="label:N"),
        notes.encode(x=alt.value("width"), y=look.y("label_at")),
    ]
