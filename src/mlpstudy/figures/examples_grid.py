"""Examples of a data set as images, each with its label."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import altair as alt
import numpy as np
import numpy.typing as npt
from PIL import Image

from mlpstudy.errors import ResultsError, must
from mlpstudy.figures.drawing.inputs import ExampleImage
from mlpstudy.figures.drawing.theme import LIGHT, TITLE_SIZE, Theme, set_theme
from mlpstudy.figures.drawing.wording import wrapped

CELL = 64
"""Side of an image (pixels)."""

GAP, LABEL_ROOM = 8, 22
N_COLUMNS = 10
MIN_WIDTH = 220

RESOLUTION = 128
"""Pixels of an image are repeated up to about this side: renderers would blur them otherwise."""


def figure(
    examples: Sequence[ExampleImage], *, n_columns: int = N_COLUMNS, title: str | None = None, theme: Theme = LIGHT
) -> alt.LayerChart:
    """Return the figure: images in rows, ink on paper, the label under each.

    Args:
        examples: the images, in reading order.
        n_columns: images in a row.
        title: instead of the one that counts the examples.
        theme: LIGHT or DARK.

    Raises:
        ResultsError: there is no example, or no column.

    >>> five = ExampleImage(np.zeros((28, 28), np.uint8), "5")
    >>> figure([five]).to_dict()["title"]["text"]
    ['1 example and its label']
    """
    if not examples:
        raise ResultsError(must("the examples", "be at least one", "none"))
    if n_columns < 1:
        raise ResultsError(must("n_columns", "be at least 1", n_columns))
    columns = min(n_columns, len(examples))
    width = columns * (CELL + GAP) - GAP
    records = [
        {
            "x": (i % columns) * (CELL + GAP) + CELL / 2,
            "y": (i // columns) * (CELL + LABEL_ROOM + GAP) + CELL / 2,
            "label": example.label,
            "image": data_url(example.pixels),
        }
        for i, example in enumerate(examples)
    ]
    base = alt.Chart(alt.InlineData(name="examples", values=records)).encode(
        x=alt.X("x:Q", axis=None, scale=None), y=alt.Y("y:Q", axis=None, scale=None)
    )
    images = base.mark_image(width=CELL, height=CELL).encode(url="image:N", tooltip="label:N")
    labels = base.mark_text(style="strong-note", dy=CELL / 2 + 6, baseline="top", limit=CELL + GAP).encode(
        text="label:N"
    )
    names = "example and its label" if len(examples) == 1 else "examples and their labels"
    heading = title or f"{len(examples)} {names}"
    chart = alt.LayerChart(
        layer=[images, labels],
        width=width,
        height=((len(examples) - 1) // columns + 1) * (CELL + LABEL_ROOM + GAP) - GAP,
        title=alt.Title(wrapped(heading, max(width, MIN_WIDTH), TITLE_SIZE, bold=True)),
    )
    return set_theme(chart, theme)


def data_url(pixels: npt.NDArray[np.uint8]) -> str:
    """Return grey values, 0 as white and 255 as black, as the address of a PNG that holds itself.

    >>> data_url(np.zeros((2, 2), np.uint8))[:30]
    'data:image/png;base64,iVBORw0K'
    """
    factor = max(RESOLUTION // max(pixels.shape), 1)
    paper = np.repeat(np.repeat(255 - pixels, factor, axis=0), factor, axis=1)
    content = io.BytesIO()
    Image.fromarray(paper).save(content, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode("ascii")
