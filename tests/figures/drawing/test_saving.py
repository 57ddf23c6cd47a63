"""Figures as files: whole, valid, without a network, and errors that say what to do."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import altair as alt
import pytest

from figures.samples import run_curves
from mlpstudy.errors import ResultsError, StoreError
from mlpstudy.figures import DARK, LIGHT, loss_curves, save, specification, svg


def _png_size(path: Path) -> tuple[int, int]:
    """Return a PNG's size after checking that its image data can be read."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    at, pixels = 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            pixels += data[at + 8 : at + 8 + length]
        at += 12 + length
    assert len(set(zlib.decompress(pixels))) > 10
    return width, height


def test_svg_png_and_pdf_are_valid_and_alike(tmp_path: Path) -> None:
    """The PNG is twice the SVG's size, the PDF is one, and all carry the full name with its dots."""
    chart = loss_curves.figure(run_curves())
    paths = save(chart, tmp_path / "figures" / "lr-0.1", ("svg", "png", "pdf"))
    assert [path.name for path in paths] == ["lr-0.1.svg", "lr-0.1.png", "lr-0.1.pdf"]
    root = ET.parse(paths[0]).getroot()  # noqa: S314  # our own drawing
    width, height = (round(float(root.get(side, "0"))) for side in ("width", "height"))
    assert _png_size(paths[1]) == (2 * width, 2 * height)
    assert paths[2].read_bytes()[:5] == b"%PDF-"
    assert sorted(p.name for p in (tmp_path / "figures").iterdir()) == sorted(p.name for p in paths)


def test_theme_is_chosen_when_saving(tmp_path: Path) -> None:
    """The same chart is drawn light or dark, and without a theme as it was made."""
    chart = loss_curves.figure(run_curves(), theme=LIGHT)
    (dark,) = save(chart, tmp_path / "dark", ("svg",), theme=DARK)
    (as_made,) = save(chart, tmp_path / "light", ("svg",))
    assert (DARK.background in dark.read_text(), LIGHT.background in dark.read_text()) == (True, False)
    assert LIGHT.background in as_made.read_text()


def test_drawing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in a file depends on when or how often it is drawn."""
    chart = loss_curves.figure(run_curves())
    first = [path.read_bytes() for path in save(chart, tmp_path / "a")]
    assert first == [path.read_bytes() for path in save(chart, tmp_path / "b")]


def test_clip_paths_are_found_and_are_the_figures_own() -> None:
    """Every clip path that is used is there, and two figures in one page do not share a name."""
    names = []
    for seed in (0, 1):
        text = svg(loss_curves.figure(run_curves(seed=seed)))
        used, there = (set(re.findall(pattern, text)) for pattern in (r"url\(#([^)]*)\)", r'<clipPath id="([^"]*)"'))
        assert used
        assert used <= there
        names.append(there)
    assert not names[0] & names[1]


def test_no_address_can_be_read(tmp_path: Path) -> None:
    """A chart that asks for data from elsewhere is refused by the renderer: drawing has no network."""
    chart = alt.Chart("https://example.invalid/data.json").mark_point().encode(x="x:Q")
    with pytest.raises(ValueError, match="allowed"):
        save(chart, tmp_path / "remote", ("svg",))


def test_unknown_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """One clear line names the formats."""
    with pytest.raises(ResultsError, match="must be one of svg, png, pdf, got 'jpg'"):
        save(loss_curves.figure(run_curves()), tmp_path / "x", ("svg", "jpg"))
    assert not list(tmp_path.iterdir())


def test_unwritable_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    """A file where a folder should be: the path and a way out, no traceback of the system's."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file.x\.svg must be writable, got .* fix: choose another folder"):
        save(loss_curves.figure(run_curves()), tmp_path / "file" / "x")


def test_specification_is_self_contained() -> None:
    """No specification points anywhere but to the schema's name."""
    text = str({k: v for k, v in specification(loss_curves.figure(run_curves())).items() if k != "$schema"})
    assert "http" not in text


def test_inputs_and_themes_load_without_the_drawing_libraries() -> None:
    """Importing the inputs costs neither Altair, vl-convert nor SciPy: a command that draws nothing starts fast."""
    code = "import sys, mlpstudy.figures; print({'altair', 'vl_convert', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
