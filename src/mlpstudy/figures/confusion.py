"""The confusion matrix: which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import numpy.typing as npt

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing.scales import plain
from mlpstudy.figures.drawing.theme import LABEL_SIZE, LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped

WIDTH, CELL_HEIGHT = 620, 36


def figure(
    counts: npt.NDArray[np.float64],
    class_names: Sequence[str],
    *,
    title: str = "Which classes are taken for which",
    n_seeds: int = 1,
    theme: Theme = LIGHT,
) -> alt.LayerChart:
    """Return the figure: a row a true class, a column a predicted one; the darker, the larger its share of the errors.

    The diagonal (right) is left without colour: it would hide the errors.

    Args:
        counts: test examples, mean over seeds, shape ``(classes, classes)``: true, predicted.
        class_names: one name a class.
        title: the title.
        n_seeds: seeds that the means are over, for the subtitle.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: the counts are not one row and one column a class.

    >>> figure(np.array([[9.0, 1.0], [0.0, 10.0]]), ["cat", "dog"]).to_dict()["height"]
    72
    """
    n = len(class_names)
    if counts.shape != (n, n) or n == 0:
        raise ResultsError(must("the confusion matrix", f"be {n} by {n} classes", f"{counts.shape}"))
    errors = counts - np.diag(np.diag(counts))
    worst = float(errors.max()) or 1.0
    whole = bool((counts == np.round(counts)).all())
    records = [
        {
            "true": class_names[i],
            "predicted": class_names[j],
            "count": plain(float(counts[i, j])),
            "share": plain(float(counts[i, j] / max(counts[i].sum(), 1e-12))),
            "ink": plain(float(errors[i, j] / worst)),
            "text": _text(float(counts[i, j]), whole=whole),
            "right": bool(i == j),
        }
        for i in range(n)
        for j in range(n)
    ]
    names = list(class_names)
    axis = alt.Axis(labelAngle=0, labelLimit=90, domain=False, ticks=False)
    x = alt.X("predicted:N", title="predicted", sort=names, axis=alt.Axis(**axis.to_dict(), orient="top"))
    base = alt.Chart(alt.InlineData(name="cells", values=records)).encode(
        x=x, y=alt.Y("true:N", title="true class", sort=names, axis=axis)
    )
    tooltip = [
        alt.Tooltip("true:N", title="true class"),
        alt.Tooltip("predicted:N"),
        alt.Tooltip("count:Q", format=",.2f", title="mean count"),
        alt.Tooltip("share:Q", format=".2%", title="of the class"),
    ]
    scale = alt.Scale(domain=[0, 1], range=[0, 0.75])
    shaded = base.mark_rect(style="trained", strokeWidth=0, cornerRadius=3).encode(
        fillOpacity=alt.FillOpacity("ink:Q", scale=scale, legend=None), tooltip=tooltip
    )
    wrong = base.transform_filter("!datum.right").mark_text(style="strong-note").encode(text="text:N")
    right = base.transform_filter("datum.right").mark_text(style="note").encode(text="text:N")
    means = f"Test examples, mean over {n_seeds} seeds." if n_seeds > 1 else "Test examples, one seed."
    words = f"{means} Shaded: errors. Grey: right."
    chart = alt.LayerChart(
        layer=[shaded, wrong, right],
        width=WIDTH,
        height=CELL_HEIGHT * n,
        title=alt.Title(wrapped(title, WIDTH, TITLE_SIZE, bold=True), subtitle=wrapped(words, WIDTH, LABEL_SIZE)),
    )
    return set_theme(chart, theme)


def _text(count: float, *, whole: bool) -> str:
    """Return a count as a cell shows it: none where there is none.

    >>> _text(0.0, whole=True), _text(2.0, whole=False), _text(2.0, whole=True), _text(1125.3, whole=False)
    ('', '2.0', '2', '1125')
    """
    if count == 0:
        return ""
    if count < 0.05:  # noqa: PLR2004  # rounds to 0.0
        return "\N{MIDDLE DOT}"
    return f"{count:.0f}" if whole or count >= 10 else f"{count:.1f}"  # noqa: PLR2004  # three places
