"""Charts as files: SVG, PNG and PDF by vl-convert, without a browser and without a network."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpstudy.errors import ResultsError, StoreError, must
from mlpstudy.figures.drawing.theme import Theme, config
from mlpstudy.figures.drawing.wording import drawable_values
from mlpstudy.machine.files import write_whole

if TYPE_CHECKING:
    import altair as alt

FORMATS = ("svg", "png", "pdf")
CLIP_NAME = re.compile(r'(?<=id=")clip\d+(?=")|(?<=url\(#)clip\d+(?=\))')

LONGEST_STEM = 120
"""Bytes of a file's name that an architecture's name may have; file systems allow 255 in all."""

PNG_SCALE = 2.0
"""Pixels of a PNG for one of the figure: sharp on a screen of twice the usual density."""


def save(
    chart: alt.TopLevelMixin,
    path_without_suffix: str | os.PathLike[str],
    formats: Sequence[str] = ("svg", "png"),
    *,
    theme: Theme | None = None,
    scale: float = PNG_SCALE,
) -> tuple[Path, ...]:
    """Write a chart to files and return their paths, one a format; the folder is made where it is missing.

    Args:
        chart: what a figure's ``figure`` returned.
        path_without_suffix: path of the files without ``.svg``; what follows a dot in it is kept.
        formats: any of ``svg``, ``png``, ``pdf``.
        theme: LIGHT or DARK; None leaves the chart as it is.
        scale: pixels of a PNG for one of the figure.

    Raises:
        ResultsError: a format is unknown.
        StoreError: a file cannot be written.
    """
    base = Path(path_without_suffix)
    return write_files(specification(chart, theme), base.parent, base.name, formats, scale)


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """Return each name as the start of a file's name: itself, or what of it is harmless and a hash of it.

    Names that a file system may take for one, since they differ only in case or in how accents are composed, have a
    hash each.

    >>> file_stems(["3-wide", "../../a b", "Adam", "adam"])
    {'3-wide': '3-wide', '../../a b': '__.._a b-cd36d98f', 'Adam': 'Adam-3f0c9b03', 'adam': 'adam-f7f376a1'}
    """
    stems = {name: _harmless(name) for name in names}
    alike = Counter(map(_folded, stems.values()))
    return {
        name: stem if stem == name and alike[_folded(stem)] == 1 else f"{stem}-{_hash(name)}"
        for name, stem in stems.items()
    }


def _folded(stem: str) -> str:
    """Return what a file system that looks at neither case nor composition takes for a name."""
    return unicodedata.normalize("NFKC", stem).casefold()


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode(errors="backslashreplace")).hexdigest()[:8]


def _harmless(name: str) -> str:
    """Return what of a name is harmless at the start of a file's name."""
    harmless = re.sub(r"[/\\\0]|^\.+", "_", "".join(c if c.isprintable() else "_" for c in name))
    return harmless.encode()[:LONGEST_STEM].decode(errors="ignore")


def file_names(base: str, formats: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a figure's files, one a format.

    Raises:
        ResultsError: a format is unknown.
    """
    for name in formats:
        if name not in FORMATS:
            raise ResultsError(must("the format of a figure", f"be one of {', '.join(FORMATS)}", name))
    return tuple(f"{base}.{name}" for name in formats)


def write_files(
    spec: dict[str, Any], folder: Path, base: str, formats: Sequence[str], scale: float
) -> tuple[Path, ...]:
    """Write a specification to files, drawn once, and return their paths.

    Args:
        spec: the figure.
        folder: a folder that the user named; no link is followed below it.
        base: the way from there to the files, without ``.svg``.
        formats: as in :func:`save`.
        scale: as in :func:`save`.
    """
    names = file_names(base, formats)
    drawing = _drawn(spec)
    return tuple(
        _write(folder, name, _converted(drawing, form, scale)) for form, name in zip(formats, names, strict=True)
    )


def specification(chart: alt.TopLevelMixin, theme: Theme | None = None) -> dict[str, Any]:
    """Return a chart as a Vega-Lite specification: plain values that JSON can hold."""
    # Validation against the schema costs more than drawing; the tests do it for every figure.
    spec: dict[str, Any] = drawable_values(chart.to_dict(validate=False))
    return spec if theme is None else spec | {"config": config(theme)}


def svg(chart: alt.TopLevelMixin, theme: Theme | None = None) -> str:
    """Return a chart as the text of an SVG file."""
    return _drawn(specification(chart, theme))


def _drawn(spec: dict[str, Any]) -> str:
    """Return a specification as the text of an SVG file."""
    import vl_convert  # noqa: PLC0415  # 80 MB that only drawing needs

    # No address is allowed, so that drawing can never reach out to a network.
    return _named_by_content(str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])))


def _named_by_content(drawing: str) -> str:
    """Return an SVG whose clip paths are named by its content.

    The renderer numbers them through all drawings of a process: the same figure would differ from file to file,
    and two figures of different processes in one page would clip each other.
    """
    digest = hashlib.sha256(CLIP_NAME.sub("", drawing).encode()).hexdigest()[:8]
    numbers: dict[str, int] = {}
    return CLIP_NAME.sub(lambda found: f"clip-{digest}-{numbers.setdefault(found[0], len(numbers))}", drawing)


def _converted(drawing: str, name: str, scale: float) -> bytes:
    """Return an SVG as the bytes of a file: drawn once, converted into the other formats."""
    import vl_convert  # noqa: PLC0415  # as above

    if name == "png":
        return bytes(vl_convert.svg_to_png(drawing, scale=scale))
    if name == "pdf":
        return bytes(vl_convert.svg_to_pdf(drawing))
    return drawing.encode()


def _write(folder: Path, name: str, content: bytes) -> Path:
    """Write a file whole or not at all."""
    try:
        return write_whole(folder, name, content)
    except OSError as error:
        text = f"{error.strerror or error}"
        raise StoreError(
            must(str(folder / name), "be writable", f"the system says: {text}", "choose another folder")
        ) from error
