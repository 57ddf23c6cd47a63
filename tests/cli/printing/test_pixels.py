"""Images as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpstudy.cli.printing.pixels import CELL, caption, captioned, half_blocks, hundredths, matrix, shades, windows


@given(rows=st.integers(1, 6), columns=st.integers(1, 40), width=st.integers(3, 120), seed=st.integers(0, 99))
def test_a_matrix_fits_and_shows_every_value(rows: int, columns: int, width: int, seed: int) -> None:
    """No line is longer than the terminal; every value that is not shown is zero, and none is shown twice."""
    rng = np.random.default_rng(seed)
    image = (rng.integers(0, 256, (rows, columns)) * (rng.random((rows, columns)) < 0.3)).astype(np.uint8)
    shown = np.zeros_like(image, dtype=int)
    for window in windows(image, width):
        shown[window.top : window.bottom, window.left : window.right] += 1
        lines = matrix(image, window, str).plain.splitlines()
        assert max(len(line) for line in lines) <= width
        part = image[window.top : window.bottom, window.left : window.right]
        assert [[int(word) for word in line.split()] for line in lines] == part.tolist()
    assert shown.max() == 1
    assert not image[shown == 0].any()


def test_the_caption_says_what_is_left_out() -> None:
    """Nothing where all is shown; the box, and that all others are zero, where only they are left out."""
    image = np.zeros((3, 30), dtype=np.uint8)
    image[1, 4:9] = 7
    (whole,) = windows(image, 30 * (CELL + 1) - 1)
    assert caption(image, whole) == ""
    (box,) = windows(image, 80)
    assert caption(image, box) == "rows 1-1, columns 4-8; all others are 0"
    captions = [text for text, _ in captioned(image, 2 * CELL + 1, str)]
    assert captions == ["rows 1-1, columns 4-5", "rows 1-1, columns 6-7", "rows 1-1, columns 8-8"]


def test_half_blocks_hold_two_rows_a_line() -> None:
    """The upper row is the foreground, the lower the background; a missing last row is black."""
    image = np.array([[0, 255], [10, 20], [30, 40]], dtype=np.uint8)
    text = half_blocks(image)
    assert text.plain == "▀▀\n▀▀\n"
    assert [str(span.style) for span in text.spans] == [
        "rgb(0,0,0) on rgb(10,10,10)",
        "rgb(255,255,255) on rgb(20,20,20)",
        "rgb(30,30,30) on rgb(0,0,0)",
        "rgb(40,40,40) on rgb(0,0,0)",
    ]


def test_shades_get_denser_with_the_value() -> None:
    """All ten shades in order, each for its tenth of the range, no blanks at the end of a line."""
    values = np.arange(256, dtype=np.uint8).reshape(1, -1)
    drawn = shades(values)[:-1].ljust(512)[::2]
    assert "".join(dict.fromkeys(drawn)) == " .:-=+*#%@"
    assert [drawn.count(shade) for shade in " .:-=+*#%@"] == pytest.approx([25.6] * 10, abs=1)
    assert shades(np.zeros((2, 5), dtype=np.uint8)) == "\n\n"


def test_hundredths_fit_their_cell() -> None:
    """Every scaled grey value takes at most three characters and is right to half a hundredth."""
    for value in np.arange(256) / 255:
        assert len(hundredths(value)) <= CELL
        assert float(hundredths(value)) == pytest.approx(value, abs=0.005)
