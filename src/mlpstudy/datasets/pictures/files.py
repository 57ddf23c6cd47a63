"""Picture files to grey values: PNG, JPEG and others, any size and mode, decoded within limits by Pillow."""

from __future__ import annotations

import mmap
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageChops, UnidentifiedImageError

from mlpstudy.datasets.arrays.paper import Grey, blocks, on_paper
from mlpstudy.datasets.opening.files import path_text
from mlpstudy.datasets.opening.limits import DEFLATE_RATIO, MAX_IMAGE_FILE_BYTES, MAX_PIXELS, PLAUSIBLE_PIXELS
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP")
"""What is decoded, as Pillow names it; of an animation the first picture."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its EXIF orientation; of others it is."""
_ON_ITS_SIDE = range(5, 9)
"""Orientations that make rows of columns."""
_ORIENTATION = 0x0112
_MAY_SAY_ORIENTATION = (b"eXIf", b"Raw profile type exif", b"XML:com.adobe.xmp")
"""One of them is in every PNG file that has an orientation."""
_SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")
_MOST_SIXTEEN_BITS = 0xFFFF
_QUIET = threading.RLock()


def read_grey(path: str | Path) -> Grey:
    """Return a picture's grey values: turned upright, made grey, laid on its paper where it is transparent.

    1. The picture is turned as its EXIF orientation says.
    2. Colours become ``Y = floor((19595 R + 38470 G + 7471 B + 32768) / 65536)``, the luma of ITU-R BT.601;
       16-bit grey becomes ``Y = floor((255 y + 32767) / 65535)``; palettes and CMYK are made RGB before.
    3. With an alpha channel ``a`` it is laid on paper ``P``: ``floor((Y a + P (255 - a) + 127) / 255)``, see
       :func:`on_paper`.

    Args:
        path: a file of one of the formats in ``FORMATS``.

    Raises:
        DataError: the file is missing, no picture, truncated, or of more than ``MAX_PIXELS`` pixels.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (2, 1), (255, 0, 0)).save(f"{folder}/red.png")
    ...     read_grey(f"{folder}/red.png").tolist()
    [[76, 76]]
    """
    with quiet():
        return decode(Path(path)).grey


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Pillow's warnings about a file to itself: what matters of them becomes an error of ours.

    Python's warning filters belong to the whole process, so that one thread enters at a time.
    """
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Decoded(NamedTuple):
    """A picture as it is read, and what is lost of it.

    Attributes:
        grey: of the first picture in the file.
        is_coloured: whether any of its pixels had a colour.
        has_more: whether the file has further pages or frames.
    """

    grey: Grey
    is_coloured: bool
    has_more: bool


def decode(path: Path) -> Decoded:
    """Do what :func:`read_grey` does, without keeping Pillow quiet: for many files at once, from any thread.

    Raises:
        DataError: as :func:`read_grey`.
    """
    with open_picture(path) as image:
        try:
            has_more = _has_more(image)
            upright = _upright(image)
            return Decoded(_grey(upright, path), _is_coloured(upright), has_more)
        except DataError:
            raise
        except MemoryError as error:
            found = f"{image.width} x {image.height} pixels, which do not fit into memory"
            raise DataError(must(path_text(path), "be a picture", found, "make it smaller")) from error
        except Exception as error:
            # Each of Pillow's decoders has exceptions of its own.
            raise DataError(_unreadable(path, error)) from error


def open_picture(path: Path) -> Image.Image:
    """Open a picture: its header is read and its size is checked, nothing is decoded.

    Raises:
        DataError: as :func:`read_grey`.
    """
    if not path.is_file():
        found = "something else" if path.exists() else "no such file"
        raise DataError(must(path_text(path), "be a picture file", found, "a PNG or JPEG file"))
    if path.stat().st_size > MAX_IMAGE_FILE_BYTES:
        be = f"be a picture of at most {MAX_IMAGE_FILE_BYTES >> 20} MiB"
        raise DataError(must(path_text(path), be, f"{path.stat().st_size >> 20} MiB", "save it as JPEG"))
    try:
        image = Image.open(path, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(_too_large(path, "more")) from error
    except Exception as error:
        # As in decode().
        raise DataError(_unreadable(path, error)) from error
    n_pixels = image.width * image.height
    if n_pixels > MAX_PIXELS:
        image.close()
        raise DataError(_too_large(path, f"{image.width} x {image.height}"))
    if n_pixels > PLAUSIBLE_PIXELS and n_pixels > DEFLATE_RATIO * path.stat().st_size:
        image.close()
        be, found = f"have at most {DEFLATE_RATIO} pixels a byte", f"{image.width} x {image.height} in so small a file"
        raise DataError(must(path_text(path), be, found, "save it again as PNG"))
    return image


def _too_large(path: Path, found: str) -> str:
    return must(
        path_text(path), f"have at most {MAX_PIXELS // 10**6} million pixels", f"{found} pixels", "make it smaller"
    )


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return must(path_text(path), "be readable", "permission denied")
    if isinstance(error, UnidentifiedImageError):
        found = "an empty file" if path.stat().st_size == 0 else "something else"
        return must(path_text(path), f"be a picture ({', '.join(FORMATS)})", found, "save it as PNG")
    found = f"one that cannot be decoded ({str(error) or type(error).__name__})"
    return must(path_text(path), "be a whole picture", " ".join(found.split())[:200], "save it again as PNG")


def upright_size(path: Path) -> tuple[int, int]:
    """Return rows and columns of a picture once it is turned upright, from its header.

    Raises:
        DataError: as :func:`read_grey`.
    """
    with open_picture(path) as image:
        # Pillow gives the size of a turned TIFF as it is once it is upright, that of others as it is stored.
        if image.format != "TIFF" and _may_be_turned(image, path) and _orientation(image) in _ON_ITS_SIDE:
            return image.width, image.height
        return image.height, image.width


def _may_be_turned(image: Image.Image, path: Path) -> bool:
    """Say whether a file may say an orientation: to know it of a PNG without EXIF data Pillow would decode it all."""
    if image.format != "PNG" or "exif" in image.info:
        return True
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content.find(mark) >= 0 for mark in _MAY_SAY_ORIENTATION)


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where there is none; damaged EXIF data say nothing."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # EXIF data are a foreign structure inside a picture
        return 1


def _upright(image: Image.Image) -> Image.Image:
    """Turn a picture as its EXIF orientation says."""
    _lay_out_as_stored(image)
    image.load()
    turn = _TURNS.get(_orientation(image))
    return image if turn is None else image.transpose(turn)


def _lay_out_as_stored(image: Image.Image) -> None:
    """Let Pillow decode the rows of a TIFF that lies on its side with the length that they have in the file.

    Pillow 13.0 gives such a picture its upright size from the start, and without libtiff decodes rows of that length:
    the pixels were scrambled.
    """
    if image.format != "TIFF" or _orientation(image) not in _ON_ITS_SIDE:
        return
    tiles = [tile for tile in getattr(image, "tile", ()) if tile[0] != "libtiff"]
    if tiles and (max(tile[1][2] for tile in tiles), max(tile[1][3] for tile in tiles)) == image.size[::-1]:
        image._size = image.size[::-1]  # noqa: SLF001  # there is no other way


def _grey(image: Image.Image, path: Path) -> Grey:
    if image.mode in _SIXTEEN_BITS:
        values = np.asarray(image)
        if 0 <= values.min() <= values.max() <= _MOST_SIXTEEN_BITS:
            grey = np.empty(values.shape, dtype=np.uint8)
            for i in blocks(grey):
                grey[i] = (255 * values[i].astype(np.int64) + _MOST_SIXTEEN_BITS // 2) // _MOST_SIXTEEN_BITS
            return grey
    if image.mode in {"F", "I"}:
        raise DataError(must(path_text(path), "have grey values of 8 or 16 bits", "32 bits", "save it as PNG"))
    if not image.has_transparency_data:
        return np.array(image.convert("L") if image.mode in {"1", "L"} else image.convert("RGB").convert("L"))
    coloured = image.convert("RGBA")
    return on_paper(np.array(coloured.convert("RGB").convert("L")), np.array(coloured.getchannel("A")))


def _has_more(image: Image.Image) -> bool:
    """Say whether a file has further pages or frames; what a phone puts behind a photograph (MPO) is none."""
    try:
        return image.format != "MPO" and bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001  # the rest of a file whose first picture may be whole
        return False


def _is_coloured(image: Image.Image) -> bool:
    """Say whether any pixel is other than grey: many grey pictures are stored with three equal channels."""
    if image.mode in {"1", "L", "LA", "La", *_SIXTEEN_BITS}:
        return False
    red, green, blue = (image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")).split()[:3]
    return any(ImageChops.difference(red, other).getbbox() is not None for other in (green, blue))
