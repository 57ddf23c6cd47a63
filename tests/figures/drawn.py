"""What a chart looks like when it is drawn: the parts of its SVG that a reader sees."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mlpstudy.figures.drawing.saving import specification, svg

if TYPE_CHECKING:
    import altair as alt

    from mlpstudy.figures import Theme

Matrix = npt.NDArray[np.float64]
NS = "{http://www.w3.org/2000/svg}"
NARROW = 0.42
"""Width of a character, as a share of the font size, that hardly any text stays below: boxes are not overrated."""


@dataclass(frozen=True)
class Text:
    """One text with the box that it covers at least."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    fill: str

    def overlaps(self, other: Text) -> bool:
        """Say whether two boxes share more than a hair."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.5 and along > 0.5


@dataclass(frozen=True)
class Drawing:
    """A drawn chart."""

    width: float
    height: float
    texts: tuple[Text, ...]
    root: ET.Element

    @property
    def words(self) -> list[str]:
        """All texts, in the order drawn."""
        return [text.words for text in self.texts]

    def paths(self, **attributes: str) -> list[ET.Element]:
        """Return the paths that have these attributes."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [p for p in self.root.iter(f"{NS}path") if all(p.get(k) == v for k, v in wanted.items())]

    def clipped(self) -> list[str]:
        """Return the texts that reach over the edge of the drawing."""
        return [
            t.words
            for t in self.texts
            if t.left < -0.5 or t.top < -0.5 or t.right > self.width + 0.5 or t.bottom > self.height + 0.5
        ]


def drawn(chart: alt.TopLevelMixin, theme: Theme | None = None) -> Drawing:
    """Draw a chart."""
    root = ET.fromstring(svg(chart, theme))  # noqa: S314  # our own drawing
    texts = tuple(_texts(root, np.eye(3)))
    return Drawing(float(root.get("width", "nan")), float(root.get("height", "nan")), texts, root)


def checked(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return a chart's specification after validating it against Vega-Lite's schema."""
    chart.to_dict()
    return specification(chart)


def records(chart: alt.TopLevelMixin, name: str) -> list[dict[str, Any]]:
    """Return the rows of a named data set of a chart."""
    return next(iter(_named(specification(chart), name)))


def _named(part: Any, name: str) -> list[list[dict[str, Any]]]:
    if isinstance(part, dict):
        if isinstance(part.get("datasets"), dict) and name in part["datasets"]:
            return [part["datasets"][name]]
        if part.get("name") == name and "values" in part:
            return [part["values"]]
        return [found for value in part.values() for found in _named(value, name)]
    if isinstance(part, list):
        return [found for value in part for found in _named(value, name)]
    return []


def _texts(element: ET.Element, outer: Matrix) -> list[Text]:
    matrix = outer @ _matrix(element.get("transform", ""))
    if element.tag == f"{NS}text":
        return _lines(element, matrix)
    return [text for child in element for text in _texts(child, matrix)]


def _lines(element: ET.Element, matrix: Matrix) -> list[Text]:
    size = float(element.get("font-size", "0px").removesuffix("px"))
    spans = list(element) or [element]
    found, y = [], 0.0
    for span in spans:
        y += float(span.get("dy", "0")) if span is not element else 0.0
        words = span.text or ""
        if not words.strip():
            continue
        length = NARROW * size * len(words)
        start = {"start": 0.0, "middle": -length / 2, "end": -length}[element.get("text-anchor", "start")]
        corners = np.array([[start, y - 0.6 * size, 1], [start + length, y, 1]]).T
        (left, right), (top, bottom) = (sorted(pair) for pair in (matrix @ corners)[:2])
        found.append(Text(words, left, top, right, bottom, size, element.get("fill", "")))
    return found


def _matrix(transform: str) -> Matrix:
    matrix = np.eye(3)
    for kind, numbers in re.findall(r"(\w+)\(([^)]*)\)", transform):
        values = [float(v) for v in re.split(r"[ ,]+", numbers.strip())]
        step = np.eye(3)
        if kind == "translate":
            step[:2, 2] = [*values, 0.0][:2]
        elif kind == "rotate":
            angle = math.radians(values[0])
            step[:2, :2] = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        elif kind == "scale":
            step[0, 0], step[1, 1] = [*values, values[0]][:2]
        matrix = matrix @ step
    return matrix
