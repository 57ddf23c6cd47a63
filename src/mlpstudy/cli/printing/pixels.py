"""An image as text: half blocks in grey, shades of characters, or the matrix of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from rich.text import Text

    Image = npt.NDArray[Any]

SHADES = " .:-=+*#%@"
CELL = 3
"""Characters a value; one more separates it from the next."""


class Window(NamedTuple):
    """The part of an image that a matrix shows: first row and column, and those after the last."""

    top: int
    bottom: int
    left: int
    right: int


def half_blocks(image: Image) -> Text:
    """Draw grey values 0-255, two rows of pixels a line: the upper as foreground, the lower as background."""
    from rich.text import Text

    text = Text()
    for top in range(0, len(image), 2):
        lower = image[top + 1] if top + 1 < len(image) else [0] * len(image[top])
        for above, below in zip(image[top], lower, strict=True):
            text.append("▀", f"rgb({above},{above},{above}) on rgb({below},{below},{below})")
        text.append("\n")
    return text


def shades(image: Image) -> str:
    """Draw grey values 0-255 as characters, two a pixel so that pixels are about square.

    >>> shades([[0, 255], [128, 128]]).splitlines()
    ['  @@', '++++']
    """
    lines = ("".join(2 * SHADES[int(value) * len(SHADES) // 256] for value in row) for row in image)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def windows(image: Image, width: int) -> list[Window]:
    """Choose what a matrix shows so that no line is longer than ``width`` characters.

    The whole image where it fits; else the box around its non-zero values, in blocks of columns, one below the
    other, where that is too wide as well.
    """
    import numpy as np

    rows, columns = image.shape
    n_fit = max(1, (width + 1) // (CELL + 1))
    if columns <= n_fit:
        return [Window(0, rows, 0, columns)]
    if image.any():
        used_rows, used_columns = (np.flatnonzero(image.any(axis=axis)).tolist() for axis in (1, 0))
        box = Window(used_rows[0], used_rows[-1] + 1, used_columns[0], used_columns[-1] + 1)
    else:
        box = Window(0, rows, 0, columns)
    lefts = range(box.left, box.right, n_fit)
    return [Window(box.top, box.bottom, left, min(left + n_fit, box.right)) for left in lefts]


def matrix(image: Image, window: Window, show: Callable[[Any], str]) -> Text:
    """Write the values in a window, one row a line, zeros dimmed so that the shape stands out."""
    from rich.text import Text

    text = Text()
    for row in image[window.top : window.bottom]:
        for i, value in enumerate(row[window.left : window.right]):
            text.append(f"{' ' if i else ''}{show(value):>{CELL}}", "" if value else "dim")
        text.append("\n")
    return text


def caption(image: Image, window: Window) -> str:
    """Say which part a window shows; nothing where it shows everything."""
    if window == (0, *image.shape[:1], 0, *image.shape[1:]):
        return ""
    part = f"rows {window.top}-{window.bottom - 1}, columns {window.left}-{window.right - 1}"
    outside = image.copy()
    outside[window.top : window.bottom, window.left : window.right] = 0
    return part if outside.any() else f"{part}; all others are 0"


def hundredths(value: float) -> str:
    """Write a number of 0-1 in at most three characters.

    >>> [hundredths(v) for v in (0.0, 0.494, 0.998, 1.0)]
    ['0', '.49', '1.0', '1.0']
    """
    text = f"{value:.2f}"
    return "0" if value == 0 else text[1:] if text[0] == "0" else text[:CELL]


def captioned(image: Image, width: int, show: Callable[[Any], str]) -> Iterator[tuple[str, Text]]:
    """Return the windows of an image that fit ``width``, each with its caption."""
    for window in windows(image, width):
        yield caption(image, window), matrix(image, window, show)
