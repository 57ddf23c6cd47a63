"""A row of violins: distributions of parameter tensors, trained and initial, each in a panel of its own.

A panel's scale is its own, because spreads differ many times between layers. It shows where the shapes are wide
enough to be seen; what is beyond is told by the smallest and the largest value, written at the two ends. Each shape
is drawn as wide as the panel, so that widths compare within a shape and not between two.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from mlpstudy.figures.drawing.inputs import TensorDensity
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE
from mlpstudy.figures.drawing.wording import drawable_values
from mlpstudy.text.numerals import short

if TYPE_CHECKING:
    from mlpstudy.evidence.curves.density import Density

VISIBLE = 0.005
"""Width, as a share of the widest place, below which a shape is thinner than half a pixel."""

REACH = 4.0
"""Interquartile ranges beyond the quartiles that a panel shows: 6 standard deviations of a normal distribution."""

GAP = 4
"""Between a panel and the numbers at its ends (pixels)."""

TICK_LABEL = "abs(datum.value) > 0 && abs(datum.value) < 0.005 ? format(datum.value, '~e') : datum.label"
"""Small numbers as 2e-4 instead of 0.0002, so that labels stay within their room."""

AXIS_ROOM = 46
"""Between two panels, for the labels of the right one's axis (pixels)."""


@dataclass(frozen=True, slots=True)
class Row:
    """How a row of violins is drawn.

    Attributes:
        width: of a panel, in pixels.
        height: of a panel, in pixels.
        title: above the row.
        n_ticks: about as many ticks an axis.
        headings: above the panels; in several lines where they hold line breaks.
    """

    width: int
    height: int
    title: Sequence[str]
    n_ticks: int
    headings: Sequence[str]


def row(data_name: str, look: Row) -> alt.FacetChart:
    """Return a row of violins that draws the rows of a named data set, made by :func:`records`."""
    labels = json.dumps(drawable_values(list(look.headings)))  # Vega reads the escapes of JSON back
    heading = alt.Header(labelExpr=f"{labels}[datum.value]", labelPadding=8, labelFontWeight="normal")
    return alt.FacetChart(
        data=alt.NamedData(name=data_name),
        spec=_panel(look.width, look.height, look.n_ticks),
        facet=alt.Facet("panel:O", title=None, header=heading),
        columns=max(len(look.headings), 1),
        spacing=AXIS_ROOM,
        bounds="flush",
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(y="independent")),
        title=alt.Title(list(look.title), fontSize=LABEL_SIZE + 1, offset=8),
    )


class _Ready(alt.Chart):
    """A chart that is a specification already: Altair copies a chart each time it joins others."""

    def __init__(self, ready: _Specification | None = None, **fields: Any) -> None:  # noqa: ANN401  # Altair's own
        super().__init__(**fields)
        self._kwds["ready"] = ready

    def to_dict(self, *_: Any, **__: Any) -> dict[str, Any]:  # noqa: ANN401  # Altair's own signature
        """Return the specification."""
        ready: _Specification = self._kwds["ready"]
        return ready.fields


@dataclass(frozen=True, slots=True)
class _Specification:
    """Keeps a specification out of the sight of Altair's copying."""

    fields: dict[str, Any]


@cache
def _panel(width: int, height: int, n_ticks: int) -> _Ready:
    """Return what every panel draws; made once, because Altair takes longer to make it than to draw it."""
    layers = [*_shapes(), *_levels(), *_marks(), *_ends(width, height)]
    # The axis belongs to the first layer: with independent scales each panel has its own.
    axis = alt.Axis(tickCount=n_ticks, title=None, labelExpr=TICK_LABEL)
    layers[0] = layers[0].encode(y=_y("value:Q", axis=axis))
    panel = alt.LayerChart(layer=layers, width=width, height=height)
    around = {"top_level": False, "data": alt.NamedData(name="the row's")}  # known, so none is written here
    return _Ready(_Specification(panel.to_dict(validate=False, context=around)))


def limits(densities: list[Density]) -> tuple[float, float]:
    """Return the values between which a panel shows its shapes.

    >>> import numpy as np
    >>> from mlpstudy.evidence.curves.density import density
    >>> low, high = limits([density(np.append(np.linspace(-1, 1, 1000), 50.0))])
    >>> -1.6 < low < -1 and 1 < high < 5.1
    True
    """
    if not densities:
        return -1.0, 1.0
    if all(d.is_constant for d in densities):
        values = [d.median for d in densities]
        room = 0.5 * (max(values) - min(values)) or 0.1 * abs(values[0]) or 1.0
        return min(values) - room, max(values) + room
    ends = [_visible(d) for d in densities]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    room = 0.02 * (high - low)
    return low - room, high + room


def _visible(of: Density) -> tuple[float, float]:
    """Return the values between which one shape can be seen."""
    if of.is_constant:
        return of.median, of.median
    seen = of.grid[of.density >= VISIBLE * of.density.max()]
    low, high = max(float(seen[0]), of.minimum), min(float(seen[-1]), of.maximum)
    reach = REACH * (of.upper_quartile - of.lower_quartile)
    if reach > 0:
        low, high = max(low, of.lower_quartile - reach), min(high, of.upper_quartile + reach)
    return low, high


def records(tensors: Sequence[TensorDensity]) -> list[dict[str, Any]]:
    """Return the data of a row of violins: shapes, marks and ends, panel by panel."""
    rows: list[dict[str, Any]] = []
    for panel, tensor in enumerate(tensors):
        known = [d for d in (tensor.trained, tensor.initial) if d is not None]
        low, high = limits(known)
        # Two invisible values make the panel's scale what it must be.
        rows += [{"panel": panel, "what": "limit", "value": plain(value)} for value in (low, high)]
        for what, of in (("initial", tensor.initial), ("trained", tensor.trained)):
            if of is not None:
                rows.append({"panel": panel, **_outline(what, of, low, high)})
        rows.append({"panel": panel, "what": "mark", **_summary(tensor.trained)})
    return rows


def _outline(what: str, of: Density, low: float, high: float) -> dict[str, Any]:
    """Return a shape between two values, 1 at its widest place; one level where it is constant.

    Its points are two columns: a row a point, each with its names, would take four times as many bytes.
    """
    if of.is_constant:
        return {"what": f"{what} level", "value": plain(of.median)}
    # No shape beyond the values that there are: the kernels' tails would show weights that no network has.
    low, high = max(low, of.minimum), min(high, of.maximum)
    values = np.concatenate([[low], of.grid[(of.grid > low) & (of.grid < high)], [high]])
    widths = np.interp(values, of.grid, of.density) / of.density.max()
    return {
        "what": what,
        "value": [plain(float(value)) for value in values],
        "width": [round(float(width), 4) for width in widths],
    }


def _summary(of: Density | None) -> dict[str, Any]:
    """Return the numbers that a violin marks and tells."""
    if of is None:
        return {"note": "no finite value", "low": "", "high": ""}
    numbers = {
        "minimum": of.minimum,
        "lower": of.lower_quartile,
        "value": of.median,
        "upper": of.upper_quartile,
        "maximum": of.maximum,
        "mean": of.mean,
        "sd": of.sd,
    }
    shown = {name: plain(number) for name, number in numbers.items()}
    return shown | {
        "n": of.n_values,
        "low": f"min {short(of.minimum)}",
        "high": f"max {short(of.maximum)}",
        "constant": of.is_constant,
    }


def _only(what: str) -> alt.Chart:
    """Return a layer that draws one kind of record."""
    layer: alt.Chart = alt.Chart().transform_filter(f"datum.what == '{what}'")
    return layer


def _x(field: str) -> alt.X:
    return alt.X(field, title=None, axis=None, scale=alt.Scale(domain=[-1.04, 1.04], nice=False, zero=False))


def _y(field: str, axis: alt.Axis | None = None) -> alt.Y:
    scale = alt.Scale(nice=False, zero=False)
    return alt.Y(field, scale=scale) if axis is None else alt.Y(field, scale=scale, axis=axis)


def _shapes() -> list[alt.Chart]:
    """Return the filled trained shape and, dashed, the outline of the initial one."""
    layers = [_only("limit").mark_point(opacity=0).encode(y=_y("value:Q"))]
    for what in ("trained", "initial"):
        points = _only(what).transform_flatten(["value", "width"]).transform_calculate(left="-datum.width")
        shape = points.mark_area(style=what, orient="horizontal")
        layers.append(shape.encode(y=_y("value:Q"), x=_x("left:Q"), x2="width:Q"))
    return layers


def _levels() -> list[alt.Chart]:
    """Return lines across a panel for tensors whose values are all equal."""
    rules = {what: _only(f"{what} level").mark_rule(style=f"{what}-level") for what in ("trained", "initial")}
    return [rule.encode(y=_y("value:Q"), x=_x_at(-0.9), x2=alt.datum(0.9)) for rule in rules.values()]


def _x_at(place: float) -> alt.XDatum:
    return alt.XDatum(place, title=None, axis=None, scale=alt.Scale(domain=[-1.04, 1.04], nice=False, zero=False))


def _marks() -> list[alt.Chart]:
    """Return the bar between the quartiles and the dot at the median."""
    titles = {"value": "median", "lower": "lower quartile", "upper": "upper quartile"}
    names = ("minimum", "lower", "value", "upper", "maximum", "mean", "sd")
    tooltip = [alt.Tooltip(f"{name}:Q", title=titles.get(name, name), format=".4g") for name in names]
    marks = alt.Chart().transform_filter("datum.what == 'mark' && datum.constant === false")
    marks = marks.encode(x=_x_at(0), tooltip=[*tooltip, alt.Tooltip("n:Q", format=",")])
    return [
        marks.mark_rule(style="quartiles").encode(y=_y("lower:Q"), y2="upper:Q"),
        marks.mark_point(style="median", size=26, filled=True).encode(y=_y("value:Q")),
    ]


def _ends(width: int, height: int) -> list[alt.Chart]:
    """Return the smallest and the largest value, written below and above a panel, or what is missing."""
    base = _only("mark").encode(x=alt.value(width / 2))
    low = base.mark_text(style="note", baseline="top").encode(y=alt.value(height + GAP), text="low:N")
    high = base.mark_text(style="note", baseline="bottom").encode(y=alt.value(-GAP), text="high:N")
    note = base.transform_filter("isValid(datum.note)").mark_text(style="note")
    return [low, high, note.encode(y=alt.value(height / 2), text="note:N")]
