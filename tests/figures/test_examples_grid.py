"""Examples as images with their labels."""

from __future__ import annotations

import base64
import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from figures.drawn import checked, drawn
from mlpstudy.errors import ResultsError
from mlpstudy.figures import ExampleImage, examples_grid


def _decoded(url: str) -> npt.NDArray[np.uint8]:
    """Read a PNG in 8-bit grey."""
    image = Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,"))))
    assert (image.format, image.mode) == ("PNG", "L")
    return np.asarray(image)


def test_pixels_survive_as_ink_on_paper() -> None:
    """Every pixel is a block of its inverse grey value."""
    pixels = np.random.default_rng(0).integers(0, 256, (28, 20), dtype=np.uint8)
    grey = _decoded(examples_grid.data_url(pixels))
    factor = grey.shape[0] // 28
    assert factor > 1
    np.testing.assert_array_equal(grey[::factor, ::factor], 255 - pixels)
    np.testing.assert_array_equal(grey[factor - 1 :: factor, factor - 1 :: factor], 255 - pixels)


@pytest.mark.parametrize(("n", "n_columns"), [(1, 10), (10, 10), (23, 10), (5, 2)])
def test_images_stand_in_rows_each_with_its_label(n: int, n_columns: int) -> None:
    """All images are drawn, whole, at places of their own, with all labels."""
    examples = [ExampleImage(np.full((8, 8), 10 * i, np.uint8), f"label {i}") for i in range(n)]
    chart = examples_grid.figure(examples, n_columns=n_columns)
    checked(chart)
    drawing = drawn(chart)
    images = drawing.root.findall(".//{*}image")
    assert len({image.get("transform") for image in images}) == n
    assert [word for word in drawing.words if word.startswith("label ")] == [f"label {i}" for i in range(n)]
    assert drawing.clipped() == []


@pytest.mark.parametrize("pixels", [np.zeros((28, 28)), np.zeros(784, np.uint8), np.zeros((0, 3), np.uint8)])
def test_what_is_no_image_is_refused(pixels: npt.NDArray[np.uint8]) -> None:
    """Pixels must be a plane of uint8."""
    with pytest.raises(ResultsError, match="rows and columns of uint8"):
        ExampleImage(pixels, "5")


def test_no_example_and_no_column_are_refused() -> None:
    """There must be something to draw, and somewhere to draw it."""
    with pytest.raises(ResultsError, match="the examples must be at least one"):
        examples_grid.figure([])
    with pytest.raises(ResultsError, match="n_columns must be at least 1, got 0"):
        examples_grid.figure([ExampleImage(np.zeros((2, 2), np.uint8), "0")], n_columns=0)
