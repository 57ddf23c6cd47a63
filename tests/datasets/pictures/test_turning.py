"""Pictures that a camera held on its side: their size and their pixels are those of the picture made upright."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from mlpstudy.datasets.pictures.files import read_grey, upright_size

STORED = np.arange(0, 240, 5, dtype=np.uint8).reshape(6, 8)
UPRIGHT = {
    1: STORED,
    2: STORED[:, ::-1],
    3: STORED[::-1, ::-1],
    4: STORED[::-1],
    5: STORED.T,
    6: STORED.T[:, ::-1],
    7: STORED[::-1, ::-1].T,
    8: STORED.T[::-1],
}
"""By EXIF orientation."""
KINDS: dict[str, dict[str, Any]] = {
    "png": {},
    "webp": {"lossless": True},
    "tif": {},
    "lzw.tif": {"compression": "tiff_lzw"},
    "packbits.tif": {"compression": "packbits"},
}


def exif(orientation: int) -> Image.Exif:
    """Return EXIF data that say nothing but an orientation."""
    made = Image.Exif()
    made[0x0112] = orientation
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_every_orientation_in_every_format(tmp_path: Path, kind: str, orientation: int) -> None:
    """All eight, where pixels are stored exactly: none is scrambled, and the size is known from the header."""
    path = tmp_path / f"a.{kind}"
    Image.fromarray(STORED).save(path, exif=exif(orientation), **KINDS[kind])
    expected = UPRIGHT[orientation]
    assert (read_grey(path) == expected).all()
    assert upright_size(path) == expected.shape


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_photographs_have_the_upright_size(tmp_path: Path, orientation: int) -> None:
    """JPEG, whose pixels are not exact."""
    path = tmp_path / "a.jpg"
    Image.fromarray(STORED).save(path, quality=95, exif=exif(orientation))
    expected = UPRIGHT[orientation]
    assert read_grey(path).shape == upright_size(path) == expected.shape
    assert np.abs(read_grey(path).astype(int) - expected).mean() < 20


def test_an_orientation_after_the_pixels_or_in_xmp_counts(tmp_path: Path) -> None:
    """A PNG file may say it behind its pixels, or as Adobe's programs do."""
    image = Image.fromarray(STORED)
    image.save(tmp_path / "plain.png")
    image.save(tmp_path / "exif.png", exif=exif(6))
    content = (tmp_path / "exif.png").read_bytes()
    start = content.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(content[start : start + 4], "big")
    (tmp_path / "late.png").write_bytes(content[:start] + content[end:-12] + content[start:end] + content[-12:])
    xmp = PngImagePlugin.PngInfo()
    xmp.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>', zip=True)
    image.save(tmp_path / "xmp.png", pnginfo=xmp)
    for name, orientation in (("plain", 1), ("exif", 6), ("late", 6), ("xmp", 6)):
        path = tmp_path / f"{name}.png"
        assert (read_grey(path) == UPRIGHT[orientation]).all(), name
        assert upright_size(path) == UPRIGHT[orientation].shape, name


def test_damaged_exif_data_say_nothing(tmp_path: Path) -> None:
    """What cannot be read leaves the picture as it is stored."""
    for name, damaged in (("a.png", b"Exif\0\0nothing"), ("b.png", b"II*\0\x08\0\0\0\xff\xff\x12\x01")):
        Image.fromarray(STORED).save(tmp_path / name, exif=damaged)
        assert (read_grey(tmp_path / name) == STORED).all()
        assert upright_size(tmp_path / name) == STORED.shape
