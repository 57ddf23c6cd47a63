"""One look for every figure: colours, sizes and fonts as a Vega-Lite configuration, light and dark.

A figure names roles (the mark style ``trained``, the colour range ``category``) and never a colour, so that the
same chart is drawn light or dark by changing its configuration: ``with_theme(chart, DARK)`` in Python, or
``vegaEmbed(element, spec, {config})`` in a page.

Colours are of Okabe & Ito (2008, "Color Universal Design"), darkened or lightened where the contrast with the
background would fall below 3 : 1, or where two of the first four would look alike to a colour-blind reader.
Validation is blue and train red, as in the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    import altair as alt

ChartT = TypeVar("ChartT", bound="alt.TopLevelMixin")

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""vl-convert ships Liberation Sans; browsers have Arial or Helvetica, which have the same widths."""

LABEL_SIZE = 12
SMALL_SIZE = 11
TITLE_SIZE = 16

SPLIT_RANGE: Literal["ordinal"] = "ordinal"
"""The named colour range of the two splits, validation and train."""

LEVEL_RANGE: Literal["category"] = "category"
"""The named colour range of a factor's levels."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one variant, as hexadecimal RGB.

    Attributes:
        name: ``light`` or ``dark``.
        background: behind everything.
        ink: titles, and marks that carry the message.
        muted: labels and notes.
        grid: grid lines.
        validation: the validation curve.
        train: the training curve.
        fill: the body of a violin.
        dot_opacity: of a dot among many; light dots on dark need more.
        levels: one colour a level of a factor, in this order.
    """

    name: Literal["light", "dark"]
    background: str
    ink: str
    muted: str
    grid: str
    validation: str
    train: str
    fill: str
    dot_opacity: float
    levels: tuple[str, ...]


LIGHT = Theme(
    name="light",
    background="#ffffff",
    ink="#1f2328",
    muted="#57606a",
    grid="#e6e8eb",
    validation="#0072b2",
    train="#cc2f2f",
    fill="#56a5d8",
    dot_opacity=0.65,
    levels=("#005f99", "#d55e00", "#009e73", "#cc79a7", "#a87900", "#2f93c7", "#7a5195", "#5c6670"),
)
"""For paper and light pages."""

DARK = Theme(
    name="dark",
    background="#0d1117",
    ink="#e6edf3",
    muted="#9ba6b2",
    grid="#262d36",
    validation="#56b4e9",
    train="#ff7b72",
    fill="#3f86b5",
    dot_opacity=0.8,
    levels=("#4aa3df", "#ff9a4d", "#4fdcae", "#e59cc6", "#f0c24a", "#9ad4f5", "#b79be0", "#aab4be"),
)
"""For dark pages."""

N_LEVEL_COLOURS = len(LIGHT.levels)
"""A factor with more levels than this is drawn in one colour: more could not be told apart."""


def config(theme: Theme) -> dict[str, Any]:
    """Return the Vega-Lite configuration of a theme.

    >>> config(DARK)["background"]
    '#0d1117'
    """
    text = {"font": FONT, "color": theme.ink}
    return {
        "background": theme.background,
        "font": FONT,
        "padding": 16,
        "lineBreak": "\n",
        "view": {"stroke": None, "continuousWidth": 300, "continuousHeight": 300},
        "title": {
            **text,
            "anchor": "start",
            "frame": "group",
            "fontSize": TITLE_SIZE,
            "fontWeight": "bold",
            "subtitleFont": FONT,
            "subtitleColor": theme.muted,
            "subtitleFontSize": LABEL_SIZE,
            "subtitleLineHeight": 17,
            "subtitlePadding": 6,
            "offset": 14,
        },
        "axis": {
            "labelColor": theme.muted,
            "labelFontSize": LABEL_SIZE,
            "titleColor": theme.muted,
            "titleFontSize": LABEL_SIZE,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "gridColor": theme.grid,
            "domainColor": theme.muted,
            "tickColor": theme.muted,
            "tickSize": 4,
        },
        "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
        "axisX": {"grid": False},
        "legend": {
            "symbolBaseFillColor": theme.muted,
            "symbolBaseStrokeColor": theme.muted,
            "labelColor": theme.ink,
            "labelFontSize": LABEL_SIZE,
            "titleColor": theme.muted,
            "titleFontSize": LABEL_SIZE,
            "titleFontWeight": "normal",
        },
        "header": {
            "labelColor": theme.ink,
            "labelFontSize": LABEL_SIZE,
            "titleColor": theme.muted,
            "titleFontSize": LABEL_SIZE,
            "titleFontWeight": "normal",
            "labelPadding": 6,
            "titlePadding": 4,
        },
        "range": {"category": list(theme.levels), "ordinal": [theme.validation, theme.train]},
        "style": _styles(theme),
    }


def _styles(theme: Theme) -> dict[str, Any]:
    """Return the mark styles, by role."""
    dashed = {"strokeWidth": 1.2, "strokeDash": [4, 2.5]}
    return {
        "curve": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
        "faint-curve": {"strokeWidth": 1, "opacity": 0.3},
        "band": {"opacity": 0.2},
        "best": {"fill": theme.background, "strokeWidth": 2, "opacity": 1},
        "guide": {"stroke": theme.muted, "color": theme.muted, "strokeWidth": 1, "strokeDash": [2, 3]},
        "note": {"fill": theme.muted, "color": theme.muted, "fontSize": SMALL_SIZE},
        "strong-note": {"fill": theme.ink, "color": theme.ink, "fontSize": LABEL_SIZE},
        "trained": {"color": theme.fill, "fillOpacity": 0.5, "stroke": theme.fill, "strokeWidth": 1.2},
        "initial": {"color": theme.ink, "fillOpacity": 0, "stroke": theme.ink, **dashed},
        "trained-level": {"color": theme.fill, "stroke": theme.fill, "strokeWidth": 4},
        "initial-level": {"color": theme.ink, "stroke": theme.ink, **dashed},
        "quartiles": {"stroke": theme.ink, "color": theme.ink, "strokeWidth": 3.5, "strokeCap": "round"},
        "median": {"color": theme.background, "stroke": theme.ink, "strokeWidth": 1.5, "opacity": 1},
        "run": {"opacity": theme.dot_opacity},
        "mean": {"color": theme.ink, "opacity": 1},
        "interval": {"stroke": theme.ink, "color": theme.ink, "strokeWidth": 1.5},
        "reference": {"color": theme.background, "stroke": theme.ink, "strokeWidth": 1.6, "opacity": 1},
        "baseline": {"color": theme.ink, "strokeWidth": 1, "opacity": 0.6},
        "name": {"fill": theme.ink, "color": theme.ink, "fontSize": LABEL_SIZE + 1},
    }


def set_theme(chart: ChartT, theme: Theme) -> ChartT:
    """Give a chart that nobody else holds yet its theme, and return it."""
    import altair as alt  # noqa: PLC0415  # a third of a second that a look at the colours does not need

    own: Any = chart
    own.config = alt.Config(**config(theme))
    return chart


def with_theme(chart: ChartT, theme: Theme = LIGHT) -> ChartT:
    """Return a copy of a chart that is drawn in a theme.

    >>> import altair as alt
    >>> with_theme(alt.Chart().mark_point(), DARK).to_dict(validate=False)["config"]["background"]
    '#0d1117'
    """
    own: Any = chart
    copied: ChartT = own.copy(deep=False)
    return set_theme(copied, theme)
