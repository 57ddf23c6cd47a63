"""The limits that the documentation states are those that the readers hold."""

from __future__ import annotations

from pathlib import Path

from mlpstudy.datasets.opening import limits
from mlpstudy.datasets.pictures.tree import MAX_DEPTH
from mlpstudy.datasets.readers.excel.sheet import DENSE_CELLS, MAX_ROWS
from mlpstudy.datasets.readers.libsvm import MAX_LINE_BYTES
from mlpstudy.study.loading import MAX_DOTS, MAX_FILE_BYTES

DOCS = Path(__file__).parents[3] / "docs"
ROWS = {
    "decompressed file or archive member": f"{limits.MAX_BYTES >> 30} GiB",
    "decompressed bytes for a compressed byte": (
        f"{limits.DEFLATE_RATIO:,}; {limits.PLAUSIBLE_RATIO} where there are more than"
        f" {limits.PLAUSIBLE_BYTES >> 20} MiB"
    ),
    "rows of a sheet of Excel": f"{MAX_ROWS:,}; over {DENSE_CELLS:,} cells a hundredth of them must hold something",
    "dimensions of an array": f"{limits.MAX_DIMENSIONS}",
    "features": f"{limits.MAX_FEATURES:,}",
    "columns of a table": f"{limits.MAX_COLUMNS:,}",
    "cells that a Parquet file claims": (
        f"2^{limits.MAX_CELLS.bit_length() - 1}, and in memory {limits.PLAUSIBLE_RATIO} bytes a byte"
        " where they take over 128 MiB"
    ),
    "classes": f"{limits.MAX_CLASSES:,}",
    "class name": f"{limits.MAX_LABEL_CHARACTERS} characters",
    "line of libsvm text": f"{MAX_LINE_BYTES >> 20} MiB",
    "members of an archive": f"{limits.MAX_MEMBERS:,}",
    "pixels of an image file": (
        f"{limits.MAX_PIXELS:,}; over {limits.PLAUSIBLE_PIXELS:,} at most {limits.DEFLATE_RATIO:,} a byte"
    ),
    "folders within each other": f"{MAX_DEPTH}",
    "image file": f"{limits.MAX_IMAGE_FILE_BYTES >> 20} MiB",
    "study file": f"{MAX_FILE_BYTES:,} bytes, {MAX_DOTS} dots in a line",
}


def test_the_documented_limits_are_those_of_the_code() -> None:
    """The table in docs/formats.md, row by row."""
    section = (DOCS / "formats.md").read_text(encoding="utf-8").split("## Limits\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")][2:]
    assert {row[0]: row[1] for row in rows} == ROWS
