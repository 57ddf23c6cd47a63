"""Arrays of images in colour become grey by the rule of pictures in files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from PIL import Image

from mlpstudy.datasets.arrays.features import to_features
from mlpstudy.datasets.pictures.files import read_grey
from mlpstudy.errors import DataError


@given(image=hnp.arrays(np.uint8, (5, 6, 3)))
def test_bytes_have_the_grey_values_of_the_same_picture_in_a_file(scratch: Path, image: npt.NDArray[np.uint8]) -> None:
    """To the last bit, wherever the channels are."""
    Image.fromarray(image).save(scratch / "colour.png")
    wanted = read_grey(scratch / "colour.png")
    for images in (image[None], np.moveaxis(image, 2, 0)[None]):
        found = to_features(images, "x")
        assert found.values.dtype == np.uint8
        np.testing.assert_array_equal(found.values.reshape(5, 6), wanted)
        assert found.image_shape == (5, 6)


@given(image=hnp.arrays(np.uint8, (5, 6, 4)))
def test_transparent_bytes_are_laid_on_the_paper_of_pictures_in_files(
    scratch: Path, image: npt.NDArray[np.uint8]
) -> None:
    """And a line says so; opaque ones are grey as without their fourth channel."""
    Image.fromarray(image).save(scratch / "clear.png")
    found = to_features(image[None], "x")
    np.testing.assert_array_equal(found.values.reshape(5, 6), read_grey(scratch / "clear.png"))
    opaque = image.copy()
    opaque[..., 3] = 255
    np.testing.assert_array_equal(to_features(opaque[None], "x").values, to_features(image[None, ..., :3], "x").values)


@pytest.mark.parametrize("scale", [1.0, 1 / 255])
def test_other_numbers_get_the_same_weights(scale: float) -> None:
    """Whole levels are rounded whatever their type, fractions are not; what is not finite is refused by its place."""
    bytes_ = np.random.default_rng(0).integers(0, 256, (20, 5, 6, 3), dtype=np.uint8)
    grey = to_features(bytes_, "x").values
    found = to_features(bytes_ * scale, "x").values
    assert found.dtype == np.float32
    assert float(abs(found / scale - grey).max()) <= (0.5001 if scale < 1 else 0)
    np.testing.assert_array_equal(
        to_features(bytes_.astype(np.int64), "x").values, to_features(bytes_ * 1.0, "x").values
    )
    wrong = bytes_.astype(np.float64)
    wrong[3, 1, 2, 0] = np.nan
    with pytest.raises(DataError, match="x: row 3, column 8 must be a finite number in float32, got 'nan'"):
        to_features(wrong, "x")


@pytest.mark.parametrize(("shape", "image_shape"), [((9, 4, 5, 3), (4, 5)), ((9, 3, 4, 4), (4, 4))])
def test_three_channels_are_likelier_than_four(shape: tuple[int, ...], image_shape: tuple[int, int]) -> None:
    """Images of four rows or columns."""
    assert to_features(np.zeros(shape, np.uint8), "x").image_shape == image_shape


@pytest.mark.parametrize("axis", [1, 3])
def test_one_channel_is_left_as_it_is(axis: int) -> None:
    """Before or behind rows and columns; nothing is said."""
    images = np.arange(60, dtype=np.uint8).reshape(2, 5, 6)
    found = to_features(np.expand_dims(images, axis), "x")
    np.testing.assert_array_equal(found.values, images.reshape(2, 30))
    assert (found.image_shape, found.done) == ((5, 6), ())


REFUSED: dict[str, tuple[npt.NDArray[Any], str]] = {
    "two axes of three": (
        np.zeros((9, 3, 5, 3), np.uint8),
        r"must leave no doubt .*, got a shape of \(9, 3, 5, 3\), fix",
    ),
    "two channels": (
        np.zeros((9, 5, 5, 2)),
        r"images of one channel, or of three or four \(red, green, blue, opacity\)",
    ),
    "volumes": (np.zeros((9, 28, 28, 28)), r"fix: x.reshape\(len\(x\), -1\) for plain numbers"),
    "transparent fractions": (np.full((9, 5, 5, 4), 0.5), r"x must be opaque where .*, fix: .*\(255 \* x\)\.round\(\)"),
}


@pytest.mark.parametrize(("images", "line"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_clear_is_refused(images: npt.NDArray[Any], line: str) -> None:
    """One line that says what would be."""
    with pytest.raises(DataError, match=line):
        to_features(images, "x")


def test_the_fixes_make_it_read() -> None:
    """Each does what its line promises."""
    unclear = np.zeros((9, 3, 5, 3), np.uint8)
    assert to_features(unclear.mean(axis=3), "x").image_shape == (3, 5)
    volumes = np.zeros((9, 8, 8, 8))
    assert to_features(volumes.reshape(len(volumes), -1), "x").values.shape == (9, 512)
    clear = np.full((9, 5, 5, 4), 0.5)
    assert to_features((255 * clear).round().astype(np.uint8), "x").values.dtype == np.uint8
    assert to_features(clear[..., :3], "x").image_shape == (5, 5)


def test_opaque_fractions_lose_their_opacity() -> None:
    """As pictures do that a plotting library reads."""
    pictures = np.random.default_rng(0).random((4, 5, 6, 4))
    pictures[..., 3] = 1
    np.testing.assert_array_equal(to_features(pictures, "x").values, to_features(pictures[..., :3], "x").values)


def test_how_many_have_colours_is_said() -> None:
    """Many grey images are stored with three equal channels."""
    images = np.repeat(np.arange(150, dtype=np.uint8).reshape(5, 5, 6, 1), 3, axis=3)
    assert to_features(images, "x").done == ("images of 3 equal channels are read as grey",)
    np.testing.assert_array_equal(to_features(images, "x").values, images[..., 0].reshape(5, 30))
    images[2, 1, 1, 0] += 1
    assert to_features(images, "x").done == ("1 of 5 images has colours and is made grey",)
    assert to_features(images[2:3], "x").done == ("the image has colours and is made grey",)
    clear = np.concatenate([images, images[..., :1]], axis=3)
    assert to_features(clear, "x").done[1:] == ("images are laid on paper where they are transparent",)
