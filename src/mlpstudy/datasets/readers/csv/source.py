"""Where the text of a table is: in a file of plain UTF-8, or in memory where it had to be made."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from mlpstudy.datasets.opening.compressed import decompressed, is_compressed
from mlpstudy.datasets.opening.files import size_of
from mlpstudy.datasets.opening.memory import check_memory
from mlpstudy.datasets.readers.csv.encoding import Survey, blocks, example, guess, marked, survey, to_utf8
from mlpstudy.errors import DataError, must
from mlpstudy.study.reading import Reading

if TYPE_CHECKING:
    from io import FileIO

HEAD_BYTES = 2**22
_AS_IT_IS = {None, "utf-8-sig", "utf-8", "ascii"}
UTF8_FIX = 'mend it, and save the file as UTF-8; or encoding = "cp1252" where all of the file is in it'


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The text of a table.

    Attributes:
        text: a file in UTF-8, or its bytes.
        name: what the table is called in messages.
        n_bytes: length of the text.
        sha256: hash of the file's own bytes, decompressed.
        notes: what was done to come to the text, a line each, without the name.
        delimiter: what stands between cells, where that is known.
    """

    text: Path | bytes
    name: str
    n_bytes: int
    sha256: str
    notes: tuple[str, ...] = ()
    delimiter: str | None = None

    def head(self) -> bytes:
        """Return the first bytes, by which delimiter and columns are found."""
        if isinstance(self.text, bytes):
            return self.text[:HEAD_BYTES]
        with self.text.open("rb") as file:
            return file.read(HEAD_BYTES)

    def whole(self) -> bytes:
        """Return all bytes."""
        return self.text if isinstance(self.text, bytes) else self.text.read_bytes()

    def scanned(self) -> Path | io.BytesIO:
        """Return what Polars scans."""
        return io.BytesIO(self.text) if isinstance(self.text, bytes) else self.text

    def blocks(self) -> io.BytesIO | io.BufferedReader:
        """Return the bytes as a file."""
        return io.BytesIO(self.text) if isinstance(self.text, bytes) else self.text.open("rb")

    def lines(self) -> TextIO:
        """Return the text as a file, its line ends as they are, without a byte order mark."""
        return io.TextIOWrapper(self.blocks(), encoding="utf-8-sig", newline="")


def open_source(path: Path, name: str, file: FileIO, head: bytes, reading: Reading) -> Source:
    """Return the text of a file, decompressed and in UTF-8.

    Args:
        path: the file.
        name: what it is called in messages.
        file: the same, open.
        head: its first bytes.
        reading: how it is written, where a study says so.

    Raises:
        DataError: it is no text, or in an encoding that is not found out.
    """
    if is_compressed(head):
        content = decompressed(file, name, head)
        if content.startswith(b"PAR1"):
            raise DataError(must(name, "hold text", "a Parquet file within a compressed one", "unpack it first"))
        return text_source(content, io.BytesIO(content), name, content[:HEAD_BYTES], reading)
    return text_source(path, file, name, head, reading, size_of(file))


def text_source(
    text: Path | bytes, file: BinaryIO | FileIO, name: str, head: bytes, reading: Reading, n_bytes: int | None = None
) -> Source:
    """Return a text in UTF-8: itself where it is, else made in memory.

    Args:
        text: a file, or its bytes.
        file: the same, open.
        name: what it is called in messages.
        head: its first bytes.
        reading: how it is written, where a study says so.
        n_bytes: length of it; that of ``text`` where it is bytes.

    Raises:
        DataError: as for ``open_source``.
    """
    n = len(text) if isinstance(text, bytes) else n_bytes or 0
    found = survey(file)
    encoding, is_sure = marked(head) or reading.encoding, True
    if encoding is None and not found.is_utf8:
        encoding, is_sure = (None if found.has_wide else guess(found)), False
        if encoding is None and not found.has_wide:
            be, got = "be text in UTF-8 or in an encoding that is said", "bytes of another"
            raise DataError(must(name, be, got, 'save it as UTF-8, or encoding = "cp1250" or another'))
    if encoding in _AS_IT_IS:  # where right UTF-8 stands beside wrong bytes, reading it says in which line
        if found.has_zero:
            raise _zeros(name, blocks(file))
        return Source(text, name, n, found.sha256)
    assert encoding is not None  # noqa: S101  # as above
    check_memory(4 * n, name)  # its bytes, the text in UTF-8 in parts and whole
    made = to_utf8(file, encoding, name)
    if b"\0" in made:
        raise _zeros(name, [made])
    return Source(made, name, len(made), found.sha256, _notes(encoding, found, reading, is_sure=is_sure))


def _zeros(name: str, parts: Iterable[bytes]) -> DataError:
    line = 1
    for part in parts:
        before, zero, _ = part.partition(b"\0")
        line += before.count(b"\n")
        if zero:
            break
    fix = "save it anew; a file that was cut off in copying ends with them"
    return DataError(must(f"{name}, line {line}", "be text", "a zero byte", fix))


def _notes(encoding: str, found: Survey, reading: Reading, *, is_sure: bool) -> tuple[str, ...]:
    """Return what is said of an encoding: nothing where the study says it itself."""
    if is_sure and codecs.lookup(encoding).name == codecs.lookup(reading.encoding or "utf-8").name:
        return ()
    if is_sure:
        return (f"it is written in {encoding.removesuffix('-le').removesuffix('-be').upper()}, and read so",)
    word = example(found.sample.decode(encoding, "replace"))
    shown = f' ("{word}")' if word else ""
    settles = 'encoding = "..." says what it is, where that is wrong'
    return (f"it is not in UTF-8, and read as {encoding}{shown}; {settles}",)
