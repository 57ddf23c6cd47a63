"""The learning curves of all architectures on the same axes: which falls faster, which ends lower."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing import keys
from mlpstudy.figures.drawing.inputs import ArchitectureCurves
from mlpstudy.figures.drawing.scales import LossAxis, epoch_domain, epoch_ticks, loss_axis, plain
from mlpstudy.figures.drawing.splits import NAMES
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped
from mlpstudy.records import ValidationSource
from mlpstudy.text.words import counted

WIDTH, HEIGHT = 620, 360
N_TICKS = 8

MAX_FAINT_POINTS = 20_000
"""Points of single runs at most: with more, as many runs of each architecture are drawn as that allows."""


def figure(
    architectures: Sequence[ArchitectureCurves],
    *,
    validation_source: ValidationSource | None = None,
    interval: str = "interval of the mean",
    title: str | None = None,
    theme: Theme = LIGHT,
) -> alt.LayerChart:
    """Return the figure: the mean validation loss of each architecture with its band, single runs faint behind.

    The parameter ``isolated`` shows one architecture alone.

    Args:
        architectures: their curves, in the order of the study.
        validation_source: what the validation examples are, for the title.
        interval: what a band's limits are, for the subtitle.
        title: instead of the one that names the split.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no architecture.

    >>> import numpy as np
    >>> from mlpstudy.figures import RunCurves
    >>> losses = np.array([0.4, 0.2])
    >>> plain = ArchitectureCurves("plain", (("net", "plain"),), (RunCurves("plain", 0, losses, losses),))
    >>> figure([plain]).to_dict()["params"][0]["name"]
    'isolated'
    """
    if not architectures:
        raise ResultsError(must("the learning curves", "be of at least one architecture", "none", "train a run first"))
    axis = loss_axis([a.runs for a in architectures])
    of = keys.keys([a.name for a in architectures], [a.levels for a in architectures])
    n_epochs = max((run.n_epochs for a in architectures for run in a.runs), default=1)
    n_faint = _n_faint(architectures)
    means = [row for a in architectures for row in _mean_rows(a, axis, of)]
    runs = [row for a in architectures for row in _run_rows(a, axis, of, n_faint)]
    ticks = alt.Axis(values=epoch_ticks(n_epochs, N_TICKS), format="d", labelFlush=False)
    x = alt.X("epoch:Q", title="epoch", axis=ticks, scale=alt.Scale(domain=epoch_domain(n_epochs), nice=False))
    y = alt.Y("y:Q", title="loss (nats)", axis=alt.Axis(tickCount=6, format="~g"), scale=_scale(means or runs, axis))
    look = {"color": keys.colour(of, "stroke"), "strokeDash": keys.dash(of)}
    heading = title or f"Loss of {counted(len(architectures), 'architecture')}: {NAMES[validation_source]}"
    chart = alt.LayerChart(
        layer=_layers(means, runs, x, y, look),
        width=WIDTH,
        height=HEIGHT,
        title=alt.Title(
            wrapped(heading, WIDTH, TITLE_SIZE, bold=True),
            subtitle=wrapped(_subtitle(architectures, interval, n_faint, axis, means + runs), WIDTH, LABEL_SIZE),
        ),
    ).add_params(keys.parameter([a.name for a in architectures]))
    return set_theme(chart, theme)


def _scale(rows: Sequence[dict[str, Any]], axis: LossAxis) -> alt.Scale:
    """Return the loss scale: logarithmic, so that curves near each other stay apart below one that is far above."""
    drawn = [row["y"] for row in rows if row["y"] is not None]
    lowest = min(drawn, default=0.0)
    if lowest <= 0 or axis.high <= lowest:
        return alt.Scale(domain=[plain(axis.low), plain(axis.high)], nice=False, zero=False)
    return alt.Scale(type="log", domain=[plain(0.92 * lowest), plain(axis.high)], nice=False)


def _layers(
    means: list[dict[str, Any]], runs: list[dict[str, Any]], x: alt.X, y: alt.Y, look: dict[str, Any]
) -> list[alt.Chart]:
    """Return faint runs, bands and, over them, the means, with wide lines that nobody sees for the pointer."""
    tooltip = [alt.Tooltip("architecture:N"), alt.Tooltip("epoch:Q")]
    mean_tooltip = [*tooltip, alt.Tooltip("loss:Q", format=".4g", title="mean loss"), alt.Tooltip("seeds:Q")]
    run_tooltip = [*tooltip, alt.Tooltip("seed:Q"), alt.Tooltip("loss:Q", format=".4g")]
    bare = alt.Chart(alt.InlineData(name="means", values=means)).encode(x=x, y=y, detail="architecture:N")
    bare = bare.encode(color=look["color"])
    mean = bare.encode(strokeDash=look["strokeDash"])
    lines = mean.mark_line(style="curve", clip=True)
    layers = []
    if runs:
        run = alt.Chart(alt.InlineData(name="runs", values=runs)).encode(x=x, y=y, detail=["architecture:N", "seed:N"])
        faint = run.mark_line(style="faint-curve", strokeWidth=0.7, clip=True).encode(**look, tooltip=run_tooltip)
        layers.append(faint.encode(opacity=keys.opacity(0.22, 0.0)))
    if any("low" in row for row in means):
        band = bare.mark_area(style="band", clip=True).encode(y=alt.Y("low:Q", title="loss (nats)"), y2="high:Q")
        layers.append(band.encode(opacity=keys.opacity(0.18, 0.01)))
    layers.append(lines.encode(opacity=keys.opacity(1.0, 0.07)))
    layers.append(bare.mark_circle(size=120, clip=True).encode(tooltip=mean_tooltip, opacity=alt.value(0)))
    return layers


def _n_faint(architectures: Sequence[ArchitectureCurves]) -> int:
    """Return how many runs of an architecture are drawn at most."""
    n_points = max(sum(run.n_epochs for run in a.runs) / max(len(a.runs), 1) for a in architectures)
    return max(1, int(MAX_FAINT_POINTS / (max(n_points, 1) * len(architectures))))


def _mean_rows(of: ArchitectureCurves, axis: LossAxis, looks: keys.Keys) -> list[dict[str, Any]]:
    """Return a row an epoch: the mean, or the run where there is one."""
    shared = {**keys.fields(looks, of.name), "seeds": len(of.runs)}
    if of.val is None:
        if len(of.runs) != 1:
            return []
        return [
            {**shared, "epoch": i, "loss": plain(float(loss)), "y": axis.drawn(float(loss))}
            for i, loss in enumerate(of.runs[0].val_loss, start=1)
        ]
    rows = []
    for i, mean in enumerate(of.val.mean):
        row = {**shared, "epoch": i + 1, "loss": plain(float(mean)), "y": axis.drawn(float(mean))}
        if of.val.lower is not None and of.val.upper is not None:
            row |= {"low": axis.drawn(float(of.val.lower[i])), "high": axis.drawn(float(of.val.upper[i]))}
        rows.append(row)
    return rows


def _run_rows(of: ArchitectureCurves, axis: LossAxis, looks: keys.Keys, n_faint: int) -> list[dict[str, Any]]:
    """Return a row an epoch of single runs."""
    if len(of.runs) == 1:
        return []
    step = max(1, -(-len(of.runs) // n_faint))
    return [
        {
            **keys.fields(looks, of.name),
            "seed": run.seed,
            "epoch": i,
            "loss": plain(float(loss)),
            "y": axis.drawn(float(loss)),
        }
        for run in of.runs[::step]
        for i, loss in enumerate(run.val_loss, start=1)
    ]


def _subtitle(
    architectures: Sequence[ArchitectureCurves],
    interval: str,
    n_faint: int,
    axis: LossAxis,
    rows: Sequence[dict[str, Any]],
) -> str:
    """Return what the marks say, in words."""
    counts = sorted({len(a.runs) for a in architectures})
    if counts[-1] <= 1:
        words = "One run each."
    else:
        span = counted(counts[0], "seed") if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"
        faint = "single runs" if n_faint >= counts[-1] else "some of the runs"
        words = f"Strong: mean of {span}; faint: {faint}"
        has_band = any(a.val is not None and a.val.lower is not None for a in architectures)
        words += f"; band: {interval}." if has_band else "."
    is_cut = any(row["y"] is not None and row["y"] > axis.high for row in rows)
    return words + (" Higher losses leave the axis at its top." if is_cut else "")
