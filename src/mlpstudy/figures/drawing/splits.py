"""What the loss figures share: the two splits, their colours, their rows."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt

from mlpstudy.figures.drawing.inputs import RunCurves
from mlpstudy.figures.drawing.scales import LossAxis, plain
from mlpstudy.figures.drawing.theme import SPLIT_RANGE
from mlpstudy.records import ValidationSource

VALIDATION, TRAIN = "validation", "train"
NAMES: dict[ValidationSource | None, str] = {
    None: VALIDATION,
    "test": "validation (on the test examples)",
    "held out": "validation (held out)",
}


def lowest(losses: npt.NDArray[np.float64]) -> int | None:
    """Return the index of the lowest finite loss, None where there is none.

    >>> lowest(np.array([0.3, np.nan, 0.2])), lowest(np.array([np.nan]))
    (2, None)
    """
    finite = np.isfinite(losses)
    return int(np.where(finite, losses, np.inf).argmin()) if finite.any() else None


def colour(validation_source: ValidationSource | None) -> alt.Color:
    """Return the encoding that draws validation blue and train red, with a legend above the figure."""
    label = f"datum.value == '{VALIDATION}' ? '{NAMES[validation_source]}' : datum.value"
    legend = alt.Legend(
        orient="top",
        direction="horizontal",
        symbolType="stroke",
        symbolSize=400,
        symbolStrokeWidth=2.5,
        symbolOpacity=1,
        labelLimit=300,
        labelExpr=label,
    )
    scale = alt.Scale(domain=[VALIDATION, TRAIN], range=SPLIT_RANGE)
    return alt.Color("split:N", title=None, scale=scale, legend=legend)


def tooltip() -> list[alt.Tooltip]:
    """Return what is shown of a point under the pointer."""
    return [alt.Tooltip("epoch:Q"), alt.Tooltip("split:N"), alt.Tooltip("loss:Q", format=".4g")]


def rows(run: RunCurves, axis: LossAxis) -> list[dict[str, Any]]:
    """Return one row an epoch and split: the loss, where it is drawn, and whether it is above the axis."""
    return [
        {
            "epoch": epoch,
            "split": split,
            "loss": plain(float(loss)),
            "y": axis.drawn(float(loss)),
            "above": axis.is_above(float(loss)),
        }
        for split, losses in ((VALIDATION, run.val_loss), (TRAIN, run.train_loss))
        for epoch, loss in enumerate(losses, start=1)
    ]
