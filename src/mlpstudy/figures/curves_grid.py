"""The learning curves of all architectures on one page: small multiples on the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing import splits
from mlpstudy.figures.drawing.inputs import ArchitectureCurves, Band, Levels
from mlpstudy.figures.drawing.scales import LossAxis, epoch_domain, epoch_ticks, loss_axis, plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped
from mlpstudy.records import ValidationSource
from mlpstudy.text.words import counted

PANEL_WIDTH, PANEL_HEIGHT = 210, 140
MAX_COLUMNS = 4
N_TICKS = 6


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the panels stand.

    Attributes:
        rows: the factor of the rows, None where the panels are wrapped.
        columns: the factor of the columns, None where the panels are wrapped.
        n_columns: number of panels side by side.
    """

    rows: str | None
    columns: str | None
    n_columns: int

    @property
    def width(self) -> int:
        """Width of all panels side by side (pixels)."""
        return self.n_columns * (PANEL_WIDTH + 20)


def figure(
    architectures: Sequence[ArchitectureCurves],
    *,
    validation_source: ValidationSource | None = None,
    interval: str = "interval of the mean",
    title: str | None = None,
    theme: Theme = LIGHT,
) -> alt.FacetChart:
    """Return the figure: one panel an architecture, all with the same axes.

    With two factors the first one's levels are the rows and the second one's the columns; otherwise the panels
    are wrapped. Where means over seeds are given they are drawn strong and single runs faint; a band is drawn
    where its limits are given. Losses above the axis leave it at the top.

    Args:
        architectures: their curves, in the order of the study.
        validation_source: what the validation examples are, for the legend.
        interval: what a band's limits are, for the subtitle.
        title: instead of the one that counts the architectures.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no architecture.
    """
    if not architectures:
        raise ResultsError(must("the learning curves", "be of at least one architecture", "none", "train a run first"))
    layout = arrange([a.levels for a in architectures])
    axis = loss_axis([a.runs for a in architectures])
    n_epochs = max((run.n_epochs for a in architectures for run in a.runs), default=1)
    rows = [row for a in architectures for row in _rows(a, axis, layout)]
    is_cut = any(row.get("above", False) for row in rows)
    heading = title or f"Loss of {counted(len(architectures), 'architecture')}, epoch by epoch"
    chart = _facet(_panel(rows, axis, n_epochs, validation_source), architectures, layout).properties(
        title=alt.Title(
            wrapped(heading, layout.width, TITLE_SIZE, bold=True),
            subtitle=wrapped(_subtitle(architectures, interval, is_cut=is_cut), max(layout.width, 380), LABEL_SIZE),
        )
    )
    return set_theme(chart, theme)


def arrange(levels: Sequence[Levels]) -> Layout:
    """Return the layout for architectures with these factors and levels.

    >>> arrange([(("regularisation", "plain"), ("depth", d)) for d in "235"])
    Layout(rows='regularisation', columns='depth', n_columns=3)
    >>> arrange([(("width", str(w)),) for w in range(30)])
    Layout(rows=None, columns=None, n_columns=4)
    """
    factors = [factor for factor, _ in levels[0]]
    if len(factors) == 2:  # noqa: PLR2004  # two factors make rows and columns
        n_levels = [len({of[i][1] for of in levels}) for i in range(2)]
        if n_levels[1] <= MAX_COLUMNS:
            return Layout(factors[0], factors[1], n_levels[1])
        if n_levels[0] <= MAX_COLUMNS:
            return Layout(factors[1], factors[0], n_levels[0])
    n = len(levels)
    return Layout(None, None, 3 if n in {3, 5, 6, 9} else min(n, MAX_COLUMNS))


def _label(name: str, width: float = PANEL_WIDTH) -> str:
    """Return a name in lines as wide as its panel."""
    return "\n".join(wrapped(name, width, LABEL_SIZE, bold=True))


def _rows(architecture: ArchitectureCurves, axis: LossAxis, layout: Layout) -> list[dict[str, Any]]:
    """Return the rows of one panel: runs, means, their lowest point, and a note on divergences."""
    levels = dict(architecture.levels)
    panel: dict[str, Any] = (
        {"row": _label(levels[layout.rows], PANEL_HEIGHT), "column": _column(layout, levels[layout.columns])}
        if layout.rows and layout.columns
        else {"panel": _label(architecture.name)}
    )
    alone = len(architecture.runs) == 1
    # Runs without a mean among them carry the message themselves.
    strong = alone or architecture.val is None
    rows: list[dict[str, Any]] = []
    for run in architecture.runs:
        rows += [{"what": "mean" if strong else "run", "seed": run.seed, **row} for row in splits.rows(run, axis)]
    if not strong:
        for split, band in ((splits.VALIDATION, architecture.val), (splits.TRAIN, architecture.train)):
            rows += _band_rows(split, band, axis)
    means = [r for r in rows if r["what"] == "mean" and r["split"] == splits.VALIDATION and r["loss"] is not None]
    if means:
        rows.append({**min(means, key=lambda row: float(row["loss"])), "what": "best"})
    n_diverged = sum(run.diverged_epoch is not None for run in architecture.runs)
    if n_diverged:
        rows.append(
            {"what": "note", "note": "diverged" if alone else f"{n_diverged} of {len(architecture.runs)} diverged"}
        )
    return [{**panel, **row} for row in rows]


def _band_rows(split: str, band: Band | None, axis: LossAxis) -> list[dict[str, Any]]:
    """Return one row an epoch of a mean curve."""
    if band is None:
        return []
    rows = []
    for i, mean in enumerate(band.mean):
        row = {"what": "mean", "epoch": i + 1, "split": split, "loss": plain(float(mean)), "y": axis.drawn(float(mean))}
        if band.lower is not None and band.upper is not None:
            row |= {"low": axis.drawn(float(band.lower[i])), "high": axis.drawn(float(band.upper[i]))}
        rows.append(row)
    return rows


def _panel(
    rows: list[dict[str, Any]], axis: LossAxis, n_epochs: int, validation_source: ValidationSource | None
) -> alt.LayerChart:
    """Return what every panel draws of its rows."""
    ticks = alt.Axis(values=epoch_ticks(n_epochs, N_TICKS), format="d", labelFlush=False)
    x = alt.X("epoch:Q", title="epoch", axis=ticks, scale=alt.Scale(domain=epoch_domain(n_epochs), nice=False))
    scale = alt.Scale(domain=[plain(axis.low), plain(axis.high)], nice=False, zero=False)
    y = alt.Y("y:Q", title="loss (nats)", axis=alt.Axis(tickCount=4), scale=scale)
    base = alt.Chart().encode(x=x, y=y, color=splits.colour(validation_source))
    means = base.transform_filter("datum.what == 'mean'").encode(detail="seed:N")
    runs = base.transform_filter("datum.what == 'run'").encode(detail="seed:N", tooltip=["seed:O", *splits.tooltip()])
    mean_lines = means.mark_line(style="curve", clip=True).encode(tooltip=splits.tooltip())
    # The first layer gives the legend its symbols: strong ones, hence once more below the faint runs.
    layers = [mean_lines, runs.mark_line(style="faint-curve", clip=True)]
    if any("low" in row for row in rows):
        band = means.mark_area(style="band", clip=True).encode(y=alt.Y("low:Q", title="loss (nats)"), y2="high:Q")
        layers.append(band)
    layers.append(mean_lines)
    if n_epochs == 1:
        layers += [runs.mark_circle(size=20, opacity=0.3), means.mark_circle(size=20, opacity=1)]
    layers.append(base.transform_filter("datum.what == 'best'").mark_point(style="best", size=60, clip=True))
    note = (
        alt.Chart()
        .transform_filter("datum.what == 'note'")
        .mark_text(style="strong-note", align="right", baseline="top")
    )
    layers.append(note.encode(x=alt.value(PANEL_WIDTH - 4), y=alt.value(4), text="note:N"))
    data = alt.InlineData(name="curves", values=rows)
    return alt.LayerChart(data=data, layer=layers, width=PANEL_WIDTH, height=PANEL_HEIGHT)


def _column(layout: Layout, level: str) -> str:
    """Return the heading of a column, factor and level."""
    return _label(f"{layout.columns} {level}")


def _facet(panel: alt.LayerChart, architectures: Sequence[ArchitectureCurves], layout: Layout) -> alt.FacetChart:
    """Return the panels in their layout."""
    header = alt.Header(labelFontWeight="bold")
    if layout.rows is None or layout.columns is None:
        start = alt.Header(labelFontWeight="bold", labelAnchor="start")
        names = [_label(a.name) for a in architectures]
        facet = alt.Facet("panel:N", title=None, sort=names, header=start)
        wrapped_panels: alt.FacetChart = panel.facet(facet, columns=layout.n_columns)
        # Shared axes would stand under the empty places of the last row.
        wrapped_panels.resolve = alt.Resolve(axis=alt.AxisResolveMap(x="independent"))
        return wrapped_panels
    levels = [dict(a.levels) for a in architectures]
    rows = list(dict.fromkeys(_label(of[layout.rows], PANEL_HEIGHT) for of in levels))
    columns = list(dict.fromkeys(_column(layout, of[layout.columns]) for of in levels))
    return panel.facet(
        row=alt.Row("row:N", title=layout.rows, sort=rows, header=header),
        column=alt.Column("column:N", title=None, sort=columns, header=header),
    )


def _subtitle(architectures: Sequence[ArchitectureCurves], interval: str, *, is_cut: bool) -> str:
    """Return what the marks say, in words."""
    counts = sorted({len(a.runs) for a in architectures})
    if counts[-1] <= 1:
        seeds = {run.seed for a in architectures for run in a.runs}
        marks = f"Seed {seeds.pop()}" if len(seeds) == 1 else "One run each"
    else:
        span = counted(counts[0], "seed") if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"
        bands = [b for a in architectures for b in (a.train, a.val) if b is not None]
        marks = f"Strong: mean of {span}; faint: single runs" if bands else f"Single runs of {span}"
        if any(band.lower is not None for band in bands):
            marks += f"; band: {interval}"
    above = " Higher losses leave the axis at its top." if is_cut else ""
    return f"{marks}. Ring: lowest validation loss.{above}"
