"""What the layers of one architecture do while it is trained: a panel a quantity, a line a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.evidence.curves.layers import QUANTITIES, SIZES, LayerCurve, Quantity
from mlpstudy.figures.drawing.scales import epoch_domain, epoch_ticks, plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, N_LEVEL_COLOURS, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped
from mlpstudy.study.network.layers import OUTPUT
from mlpstudy.text.words import counted

PANEL_WIDTH, PANEL_HEIGHT = 230, 150
N_COLUMNS = 3
COLUMN_ROOM, ROW_ROOM = 70, 78
N_TICKS = 6
WIDTH = N_COLUMNS * (PANEL_WIDTH + COLUMN_ROOM)

SMALLEST, LARGEST = 1e-307, 1e307
"""Axes end here: beyond them Vega's own arithmetic would leave float64."""
MIN_FACTOR = 5.0
"""Sizes that differ by more than this factor have a logarithmic axis."""

MIN_DEAD_PCT = 10.0
"""The axis of the dead units reaches at least to here, so that one unit of many does not fill it."""

NAMES: dict[Quantity, str] = {
    "gradient_norm": "Gradient norm",
    "update_ratio": "Update-to-weight ratio",
    "dead_share": "Dead hidden units (%)",
    "weight_norm": "Weight norm",
    "activation_mean": "Activation mean, hidden layers",
    "activation_std": "Activation standard deviation",
}

OF_HIDDEN = frozenset({"dead_share", "activation_mean"})
"""The output layer is linear, so that no unit of it is dead, and softmax takes no notice of its mean."""

BAND_OPACITY = 0.14
"""Fainter than the one band of a loss curve: here up to eight lie over each other."""

N_NAMED = 16
"""Of more layers than this only some stand in the legend."""

SMALLEST_PLAIN = 1e-4
"""Ticks below this are written as powers of ten."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """The axis of one quantity."""

    low: float
    high: float
    is_log: bool
    is_empty: bool = False

    def encoding(self) -> alt.Y:
        kind: dict[str, Any] = {"type": "log"} if self.is_log else {"zero": False}
        scale = alt.Scale(domain=[plain(self.low), plain(self.high)], nice=False, **kind)
        if self.is_empty:
            return alt.Y("y:Q", title=None, axis=alt.Axis(values=[]), scale=scale)
        if not self.is_log:
            return alt.Y("y:Q", title=None, axis=alt.Axis(tickCount=5, format=".6~g"), scale=scale)
        power = "replace(format(datum.value, '.0e'), '+', '')"
        axis = alt.Axis(values=log_ticks(self.low, self.high), format=".6~g")
        if self.low < SMALLEST_PLAIN:
            axis.labelExpr = power
        return alt.Y("y:Q", title=None, axis=axis, scale=scale)

    def drawn(self, value: float) -> float | None:
        """Return a value as the panel draws it: limits of a band end at the axis."""
        return plain(min(max(value, self.low), self.high))


def figure(
    name: str,
    curves: Sequence[LayerCurve],
    *,
    n_runs: int,
    seed: int | None = None,
    interval: str = "interval of the mean",
    theme: Theme = LIGHT,
) -> alt.ConcatChart:
    """Return the figure: six panels on the same epochs, every panel on its own scale.

    Norms, ratio and deviation have a logarithmic axis where they differ by more than a factor of five. A triangle
    at the lower end of one marks an epoch in which a layer's size is 0, which no logarithm shows.

    Args:
        name: name of the architecture.
        curves: every quantity of every layer, the layers in their order.
        n_runs: number of runs that the means are of.
        seed: the seed of a single run.
        interval: what a band's limits are, for the subtitle.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no curve.

    >>> import numpy as np
    >>> from mlpstudy.evidence.curves.layers import layer_curves
    >>> from mlpstudy.records import LayerDiagnostics
    >>> run = [LayerDiagnostics(epoch, "output", 0.5, 3.0, 0.001, 0.0, 0.1, 1.2) for epoch in (1, 2)]
    >>> len(figure("plain-2", layer_curves([run]), n_runs=1, seed=0).concat)
    6
    """
    if not curves:
        fix = "write diagnostics = true under [training] and run the study"
        raise ResultsError(must(f"the diagnostics of {name}", "be of at least one layer", "none", fix))
    layers = list(dict.fromkeys(curve.layer for curve in curves))
    panels = [_panel(quantity, _shown(quantity, curves), layers) for quantity in QUANTITIES]
    has_band = len(layers) <= N_LEVEL_COLOURS and any(curve.lower is not None for curve in curves)
    has_vanished = any(curve.vanished.any() for curve in curves)
    chart = alt.ConcatChart(
        concat=panels,
        columns=N_COLUMNS,
        align="all",
        bounds="flush",  # or the widths of their labels would move the panels of a column
        spacing=alt.RowColnumber(column=COLUMN_ROOM, row=ROW_ROOM),
        title=alt.Title(
            wrapped(f"{name}: what its layers do, epoch by epoch", WIDTH, TITLE_SIZE, bold=True),
            subtitle=wrapped(
                _subtitle(n_runs, seed, interval if has_band else None, has_vanished=has_vanished), WIDTH, LABEL_SIZE
            ),
        ),
    )
    return set_theme(chart, theme)


def log_ticks(low: float, high: float) -> list[float]:
    """Return at most six ticks of a logarithmic axis: powers of ten, of a short one also 2 and 5 times these.

    >>> log_ticks(0.08, 1.2), log_ticks(1e-13, 1e-4)
    ([0.1, 0.2, 0.5, 1.0], [1e-13, 1e-11, 1e-09, 1e-07, 1e-05])
    """
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 2:  # noqa: PLR2004  # three powers make an axis
        step = -(-(last - first + 1) // N_TICKS)
        return [float(f"1e{power}") for power in range(first, last + 1, step)]
    ticks = [float(f"{digit}e{power}") for power in range(first - 1, last + 1) for digit in (1, 2, 5)]
    return [tick for tick in ticks if low <= tick <= high]


def _shown(quantity: Quantity, curves: Sequence[LayerCurve]) -> list[LayerCurve]:
    """Return the curves of a panel."""
    own = [curve for curve in curves if curve.quantity == quantity]
    hidden = [curve for curve in own if curve.layer != OUTPUT]
    return hidden if quantity in OF_HIDDEN and hidden else own


def _axis(quantity: Quantity, curves: Sequence[LayerCurve]) -> _Axis:
    """Return the axis of a panel: all means, and the bands as far as they do not shrink them."""
    means = np.concatenate([curve.mean for curve in curves])
    means = means[np.isfinite(means)]
    if quantity == "dead_share":
        highest = 100 * float(means.max()) if means.size else 0.0
        return _Axis(0.0, max(MIN_DEAD_PCT, min(1.05 * highest, 100.0)), is_log=False)
    if not means.size:
        return _Axis(0.0, 1.0, is_log=False, is_empty=True)
    low, high = float(means.min()), float(means.max())
    if quantity in SIZES:
        if high > MIN_FACTOR * low:
            room = math.exp(0.05 * (math.log(high) - math.log(low)))
            return _Axis(max(low / room, SMALLEST), max(min(high * room, LARGEST), 10 * SMALLEST), is_log=True)
        return _Axis(0.0, min(1.05 * high, LARGEST), is_log=False)
    low, high = min(low, 0.0), max(high, 0.0)
    room = 0.05 * high - 0.05 * low or 0.5
    return _Axis(max(low - room, -LARGEST), min(high + room, LARGEST), is_log=False)


def _rows(quantity: Quantity, curve: LayerCurve, axis: _Axis) -> list[dict[str, Any]]:
    """Return one row an epoch."""
    unit = 100.0 if quantity == "dead_share" else 1.0
    rows = []
    for i, mean in enumerate(unit * curve.mean):
        row: dict[str, Any] = {"epoch": i + 1, "layer": curve.layer, "y": plain(float(mean))}
        if curve.lower is not None and curve.upper is not None and np.isfinite([curve.lower[i], curve.upper[i]]).all():
            limits = (float(unit * curve.lower[i]), float(unit * curve.upper[i]))
            row |= {"low": axis.drawn(limits[0]), "high": axis.drawn(limits[1])}
            row |= {"from": plain(limits[0]), "to": plain(limits[1])}
        if curve.vanished[i]:
            row["vanished"] = True
        rows.append(row)
    return rows


def _panel(quantity: Quantity, curves: Sequence[LayerCurve], layers: Sequence[str]) -> alt.LayerChart:
    """Return the panel of one quantity."""
    axis = _axis(quantity, curves)
    rows = [row for curve in curves for row in _rows(quantity, curve, axis)]
    n_epochs = max(curve.mean.size for curve in curves)
    ticks = alt.Axis(values=epoch_ticks(n_epochs, N_TICKS), format="d", labelFlush=False)
    x = alt.X("epoch:Q", title="epoch", axis=ticks, scale=alt.Scale(domain=epoch_domain(n_epochs), nice=False))
    value = alt.Tooltip("y:Q", title=NAMES[quantity].lower(), format=".3~g")
    has_band = len(layers) <= N_LEVEL_COLOURS and any("low" in row for row in rows)
    limits = [alt.Tooltip(f"{end}:Q", format=".3~g") for end in ("from", "to")] if has_band else []
    base = alt.Chart(alt.InlineData(name=quantity, values=rows)).encode(
        x=x, color=_colour(layers), tooltip=["layer:N", "epoch:O", value, *limits]
    )
    y = axis.encoding()
    lines = base.mark_line(style="curve", clip=True).encode(y=y)
    layered = [lines]
    if has_band:
        low = alt.Y("low:Q", title=None)
        # Lines once more over the bands; the first ones give the legend its symbols.
        layered += [base.mark_area(opacity=BAND_OPACITY, clip=True).encode(y=low, y2="high:Q"), lines]
    if n_epochs == 1:
        layered.append(base.mark_circle(size=40, opacity=1).encode(y=y))
    if any("vanished" in row for row in rows):
        triangles = base.mark_point(shape="triangle-down", filled=True, size=60, opacity=1, yOffset=-2)
        layered.append(triangles.transform_filter("datum.vanished").encode(y=alt.value(PANEL_HEIGHT)))
    layered.append(_heading(NAMES[quantity]))
    return alt.LayerChart(layer=layered, width=PANEL_WIDTH, height=PANEL_HEIGHT)


def _heading(name: str) -> alt.Chart:
    """Return a panel's name as a mark: a title would move up where a tick label stands at the upper end."""
    text = alt.Chart(alt.InlineData(values=[{"name": name}])).mark_text(
        style="name", align="left", baseline="bottom", fontWeight="bold"
    )
    heading: alt.Chart = text.encode(x=alt.value(0), y=alt.value(-10), text="name:N")
    return heading


def _colour(layers: Sequence[str]) -> alt.Color:
    """Return one colour a layer; of many layers a ramp from the first to the last."""
    if len(layers) <= N_LEVEL_COLOURS:
        scale = alt.Scale(domain=list(layers), range="category")
    else:
        scale = alt.Scale(domain=list(layers), scheme=alt.SchemeParams(name="viridis", extent=[0.28, 0.66]))
    step = -(-len(layers) // N_NAMED)
    named = list(dict.fromkeys([*layers[::step], layers[-1]]))
    return alt.Color("layer:N", title="layer", sort=list(layers), scale=scale, legend=alt.Legend(values=named))


def _subtitle(n_runs: int, seed: int | None, interval: str | None, *, has_vanished: bool) -> str:
    """Return what the marks say, in words."""
    runs = f"Seed {seed}." if n_runs == 1 and seed is not None else f"Mean of {counted(n_runs, 'seed')}."
    band = f" Band: {interval}." if interval else ""
    zero = " Triangle: exactly 0 in a run." if has_vanished else ""
    return f"{runs}{band}{zero} Every panel has its own scale; measured on up to 8 batches an epoch."
