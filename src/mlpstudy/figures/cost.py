"""What accuracy costs: test accuracy against the number of parameters, or the time of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing import keys
from mlpstudy.figures.drawing.inputs import Levels
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped

WIDTH, HEIGHT = 620, 320

THOUSANDS = "datum.value >= 1000 ? format(datum.value, '~s') : format(datum.value, '~r')"
"""Large numbers are short (200k); small ones have no prefix: 20m would be read as minutes."""

LEAST_SHARE = 0.05
"""Share of a mean cost at which its interval ends at the latest."""

LOG_RATIO = 8.0
"""Ratio of the largest to the smallest cost from which the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class CostPoint:
    """One architecture.

    Attributes:
        name: its name.
        levels: its factors and levels.
        cost: parameters, or the time of a run in any unit.
        cost_interval: of the mean cost, None where it has no spread.
        accuracy: mean test accuracy (0 to 1).
        accuracy_interval: of the mean, None with one seed.
        n: seeds.
    """

    name: str
    levels: Levels
    cost: float
    cost_interval: tuple[float, float] | None
    accuracy: float
    accuracy_interval: tuple[float, float] | None
    n: int


def figure(
    points: Sequence[CostPoint], *, cost: str, title: str, interval: str = "95 % interval", theme: Theme = LIGHT
) -> alt.LayerChart:
    """Return the figure: a point for each architecture, with the intervals of both means.

    The parameter ``isolated`` shows one architecture alone.

    Args:
        points: the architectures, in the order of the study.
        cost: what the cost is, with its unit, for the axis.
        title: the title.
        interval: what the intervals are, for the subtitle.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no point.

    >>> point = CostPoint("a", (("x", "a"),), 1000, None, 0.98, None, 1)
    >>> figure([point], cost="parameters", title="Cost").to_dict()["title"]["text"]
    ['Cost']
    """
    if not points:
        raise ResultsError(must("the cost", "be of at least one architecture", "none", "train a run first"))
    of = keys.keys([p.name for p in points], [p.levels for p in points])
    records = [
        {
            **keys.fields(of, p.name),
            "cost": plain(p.cost),
            "accuracy": plain(100 * p.accuracy),
            "n": p.n,
            **_ends("cost", _positive(p), 1.0),
            **_ends("accuracy", p.accuracy_interval, 100.0),
        }
        for p in points
    ]
    costs = [p.cost for p in points]
    is_log = min(costs) > 0 and max(costs) / min(costs) >= LOG_RATIO
    x_scale = alt.Scale(type="log") if is_log else alt.Scale(zero=False, nice=True, padding=12)
    y_scale = alt.Scale(zero=False, nice=True, padding=6)
    x = alt.X("cost:Q", title=cost, scale=x_scale, axis=alt.Axis(grid=True, tickCount=6, labelExpr=THOUSANDS))
    y = alt.Y("accuracy:Q", title="test accuracy (%)", scale=y_scale, axis=alt.Axis(tickCount=6))
    tooltip = [
        alt.Tooltip("architecture:N"),
        alt.Tooltip("cost:Q", title=cost, format=",.4~r"),
        *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("accuracy", "accuracy_low", "accuracy_high")),
        alt.Tooltip("n:Q", title="seeds"),
    ]
    base = alt.Chart(alt.InlineData(name="costs", values=records)).encode(
        color=keys.colour(of, "circle"), tooltip=tooltip
    )
    fade = keys.opacity(1.0, 0.08)
    across = base.transform_filter("isValid(datum.cost_low)").mark_rule(strokeWidth=1.5)
    upright = base.transform_filter("isValid(datum.accuracy_low)").mark_rule(strokeWidth=1.5)
    layers = [
        across.encode(x=alt.X("cost_low:Q", title=cost, scale=x_scale), x2="cost_high:Q", y=y, opacity=fade),
        upright.encode(
            x=x, y=alt.Y("accuracy_low:Q", title="test accuracy (%)", scale=y_scale), y2="accuracy_high:Q", opacity=fade
        ),
        base.mark_point(filled=True, size=90).encode(x=x, y=y, shape=keys.shape(of), opacity=fade),
    ]
    chart = alt.LayerChart(
        layer=layers,
        width=WIDTH,
        height=HEIGHT,
        title=alt.Title(
            wrapped(title, WIDTH, TITLE_SIZE, bold=True),
            subtitle=wrapped(f"Lines: {interval} of the mean over seeds.", WIDTH, LABEL_SIZE),
        ),
    ).add_params(keys.parameter([p.name for p in points]))
    return set_theme(chart, theme)


def _positive(point: CostPoint) -> tuple[float, float] | None:
    """Return the interval of a cost without what is not positive: no cost is, and a logarithmic axis has no place."""
    if point.cost_interval is None:
        return None
    low, high = point.cost_interval
    return max(low, LEAST_SHARE * point.cost), high


def _ends(name: str, interval: tuple[float, float] | None, factor: float) -> dict[str, float | None]:
    """Return the ends of an interval as fields."""
    if interval is None:
        return {}
    return {f"{name}_low": plain(factor * interval[0]), f"{name}_high": plain(factor * interval[1])}
