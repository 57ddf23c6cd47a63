"""Calibration: is a network right as often as it says?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped

WIDTH, HEIGHT = 460, 340


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Predictions of about one confidence.

    Attributes:
        confidence: mean probability of the predicted class (0 to 1).
        accuracy: share right (0 to 1).
        interval: of the share.
        n: predictions a seed.
    """

    confidence: float
    accuracy: float
    interval: tuple[float, float]
    n: float


def figure(
    bins: Sequence[ReliabilityBin], *, title: str = "Calibration", subtitle: str = "", theme: Theme = LIGHT
) -> alt.LayerChart:
    """Return the figure: the share right against the confidence; on the diagonal a network is as good as it says.

    Args:
        bins: the bins.
        title: the title.
        subtitle: what is to be said besides what the marks mean.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no bin.

    >>> figure([ReliabilityBin(0.9, 0.8, (0.7, 0.9), 100)]).to_dict()["width"]
    460
    """
    if not bins:
        raise ResultsError(must("a calibration plot", "have a bin", "none"))
    records = [
        {
            "confidence": plain(100 * of.confidence),
            "accuracy": plain(100 * of.accuracy),
            "low": plain(100 * of.interval[0]),
            "high": plain(100 * of.interval[1]),
            "n": plain(of.n),
        }
        for of in bins
    ]
    low = min(min(100 * of.confidence, 100 * of.interval[0]) for of in bins)
    scale = alt.Scale(domain=[plain(max(0.0, low - 3)), 100.5], nice=False, zero=False)
    x = alt.X("confidence:Q", title="confidence (%)", scale=scale, axis=alt.Axis(tickCount=6))
    y = alt.Y("accuracy:Q", title="share right (%)", scale=scale, axis=alt.Axis(tickCount=6))
    ends = [{"confidence": plain(max(0.0, low - 3)), "accuracy": plain(max(0.0, low - 3))}]
    ends.append({"confidence": 100, "accuracy": 100})
    tooltip = [alt.Tooltip(f"{name}:Q", format=".2f") for name in ("confidence", "accuracy", "low", "high")]
    base = alt.Chart(alt.InlineData(name="bins", values=records)).encode(
        x=x, tooltip=[*tooltip, alt.Tooltip("n:Q", format=",.1f", title="predictions a seed")]
    )
    layers = [
        alt.Chart(alt.InlineData(name="diagonal", values=ends)).mark_line(style="guide").encode(x=x, y=y),
        base.mark_rule(style="interval").encode(y=alt.Y("low:Q", scale=scale, title="share right (%)"), y2="high:Q"),
        base.mark_line(style="trained", strokeWidth=1.5).encode(y=y),
        base.mark_circle(style="trained", size=60, fillOpacity=1, opacity=1).encode(y=y),
    ]
    words = "Below the dotted line it is surer than it is right." + (f" {subtitle}" if subtitle else "")
    chart = alt.LayerChart(
        layer=layers,
        width=WIDTH,
        height=HEIGHT,
        title=alt.Title(wrapped(title, WIDTH, TITLE_SIZE, bold=True), subtitle=wrapped(words, WIDTH, LABEL_SIZE)),
    )
    return set_theme(chart, theme)
