"""Where the text of a table is: in a file of plain UTF-8, or in memory where it had to be made."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from mlpstudy.datasets.opening.files import sha256_of, size_of
from mlpstudy.errors import DataError, must

if TYPE_CHECKING:
    from io import FileIO

HEAD_BYTES = 2**22
UTF8_FIX = "save it as UTF-8 (iconv -f {} -t utf-8)"

_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The text of a table.

    Attributes:
        text: a file in UTF-8, or its bytes.
        name: what the table is called in messages.
        n_bytes: length of the text.
        sha256: hash of the file's own bytes.
        notes: what was done to come to the text, a line each, without the name.
    """

    text: Path | bytes
    name: str
    n_bytes: int
    sha256: str
    notes: tuple[str, ...] = ()

    def head(self) -> bytes:
        """Return the first bytes, by which delimiter and columns are found."""
        if isinstance(self.text, bytes):
            return self.text[:HEAD_BYTES]
        with self.text.open("rb") as file:
            return file.read(HEAD_BYTES)

    def scanned(self) -> Path | io.BytesIO:
        """Return what Polars scans."""
        return io.BytesIO(self.text) if isinstance(self.text, bytes) else self.text

    def blocks(self) -> io.BytesIO | io.BufferedReader:
        """Return the bytes as a file."""
        return io.BytesIO(self.text) if isinstance(self.text, bytes) else self.text.open("rb")

    def lines(self) -> TextIO:
        """Return the text as a file, its line ends as they are, without a byte order mark."""
        return io.TextIOWrapper(self.blocks(), encoding="utf-8-sig", newline="")


def open_source(path: Path, name: str, file: FileIO, head: bytes) -> Source:
    """Return the text of a file.

    Args:
        path: the file.
        name: what it is called in messages.
        file: the same, open.
        head: its first bytes.

    Raises:
        DataError: it is no text in UTF-8.
    """
    if head.startswith(_WIDE_BOMS) or b"\0" in head[:1000]:
        raise DataError(must(name, "be text in UTF-8", "UTF-16 or other bytes with zeros", UTF8_FIX.format("utf-16")))
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise DataError(must(name, "be plain text", "a compressed file", "unpack it first"))
    return Source(path, name, size_of(file), sha256_of(file))
