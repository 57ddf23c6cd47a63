"""Pictures of a study: one file a figure, each with a function ``figure`` that returns a Vega-Altair chart.

A figure draws numbers that it is handed (:mod:`mlpstudy.figures.drawing.inputs`) and computes no statistic. The same
chart serves the notebook, the report, the dashboard and, through :func:`save`, files.
"""

from __future__ import annotations

from mlpstudy.figures.drawing.inputs import (
    ArchitectureAccuracy,
    ArchitectureCurves,
    ArchitectureWeights,
    Band,
    ExampleImage,
    RunCurves,
    TensorDensity,
)
from mlpstudy.figures.drawing.saving import save, specification, svg
from mlpstudy.figures.drawing.theme import DARK, LIGHT, Theme, config, with_theme

__all__ = [
    "DARK",
    "LIGHT",
    "ArchitectureAccuracy",
    "ArchitectureCurves",
    "ArchitectureWeights",
    "Band",
    "ExampleImage",
    "RunCurves",
    "TensorDensity",
    "Theme",
    "config",
    "save",
    "specification",
    "svg",
    "with_theme",
]
