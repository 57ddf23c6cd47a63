"""Pictures become what MNIST's images are, or a plain resized image; files of every kind; nothing but one line else."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from mlpstudy.datasets.arrays.paper import on_paper
from mlpstudy.datasets.named.mnist import load_mnist
from mlpstudy.datasets.pictures.digits import digit, read_digit, read_image, resized
from mlpstudy.datasets.pictures.files import read_grey
from mlpstudy.errors import DataError
from predict.drawn import drawn, photographed


def saved(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], path: Path, mode: str | None = None) -> Path:
    """Save a picture, in another mode where one is given."""
    image = Image.fromarray(picture)
    (image.convert(mode) if mode else image).save(path)
    return path


def test_images_of_mnist_pass_unchanged(tmp_path: Path) -> None:
    """An image of MNIST saved as PNG is read as the same pixels, also in colour, and inverted from white paper."""
    images = load_mnist().test.values.reshape(-1, 28, 28)
    for image in images:
        assert (digit(image) == image).all()
    for image in images[:20]:
        assert (read_digit(saved(image, tmp_path / "a.png")) == image).all()
        assert (read_digit(saved(image, tmp_path / "b.png", "RGBA")) == image).all()
        assert (read_digit(saved(255 - image, tmp_path / "c.png")) == image).all()


def test_enlarged_images_of_mnist_come_back() -> None:
    """An image of MNIST, enlarged and placed anywhere, comes back: the box, the scale and the centre are MNIST's."""
    rng = np.random.default_rng(3)
    whole = 0
    images = [image for image in load_mnist().test.values.reshape(-1, 28, 28)[:200] if _box_is_solid(image)]
    for image in images:
        paper = np.zeros((400, 500), np.uint8)
        top, left = rng.integers(0, 120), rng.integers(0, 220)
        paper[top : top + 280, left : left + 280] = np.kron(image, np.ones((10, 10), np.uint8))
        whole += bool((digit(255 - paper) == np.where(image, image, 0)).all())
    assert len(images) > 50
    # Pixels under a quarter of full outside the box are cut off, and a few centres lie between two pixels.
    assert whole > 0.8 * len(images)


def _box_is_solid(image: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> bool:
    """Say whether the box of pixels that are not 0 is the box of those from 64 on, and the most ink is full."""
    boxes = [np.argwhere(image >= least) for least in (1, 64)]
    same = all((getattr(boxes[0], end)(axis=0) == getattr(boxes[1], end)(axis=0)).all() for end in ("min", "max"))
    return same and int(image.max()) == 255


def test_the_box_is_twenty_and_the_mass_is_centred() -> None:
    """Every drawn digit fills 20 pixels one way, and its centre of mass lies within half a pixel of pixel 14."""
    for figure in range(10):
        for width in (3, 10, 30):
            image = digit(255 - drawn(figure, width=width, centre=(0.4, 0.45))).astype(float)
            rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
            assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
            for axis in (0, 1):
                profile = image.sum(axis=axis)
                centre = (profile * np.arange(28)).sum() / profile.sum()
                is_clamped = {rows[0], 27 - rows[-1], columns[0], 27 - columns[-1]} & {0}
                assert abs(centre - 14) <= 0.5 + 1e-9 or is_clamped
            assert image.max() == 255


def test_place_colour_and_size_do_not_matter() -> None:
    """The same digit elsewhere, on white, in other ink, enlarged by a whole factor, gives the same image."""
    ink = drawn(5)
    image = digit(ink)
    moved = np.zeros((500, 600), np.uint8)
    moved[150:450, 30:430] = ink
    assert (digit(moved) == image).all()
    assert (digit(255 - ink) == image).all()
    assert (digit(np.kron(ink, np.ones((2, 2), np.uint8))) == image).all()


def test_resizing_is_the_mean_over_areas() -> None:
    """Each new pixel is the mean over its rectangle, computed here by splitting every pixel into parts."""
    rng = np.random.default_rng(0)
    for (h, w), (rows, columns) in (((7, 5), (3, 4)), ((3, 2), (7, 9)), ((20, 20), (20, 13)), ((1, 1), (4, 4))):
        grey = rng.integers(0, 256, (h, w), dtype=np.uint8)
        parts = np.kron(grey, np.ones((rows, columns), np.int64)).reshape(rows, h, columns, w)
        total = parts.sum(axis=(1, 3))
        expected = (2 * total + h * w) // (2 * h * w)
        assert (resized(grey, rows, columns) == expected).all()


def test_every_mode_gives_the_same_grey(tmp_path: Path) -> None:
    """Grey, colour, palette, 16 bits, black and white, and with alpha: the same picture is the same grey values."""
    ink = np.where(drawn(3) > 127, 255, 0).astype(np.uint8)
    for mode in ("L", "RGB", "RGBA", "LA", "P", "1"):
        assert (read_grey(saved(ink, tmp_path / f"{mode}.png", mode)) == ink).all(), mode
    Image.fromarray(ink.astype(np.uint16) * 257).save(tmp_path / "16.png")
    assert (read_grey(tmp_path / "16.png") == ink).all()
    for name in ("a.bmp", "a.gif", "a.tif", "a.pgm"):
        assert (read_grey(saved(ink, tmp_path / name)) == ink).all(), name
    for mode in ("L", "RGB", "CMYK"):
        Image.fromarray(ink).convert("RGB").convert(mode).save(tmp_path / "a.jpg", quality=95)
        assert np.abs(read_grey(tmp_path / "a.jpg").astype(int) - ink).mean() < 3, mode


def test_colours_become_luma(tmp_path: Path) -> None:
    """Colours are weighted as documented, to the last bit."""
    rng = np.random.default_rng(1)
    colours = rng.integers(0, 256, (50, 40, 3), dtype=np.uint8)
    r, g, b = (colours[..., i].astype(np.int64) for i in range(3))
    expected = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16
    assert (read_grey(saved(colours, tmp_path / "a.png")) == expected).all()


@pytest.mark.parametrize("ink", [0, 255])
def test_transparent_paper_contrasts_with_the_ink(tmp_path: Path, ink: int) -> None:
    """Black or white ink on nothing is read, whatever colour the transparent pixels are said to have."""
    alpha = drawn(7)
    for hidden in (0, 255):
        grey = np.where(alpha > 0, ink, hidden).astype(np.uint8)
        image = Image.merge("LA", [Image.fromarray(grey), Image.fromarray(alpha)])
        image.save(tmp_path / "a.png")
        assert (read_digit(tmp_path / "a.png") == digit(alpha)).all()


def test_transparent_corners_continue_the_paper() -> None:
    """A picture with round corners keeps its paper."""
    grey, alpha = np.full((20, 20), 240, np.uint8), np.full((20, 20), 255, np.uint8)
    alpha[0, 0] = 0
    assert (on_paper(grey, alpha) == 240).all()


def test_pictures_are_turned_as_the_camera_says(tmp_path: Path) -> None:
    """The EXIF orientation is applied."""
    ink = drawn(4)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(ink)).save(tmp_path / "a.png", exif=exif)
    assert (read_grey(tmp_path / "a.png") == ink).all()


def test_photographs_become_what_clean_drawings_do() -> None:
    """Noise and uneven light on grey paper change little of what comes out, with dark ink as with light ink."""
    rng = np.random.default_rng(2)
    for figure in range(10):
        ink = drawn(figure, width=20)
        clean = digit(ink).astype(float)
        photograph = photographed(ink, rng)
        for picture in (photograph, 255 - photograph):
            again = digit(picture).astype(float)
            likeness = np.corrcoef(clean.ravel(), again.ravel())[0, 1]
            assert likeness > 0.9, (figure, likeness)


def test_shadows_and_the_edge_of_a_table_are_no_ink() -> None:
    """A shadow across the paper, or a dark table beside it, leaves the digit that is there."""
    rng = np.random.default_rng(6)
    for figure in range(10):
        ink = drawn(figure, width=20, size=(500, 400))
        clean = digit(photographed(ink, rng)).ravel()
        y, x = np.mgrid[0:400, 0:500]
        shadow = (photographed(ink, rng) * np.where(x + y > 500, 0.6, 1)).astype(np.uint8)
        table = photographed(ink, rng)
        table[:, :25] = 30
        for picture in (shadow, table):
            assert np.corrcoef(clean, digit(picture).ravel())[0, 1] > 0.45, figure


def test_dirt_on_a_photograph_is_left_out() -> None:
    """A speck far from the digit does not move or shrink it."""
    ink = drawn(2, centre=(0.6, 0.5))
    dirty = ink.copy()
    dirty[20:28, 20:28] = 255
    rng, same = np.random.default_rng(4), np.random.default_rng(4)
    clean, dirt = digit(photographed(ink, rng)).astype(int), digit(photographed(dirty, same)).astype(int)
    assert np.abs(clean - dirt).max() <= 40


def test_an_empty_picture_gets_one_line(tmp_path: Path) -> None:
    """Nothing drawn: one line with the file."""
    with pytest.raises(DataError, match=r"a\.png must show a digit, got one grey value everywhere"):
        read_digit(saved(np.full((50, 50), 200, np.uint8), tmp_path / "a.png"))
    noise = np.random.default_rng(0).normal(180, 3, (200, 200)).astype(np.uint8)
    with pytest.raises(DataError, match="nothing that stands out from the paper"):
        digit(noise)


def test_plain_images_are_only_resized(tmp_path: Path) -> None:
    """Images that are no digits are made grey and resized, never inverted or centred."""
    picture = np.random.default_rng(0).integers(0, 256, (30, 50), dtype=np.uint8)
    assert (read_image(saved(picture, tmp_path / "a.png"), (30, 50)) == picture).all()
    assert (read_image(tmp_path / "a.png", (15, 10)) == resized(picture, 15, 10)).all()


def test_what_is_no_picture_gets_one_line(tmp_path: Path) -> None:
    """Text, an empty file, a truncated one, a folder, a pipe, nothing at all: one line that names the file."""
    whole = saved(drawn(1), tmp_path / "whole.png").read_bytes()
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "short.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    Image.fromarray(np.zeros((4, 4), np.float32)).save(tmp_path / "float.tif")
    for name in ("text.png", "empty.png", "short.png", "folder.png", "pipe.png", "missing.png", "float.tif"):
        with pytest.raises(DataError) as caught:
            read_grey(tmp_path / name)
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)


def test_damaged_pictures_never_do_worse(tmp_path: Path) -> None:
    """Any byte of a picture may be wrong: it is decoded or refused with one line."""
    rng = np.random.default_rng(5)
    path = tmp_path / "damaged"
    n_refused = 0
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        buffer = io.BytesIO()
        Image.fromarray(drawn(8, size=(60, 40))).save(buffer, kind)
        for _ in range(60):
            content = bytearray(buffer.getvalue())
            for position in rng.integers(0, len(content), 4):
                content[position] = rng.integers(0, 256)
            path.write_bytes(content[: rng.integers(len(content) // 2, len(content) + 1)])
            n_refused += _is_refused(path)
    assert n_refused > 60


def _is_refused(path: Path) -> bool:
    try:
        assert read_grey(path).ndim == 2
    except DataError as error:
        return "\n" not in str(error)
    return False


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


BOMB = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from mlpstudy.datasets.pictures.files import read_grey
from mlpstudy.errors import DataError
try:
    read_grey(sys.argv[1])
except DataError as error:
    print(error)
"""


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """A PNG of 50,000 x 50,000 pixels, and one just above the limit, are refused in a gigabyte of address space."""
    for side in (50_000, 7_100):
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        content = zlib.compress(bytes(1000))
        path = tmp_path / f"{side}.png"
        chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", BOMB, str(path)], capture_output=True, text=True, check=False, env=environment
        )
        assert done.stderr == ""
        assert "must have at most 50 million pixels" in done.stdout
        assert len(done.stdout.splitlines()) == 1


def test_profiles_and_text_in_a_picture_are_ignored(tmp_path: Path) -> None:
    """A colour profile changes nothing."""
    ink = drawn(6)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(ink).convert("RGB").save(tmp_path / "a.png", icc_profile=profile)
    assert (read_grey(tmp_path / "a.png") == ink).all()
