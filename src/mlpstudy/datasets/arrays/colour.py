"""Arrays of images in colour to grey images, by the rule of pictures in files (``pictures.files.read_grey``).

    Y = floor((19595 R + 38470 G + 7471 B + 32768) / 65536)     whole numbers of 0-255: the luma of ITU-R BT.601
    Y = (19595 R + 38470 G + 7471 B) / 65536                    others

Whole numbers are rounded whatever their type, so that rows to predict may come in another than the training examples.

A fourth channel is the opacity. Where it lets something show through, bytes are laid on their paper (``paper``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mlpstudy.datasets.arrays.paper import on_paper
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHTS = (19595, 38470, 7471)
_ONE = 65536
_BLOCK_PIXELS = 2**22
_MOST = 255
_COLOURS = 3
_WITH_OPACITY = 4
_FIRST, _LAST = 1, 3
"""Axes that channels may be: ``(n, channels, rows, columns)`` and ``(n, rows, columns, channels)``."""


class GreyImages(NamedTuple):
    """Grey images, and what was done to make them so.

    Attributes:
        values: shape ``(n, rows, columns)``, uint8 or float32 where they were in colour, else of the type they had.
        done: what was done, phrases for warnings.
    """

    values: npt.NDArray[Any]
    done: tuple[str, ...] = ()


def to_grey(images: npt.NDArray[Any], what: str) -> GreyImages:
    """Return images of one, three or four channels as grey ones.

    Args:
        images: numbers of shape ``(n, rows, columns, channels)`` or ``(n, channels, rows, columns)``.
        what: the file, for errors.

    Raises:
        DataError: it is not clear which axis holds the channels, or there are others; or numbers that are no bytes
            let something show through.

    >>> to_grey(np.full((1, 2, 2, 3), (255, 0, 0), np.uint8), "x.npy").values.tolist()
    [[[76, 76], [76, 76]]]
    """
    axis = _axis(images.shape, what)
    last = np.moveaxis(images, axis, -1)
    if last.shape[-1] == 1:
        return GreyImages(last[..., 0])
    done = _said(last)
    if last.shape[-1] == _WITH_OPACITY and (last[..., _COLOURS] != _opaque(last)).any():
        if images.dtype != np.uint8:
            fix = "x[..., :3]" if axis == _LAST else "x[:, :3]"
            fix = f"colours without opacity, {fix}, or unsigned bytes, (255 * x).round().astype(numpy.uint8)"
            raise DataError(must(what, "be opaque where its values are no bytes", "a fourth channel of opacity", fix))
        return GreyImages(_laid(last), (*done, "images are laid on paper where they are transparent"))
    return GreyImages(_luma(last), done)


def _said(last: npt.NDArray[Any]) -> tuple[str, ...]:
    """Say how many images have colours: many grey ones are stored with three equal channels."""
    n, count = len(last), 0
    for part in _parts(last):
        red, *others = (last[part, ..., i].reshape(part.stop - part.start, -1) for i in range(_COLOURS))
        count += int(np.any([(red != other).any(axis=1) for other in others], axis=0).sum())
    if not count:
        return (f"images of {_COLOURS} equal channels are read as grey",)
    return (made_grey(count, n),)


def made_grey(n_coloured: int, n: int) -> str:
    """Return what is said of images of which some have colours.

    >>> made_grey(5, 5), made_grey(1, 5), made_grey(1, 1)[:9]
    ('all 5 images have colours and are made grey', '1 of 5 images has colours and is made grey', 'the image')
    """
    count = f"{n_coloured:,} of {n:,} images" if n_coloured < n else f"all {n:,} images" if n > 1 else "the image"
    return f"{count} {'has colours and is' if n_coloured == 1 else 'have colours and are'} made grey"


def _axis(shape: tuple[int, ...], what: str) -> int:
    """Return the axis of the channels; an axis of three is likelier than one of four, as four rows are than opacity."""
    for n_channels in (1, _COLOURS, _WITH_OPACITY):
        axes = [axis for axis in (_LAST, _FIRST) if shape[axis] == n_channels]
        if len(axes) > 1 and n_channels > 1:
            fix = "grey images: x.mean(axis=3) where colours come last, x.mean(axis=1) where they come first"
            raise DataError(must(what, "leave no doubt which axis holds the colours", f"a shape of {shape}", fix))
        if axes:
            return axes[0]
    be = "hold images of one channel, or of three or four (red, green, blue, opacity)"
    raise DataError(must(what, be, f"a shape of {shape}", "x.reshape(len(x), -1) for plain numbers, or one channel"))


def _opaque(last: npt.NDArray[Any]) -> int:
    """Return the opacity that lets nothing show through: 255, or 1 for numbers that end there."""
    return 1 if last.dtype.kind in "bf" and last[..., _COLOURS].max() <= 1 else _MOST


def _luma(last: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the grey values of colours in the last axis."""
    is_bytes = last.dtype == np.uint8
    are_levels = is_bytes or _are_levels(last)
    grey = np.empty(last.shape[:-1], dtype=np.uint8 if is_bytes else np.float32)
    for part in _parts(last):
        kind: type[Any] = np.uint32 if are_levels else np.float64
        with np.errstate(over="ignore", invalid="ignore"):
            red, green, blue = (weight * last[part, ..., i].astype(kind) for i, weight in enumerate(WEIGHTS))
            total = red + green + blue
            grey[part] = (total + _ONE // 2) // _ONE if are_levels else total / _ONE
    return grey


def _are_levels(last: npt.NDArray[Any]) -> bool:
    """Say whether numbers of another type are grey levels: whole, of 0-255, and not all 0 and 1."""
    if last.dtype.kind == "b" or not last.min() >= 0 or not 1 < last.max() <= _MOST:
        return False
    return last.dtype.kind != "f" or all((last[part] == np.floor(last[part])).all() for part in _parts(last))


def _parts(last: npt.NDArray[Any]) -> Iterator[slice]:
    """Yield some images at a time: wider types for all of them would take much memory."""
    n_images = max(_BLOCK_PIXELS // max(last[0, ..., 0].size, 1), 1)
    for start in range(0, len(last), n_images):
        yield slice(start, min(start + n_images, len(last)))


def _laid(last: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the grey values of bytes with opacity."""
    grey = _luma(last[..., :_COLOURS])
    for i, image in enumerate(grey):
        grey[i] = on_paper(image, np.ascontiguousarray(last[i, ..., _COLOURS]))
    return grey
