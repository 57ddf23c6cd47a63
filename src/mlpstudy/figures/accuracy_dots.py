"""The test accuracy of every run: do the architectures differ by more than their seeds do?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import altair as alt
import numpy as np

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing.inputs import ArchitectureAccuracy
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.swarm import swarm
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LEVEL_RANGE, LIGHT, N_LEVEL_COLOURS, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import elided, wrapped
from mlpstudy.text.numerals import percent
from mlpstudy.text.words import counted

WIDTH = 600
NAME_WIDTH, NAME_SIZE = 200, LABEL_SIZE + 1
ROW_HEIGHT, DENSE_ROW_HEIGHT = 44, 32
N_ROOMY_ROWS = 12
"""With more architectures than this the rows are lower."""

NAME_LENGTH, DENSE_NAME_LENGTH = 60, 50
"""Characters of a name that a row has room for."""

DOTS_AT, MEAN_AT = -0.12, 0.3
"""Where dots and mean stand in a row, as shares of its height: the mean below its runs, so that it hides none.

Without means the dots stand in the middle.
"""

DOT_DIAMETER = 7.5

REACH = 4.0
"""Interquartile ranges beyond the quartiles of all values at which the axis ends."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """The accuracy axis, in per cent."""

    low: float
    high: float

    def pixels(self, accuracy_pct: float) -> float:
        return WIDTH * (accuracy_pct - self.low) / (self.high - self.low)


def figure(
    architectures: Sequence[ArchitectureAccuracy],
    *,
    reference: str | None = None,
    interval: str = "its 95 % interval",
    baselines: Mapping[str, float] = MappingProxyType({}),
    title: str | None = None,
    theme: Theme = LIGHT,
) -> alt.LayerChart:
    """Return the figure: a row for each architecture, a dot for each run, mean and interval, and a reference value.

    The axis spans all runs, but ends 4 interquartile ranges beyond the quartiles of all values: a run that learned
    nothing is a triangle at the left edge, named in the subtitle, and does not press the others together.

    Args:
        architectures: their accuracies, in the order of the rows.
        reference: who reported the reference values (``the notebook``), for the subtitle.
        interval: what the intervals are, for the subtitle.
        baselines: accuracies (0 to 1) of simple methods by name: said in the subtitle, and a dashed line where the
            axis holds them.
        title: instead of the one that counts runs and architectures.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no architecture.

    >>> rows = [ArchitectureAccuracy(n, (), (0, 1), np.array([a, a + 0.001])) for n, a in (("a", 0.97), ("b", 0.98))]
    >>> figure(rows).to_dict()["title"]["text"]
    ['Test accuracy of 2 architectures, 2 seeds each']
    """
    if not architectures:
        raise ResultsError(must("the test accuracies", "be of at least one architecture", "none", "train a run first"))
    axis = _axis(architectures)
    row_height = ROW_HEIGHT if len(architectures) <= N_ROOMY_ROWS else DENSE_ROW_HEIGHT
    dots_at = DOTS_AT if any(_has_mean(a) for a in architectures) else 0.0
    layers = [
        *_runs(architectures, axis, row_height, dots_at),
        *_means(architectures, axis),
        *_references(architectures, axis, dots_at),
        *_notes(architectures),
        _names(architectures),
    ]
    y = _y(architectures)
    layers = [*_baselines(baselines, axis), *(layer.encode(y=y) for layer in layers)]
    width = WIDTH + NAME_WIDTH
    chart = alt.LayerChart(
        layer=layers,
        width=WIDTH,
        height=row_height * len(architectures),
        title=alt.Title(
            wrapped(title or _title(architectures), width, TITLE_SIZE, bold=True),
            subtitle=[
                line
                for text in (*_subtitle(architectures, axis, reference, interval), *_for_scale(baselines))
                for line in wrapped(text, width, LABEL_SIZE)
            ],
            frame="bounds",
        ),
    )
    return set_theme(chart, theme)


def _has_mean(architecture: ArchitectureAccuracy) -> bool:
    """Say whether a mean is drawn: one run is its own mean."""
    return architecture.mean is not None and len(architecture.seeds) > 1


def _axis(architectures: Sequence[ArchitectureAccuracy]) -> _Axis:
    """Return the axis, by the rule in :func:`figure`."""
    runs = 100 * np.concatenate([a.accuracy for a in architectures])
    others = [100 * a.reference for a in architectures if a.reference is not None]
    others += [100 * end for a in architectures if a.interval is not None for end in a.interval]
    values = np.array([*runs, *others])
    values = values[np.isfinite(values)]
    if not values.size:
        return _Axis(0.0, 100.0)
    low, high = float(values.min()), float(values.max())
    lower, upper = (float(q) for q in np.quantile(values, [0.25, 0.75]))
    if upper > lower:
        reach = REACH * (upper - lower)
        low, high = max(low, lower - reach), min(high, upper + reach)
    room = 0.04 * (high - low) or 0.5
    return _Axis(max(low - room, 0.0), min(high, 100.0) + room)


def _x(field: str, axis: _Axis) -> alt.X:
    look = alt.Axis(grid=True, domain=False, ticks=False, tickCount=7, labelPadding=6)
    scale = alt.Scale(domain=[axis.low, axis.high], nice=False, zero=False)
    return alt.X(field, title="test accuracy (%)", axis=look, scale=scale)


def _y(architectures: Sequence[ArchitectureAccuracy]) -> alt.Y:
    scale = alt.Scale(domain=[len(architectures) - 0.5, -0.5], nice=False, zero=False)
    return alt.Y("row:Q", axis=None, scale=scale)


def _names(architectures: Sequence[ArchitectureAccuracy]) -> alt.Chart:
    """Return the names at the left of the rows: marks and no axis, whose labels of two lines would stand too low."""
    n_fit = NAME_LENGTH if len(architectures) <= N_ROOMY_ROWS else DENSE_NAME_LENGTH
    lines = [wrapped(elided(a.name, n_fit), NAME_WIDTH, NAME_SIZE) for a in architectures]
    records = [{"row": row, "name": "\n".join(of), "n": len(of)} for row, of in enumerate(lines)]
    lift = alt.ExprRef(f"-{NAME_SIZE / 2 + 1} * (datum.n - 1)")
    base = alt.Chart(alt.InlineData(name="names", values=records)).encode(x=alt.value(0), text="name:N")
    names: alt.Chart = base.mark_text(style="name", align="right", dx=-12, dy=lift, lineHeight=NAME_SIZE + 2)
    return names


def _groups(architectures: Sequence[ArchitectureAccuracy]) -> list[str]:
    """Return what decides each architecture's colour: the first factor's level, where colours can tell it."""
    levels = [a.levels[0][1] if len(a.levels) > 1 else "" for a in architectures]
    return levels if len(set(levels)) <= N_LEVEL_COLOURS else [""] * len(levels)


def _colour(architectures: Sequence[ArchitectureAccuracy]) -> alt.Color:
    """Return the colours of the groups, with a legend where there are several."""
    levels = list(dict.fromkeys(_groups(architectures)))
    scale = alt.Scale(domain=levels, range=LEVEL_RANGE)
    if len(levels) == 1:
        return alt.Color("group:N", legend=None, scale=scale)
    legend = alt.Legend(
        orient="top",
        direction="horizontal",
        titleOrient="left",
        titlePadding=10,
        symbolType="circle",
        symbolSize=80,
        symbolOpacity=1,
        labelLimit=WIDTH / 2,
        columns=4,
    )
    return alt.Color("group:N", title=architectures[0].levels[0][0], legend=legend, scale=scale)


def _runs(
    architectures: Sequence[ArchitectureAccuracy], axis: _Axis, row_height: int, dots_at: float
) -> list[alt.Chart]:
    """Return a dot for each run, those at one place side by side; triangles for runs left of the axis."""
    records: list[dict[str, Any]] = []
    reach = (0.5 - abs(dots_at)) * row_height - DOT_DIAMETER / 2
    for row, (a, group) in enumerate(zip(architectures, _groups(architectures), strict=True)):
        values = 100 * a.accuracy
        offsets = swarm([axis.pixels(float(v)) for v in values], DOT_DIAMETER, reach)
        for seed, value, offset in zip(a.seeds, values, offsets, strict=True):
            at = row + dots_at + offset / row_height
            record = {"row": round(at, 3), "group": group, "architecture": a.name, "seed": seed}
            records.append({**record, "accuracy": plain(float(value)), "outside": bool(value < axis.low)})
    tooltip = [alt.Tooltip("architecture:N"), alt.Tooltip("seed:Q"), alt.Tooltip("accuracy:Q", format=".2f")]
    base = alt.Chart(alt.InlineData(name="runs", values=records)).encode(color=_colour(architectures), tooltip=tooltip)
    dots = base.transform_filter("!datum.outside").mark_circle(style="run", size=math.pi * (DOT_DIAMETER / 2) ** 2)
    outside = base.transform_filter("datum.outside").mark_point(shape="triangle-left", filled=True, size=70, opacity=1)
    return [dots.encode(x=_x("accuracy:Q", axis)), outside.encode(x=alt.value(4))]


def _means(architectures: Sequence[ArchitectureAccuracy], axis: _Axis) -> list[alt.Chart]:
    """Return the means of several runs, with their intervals."""
    records = []
    for row, a in enumerate(architectures):
        if a.mean is not None and _has_mean(a):
            record = {"row": row + MEAN_AT, "architecture": a.name, "mean": plain(100 * a.mean), "n": len(a.seeds)}
            if a.interval is not None:
                low, high = (min(max(100 * end, axis.low), axis.high) for end in a.interval)
                record |= {"low": plain(low), "high": plain(high)}
            records.append(record)
    if not records:
        return []
    names = ("mean", "low", "high")
    tooltip = [alt.Tooltip("architecture:N"), alt.Tooltip("n:Q"), *(alt.Tooltip(f"{n}:Q", format=".3f") for n in names)]
    base = alt.Chart(alt.InlineData(name="means", values=records)).encode(tooltip=tooltip)
    intervals = base.transform_filter("isValid(datum.low)").mark_rule(style="interval", clip=True)
    means = base.mark_tick(style="mean", orient="vertical", size=11, thickness=2.5, clip=True)
    return [intervals.encode(x=_x("low:Q", axis), x2="high:Q"), means.encode(x=_x("mean:Q", axis))]


def _references(architectures: Sequence[ArchitectureAccuracy], axis: _Axis, dots_at: float) -> list[alt.Chart]:
    """Return a diamond at each reference value."""
    records = [
        {"row": row + dots_at, "architecture": a.name, "reference": plain(100 * a.reference)}
        for row, a in enumerate(architectures)
        if a.reference is not None
    ]
    if not records:
        return []
    base = alt.Chart(alt.InlineData(name="references", values=records))
    diamonds = base.mark_point(style="reference", shape="diamond", size=80, filled=True, clip=True)
    tooltip = [alt.Tooltip("architecture:N"), alt.Tooltip("reference:Q", format=".2f")]
    return [diamonds.encode(x=_x("reference:Q", axis), tooltip=tooltip)]


def _baselines(baselines: Mapping[str, float], axis: _Axis) -> list[alt.Chart]:
    """Return a dashed line at each baseline that the axis holds; to reach the others would press the runs together."""
    inside = {name: 100 * a for name, a in baselines.items() if axis.low <= 100 * a <= axis.high}
    if not inside:
        return []
    records = [{"baseline": name, "accuracy": plain(accuracy)} for name, accuracy in inside.items()]
    tooltip = [alt.Tooltip("baseline:N"), alt.Tooltip("accuracy:Q", format=".2f")]
    lines = alt.Chart(alt.InlineData(name="baselines", values=records)).encode(x=_x("accuracy:Q", axis))
    rules = lines.mark_rule(style="baseline", strokeDash=[4, 3]).encode(tooltip=tooltip)
    return [rules, *_baseline_names(inside, axis)]


def _baseline_names(accuracy_pct: Mapping[str, float], axis: _Axis) -> list[alt.Chart]:
    """Return the names above the lines, written towards the middle of the axis: one text for the lines of a half."""
    ascending = sorted(accuracy_pct, key=lambda name: accuracy_pct[name])
    middle = (axis.low + axis.high) / 2
    left = [name for name in ascending if accuracy_pct[name] < middle]
    right = [name for name in ascending if accuracy_pct[name] >= middle]
    halves: tuple[tuple[Literal["left", "right"], list[str], list[str]], ...] = (
        ("left", left, left[:1]),
        ("right", right, right[-1:]),
    )
    charts = []
    for align, names, ends in halves:
        for end in ends:
            record = {"baseline": ", ".join(names), "accuracy": plain(accuracy_pct[end])}
            base = alt.Chart(alt.InlineData(name=f"baselines {align}", values=[record]))
            text = base.mark_text(style="note", align=align, baseline="bottom")
            charts.append(text.encode(x=_x("accuracy:Q", axis), text="baseline:N", y=alt.value(-3)))
    return charts


def _for_scale(baselines: Mapping[str, float]) -> list[str]:
    """Return the baselines in words."""
    if not baselines:
        return []
    return ["For scale: " + ", ".join(f"{name} {percent(a)}" for name, a in baselines.items())]


def _notes(architectures: Sequence[ArchitectureAccuracy]) -> list[alt.Chart]:
    """Return a note at the right of each row where runs diverged or none finished."""
    records = []
    for row, a in enumerate(architectures):
        if a.n_diverged:
            records.append({"row": row, "note": f"{a.n_diverged} diverged"})
        elif not a.seeds:
            records.append({"row": row, "note": "no finished run"})
    if not records:
        return []
    notes = alt.Chart(alt.InlineData(name="notes", values=records)).mark_text(style="note", align="left")
    return [notes.encode(x=alt.value(WIDTH + 8), text="note:N")]


def _title(architectures: Sequence[ArchitectureAccuracy]) -> str:
    """Return the title: what is seen."""
    counts = {len(a.seeds) for a in architectures}
    if len(counts) == 1 and counts != {0}:
        runs = f"{counted(counts.pop(), 'seed')} each"
    else:
        runs = counted(sum(len(a.seeds) for a in architectures), "finished run")
    return f"Test accuracy of {counted(len(architectures), 'architecture')}, {runs}"


def _subtitle(
    architectures: Sequence[ArchitectureAccuracy], axis: _Axis, reference: str | None, interval: str
) -> list[str]:
    """Return what the marks say, in words."""
    marks = ["Dot: one run"]
    if any(_has_mean(a) for a in architectures):
        has_interval = any(a.interval is not None for a in architectures)
        marks.append(f"line: mean and {interval}" if has_interval else "upright line: mean")
    if any(a.reference is not None for a in architectures):
        marks.append(f"diamond: reported by {reference}" if reference else "diamond: reported elsewhere")
    lines = ["; ".join(marks) + "."]
    if max(len(a.seeds) for a in architectures) == 1:
        lines[0] += " One seed does not show how much the seeds alone scatter."
    outside = [float(v) for a in architectures for v in 100 * a.accuracy if v < axis.low]
    if outside:
        lines.append(f"Left of the axis (triangles): {counted(len(outside), 'run')}, the lowest {min(outside):.2f} %.")
    return lines
