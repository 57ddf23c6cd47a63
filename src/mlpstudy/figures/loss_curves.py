"""The learning curves of one run: validation and training loss over the epochs."""

from __future__ import annotations

import altair as alt

from mlpstudy.figures.drawing import splits
from mlpstudy.figures.drawing.inputs import RunCurves
from mlpstudy.figures.drawing.scales import LossAxis, epoch_domain, epoch_ticks, loss_axis, plain
from mlpstudy.figures.drawing.theme import LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped
from mlpstudy.records import ValidationSource
from mlpstudy.text.numerals import loss_text

WIDTH, HEIGHT = 560, 320

N_EPOCHS_ALL_TICKS, N_TICKS = 20, 12
"""Up to 20 epochs each has a tick; more share at most 12."""

N_EPOCHS_WITH_POINTS = 40
"""Up to this many epochs each one has a point; more would merge into the line."""


def figure(
    run: RunCurves, *, validation_source: ValidationSource | None = None, theme: Theme = LIGHT
) -> alt.LayerChart:
    """Return the figure: validation in blue, train in red, the epoch of the lowest validation loss ringed.

    Losses above the axis (the rule is :func:`mlpstudy.figures.drawing.scales.loss_axis`) are named in the subtitle and
    marked by triangles at its upper end. A divergence is marked at its epoch.

    Args:
        run: the curves.
        validation_source: what the validation examples are, for the legend.
        theme: LIGHT or DARK.

    >>> import numpy as np
    >>> run = RunCurves("plain-2", 0, np.array([0.4, 0.2]), np.array([0.3, 0.25]))
    >>> figure(run).to_dict()["title"]["text"]
    ['plain-2, seed 0']
    """
    axis = loss_axis([[run]])
    x, y = _x(run), _y(axis)
    colour = splits.colour(validation_source)
    curves = alt.Chart(alt.InlineData(name="curves", values=splits.rows(run, axis))).encode(
        x=x, color=colour, tooltip=splits.tooltip()
    )
    layers = [curves.mark_line(style="curve", clip=True).encode(y=y)]
    if run.n_epochs <= N_EPOCHS_WITH_POINTS:
        layers.append(curves.mark_circle(size=20, opacity=1, clip=True).encode(y=y))
    layers.append(_above(curves))
    layers += _best(run, axis, x, y, colour)
    layers += _diverged(run, x)
    title = alt.Title(
        wrapped(f"{run.architecture}, seed {run.seed}", WIDTH, TITLE_SIZE, bold=True), subtitle=_subtitle(run, axis)
    )
    chart = alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT, title=title)
    return set_theme(chart, theme)


def _x(run: RunCurves) -> alt.X:
    """Return the epoch axis."""
    n_ticks = N_EPOCHS_ALL_TICKS if run.n_epochs <= N_EPOCHS_ALL_TICKS else N_TICKS
    ticks = alt.Axis(values=epoch_ticks(run.n_epochs, n_ticks), format="d", labelFlush=False)
    return alt.X("epoch:Q", title="epoch", axis=ticks, scale=alt.Scale(domain=epoch_domain(run.n_epochs), nice=False))


def _y(axis: LossAxis) -> alt.Y:
    """Return the loss axis."""
    scale = alt.Scale(domain=[plain(axis.low), plain(axis.high)], nice=False, zero=False)
    return alt.Y("y:Q", title="loss (nats)", axis=alt.Axis(tickCount=6), scale=scale)


def _above(curves: alt.Chart) -> alt.Chart:
    """Return triangles at the upper end of the axis for the losses above it."""
    triangles: alt.Chart = curves.mark_point(shape="triangle-up", filled=True, size=60, opacity=1, yOffset=2)
    above: alt.Chart = triangles.transform_filter("datum.above").encode(y=alt.value(0))
    return above


def _best(run: RunCurves, axis: LossAxis, x: alt.X, y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    """Return the ring around the lowest validation loss, and a guide down to its epoch."""
    best = splits.lowest(run.val_loss)
    if best is None:
        return []
    row = {"epoch": best + 1, "split": splits.VALIDATION, "y": axis.drawn(float(run.val_loss[best]))}
    base = alt.Chart(alt.InlineData(name="best", values=[row])).encode(x=x, y=y)
    return [
        base.mark_rule(style="guide", clip=True).encode(y2=alt.value(HEIGHT)),
        base.mark_point(style="best", size=90).encode(color=colour),
    ]


def _diverged(run: RunCurves, x: alt.X) -> list[alt.Chart]:
    """Return a line at the epoch of the divergence, with its name."""
    if run.diverged_epoch is None:
        return []
    base = alt.Chart(alt.InlineData(name="diverged", values=[{"epoch": run.diverged_epoch}])).encode(x=x)
    is_right = run.diverged_epoch > (run.n_epochs + 1) / 2
    text = base.mark_text(style="strong-note", align="right" if is_right else "left", dx=-6 if is_right else 6)
    return [base.mark_rule(style="guide"), text.encode(y=alt.value(HEIGHT / 2), text=alt.value("diverged"))]


def _subtitle(run: RunCurves, axis: LossAxis) -> list[str]:
    """Return what the marks say, in words."""
    lines = []
    best = splits.lowest(run.val_loss)
    if best is not None:
        lines.append(f"Lowest validation loss {loss_text(float(run.val_loss[best]))}, in epoch {best + 1} (ring)")
    if run.diverged_epoch is not None:
        lines.append(f"Diverged in epoch {run.diverged_epoch}")
    above = [row for row in splits.rows(run, axis) if row["above"]]
    if above:
        top = max(above, key=lambda row: float(row["loss"]))
        name = f"{top['split']} loss {loss_text(float(top['loss']))} in epoch {top['epoch']}"
        lines.append(f"Above the axis (triangles): {name}" + (", the highest" if len(above) > 1 else ""))
    return lines
